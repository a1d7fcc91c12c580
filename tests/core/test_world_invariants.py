"""Properties of orders and of the world as a whole, for any world and any commands."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from mockserver.behaviours import resolve
from mockserver.core.world import World
from mockserver.resources import schemas_dir
from tests.oracle.properties import ENOUGH_ROWS, PROPERTY, Document, figures, loaded, own
from tests.oracle.strategies import BUNDLE, commands_for, worlds


@cache
def world_schema() -> Any:
    return jsonschema_rs.validator_for(json.loads((schemas_dir() / "harness" / "world.json").read_bytes()))


@PROPERTY
@given(data=st.data(), document=worlds())
def test_allocated_units_of_a_row_are_those_that_orders_hold_there(data: st.DataObject, document: Document) -> None:
    """The ledger: no unit is allocated to nobody, and none to two."""
    world = loaded(document)
    for command in data.draw(st.lists(commands_for(document), max_size=20)):
        world.execute(command)

    after = world.to_document()

    held: dict[tuple[str, int, str], int] = {}
    for order in own(after, "orders"):
        for pick in order["allocations"]:
            key = (pick["master_sku"], pick["warehouse"], pick["location"])
            held[key] = held.get(key, 0) + pick["units"]
    assert held == {
        (row["master_sku"], row["warehouse"], row["location"]): row["allocated"]
        for row in own(after, "stock")
        if row["allocated"]
    }


@PROPERTY
@given(data=st.data(), document=worlds(strict=False))
def test_without_strict_fifo_an_order_holds_everything_or_nothing(data: st.DataObject, document: Document) -> None:
    """Natively an order that cannot be filled wholly holds nothing (OM-AVAIL-06)."""
    world = loaded(document)
    orders = commands_for(document).filter(lambda command: not command["type"].startswith("listing"))
    for command in data.draw(st.lists(orders, max_size=20)):
        world.execute(command)

    for order in world.orders.values():
        held = [order.held_units(index) for index in range(len(order.lines))]
        assert held in ([0] * len(held), [line.open for line in order.lines])


@PROPERTY
@given(data=st.data(), document=worlds(strict=False))
def test_no_waiting_order_could_be_filled(data: st.DataObject, document: Document) -> None:
    """Waiting orders are tried again after every command, so none waits beside enough free units."""
    world = loaded(document)
    for command in data.draw(st.lists(commands_for(document), max_size=20)):
        world.execute(command)
    after = world.to_document()

    for order in own(after, "orders"):
        blocked = order["cancelled"] or order["held"] or order["allocations"]
        needs = needed_core_units(order)
        if blocked or needs is None or not sum(needs.values()):
            continue
        channel = next(each for each in own(after, "sales_channels") if each["id"] == order["sales_channel"])
        assert any(free_units(after, sku, channel) < need for sku, need in needs.items()), order


@PROPERTY
@given(data=st.data(), document=worlds(strict=True))
def test_with_strict_fifo_a_waiting_order_leaves_nothing_free(data: st.DataObject, document: Document) -> None:
    """With Strict FIFO the waiting order keeps what it got, so that no younger one can take it (OM-AVAIL-06)."""
    world = loaded(document)
    for command in data.draw(st.lists(commands_for(document), max_size=20)):
        world.execute(command)
    after = world.to_document()

    for order in own(after, "orders"):
        needs = needed_core_units(order)
        if order["cancelled"] or order["held"] or needs is None:
            continue
        channel = next(each for each in own(after, "sales_channels") if each["id"] == order["sales_channel"])
        for sku, need in needs.items():
            held = sum(pick["units"] for pick in order["allocations"] if pick["master_sku"] == sku)
            assert held == need or free_units(after, sku, channel) == 0


def needed_core_units(order: dict[str, Any]) -> dict[str, int] | None:
    """Open units by master SKU; None when a bundle is among them, which is harder to judge by hand."""
    needs: dict[str, int] = {}
    for line in order["lines"]:
        if line["master_sku"] == BUNDLE:
            return None
        units = line["quantity"] - line["cancelled"] - line["shipped"]
        needs[line["master_sku"]] = needs.get(line["master_sku"], 0) + units
    return needs


def free_units(document: Document, sku: str, channel: dict[str, Any]) -> int:
    """Units of one product that an order of the channel could draw; a location in debt adds nothing."""
    product = next(each for each in own(document, "products") if each["master_sku"] == sku)
    shut = {*product["excluded_warehouses"], *channel["excluded_warehouses"]}
    shut |= {house["id"] for house in own(document, "warehouses") if not house["active"] or house["type"] == "FBA"}
    rows = [row for row in own(document, "stock") if row["master_sku"] == sku and row["warehouse"] not in shut]
    return sum(
        max(0, row["on_hand"] - row["locked"] - row["allocated"]) for row in rows if row["active"] and row["pickable"]
    )


# -- the world as a whole --------------------------------------------------------------------------


@PROPERTY
@given(data=st.data(), document=worlds())
def test_world_file_round_trip_keeps_everything(data: st.DataObject, document: Document) -> None:
    """A world written out keeps the schema, and read in again it is the same world and shows the same."""
    world = loaded(document)
    for command in data.draw(st.lists(commands_for(document), max_size=10)):
        world.execute(command)

    written = world.to_document()
    assert [error.message for error in world_schema().iter_errors(written)] == []
    again = World.from_document(json.loads(json.dumps(written)), resolve(written["readings"]))

    assert again.to_document() == written
    assert figures(again) == figures(world)


@PROPERTY
@given(data=st.data(), document=worlds())
def test_refused_command_changes_nothing(data: st.DataObject, document: Document) -> None:
    """What is refused leaves neither a trace in the world file nor a row in the feed."""
    world = loaded(document)
    channels = [channel["id"] for channel in own(document, "sales_channels")]
    for command in data.draw(st.lists(commands_for(document, mistakes=True), min_size=1, max_size=15)):
        world.acknowledge(0, "v1.2", channels, ENOUGH_ROWS)
        before = json.dumps(world.to_document())
        outcome = world.execute(command)
        if outcome.status == "refused":
            assert outcome.reason
            assert json.dumps(world.to_document()) == before
            assert world.acknowledge(0, "v1.2", channels, ENOUGH_ROWS) == []


@PROPERTY
@given(data=st.data(), document=worlds())
def test_same_commands_give_the_same_bytes(data: st.DataObject, document: Document) -> None:
    """One pure function of world and commands: outcomes, rows and world file, byte by byte."""
    commands = data.draw(st.lists(commands_for(document, mistakes=True), max_size=15))

    assert history(document, commands) == history(document, commands)


def history(document: Document, commands: list[dict[str, Any]]) -> str:
    world = loaded(document)
    channels = [channel["id"] for channel in own(document, "sales_channels")]
    told: list[object] = []
    for command in commands:
        outcome = world.execute(command)
        told.append([outcome.status, outcome.reason, outcome.result])
        told.append([[row.listing.id, row.figure] for row in world.acknowledge(0, "v1.2", channels, 2)])
    return json.dumps([told, world.to_document()])


def test_empty_world_is_a_world() -> None:
    """A world file needs nothing but its format."""
    world = World.from_document({"format": "stockproof/world/1"}, resolve({}))

    assert world.listings == {}
    assert World.from_document(world.to_document(), resolve({})).to_document() == world.to_document()
