"""`mockserver demo`: the main job once, over real HTTP: stock change, acknowledge, Marketplacer, sale, acknowledge."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click
import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHANNEL: Final = 5394
_LISTING: Final = 501
_SKU: Final = "TEE-BLUE-S"
_TOKEN: Final = "om-demo-token"  # noqa: S105 - the demo world's, public
_KEY: Final = "mp-owner-key"
_JSON_API: Final = "application/vnd.api+json"


@click.command()
def demo() -> None:
    """Serve the demo world, drive one stock change through acknowledge to Marketplacer, say what happens, stop."""
    with _server() as url, httpx.Client(base_url=url, timeout=10) as client:
        _say("serving", f"the demo world at {url}")
        Walk(client).run()
    _say("stopped", "the server")


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--world", "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ourselves
        assert process.stdout is not None  # noqa: S101 - piped above
        line = process.stdout.readline()
        if not line:
            raise click.ClickException("the server did not start; what it said stands above")
        try:
            yield json.loads(line)["url"]
        finally:
            process.terminate()


def _say(step: str, text: str) -> None:
    click.echo(f"{click.style(f'{step:>12}', bold=True)}  {text}")


class Walk:
    """The steps of an integration, one after the other."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def run(self) -> None:
        """Carry out all steps."""
        rows = self._acknowledge()
        _say("acknowledge", f"first read of channel {_CHANNEL}: {len(rows)} active listings")
        self._tell(rows)
        _say("acknowledge", f"second read: {self._acknowledge()}: nothing changed")
        self._command({"type": "stock.receive", "master_sku": _SKU, "warehouse": 1, "location": "A-01", "units": 10})
        _say("stock", f"10 units of {_SKU} arrive in warehouse 1")
        rows = self._acknowledge()
        _say("acknowledge", "only what the change touches, the bundle made of it included:")
        self._tell(rows)
        self._explain()
        variant = self._variant(rows)
        self._put(variant, next(row["availableQuantity"] for row in rows if row["listingId"] == _LISTING))
        self._sell(variant)

    def _acknowledge(self) -> list[dict[str, Any]]:
        path = "/service/v1.2/inventory/acknowledge"
        headers = {"Authorization": f"Bearer {_TOKEN}"}
        answer = self._client.post(path, params={"salesChannelId": _CHANNEL}, headers=headers)
        rows: list[dict[str, Any]] = answer.raise_for_status().json()
        return rows

    def _tell(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            _say("", f"{row['availableQuantity']:>5}  {row['listingSku']} (listing {row['listingId']})")

    def _command(self, command: dict[str, Any]) -> None:
        results = self._client.post("/_mock/worlds/demo/commands", json=[command]).raise_for_status().json()
        if results[0]["status"] != "done":
            raise click.ClickException(f"the mock refused {command['type']}: {results[0]['reason']}")

    def _explain(self) -> None:
        params = {"listing_id": _LISTING}
        why = self._client.get("/_mock/worlds/demo/explain", params=params).raise_for_status().json()
        _say("explain", f"why {why['listing_sku']} shows {why['figure']}:")
        for warehouse in why["warehouses"]:
            out = ", ".join(warehouse["left_out_because"])
            for row in warehouse["locations"]:
                sum_up = f"{row['on_hand']} on hand - {row['locked']} locked - {row['allocated']} allocated"
                _say(
                    "", f"{warehouse['name']} {row['location']}: {sum_up} = {row['available']}{f' ({out})' * bool(out)}"
                )
        regime, pair = why["regime"], why["pair"]
        state = "at or below" if regime["minimum_reached"] else "above"
        _say("", f"{why['available']} available; {regime['units']} is {state} the minimum level {regime['minimum']}")
        _say("", f"{pair['type']} {pair['value']} of {why['available']}, rounded down, is {why['figure']}")

    def _variant(self, rows: list[dict[str, Any]]) -> int:
        sku = next(row["listingSku"] for row in rows if row["listingId"] == _LISTING)
        answer = self._client.get("/api/v2/client/variants", params={"sku": sku}, headers=_key()).raise_for_status()
        variant: int = answer.json()["data"][0]["id"]
        _say("marketplacer", f"{sku} is variant {variant}")
        return variant

    def _put(self, variant: int, figure: int) -> None:
        path = f"/api/v2/client/variants/{variant}/inventories"
        record = {"type": "inventories", "attributes": {"seller_id": 1, "count_on_hand": figure}}
        headers = {**_key(), "Content-Type": _JSON_API}
        answer = self._client.put(path, content=json.dumps({"data": [record]}), headers=headers).raise_for_status()
        for held in answer.json()["data"]:
            attributes = held["attributes"]
            count = "infinite" if attributes["infinite"] else attributes["count_on_hand"]
            _say("", f"PUT inventories answers: seller {attributes['seller_id']} shows {count}")

    def _sell(self, variant: int) -> None:
        self._command({"type": "marketplace.sell", "variant": variant, "seller": 1, "quantity": 3})
        _say("sale", "a shopper buys 3 of seller 1: the order takes its units in Order Manager, and the feed moves:")
        self._tell(self._acknowledge())


def _key() -> dict[str, str]:
    return {"Authorization": f"Bearer {_KEY}"}
