"""Small worlds for the tests of the core: a test says what matters to it, everything else is ordinary."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from mockserver.behaviours import resolve
from mockserver.core.errors import Refused
from mockserver.core.world import World

Document = dict[str, Any]

SHOP = 10
OUTLET = 20
LISTING = 501
CLOCK = "2026-01-05T09:00:00Z"


def document(**order_manager: Any) -> Document:
    """One warehouse, one sales channel, one product and its listing, unless told otherwise."""
    ordinary = {
        "warehouses": [house(1)],
        "sales_channels": [{"id": SHOP, "name": "Shop"}],
        "products": [{"master_sku": "MUG"}],
        "listings": [listing()],
    }
    return {"format": "stockproof/world/1", "clock": CLOCK, "order_manager": {**ordinary, **order_manager}}


def account(
    readings: Mapping[str, str] | None = None,
    *,
    marketplacer: Document | None = None,
    links: list[Document] | None = None,
    **order_manager: Any,
) -> World:
    written = document(**order_manager) | {"marketplacer": marketplacer or {}, "links": links or []}
    return loaded(written, readings)


def loaded(written: Document, readings: Mapping[str, str] | None = None) -> World:
    return World.from_document(deepcopy(written), resolve({**written.get("readings", {}), **(readings or {})}))


def reloaded(world: World) -> World:
    return loaded(world.to_document())


# -- the parts of a world file ---------------------------------------------------------------------


def house(own_id: int, **more: Any) -> Document:
    return {"id": own_id, "name": f"W{own_id}", **more}


def shelf(on_hand: int, sku: str = "MUG", warehouse: int = 1, **more: Any) -> Document:
    return {"master_sku": sku, "warehouse": warehouse, "on_hand": on_hand, **more}


def listing(own_id: int = LISTING, sku: str = "MUG", channel: int = SHOP, **more: Any) -> Document:
    named = {"id": own_id, "listing_sku": f"{sku}-L", "master_sku": sku, "sales_channel": channel}
    return {**named, **more}


def percent(value: float, **more: Any) -> Document:
    return {"master_sku": "MUG", "sales_channel": SHOP, "rule_type": "PERCENT_OF_AVAILABLE", "value": value, **more}


def cap(value: int, **more: Any) -> Document:
    return percent(value, **more) | {"rule_type": "MAX_ALLOCATION"}


def at_minimum(rule_type: str, value: float) -> Document:
    return {"min_rule_type": rule_type, "min_value": value}


def bundle(sku: str = "SET", **recipe: int) -> Document:
    parts = [{"master_sku": part, "quantity": quantity} for part, quantity in recipe.items()]
    return {"master_sku": sku, "type": "BUNDLE_KIT", "components": parts}


def order(number: str, *lines: tuple[str, int], channel: int = SHOP, **more: Any) -> Document:
    wanted = [{"listing_sku": f"{sku}-L", "quantity": quantity} for sku, quantity in lines]
    return {"sales_channel": channel, "order_number": number, "lines": wanted, **more}


# -- what happens in it ----------------------------------------------------------------------------


def done(world: World, kind: str, **fields: Any) -> Any:
    outcome = world.execute({"type": kind, **fields})
    assert outcome.status == "done", outcome.reason
    return outcome.result


def refused(world: World, kind: str, **fields: Any) -> Refused:
    """A refused command changes nothing: not the world file, not the feed, not the ids that come next."""
    before = (world.to_document(), dict(world.last_ids), len(world.agenda), world.seq)
    outcome = world.execute({"type": kind, **fields})
    assert outcome.status == "refused"
    assert (world.to_document(), world.last_ids, len(world.agenda), world.seq) == before
    assert outcome.refusal is not None
    assert outcome.reason == str(outcome.refusal)
    return outcome.refusal


def buy(world: World, number: str, *lines: tuple[str, int], **more: Any) -> Any:
    return done(world, "order.create", **order(number, *lines, **more))


def with_order(world: World, verb: str, number: str, *lines: tuple[str, int], **more: Any) -> Any:
    named: Document = {"sales_channel": SHOP, "order_number": number, **more}
    if lines:
        named["lines"] = [{"listing_sku": f"{sku}-L", "quantity": quantity} for sku, quantity in lines]
    return done(world, f"order.{verb}", **named)


def receive(world: World, units: int, sku: str = "MUG", warehouse: int = 1, **more: Any) -> None:
    done(world, "stock.receive", master_sku=sku, warehouse=warehouse, units=units, **more)


def stock(world: World, on_hand: int, sku: str = "MUG", warehouse: int = 1, **more: Any) -> None:
    done(world, "stock.set", master_sku=sku, warehouse=warehouse, on_hand=on_hand, **more)


# -- what is seen of it ----------------------------------------------------------------------------


def figure(world: World, listing_id: int = LISTING) -> int:
    return world.figure(world.listings[listing_id])


def held(world: World, number: str, channel: int = SHOP) -> dict[tuple[str, int, str], int]:
    """What an order holds: (master SKU, warehouse, location) -> units."""
    units: dict[tuple[str, int, str], int] = {}
    for draw in world.orders[channel, number].draws:
        for _, picks in draw.groups:
            for pick in picks:
                place = (pick.row.product.master_sku, pick.row.warehouse.id, pick.row.location)
                units[place] = units.get(place, 0) + pick.units
    return units


def status(world: World, number: str, channel: int = SHOP) -> str:
    found = world.orders[channel, number]
    return found.unresolved_status or found.status


def shelves(world: World, sku: str = "MUG") -> dict[tuple[int, str], tuple[int, int]]:
    """(warehouse, location) -> (on hand, allocated)."""
    return {(row.warehouse.id, row.location): (row.on_hand, row.allocated) for row in world.products[sku].stock}


def told(
    world: World, *, token: int = 0, version: str = "v1.2", channels: tuple[int, ...] = (SHOP,), limit: int = 1000
) -> list[tuple[int, int]]:
    """One call of the acknowledge endpoint: (listing id, figure) in the order of the rows."""
    return [(row.listing.id, row.figure) for row in world.acknowledge(token, version, channels, limit)]
