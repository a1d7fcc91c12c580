"""A small marketplace for the tests of the core: one parent seller, two members, a stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.core.worlds import account, done, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.errors import Refused
    from mockserver.core.marketplace_model import Inventory
    from mockserver.core.world import World

OWNER = 9
ALICE = 1
BOB = 2
STRANGER = 5
MULTI = 100
SINGLE = 200

Document = dict[str, Any]
ALICES = {"id": 1, "variant": MULTI, "seller": ALICE, "count_on_hand": 10, "price": "500", "sale_price": "450"}


def marketplace(*inventories: Document, **parts: Any) -> Document:
    return {
        "sellers": [{"id": each, "name": f"S{each}"} for each in (OWNER, ALICE, BOB, STRANGER)],
        "multi_stores": [{"owner": OWNER, "members": [ALICE, BOB]}],
        "variants": [
            {"id": MULTI, "advert_id": 10, "sku": "MUG-L", "price": "500", "multi_store_owner": OWNER},
            {"id": SINGLE, "advert_id": 20, "sku": "CUP-L", "price": "12", "seller": STRANGER, "count_on_hand": 7},
        ],
        "inventories": list(inventories),
        **parts,
    }


def market(readings: Mapping[str, str] | None = None, *inventories: Document, **parts: Any) -> World:
    return account(readings, marketplacer=marketplace(*inventories), **parts)


def put(world: World, by: int, *records: Document, variant: int = MULTI) -> Any:
    return done(world, "inventories.put", variant=variant, by=by, records=list(records))


def put_refused(world: World, by: int, *records: Document, variant: int = MULTI) -> Refused:
    return refused(world, "inventories.put", variant=variant, by=by, records=list(records))


def record(world: World, seller: int = ALICE) -> Inventory:
    return world.marketplace.variants[MULTI].inventories[seller]


def counts(world: World) -> dict[int, int]:
    return {seller: each.count_on_hand for seller, each in world.marketplace.variants[MULTI].inventories.items()}
