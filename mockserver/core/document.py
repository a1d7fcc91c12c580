"""World -> world file: the bare state, without markers, journal or pending effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core import instants
from mockserver.core.integration_manager.document import integration_manager_of
from mockserver.core.invoice_loading import invoices_of
from mockserver.core.model import PUSH_DELAY_MS
from mockserver.core.rules import rule_to
from mockserver.core.webhook_commands import webhooks_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from mockserver.core.account import Account, Link
    from mockserver.core.marketplace_model import Inventory, Variant
    from mockserver.core.model import Listing, Order, OrderLine, Product, SalesChannel, StockLocation, Warehouse
    from mockserver.core.shipments import Shipment

Document = dict[str, Any]


def document_of(world: Account) -> Document:
    """Return the world file that describes the present state; loading it gives the same state again."""
    return {
        "format": "stockproof/world/1",
        "clock": instants.instant_text(world.now_ms),
        "seed": world.seed,
        "readings": dict(sorted(world.readings.items())),
        "order_manager": {
            **world.order_manager_extra,
            "warehouses": [_warehouse(each) for each in world.warehouses.values()],
            "sales_channels": [_channel(each) for each in world.channels.values()],
            "products": [_product(each) for each in world.products.values()],
            "stock": [_stock(row) for product in world.products.values() for row in product.stock],
            "listings": [_listing(each) for each in world.listings.values()],
            "rules": list(_rules(world)),
            "orders": [_order(each) for each in world.orders.values()],
        },
        "marketplacer": _marketplacer(world),
        "links": [_link(each) for each in world.links.values()],
        "integration_manager": integration_manager_of(world.integration),
    }


def _given(**optional: object) -> Document:
    """Return the keys that differ from what the world file takes for granted."""
    return {key: value for key, value in optional.items() if value not in (None, [], ())}


def _warehouse(warehouse: Warehouse) -> Document:
    return {
        "id": warehouse.id,
        "name": warehouse.name,
        "type": warehouse.type,
        "active": warehouse.active,
        "strict_fifo": warehouse.strict_fifo,
        "use_component_inventory": warehouse.use_component_inventory,
        **_given(sales_channel=warehouse.sales_channel),
    }


def _channel(channel: SalesChannel) -> Document:
    return {
        "id": channel.id,
        "name": channel.name,
        "active": channel.active,
        "excluded_warehouses": sorted(channel.excluded),
        **_given(native=channel.native or None, push_delay=_push_delay(channel)),
        **channel.details,
    }


def _push_delay(channel: SalesChannel) -> str | None:
    return None if channel.push_delay_ms == PUSH_DELAY_MS else instants.duration_text(channel.push_delay_ms)


def _product(product: Product) -> Document:
    written: Document = {
        "id": product.id,
        "master_sku": product.master_sku,
        "type": product.type,
        "active": product.active,
        "excluded_warehouses": sorted(product.excluded),
        **product.details,
    }
    if product.allow_backorders:
        written["allow_backorders"] = True
    if product.components:
        written["components"] = [
            {"master_sku": part.product.master_sku, "quantity": part.quantity} for part in product.components
        ]
    return written


def _stock(row: StockLocation) -> Document:
    return {
        "id": row.id,
        "master_sku": row.product.master_sku,
        "warehouse": row.warehouse.id,
        "location": row.location,
        "on_hand": row.on_hand,
        "locked": row.locked,
        "allocated": row.allocated,
        "in_transit": row.in_transit,
        "minimum": row.minimum,
        "pickable": row.pickable,
        "receivable": row.receivable,
        "active": row.active,
        "draw_rank": row.draw_rank,
    }


def _listing(listing: Listing) -> Document:
    return {
        "id": listing.id,
        "listing_sku": listing.listing_sku,
        "master_sku": listing.product.master_sku,
        "sales_channel": listing.channel.id,
        "active": listing.active,
        "push_inventory": listing.push_inventory,
        **_given(fn_sku=listing.fn_sku),
    }


def _rules(world: Account) -> Iterator[Document]:
    for channel in world.channels.values():
        if channel.default_rule is not None:
            yield {"sales_channel": channel.id, **rule_to(channel.default_rule)}
    for product in world.products.values():
        for channel_id, rule in sorted((product.rules or {}).items()):
            yield {"master_sku": product.master_sku, "sales_channel": channel_id, **rule_to(rule)}


def _order(order: Order) -> Document:
    return {
        "sales_channel": order.channel.id,
        "order_number": order.order_number,
        "created_at": instants.instant_text(order.created_ms),
        "held": order.held,
        "awaiting_payment": order.awaiting_payment,
        "cancelled": order.cancelled,
        "lines": [_line(line) for line in order.lines],
        "allocations": list(_allocations(order)),
        **_given(
            modified_at=instants.instant_text(order.modified_ms) if order.modified_ms != order.created_ms else None,
            hold_until=None if order.hold_until_ms is None else instants.instant_text(order.hold_until_ms),
            fulfillment_source=order.source.id if order.source else None,
            details=dict(order.details) or None,
            shipments=[_shipment(each) for each in order.shipments],
        ),
    }


def _shipment(shipment: Shipment) -> Document:
    return {
        "id": shipment.id,
        "created_at": instants.instant_text(shipment.created_ms),
        "external": shipment.external,
        "lines": [{"line": line, "quantity": units} for line, units in shipment.units],
        **_given(warehouse=shipment.warehouse.id if shipment.warehouse else None),
        **shipment.details,
    }


def _line(line: OrderLine) -> Document:
    return {
        "listing_sku": line.listing_sku,
        # The listing may have been pointed at another product since.
        **_given(master_sku=line.product.master_sku if line.product else None),
        "quantity": line.quantity,
        "cancelled": line.cancelled,
        "shipped": line.shipped,
        **_given(details=dict(line.details) or None),
    }


def _allocations(order: Order) -> Iterator[Document]:
    for draw in order.draws:
        for _, picks in draw.groups:
            for pick in picks:
                yield {
                    "line": draw.line,
                    "listing_sku": order.lines[draw.line].listing_sku,
                    "master_sku": pick.row.product.master_sku,
                    "warehouse": pick.row.warehouse.id,
                    "location": pick.row.location,
                    "units": pick.units,
                }


def _marketplacer(world: Account) -> Document:
    marketplace = world.marketplace
    return {
        "sellers": [
            {
                "id": seller.id,
                "name": seller.name,
                "scope": seller.scope,
                **_given(api_key=world.seller_keys.get(seller.id)),
            }
            for seller in marketplace.sellers.values()
        ],
        "multi_stores": [
            {"owner": owner, "members": list(members)} for owner, members in marketplace.multi_stores.items()
        ],
        # An advert that only its variants name has nothing to write.
        "adverts": [{"id": advert.id, **advert.details} for advert in marketplace.adverts.values() if advert.details],
        "variants": [_variant(each) for each in marketplace.variants.values()],
        "inventories": [
            _inventory(variant, held)
            for variant in marketplace.variants.values()
            for held in variant.inventories.values()
        ],
        **_given(invoices=invoices_of(world), webhooks=webhooks_of(world)),
    }


def _variant(variant: Variant) -> Document:
    return {
        "id": variant.id,
        "advert_id": variant.advert_id,
        **_given(sku=variant.sku or None),
        "count_on_hand": variant.count_on_hand,
        "infinite": variant.infinite,
        **variant.details,
        **_given(
            price=_price(variant.price),
            sale_price=_price(variant.sale_price),
            multi_store_owner=variant.owner,
            seller=variant.seller,
        ),
    }


def _inventory(variant: Variant, held: Inventory) -> Document:
    return {
        "id": held.id,
        "variant": variant.id,
        "seller": held.seller,
        "count_on_hand": held.count_on_hand,
        "price": _price(held.price),
        "sale_price": _price(held.sale_price),
        "infinite": held.infinite,
        "fulfilment_provider": held.fulfilment_provider,
    }


def _price(price: Decimal | None) -> str | None:
    return None if price is None else format(price, "f")


def _link(link: Link) -> Document:
    return {
        "sales_channel": link.sales_channel,
        "seller": link.seller,
        "import_lag": instants.duration_text(link.import_lag_ms),
    }
