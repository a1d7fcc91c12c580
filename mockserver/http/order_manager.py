"""Order Manager's catalogue and stock routes (OM-API). Lists are bare arrays, pages are counted from 1."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mockserver.core import availability
from mockserver.core.instants import instant_text
from mockserver.core.model import BUNDLE_KIT, VIRTUAL_PRODUCT
from mockserver.http.exchange import json_answer
from mockserver.http.failures import Failure
from mockserver.http.query import ids, parsed_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mockserver.core.model import Listing, Product, SalesChannel, StockLocation, Warehouse
    from mockserver.core.world import World
    from mockserver.http.exchange import Answer, Call

_LARGEST_TOTALS_PAGE: Final = 200
GLOBAL: Final = "GLOBAL"


def list_listings(call: Call) -> Answer:
    """Answer listings; none of them carries a quantity."""
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        rows = (listing for listing in _listings(call.world.world, query) if _fits_listing(listing, query))
        return page(call, query, rows, _listing)


def _listings(world: World, query: Mapping[str, Any]) -> Iterable[Listing]:
    """Return the listings to look through: by the narrowest filter, in the order of their ids."""
    wanted = ids(query["listingId"])
    if wanted is not None:
        return [world.listings[each] for each in sorted(wanted) if each in world.listings]
    if query["masterSku"] is not None:
        skus = texts(query["masterSku"])
        found = [listing for sku in skus if sku in world.products for listing in world.products[sku].listings]
        return sorted(found, key=lambda listing: listing.id)
    if query["salesChannelId"] is not None:
        channel = world.channels.get(query["salesChannelId"])
        return sorted(channel.listings, key=lambda listing: listing.id) if channel else ()
    return (world.listings[each] for each in sorted(world.listings))


def texts(text: str) -> frozenset[str]:
    """Return the values of a comma-separated parameter; quotation marks around one are forgiven (OM-API-13)."""
    return frozenset(part.strip().strip('"') for part in text.split(","))


def _fits_listing(listing: Listing, query: Mapping[str, Any]) -> bool:
    products, skus = ids(query["productId"]), query["listingSku"]
    return (
        query["active"] in (None, listing.active)
        and query["salesChannelId"] in (None, listing.channel.id)
        and (products is None or listing.product.id in products)
        and (skus is None or listing.listing_sku in texts(skus))
        and (query["masterSku"] is None or listing.product.master_sku in texts(query["masterSku"]))
        and in_time(listing.created_ms, query["createdDateFrom"], query["createdDateTo"])
        and in_time(listing.modified_ms, query["modifiedDateFrom"], query["modifiedDateTo"])
        and (query["warehouseId"] is None or _is_stocked_in(listing.product, query["warehouseId"]))
    )


def in_time(at_ms: int, since: int | None, until: int | None) -> bool:
    """Whether an instant lies between two, both included; None leaves a side open. All in milliseconds since 1970."""
    return (since is None or at_ms >= since) and (until is None or at_ms <= until)


def _is_stocked_in(product: Product, warehouse: int) -> bool:
    return any(row.warehouse.id == warehouse for row in product.stock)


def _listing(listing: Listing) -> dict[str, Any]:
    return {
        "listingId": listing.id,
        "listingSku": listing.listing_sku,
        "masterSku": listing.product.master_sku,
        "productId": listing.product.id,
        "salesChannelId": listing.channel.id,
        "active": listing.active,
        "pushInventory": listing.push_inventory,
        "fnSku": listing.fn_sku,
        "created": wire_instant(listing.created_ms),
        "lastModified": wire_instant(listing.modified_ms),
    }


def wire_instant(milliseconds: int) -> str:
    """Return an instant as the vendor writes it, in whole seconds (OM-API-14)."""
    return instant_text(milliseconds - milliseconds % 1000)


def list_sales_channels(call: Call) -> Answer:
    """Answer all sales channels, on one page."""
    with call.world.lock:
        return json_answer([sales_channel(channel) for channel in call.world.world.channels.values()])


def sales_channel(channel: SalesChannel) -> dict[str, Any]:
    """Return a sales channel as the wire shows it."""
    return {
        "salesChannelId": channel.id,
        "name": channel.name,
        "companyName": channel.details.get("company_name"),
        "phoneNumber": None,
        "type": channel.details.get("type"),
        "active": channel.active,
        "connectionParams": None,
    }


def list_warehouses(call: Call) -> Answer:
    """Answer all warehouses, on one page."""
    with call.world.lock:
        return json_answer([_warehouse(warehouse) for warehouse in call.world.world.warehouses.values()])


def get_warehouse(call: Call) -> Answer:
    """
    Answer one warehouse.

    Raises:
        Failure: 404 for an unknown id.
    """
    with call.world.lock:
        given = call.path["warehouseId"]
        warehouse = call.world.world.warehouses.get(int(given)) if given.isascii() and given.isdigit() else None
        if warehouse is None:
            raise Failure("not_found", f"no warehouse {given[:40]}")
        return json_answer(_warehouse(warehouse))


def _warehouse(warehouse: Warehouse) -> dict[str, Any]:
    return {
        "warehouseId": warehouse.id,
        "name": warehouse.name,
        "active": warehouse.active,
        "type": warehouse.type,
        "salesChannelId": warehouse.sales_channel,
        "internationalRank": None,
        "domesticBackups": [],
        "stateAllocations": [],
        "contactEmail": None,
        "contactPhone": None,
        "phoneExtension": None,
        "fax": None,
        "address": None,
        "returnsLocation": None,
    }


def list_products(call: Call) -> Answer:
    """Answer products; the sku filter finds every master SKU that contains the text."""
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        world = call.world.world
        wanted = ids(query["productId"])
        rows = (
            world.products_by_id[each]
            for each in sorted(world.products_by_id)
            if (wanted is None or each in wanted) and _fits_product(world, world.products_by_id[each], query)
        )
        return page(call, query, rows, lambda product: _product(world, product))


def _fits_product(world: World, product: Product, query: Mapping[str, Any]) -> bool:
    return (
        query["active"] in (None, product.active)
        and _contains(product, query["sku"])
        # A product of a world file is as old as the world.
        and in_time(world.started_ms, query["modifiedDateFrom"], query["modifiedDateTo"])
    )


def _contains(product: Product, text: str | None) -> bool:
    if text is None:
        return True
    return any(part.lower() in product.master_sku.lower() for part in texts(text))


def _product(world: World, product: Product) -> dict[str, Any]:
    parent = world.products.get(product.details.get("parent", ""))
    return {
        "productId": product.id,
        "masterSku": product.master_sku,
        "name": product.details.get("name", product.master_sku),
        "type": product.type,
        "active": product.active,
        "bundle": product.type == BUNDLE_KIT,
        "digital": False,
        "hazmat": False,
        "giftCard": False,
        "allowBackorders": product.allow_backorders,
        "shipsInOwnBox": False,
        "customShippingRule": False,
        "parentId": parent.id if parent else 0,
        "attributeGroups": [],
        "bundledItems": [
            {
                "bundleItemId": position,
                "bundledProduct": product_info(part.product),
                "bundledProductQuantity": part.quantity,
                "product": product_info(product),
            }
            for position, part in enumerate(product.components, start=1)
        ],
        "brand": product.details.get("brand"),
        "description": product.details.get("description"),
        "upc": product.details.get("upc"),
        "mpn": product.details.get("mpn"),
        "categories": [],
        "labels": [],
        "attributes": [],
        "imageUrls": [],
        "createdDate": wire_instant(world.started_ms),
        "modifiedDate": wire_instant(world.started_ms),
    }


def product_info(product: Product) -> dict[str, Any]:
    """Return the short form of a product, as other rows carry it."""
    return {
        "productId": product.id,
        "masterSku": product.master_sku,
        "name": product.details.get("name", product.master_sku),
        "productType": product.type,
        "upc": product.details.get("upc"),
        "mpn": product.details.get("mpn"),
        "description": product.details.get("description"),
        "hazmat": False,
        "productWeight": None,
        "fnSku": None,
    }


def list_inventory(call: Call) -> Answer:
    """Answer one row a product and stock location; for a bundle's SKU the rows of its components too."""
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        world = call.world.world
        return page(call, query, _stock_rows(world, query), lambda row: product_stock(world, row))


def _stock_rows(world: World, query: Mapping[str, Any]) -> Iterator[StockLocation]:
    for product in _stocked_products(world, query["sku"]):
        for row in product.stock:
            if query["warehouseId"] in (None, row.warehouse.id):
                yield row


def _stocked_products(world: World, sku: str | None) -> Iterable[Product]:
    if sku is None:
        return (world.products_by_id[each] for each in sorted(world.products_by_id))
    found = [product for product in world.products.values() if _contains(product, sku)]
    with_parts = {part.product.id: part.product for product in found for part in product.components}
    with_parts.update({product.id: product for product in found})
    return [with_parts[each] for each in sorted(with_parts)]


def product_stock(world: World, row: StockLocation) -> dict[str, Any]:
    """Return a stock row as the wire shows it."""
    return {
        "productStockId": row.id,
        "product": product_info(row.product),
        "stockLocation": {"stockLocationId": row.id, "location": location_name(row), "warehouseId": row.warehouse.id},
        "quantity": row.on_hand,
        "quantityLocked": row.locked,
        "allocatedQuantity": row.allocated,
        "availableQuantity": row.available if row.drawable else 0,
        "minStock": row.minimum,
        "drawRank": row.draw_rank,
        "pickable": row.pickable,
        "receivable": row.receivable,
        "active": row.active,
        "warehouseStockTotals": _warehouse_totals(world, row),
    }


def location_name(row: StockLocation) -> str:
    """Return the name of a location; the unnamed one of a third party's warehouse is called GLOBAL (OM-API-09)."""
    return GLOBAL if not row.location and row.warehouse.type == "THIRD_PARTY_LOGISTICS" else row.location


def _warehouse_totals(world: World, row: StockLocation) -> dict[str, int]:
    rows = [each for each in row.product.stock if each.warehouse is row.warehouse]
    others = frozenset(world.warehouses) - {row.warehouse.id}
    units = availability.units_by_warehouse(row.product, others)
    return {
        "onHandQuantity": sum(each.on_hand for each in rows),
        "availableQuantity": units.get(row.warehouse, 0),
        "allocatedQuantity": sum(each.allocated for each in rows),
        "lockedQuantity": sum(each.locked for each in rows),
        "inTransitQuantity": sum(each.in_transit for each in rows),
    }


def list_stock_totals(call: Call) -> Answer:
    """
    Answer physical stock per product, without bundles that could be built.

    Raises:
        Failure: 400 for a page above 200 rows.
    """
    query = parsed_query(call.operation, call.request.query)
    with call.world.lock:
        world = call.world.world
        rows = (
            world.products_by_id[each]
            for each in sorted(world.products_by_id)
            if _has_total(world.products_by_id[each], query)
        )
        return page(call, query, rows, lambda product: _stock_total(product, query["warehouseId"]))


def _has_total(product: Product, query: Mapping[str, Any]) -> bool:
    stocked = query["warehouseId"] is None or _is_stocked_in(product, query["warehouseId"])
    return product.type != VIRTUAL_PRODUCT and bool(product.stock) and stocked and _contains(product, query["sku"])


def _stock_total(product: Product, warehouse: int | None) -> dict[str, Any]:
    rows = [row for row in product.stock if warehouse in (None, row.warehouse.id)]
    return {
        "product": product_info(product),
        "onHandQuantity": sum(row.on_hand for row in rows),
        "lockedQuantity": sum(row.locked for row in rows),
        "inTransitQuantity": sum(row.in_transit for row in rows),
    }


def page(call: Call, query: Mapping[str, Any], rows: Iterable[Any], render: Any) -> Answer:
    """Answer one page of rows; past the end it is empty."""
    limit = _limit(call, query["limit"])
    start = (query["page"] - 1) * limit
    return json_answer([render(row) for row in islice(rows, start, start + limit)])


def _limit(call: Call, limit: int) -> int:
    bounds = next(parameter.range for parameter in call.operation.parameters if parameter.name == "limit")
    assert bounds is not None  # noqa: S101 - the contract gives every limit its range
    least, most = bounds
    if least <= limit <= most:
        return limit
    if call.option("om.limit-out-of-range") == "refuse" or (most == _LARGEST_TOTALS_PAGE and limit > most):
        raise Failure("bad_request", f"limit must be {least} to {most}, not {limit}", source="limit")
    return min(max(limit, least), most)
