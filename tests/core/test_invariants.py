"""
Invariants of allocation that hold under every reading, and the engine against the dumb oracle.

The ten invariants of the reference: 6 and 7 concern Integration Manager, which this version does not serve;
the others are here, each named in its docstring.
"""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.behaviours import readings as registry
from tests import oracle
from tests.oracle.figures import DEFAULTS
from tests.oracle.properties import ENOUGH_ROWS, PROPERTY, Document, done, figures, loaded, own
from tests.oracle.strategies import BUNDLE, CORE, LISTINGS, commands_for, worlds

TOLD_IN_SILENCE = {"alloc.zero-figure", "channel.inactive", "product.inactive", "listing.variation-parent"}
OPTIONS = {name: registry()[name].option_ids for name in sorted(DEFAULTS) if name not in TOLD_IN_SILENCE}
chosen_readings = st.fixed_dictionaries({}, optional={name: st.sampled_from(ids) for name, ids in OPTIONS.items()})


# -- the engine and the oracle ---------------------------------------------------------------------


@PROPERTY
@given(document=worlds())
def test_engine_and_oracle_agree_on_every_listing(document: Document) -> None:
    """Two implementations of one rule book give the same figure and the same silence."""
    world = loaded(document)

    assert figures(world) == {each: oracle.figure(document, each) for each in world.listings}
    assert {each.id: world.shown(each) for each in world.listings.values()} == {
        each: oracle.shown(document, each) for each in world.listings
    }


@PROPERTY
@given(document=worlds(), readings=chosen_readings)
def test_engine_and_oracle_agree_under_any_readings(document: Document, readings: dict[str, str]) -> None:
    """The same, with any combination of the readings that change a figure."""
    world = loaded(document, readings)

    assert figures(world) == {each: oracle.figure(document, each, readings) for each in world.listings}


@PROPERTY
@given(data=st.data(), document=worlds())
def test_engine_and_oracle_agree_after_any_commands(data: st.DataObject, document: Document) -> None:
    """However a world came to be as it is, its figures follow from what its world file says."""
    world = loaded(document)
    for command in data.draw(st.lists(commands_for(document), max_size=15)):
        world.execute(command)

    after = world.to_document()

    assert figures(world) == {each: oracle.figure(after, each) for each in world.listings}


@PROPERTY
@given(data=st.data(), document=worlds(), readings=chosen_readings)
def test_explained_steps_add_up_to_the_figure(
    data: st.DataObject, document: Document, readings: dict[str, str]
) -> None:
    """Whoever adds up the steps by hand arrives at the figure."""
    readings |= {"alloc.backorders": "no-effect", "alloc.listings-share": "each-full"}
    readings |= {"alloc.regime-quantity": "available", "alloc.minimum-scope": "included-warehouses"}
    readings["alloc.minimum-locations"] = "active-pickable"
    world = loaded(document, readings)
    listing = data.draw(st.sampled_from(sorted(world.listings)))

    steps = world.explain(listing)

    for house in steps["warehouses"]:
        assert house["counts"] == counted_by_hand(house)
    assert steps["available"] == summed([house["counts"] for house in steps["warehouses"]], readings)
    assert steps["regime"]["minimum"] == minimum_by_hand(steps)
    assert steps["regime"]["minimum_reached"] == (steps["regime"]["units"] <= steps["regime"]["minimum"])
    assert steps["pair"] == pair_by_hand(steps, readings)
    assert steps["channel_figure"] == steps["figure"] == applied(steps["pair"], steps["available"])
    assert steps["figure"] == world.figure(world.listings[listing])


def counted_by_hand(house: dict[str, Any]) -> int:
    for place in house["locations"]:
        assert place["available"] == place["on_hand"] - place["locked"] - place["allocated"]
        assert place["counts"] == (place["active"] and place["pickable"])
    if house["left_out_because"]:
        return 0
    units = sum(place["available"] for place in house["locations"] if place["counts"])
    if "components" not in house or not house["use_component_inventory"]:
        return units
    for part in house["components"]:
        assert part["available"] == sum(place["available"] for place in part["locations"] if place["counts"])
    return units + max(0, min(part["available"] // part["quantity"] for part in house["components"]))


def summed(counts: list[int], readings: dict[str, str]) -> int:
    how = readings.get("alloc.negative-available")
    if how == "clamp-per-warehouse":
        return sum(max(0, count) for count in counts)
    return sum(counts) if how == "published" else max(0, sum(counts))


def minimum_by_hand(steps: dict[str, Any]) -> int:
    """The regime looks past what only the channel leaves out."""
    channels_own = {"excluded for the sales channel", "another sales channel's own warehouse"}
    return sum(
        place["minimum"]
        for house in steps["warehouses"]
        if set(house["left_out_because"]) <= channels_own
        for place in house["locations"]
        if place["counts"]
    )


def pair_by_hand(steps: dict[str, Any], readings: dict[str, str]) -> dict[str, Any]:
    rule = steps["rule"]
    if not steps["regime"]["minimum_reached"]:
        return {"type": rule["rule_type"], "value": rule["value"]}
    if "min_rule_type" in rule:
        return {"type": rule["min_rule_type"], "value": rule["min_value"]}
    if readings.get("alloc.absent-minimum-pair") == "everything":
        return {"type": "PERCENT_OF_AVAILABLE", "value": 100}
    return {"type": rule["rule_type"], "value": rule["value"]}


def applied(pair: dict[str, Any], units: int) -> int:
    if pair["type"] == "MAX_ALLOCATION":
        return min(units, int(pair["value"]))
    return floor(units * Fraction(str(pair["value"])) / 100)


# -- the invariants of the reference ---------------------------------------------------------------


@PROPERTY
@given(data=st.data(), document=worlds(), more=st.integers(1, 30))
def test_more_stock_never_shows_less_within_one_regime(data: st.DataObject, document: Document, more: int) -> None:
    """Invariant 1: raising what a warehouse has lowers no figure, as long as the regime stays."""
    assume(own(document, "stock"))
    before = loaded(document)
    richer = deepcopy(document)
    data.draw(st.sampled_from(own(richer, "stock")))["on_hand"] += more
    after = loaded(richer)

    for listing in before.listings.values():
        same = [world.explain(listing.id)["regime"]["minimum_reached"] for world in (before, after)]
        if same[0] == same[1]:
            assert before.figure(listing) <= after.figure(after.listings[listing.id])


@PROPERTY
@given(document=worlds())
def test_figure_is_between_nothing_and_the_pool(document: Document) -> None:
    """Invariant 2: 0 ≤ figure ≤ what the channel would show without any rule."""
    pool = figures(loaded({**document, "order_manager": {**document["order_manager"], "rules": []}}))

    for listing, figure in figures(loaded(document)).items():
        assert 0 <= figure <= pool[listing]


@PROPERTY
@given(document=worlds(with_rules=False))
def test_without_rules_a_core_product_shows_its_pool(document: Document) -> None:
    """Invariant 3: the default configuration publishes the pool exactly."""
    world = loaded(document)

    for sku in CORE:
        for channel in own(document, "sales_channels"):
            assert world.figure(world.listings[LISTINGS[sku, channel["id"]]]) == pool_of(document, sku, channel)


def pool_of(document: Document, sku: str, channel: dict[str, Any]) -> int:
    product = next(each for each in own(document, "products") if each["master_sku"] == sku)
    houses = [
        house["id"]
        for house in own(document, "warehouses")
        if house["active"]
        and house["id"] not in {*product["excluded_warehouses"], *channel["excluded_warehouses"]}
        and not (house["type"] == "FBA" and house["sales_channel"] != channel["id"])
    ]
    rows = [row for row in own(document, "stock") if row["master_sku"] == sku and row["warehouse"] in houses]
    return max(0, sum(row["on_hand"] - row["locked"] for row in rows if row["active"] and row["pickable"]))


@PROPERTY
@given(document=worlds(), flood=st.integers(1, 1000))
def test_stock_of_a_warehouse_excluded_for_the_product_never_shows(document: Document, flood: int) -> None:
    """Invariant 4, product: its units change no figure of the product, not even through the regime."""
    product = own(document, "products")[0]
    shut = product["excluded_warehouses"]
    flooded = deepcopy(document)
    for row in own(flooded, "stock"):
        if row["master_sku"] == product["master_sku"] and row["warehouse"] in shut:
            row["on_hand"] += flood

    before, after = figures(loaded(document)), figures(loaded(flooded))

    for channel in own(document, "sales_channels"):
        listing = LISTINGS[product["master_sku"], channel["id"]]
        assert before[listing] == after[listing]


@PROPERTY
@given(document=worlds(), flood=st.integers(1, 1000))
def test_stock_of_a_warehouse_excluded_for_the_channel_shows_at_most_by_the_regime(
    document: Document, flood: int
) -> None:
    """Invariant 4, channel: its units change no figure of that channel unless they switch the regime."""
    channel = own(document, "sales_channels")[0]
    flooded = deepcopy(document)
    for row in own(flooded, "stock"):
        if row["warehouse"] in channel["excluded_warehouses"]:
            row["on_hand"] += flood
    before, after = loaded(document), loaded(flooded)

    for listing in [each for each in before.listings.values() if each.channel.id == channel["id"]]:
        regimes = [world.explain(listing.id)["regime"]["minimum_reached"] for world in (before, after)]
        if regimes[0] == regimes[1]:
            assert before.figure(listing) == after.figure(after.listings[listing.id])


@PROPERTY
@given(document=worlds())
def test_another_channel_changes_no_figure(document: Document) -> None:
    """Invariant 5: rules are views on one pool, so a new channel takes nothing from the others."""
    wider = deepcopy(document)
    own(wider, "sales_channels").append({"id": 77, "name": "New"})
    own(wider, "listings").append({"id": 7701, "listing_sku": "NEW", "master_sku": "A", "sales_channel": 77})
    before, after = figures(loaded(document)), figures(loaded(wider))

    assert before == {listing: figure for listing, figure in after.items() if listing != 7701}


@PROPERTY
@given(data=st.data(), document=worlds(with_rules=False), quantity=st.integers(1, 20))
def test_shipping_changes_no_figure_and_cancelling_gives_everything_back(
    data: st.DataObject, document: Document, quantity: int
) -> None:
    """Invariant 8: on hand and allocation leave together; a cancelled order leaves no trace in the figures."""
    sku, channel = data.draw(st.sampled_from([*CORE, BUNDLE])), own(document, "sales_channels")[0]["id"]
    name = {"sales_channel": channel, "order_number": "1"}
    order = {"type": "order.create", **name, "lines": [{"listing_sku": f"{sku}-L", "quantity": quantity}]}
    shipped, cancelled = loaded(document), loaded(document)
    untouched = figures(cancelled)
    for world in (shipped, cancelled):
        done(world, order)
    taken = figures(shipped)

    done(cancelled, {"type": "order.cancel", **name})
    assert figures(cancelled) == untouched

    if shipped.orders[channel, "1"].is_allocated:
        done(shipped, {"type": "order.ship", **name})
        assert figures(shipped) == taken
    elif not any(house["strict_fifo"] for house in own(document, "warehouses")):
        assert taken == untouched


@PROPERTY
@given(document=worlds(with_rules=False))
def test_a_bundle_shows_no_more_than_any_component_allows(document: Document) -> None:
    """Invariant 9: figure ≤ prepackaged + component units ÷ units per bundle, for every component."""
    for product in own(document, "products"):
        product["excluded_warehouses"] = []
    world = loaded(document)
    bundle = own(document, "products")[-1]

    for channel in own(document, "sales_channels"):
        prepackaged = sum(
            max(0, row["on_hand"] - row["locked"]) for row in own(document, "stock") if row["master_sku"] == BUNDLE
        )
        for part in bundle["components"]:
            units = sum(
                max(0, row["on_hand"] - row["locked"])
                for row in own(document, "stock")
                if row["master_sku"] == part["master_sku"]
            )
            figure = world.figure(world.listings[LISTINGS[BUNDLE, channel["id"]]])
            assert figure <= prepackaged + units // part["quantity"]


@PROPERTY
@given(data=st.data(), document=worlds(silent=False))
def test_push_off_and_on_again_ends_at_the_computed_figure(data: st.DataObject, document: Document) -> None:
    """Invariant 10: whatever happened while push was off, the listing is told its figure of now."""
    world = loaded(document)
    listing = world.listings[data.draw(st.sampled_from(sorted(world.listings)))]
    world.acknowledge(0, "v1.2", [listing.channel.id], ENOUGH_ROWS)
    switch = {"type": "listing.set", "listing_sku": listing.listing_sku, "sales_channel": listing.channel.id}

    done(world, {**switch, "push_inventory": False})
    for command in data.draw(st.lists(commands_for(document), max_size=5)):
        world.execute(command)
    world.execute({**switch, "active": True})
    world.execute({**switch, "push_inventory": True})

    rows = world.acknowledge(0, "v1.2", [listing.channel.id], ENOUGH_ROWS)
    told = {row.listing.id: row.figure for row in rows}
    assert told[listing.id] == oracle.figure(world.to_document(), listing.id)
