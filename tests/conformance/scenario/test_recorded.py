"""A session recorded on the mock is a scenario, and replays to the same end."""

from __future__ import annotations

import json

import pytest
import requests

from conformance.scenario.loading import loads
from conformance.scenario.result import replay
from conformance.scenario.run import run_plan
from conformance.scenario.served import served_by
from conformance.target import Target
from mockserver.testing import StockproofServer

CHANNEL, SKU = 5394, "TEE-BLUE-S-MP"


@pytest.fixture(scope="module")
def server():
    with StockproofServer() as running:
        yield running


def bare(document):
    """Return a world without the credentials that lead to it."""
    account = {key: value for key, value in document["order_manager"].items() if key not in ("tokens", "apps")}
    market = dict(document["marketplacer"])
    market["sellers"] = [
        {key: value for key, value in seller.items() if key != "api_key"} for seller in market["sellers"]
    ]
    return {**document, "order_manager": account, "marketplacer": market}


def some_session(world):
    """Do a little of everything, with time between."""
    feed = f"{world.order_manager_url}/v1.2/inventory/acknowledge?salesChannelId={CHANNEL}&limit=1000"
    headers = {"Authorization": f"Bearer {world.tokens[0]}"}
    requests.post(feed, headers=headers, timeout=30).raise_for_status()
    listing = {"listing_sku": SKU, "quantity": 2}
    world.run({"type": "order.create", "sales_channel": CHANNEL, "order_number": "R-1", "lines": [listing]})
    world.clock.advance("PT15M")
    requests.post(feed, headers=headers, timeout=30).raise_for_status()
    world.run(
        {"type": "stock.receive", "master_sku": "MUG-WHITE", "warehouse": 1, "location": "N-01", "units": 4},
        {"type": "order.hold", "sales_channel": CHANNEL, "order_number": "R-1"},
        {"type": "inventory.put", "variant": 1, "seller": 1, "count_on_hand": 7},
    )
    world.clock.advance("PT1H30M")
    world.run(
        {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 3},
        {"type": "order.release", "sales_channel": CHANNEL, "order_number": "R-1"},
        {
            "type": "order.cancel",
            "sales_channel": CHANNEL,
            "order_number": "R-1",
            "lines": [{**listing, "quantity": 1}],
        },
    )
    world.clock.advance("PT20M")


@pytest.fixture
def recorded(server):
    """Return the exported scenario as text, and the state of the world at its end."""
    with server.world("demo") as world:
        some_session(world)
        target = Target.open(server.url)
        answer = target.control("GET", f"/worlds/{world.id}/journal?format=scenario")
        document = target.control("GET", f"/worlds/{world.id}").json
        target.close()
        return answer.body.decode(), bare(document)


def test_a_recorded_session_replays_to_the_same_end_in_process(recorded):
    """Same start, same commands at the same instants: the same stock, orders, counts and clock."""
    text, end = recorded
    scenario = loads(text, source="session.json")

    outcome = run_plan(scenario.plans[0], keep_document=True)

    assert bare(outcome.document) == end
    assert replay(scenario).passed


def test_a_recorded_session_replays_to_the_same_end_on_a_server(server, recorded):
    """Over HTTP too, with the log that it has in process."""
    text, end = recorded
    scenario = loads(text, source="session.json")
    with Target.open(server.url) as target:
        outcome = run_plan(scenario.plans[0], served_by(target), keep_document=True)
        log = replay(scenario, served_by(target)).log_sha256

    assert bare(outcome.document) == end
    assert log == replay(scenario).log_sha256


def test_a_session_in_which_nothing_happened_replays(server):
    """No command and no time: a scenario all the same."""
    with server.world("demo") as world, Target.open(server.url) as target:
        text = target.control("GET", f"/worlds/{world.id}/journal?format=scenario").body.decode()

    assert json.loads(text)["when"] == []
    assert replay(loads(text, source="session.json")).passed


def test_what_a_recorded_session_sold_is_promised(recorded):
    """Three units sold on the marketplace and two ordered, one of them cancelled: four are promised."""
    (row,) = replay(loads(recorded[0], source="session.json")).rows

    assert row.outcome.more["promised_units"] == 3 + 2 - 1
