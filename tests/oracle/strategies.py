"""Random small worlds and commands for property tests, made so that their parts often meet."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

World = dict[str, Any]

CHANNELS = (10, 20, 30)
CORE = ("A", "B")
BUNDLE = "SET"
SKUS = (*CORE, BUNDLE)
# Listing ids are in another order than channels and products, so that an order by id can be told from the others.
LISTINGS = {
    (sku, channel): 560 - 7 * place
    for place, (channel, sku) in enumerate((channel, sku) for channel in CHANNELS for sku in SKUS)
}

mostly = st.sampled_from([True, True, True, True, False])
rarely = st.sampled_from([False, False, False, False, True])
few = st.integers(0, 40)
percentages = st.one_of(st.integers(0, 100), st.integers(0, 10_000).map(lambda hundredths: hundredths / 100))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, float]:
    if draw(st.booleans()):
        return "PERCENT_OF_AVAILABLE", draw(percentages)
    return "MAX_ALLOCATION", draw(few)


@st.composite
def rules(draw: st.DrawFn, sku: str | None, channel: int) -> dict[str, Any]:
    rule_type, value = draw(pairs())
    rule: dict[str, Any] = {"sales_channel": channel, "rule_type": rule_type, "value": value}
    if sku is not None:
        rule["master_sku"] = sku
    if draw(st.booleans()):
        rule["min_rule_type"], rule["min_value"] = draw(pairs())
    return rule


@st.composite
def stock_rows(draw: st.DrawFn, sku: str, warehouse: int) -> list[dict[str, Any]]:
    places = draw(st.lists(st.sampled_from(["", "A-01", "B-02"]), unique=True, max_size=2))
    return [
        {
            "master_sku": sku,
            "warehouse": warehouse,
            "location": place,
            "on_hand": draw(few),
            "locked": draw(st.sampled_from([0, 0, 1, 7])),
            "minimum": draw(st.sampled_from([0, 0, 3, 20])),
            "pickable": draw(mostly),
            "active": draw(mostly),
            "draw_rank": draw(st.integers(1, 2)),
        }
        for place in places
    ]


@st.composite
def warehouses(draw: st.DrawFn, *, strict: bool | None) -> list[dict[str, Any]]:
    kinds = st.sampled_from(["DIRECT_FULFILLMENT"] * 4 + ["THIRD_PARTY_LOGISTICS", "FBA", "WFS"])
    found = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        kind = draw(kinds)
        own = {"sales_channel": draw(st.sampled_from(CHANNELS[:2]))} if kind in ("FBA", "WFS") else {}
        found.append(
            {
                "id": number,
                "name": f"W{number}",
                "type": kind,
                "active": draw(mostly),
                "strict_fifo": draw(rarely) if strict is None else strict,
                "use_component_inventory": draw(mostly),
                **own,
            }
        )
    return found


@st.composite
def worlds(draw: st.DrawFn, *, with_rules: bool = True, strict: bool | None = None, silent: bool = True) -> World:
    """Draw a world file: up to three warehouses and channels, two core products and a bundle of them."""
    houses = draw(warehouses(strict=strict))
    ids = [house["id"] for house in houses]
    channels = CHANNELS[: draw(st.integers(2, 3))]
    shut = st.lists(st.sampled_from(ids), unique=True, max_size=1)
    needs = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    parts = [{"master_sku": sku, "quantity": need} for sku, need in zip(CORE, needs, strict=False)]
    flag = mostly if silent else st.just(value=True)
    products: list[dict[str, Any]] = [
        {"master_sku": sku, "active": draw(flag), "excluded_warehouses": draw(shut)} for sku in SKUS
    ]
    products[-1] |= {"type": "BUNDLE_KIT", "components": parts}
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "order_manager": {
            "warehouses": houses,
            "sales_channels": [
                {"id": channel, "name": f"C{channel}", "active": draw(flag), "excluded_warehouses": draw(shut)}
                for channel in channels
            ],
            "products": products,
            "stock": [row for sku in SKUS for house in ids for row in draw(stock_rows(sku, house))],
            "listings": [
                {
                    "id": LISTINGS[sku, channel],
                    "listing_sku": f"{sku}-L",
                    "master_sku": sku,
                    "sales_channel": channel,
                    "active": draw(flag),
                    "push_inventory": draw(flag),
                }
                for channel in channels
                for sku in SKUS
            ],
            "rules": draw(rule_sets(channels)) if with_rules else [],
        },
    }


@st.composite
def rule_sets(draw: st.DrawFn, channels: tuple[int, ...]) -> list[dict[str, Any]]:
    chosen = draw(st.lists(st.sampled_from([(sku, c) for sku in (*SKUS, None) for c in channels]), unique=True))
    return [draw(rules(sku, channel)) for sku, channel in chosen]


def commands_for(world: World, *, mistakes: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Commands that fit a world; with mistakes also such that make no sense in it."""
    houses = [house["id"] for house in world["order_manager"]["warehouses"]] + ([99] if mistakes else [])
    channels = [channel["id"] for channel in world["order_manager"]["sales_channels"]] + ([99] if mistakes else [])
    skus = [*SKUS, *(["NOTHING"] if mistakes else [])]
    house, channel, sku = st.sampled_from(houses), st.sampled_from(channels), st.sampled_from(skus)
    place = st.sampled_from(["", "A-01", "B-02"])
    number = st.sampled_from(["1", "2", "3", "4", "5", "6"])
    order = {"sales_channel": channel, "order_number": number}
    shelf = {"master_sku": sku, "warehouse": house, "location": place}
    lines = st.lists(
        st.fixed_dictionaries({"listing_sku": sku.map(lambda name: f"{name}-L"), "quantity": st.integers(1, 25)}),
        min_size=1,
        max_size=2,
    )
    return st.one_of(
        _of(
            "stock.set", shelf, on_hand=few, locked=st.sampled_from([0, 5]), minimum=few, active=mostly, pickable=mostly
        ),
        _of("stock.receive", {**shelf, "units": st.integers(1, 20)}),
        st.tuples(sku, channel).flatmap(lambda place: rules(*place)).map(lambda rule: {"type": "rule.set", **rule}),
        channel.flatmap(lambda where: rules(None, where)).map(lambda rule: {"type": "rule.set", **rule}),
        _of("rule.clear", {"master_sku": sku, "sales_channel": channel}),
        _of("exclusion.set", {"master_sku": sku, "warehouses": st.lists(house, unique=True, max_size=2)}),
        _of("exclusion.set", {"sales_channel": channel, "warehouses": st.lists(house, unique=True, max_size=2)}),
        _of(
            "listing.set",
            {"listing_sku": sku.map(lambda name: f"{name}-L"), "sales_channel": channel},
            active=mostly,
            push_inventory=mostly,
            master_sku=st.sampled_from(CORE),
        ),
        _of("order.create", {**order, "lines": lines}, hold=rarely, awaiting_payment=rarely),
        *(_of(f"order.{verb}", order) for verb in ("cancel", "hold", "release", "ship")),
        _of("order.cancel", {**order, "lines": lines}),
        _of("order.ship", {**order, "lines": lines}),
        st.just({"type": "clock.advance", "by": "PT1M"}),
    )


def _of(kind: str, fixed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(kind), **fixed}, optional=optional)
