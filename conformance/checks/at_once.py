"""Many calls at once: what one caller may rely on must hold for several."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conformance import acknowledge
from conformance.checks.worlds import CHANNEL, order_manager_world
from conformance.meaning import at_pointer
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.target import TargetWorld

LISTINGS: Final = 240
READERS: Final = 4
ROWS_A_CALL: Final = 25
CALLS_AT_MOST: Final = 40
WRITES: Final = 15
SHOWN, SHOPPERS = 10, 24
ON_HAND, ORDERS = 10, 16

EVERY: Final = range(1, LISTINGS + 1)


def _sku(number: int) -> str:
    return f"SKU-{number:03}"


WORLD_OF_LISTINGS: Final = order_manager_world({_sku(number): number for number in EVERY})
WORLD_OF_ORDERS: Final = order_manager_world({"LAMP": ON_HAND})
WORLD_OF_MEMBERS: Final[dict[str, Any]] = {
    "format": "stockproof/world/1",
    "marketplacer": {
        "sellers": [{"id": 1, "name": "Owner"}, *({"id": seller, "name": f"Member {seller}"} for seller in (2, 3, 4))],
        "multi_stores": [{"owner": 1, "members": [2, 3, 4]}],
        "variants": [{"id": 1, "advert_id": 10, "sku": "LAMP", "multi_store_owner": 1}],
        "inventories": [{"variant": 1, "seller": seller, "count_on_hand": 1} for seller in (2, 3, 4)],
    },
}
WORLD_OF_SHOPPERS: Final[dict[str, Any]] = {
    "format": "stockproof/world/1",
    "marketplacer": {
        "sellers": [{"id": 1, "name": "Shop"}],
        "variants": [{"id": 1, "advert_id": 10, "sku": "LAMP", "seller": 1, "count_on_hand": SHOWN}],
    },
}


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all calls at once and return what each gave; their traffic is kept as that of one caller would be."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(copy_context().run, call) for call in calls]]


def readers_share_no_row(world: TargetWorld) -> Iterator[Difference]:
    """Yield the listings that were answered twice or never: of the first read, and after a change of every one."""
    yield from _each_once(world, "first read")
    world.run([{"type": "stock.receive", "master_sku": _sku(number), "warehouse": 1, "units": 1} for number in EVERY])
    yield from _each_once(world, "after a change")


def _each_once(world: TargetWorld, when: str) -> Iterator[Difference]:
    told: Counter[object] = Counter()
    for rows in together([partial(_read_to_the_end, world)] * READERS):
        told.update(rows)
    for listing in EVERY:
        if told[listing] != 1:
            yield Difference(f"{when}: listings/{listing} (times answered)", 1, told[listing])


def _read_to_the_end(world: TargetWorld) -> list[object]:
    listings: list[object] = []
    for _ in range(CALLS_AT_MOST):
        rows = acknowledge.read(world, [CHANNEL], limit=ROWS_A_CALL)
        listings += [row["listing_id"] for row in rows]
        if not rows:
            break
    return listings


def members_write_at_once(world: TargetWorld) -> Iterator[Difference]:
    """Yield the records that do not hold what their seller wrote last."""
    together([partial(_write_upwards, world, seller) for seller in (2, 3, 4)])
    path = "/api/v2/client/variants/1/inventories"
    request = {"api": "marketplacer", "as": {"seller": 1}, "method": "GET", "path": path}
    records = at_pointer(world.call(request).json, "/data", [])
    attributes = [at_pointer(each, "/attributes", {}) for each in records] if isinstance(records, list) else []
    counts = {str(at_pointer(each, "/seller_id")): at_pointer(each, "/count_on_hand") for each in attributes}
    for seller in (2, 3, 4):
        wanted = (seller - 1) * 100 + WRITES
        if counts.get(str(seller)) != wanted:
            yield Difference(f"inventories of seller {seller}/count_on_hand", wanted, counts.get(str(seller)))


def _write_upwards(world: TargetWorld, seller: int) -> None:
    for number in range(1, WRITES + 1):
        body = {"data": [{"attributes": {"count_on_hand": (seller - 1) * 100 + number}}]}
        path = "/api/v2/client/variants/1/inventories"
        world.call({"api": "marketplacer", "as": {"seller": seller}, "method": "PUT", "path": path, "body": body})


def shoppers_at_once(world: TargetWorld) -> Iterator[Difference]:
    """Yield where the sales served, or what is left, is not what was shown."""
    sale = {"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 1}
    results = together([partial(world.run, [sale])] * SHOPPERS)
    served = sum(result[0].get("status") == "done" for result in results)
    if served != SHOWN:
        yield Difference("sales served", SHOWN, served)
    request = {"api": "marketplacer", "as": {"seller": 1}, "method": "GET", "path": "/api/v2/client/variants/1"}
    left = at_pointer(world.call(request).json, "/data/attributes/count_on_hand")
    if left != 0:
        yield Difference("count_on_hand left", 0, left)


def orders_at_once(world: TargetWorld) -> Iterator[Difference]:
    """Yield where more was allocated than there is, or the channel is told anything but 0."""
    lines = [{"listing_sku": "LAMP-1", "quantity": 1}]
    orders = [
        {"type": "order.create", "sales_channel": CHANNEL, "order_number": f"O-{number}", "lines": lines}
        for number in range(ORDERS)
    ]
    together([partial(world.run, [order]) for order in orders])
    figure = acknowledge.drain(world, [CHANNEL]).get(1)
    if figure != 0:
        yield Difference("figure of listing 1", 0, figure)
    request = {"api": "order_manager", "as": {"token": 0}, "method": "GET", "path": "/v1/inventory"}
    row = world.call(request).json
    for name, wanted in (("quantity", ON_HAND), ("allocatedQuantity", ON_HAND), ("availableQuantity", 0)):
        found = at_pointer(row, f"/0/{name}")
        if found != wanted:
            yield Difference(f"stock row/{name}", wanted, found)
