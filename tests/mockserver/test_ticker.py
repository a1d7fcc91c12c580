"""Under a clock that runs, what is due happens without anybody asking."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests

from mockserver.clock import RealClock
from mockserver.files.world_file import load_world
from mockserver.ticker import Ticker
from mockserver.worlds import Worlds

SELL = {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 1}


def world_with_lag():
    """The demo world, whose sales become orders five minutes late; a virtual minute takes a real millisecond."""
    document = dict(load_world("demo"))
    document["links"] = [{"sales_channel": 5394, "seller": 1, "import_lag": "PT5M"}]
    worlds = Worlds()
    return worlds, worlds.serve_as_default(document, world_id="demo", clock=RealClock(speed=60_000))


def wait_until(is_so, seconds=10):
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.005)
    return is_so()


def test_an_order_is_imported_while_nobody_looks():
    """The state is read past everything that would make time catch up."""
    worlds, hosted = world_with_lag()
    hosted.run(SELL)
    orders = hosted.world.orders
    before = len(orders)
    time.sleep(0.05)
    assert len(orders) == before

    ticker = Ticker(worlds, seconds=0.01)
    ticker.start()
    try:
        assert wait_until(lambda: len(orders) == before + 1)
    finally:
        ticker.stop()


def test_an_effect_that_fails_does_not_end_it(monkeypatch, caplog):
    """It is logged, and the next tick comes; a server without a world is nothing to fail at either."""
    worlds, hosted = world_with_lag()
    ticks = []

    def fail():
        ticks.append(len(ticks))
        if len(ticks) == 2:
            worlds.default = None
        raise ValueError

    monkeypatch.setattr(hosted, "catch_up", fail)
    ticker = Ticker(worlds, seconds=0.001)
    with caplog.at_level(logging.ERROR):
        ticker.start()
        assert wait_until(lambda: len(ticks) == 2)
        ticker.stop()

    assert [each.message for each in caplog.records] == ["an effect that was due has failed"] * 2


class Receiver(HTTPServer):
    """Takes note of the bodies that are sent to it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies = []
        self.url = f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def scheduled(url):
    """A cart that is synchronised every hour, and a webhook that tells when its count is written."""
    cart = {"name": "shop", "target": "marketplacer", "seller": 1, "schedule": "PT1H"}
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "marketplacer": {
            "sellers": [{"id": 1, "name": "Seller"}],
            "variants": [{"id": 1, "sku": "CUP", "seller": 1, "count_on_hand": 1}],
            "webhooks": [{"seller": 1, "url": url, "class": "VARIANT", "fields": ["sku", "countOnHand"]}],
        },
        "integration_manager": {"merchants": [{"name": "M", "warehouses": [{"name": "W"}], "carts": [cart]}]},
    }


def test_a_served_world_keeps_its_schedules_and_stops_when_told(tmp_path):
    """The last request comes before anything is due; the level arrives all the same. SIGTERM ends it with 0."""
    with Receiver() as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        path = tmp_path / "scheduled.json"
        path.write_text(json.dumps(scheduled(receiver.url)), encoding="utf-8")
        command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--world", str(path)]
        with subprocess.Popen(
            [*command, "--clock", "real", "--speed", "3600"], stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                url = json.loads(process.stdout.readline())["url"]
                levels = [{"sku": "CUP", "quantity": 7}]
                report = {"type": "wms.report", "merchant": "M", "warehouse": "W", "levels": levels}
                done = requests.post(f"{url}/_mock/worlds/scheduled/commands", json=[report], timeout=10).json()
                assert done[0]["status"] == "done"
                assert wait_until(lambda: receiver.bodies)
            finally:
                process.terminate()
            assert process.wait(10) == 0
        receiver.shutdown()

    assert receiver.bodies[0]["payload"]["data"]["node"] == {"sku": "CUP", "countOnHand": 7}
