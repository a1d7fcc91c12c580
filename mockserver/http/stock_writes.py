"""Order Manager's stock writes: set on hand of rows that exist, make rows that do not (OM-API-17 to 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused
from mockserver.core.stock_writes import adjustment, new_stock
from mockserver.http.auth import check_scope
from mockserver.http.bulk import ItemError, body_of, bulk_answer, error_code
from mockserver.http.order_manager import GLOBAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.core.model import Product, StockLocation
    from mockserver.core.world import World
    from mockserver.http.exchange import Answer, Call

    Command = dict[str, Any]
    Prepared = list[tuple[int, Command]]

WRITE: Final = "write_inventory"
NO_PRODUCT: Final = "ERR053"
NO_STOCK: Final = "ERR097"
_ADJUST_CODES: Final = {"unknown_stock": NO_STOCK, "unknown_warehouse": NO_STOCK}


def adjust_stock(call: Call) -> Answer:
    """Set on hand of stock rows; what cannot be set is told as an error with ERR097 or ERR053."""
    check_scope(call, WRITE)
    body = body_of(call)
    unknown = NO_PRODUCT if call.option("om.adjust-unknown-sku") == "product-not-found" else NO_STOCK
    codes = {**_ADJUST_CODES, "unknown_master_sku": unknown}
    with call.world.lock:
        world = call.world.world
        prepared, errors = _prepared(body, lambda item: _adjustment(world, item), _sku, codes)
        return _run(call, prepared, errors)


def _adjustment(world: World, item: Mapping[str, Any]) -> Command:
    command = {
        "type": "stock.adjust",
        "master_sku": item["masterSku"],
        "warehouse": item["warehouseId"],
        "on_hand": item["onHandQuantity"],
    }
    name = item.get("stockLocationName")
    if name is not None:
        command["location"] = location_meant(world, world.products.get(item["masterSku"]), item["warehouseId"], name)
    adjustment(world, command)
    return command


def _sku(item: Mapping[str, Any]) -> str:
    return str(item["masterSku"])


def location_meant(world: World, product: Product | None, warehouse: int, name: str) -> str:
    """Return the location that the wire calls so: GLOBAL is a third party's unnamed one, if there is no other."""
    house = world.warehouses.get(warehouse)
    if name != GLOBAL or product is None or house is None or house.type != "THIRD_PARTY_LOGISTICS":
        return name
    there = {row.location for row in product.stock if row.warehouse is house}
    return "" if "" in there and name not in there else name


def create_stock(call: Call) -> Answer:
    """Make stock rows; a product that does not exist is told as ERR053, a row that is there already as an error."""
    check_scope(call, WRITE)
    body = body_of(call)
    with call.world.lock:
        world = call.world.world
        made: set[tuple[str, int, str]] = set()
        prepared, errors = _prepared(
            body,
            lambda item: _creation(world, item, made),
            lambda item: _name(world, item),
            {"unknown_product": NO_PRODUCT},
        )
        return _run(call, prepared, errors)


def _creation(world: World, item: Mapping[str, Any], made: set[tuple[str, int, str]]) -> Command:
    product = world.products_by_id.get(item["productId"])
    if product is None:
        raise Refused("unknown_product", f"no product {item['productId']}", field="productId")
    warehouse = item["warehouseId"]
    command = {
        "type": "stock.create",
        "master_sku": product.master_sku,
        "warehouse": warehouse,
        "location": location_meant(world, product, warehouse, item["stockLocationName"]),
        "on_hand": item["quantity"],
        "locked": item.get("quantityLocked") or 0,
        "allocated": item.get("allocatedQuantity") or 0,
        "minimum": item.get("minStock") or 0,
        "pickable": item.get("pickable") is not False,
        "receivable": item.get("receivable") is not False,
    }
    new_stock(world, command)
    _refuse_twins(made, (product.master_sku, warehouse, command["location"]))
    return command


def _refuse_twins(made: set[tuple[str, int, str]], key: tuple[str, int, str]) -> None:
    if key in made:
        raise Refused("duplicate_stock", "the same row stands here twice", field="stockLocationName")
    made.add(key)


def _name(world: World, item: Mapping[str, Any]) -> str:
    product = world.products_by_id.get(item["productId"])
    return product.master_sku if product else str(item["productId"])


def _prepared(
    items: Sequence[Mapping[str, Any]],
    command_for: Callable[[Mapping[str, Any]], Command],
    name: Callable[[Mapping[str, Any]], str],
    codes: Mapping[str, str],
) -> tuple[Prepared, list[ItemError]]:
    """Return the commands that the world will accept, by their place from 1, and why it would refuse the others."""
    prepared, errors = [], []
    for index, item in enumerate(items, start=1):
        try:
            prepared.append((index, command_for(item)))
        except Refused as refusal:
            code = codes.get(refusal.code) or error_code(refusal)
            errors.append(ItemError(index, str(refusal), code, name(item)))
    return prepared, errors


def _run(call: Call, prepared: Prepared, errors: list[ItemError]) -> Answer:
    """Run what was prepared and answer the rows as they stand when everything is done."""
    if errors and call.option("om.stock-good-items") == "nothing":
        return bulk_answer([], errors)
    rows = [_row(call, command) for _, command in prepared]
    return bulk_answer([_result(row) for row in rows], errors)


def _row(call: Call, command: Command) -> StockLocation:
    outcome = call.world.run(command)
    if outcome.refusal is not None:
        raise outcome.refusal
    made: Any = outcome.result
    product = call.world.world.products[command["master_sku"]]
    return next(row for row in product.stock if row.id == made["stock_id"])


def _result(row: StockLocation) -> dict[str, Any]:
    return {
        "masterSku": row.product.master_sku,
        "availableQuantity": row.available if row.drawable else 0,
        "productStockId": row.id,
        "warehouseId": row.warehouse.id,
    }
