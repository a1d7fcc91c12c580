"""From available units to the figure of a listing: OM-ALLOC-01 to 12 and the readings of allocation."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.world import World
from tests.core.worlds import (
    OUTLET,
    SHOP,
    account,
    at_minimum,
    cap,
    done,
    figure,
    house,
    listing,
    percent,
    shelf,
)

PERCENT = "PERCENT_OF_AVAILABLE"
CAP = "MAX_ALLOCATION"
BOTH: dict[str, Any] = {
    "sales_channels": [{"id": SHOP, "name": "Shop"}, {"id": OUTLET, "name": "Outlet"}],
    "listings": [listing(), listing(601, channel=OUTLET)],
}
FIVE_AT_MINIMUM = percent(100, **at_minimum(CAP, 5))


def test_rule_holds_for_one_master_sku_on_one_channel() -> None:
    """OM-ALLOC-01: 10 % of 1,000 in the shop; the outlet has no rule and shows all."""
    world = account(stock=[shelf(1000)], rules=[percent(10)], **BOTH)

    assert (figure(world), figure(world, 601)) == (100, 1000)


def test_without_a_rule_a_channel_shows_all_that_is_available() -> None:
    """OM-ALLOC-04."""
    assert figure(account(stock=[shelf(17)])) == 17


def test_shares_of_several_channels_may_add_up_to_more_than_everything() -> None:
    """OM-ALLOC-04: rules are views on one pool, 80 % here and 80 % there of the same 10."""
    world = account(stock=[shelf(10)], rules=[percent(80), percent(80, sales_channel=OUTLET)], **BOTH)

    assert (figure(world), figure(world, 601)) == (8, 8)


@pytest.mark.parametrize(
    ("share", "units", "shown"),
    [(10, 1000, 100), (10, 100, 10), (10, 10, 1), (10, 9, 0), (33.33, 100, 33), (33.33, 10_000, 3333), (99.99, 1, 0)],
)
def test_percentage_is_rounded_down(share: float, units: int, shown: int) -> None:
    """OM-ALLOC-05, 06: the vendor's examples, and hundredths of a percent without a rounding error."""
    assert figure(account(stock=[shelf(units)], rules=[percent(share)])) == shown


@pytest.mark.parametrize(("most", "units", "shown"), [(200, 1000, 200), (200, 150, 150), (0, 10, 0), (200, 200, 200)])
def test_cap_shows_the_smaller_of_cap_and_available(most: int, units: int, shown: int) -> None:
    """OM-ALLOC-07: never more than is available overall."""
    assert figure(account(stock=[shelf(units)], rules=[cap(most)])) == shown


def test_percentage_over_a_hundred_shows_more_than_there_is() -> None:
    """alloc.percent-range=unbounded: 150 % of 9 is 13.5, shown as 13."""
    assert figure(account({"alloc.percent-range": "unbounded"}, stock=[shelf(9)], rules=[percent(150)])) == 13


def test_channel_wide_rule_holds_for_products_without_their_own() -> None:
    """alloc.channel-wide-rule, default: a product's own rule wins over the channel's."""
    whole_channel = {key: value for key, value in cap(3).items() if key != "master_sku"}
    products = [{"master_sku": "MUG"}, {"master_sku": "CUP"}]
    listings = [listing(), listing(502, "CUP")]
    rows = [shelf(10), shelf(10, "CUP")]
    world = account(products=products, listings=listings, stock=rows, rules=[whole_channel, percent(50)])

    assert (figure(world), figure(world, 502)) == (5, 3)


def test_all_listings_of_a_product_on_a_channel_show_the_full_figure() -> None:
    """OM-ALLOC-12."""
    twins = [listing(501), listing(502, listing_sku="MUG-2"), listing(503, listing_sku="MUG-3")]
    world = account(stock=[shelf(10)], listings=twins)

    assert [figure(world, each) for each in (501, 502, 503)] == [10, 10, 10]


def test_divided_figure_gives_what_is_left_over_to_the_lowest_listing_ids() -> None:
    """alloc.listings-share=divided: 11 over three listings that are told make 4, 4, 3; a silent one takes no part."""
    twins = [
        listing(503, listing_sku="MUG-3"),
        listing(501),
        listing(502, listing_sku="MUG-2"),
        listing(500, listing_sku="MUG-0", push_inventory=False),
        listing(504, listing_sku="MUG-4", active=False),
    ]
    world = account({"alloc.listings-share": "divided"}, stock=[shelf(11)], listings=twins)

    assert [figure(world, each) for each in (501, 502, 503)] == [4, 4, 3]


def test_debt_is_not_divided() -> None:
    """alloc.listings-share=divided with a published debt: every listing shows the whole of it."""
    twins = [listing(501), listing(502, listing_sku="MUG-2")]
    readings = {"alloc.listings-share": "divided", "alloc.negative-available": "published"}
    world = account(readings, stock=[shelf(0, locked=3)], listings=twins)

    assert [figure(world, each) for each in (501, 502)] == [-3, -3]


def test_listings_of_two_channels_are_not_divided() -> None:
    """alloc.listings-share=divided concerns listings of one channel."""
    world = account({"alloc.listings-share": "divided"}, stock=[shelf(10)], **BOTH)

    assert (figure(world), figure(world, 601)) == (10, 10)


# -- the minimum regime ----------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "shown"), [(101, 101), (100, 5), (90, 5), (3, 3), (0, 0)])
def test_minimum_pair_applies_once_the_minimum_level_is_reached(units: int, shown: int) -> None:
    """OM-ALLOC-08, 09: minimum 100; at 100 already the cap of 5, which never exceeds what there is."""
    assert figure(account(stock=[shelf(units, minimum=100)], rules=[FIVE_AT_MINIMUM])) == shown


@pytest.mark.parametrize(("units", "shown"), [(100, 10), (9, 0), (101, 101)])
def test_minimum_percentage_is_taken_of_what_is_available(units: int, shown: int) -> None:
    """OM-ALLOC-09: 10 % of 100 is 10, of 9 is 0."""
    rule = percent(100, **at_minimum(PERCENT, 10))

    assert figure(account(stock=[shelf(units, minimum=100)], rules=[rule])) == shown


@pytest.mark.parametrize(("units", "shown"), [(1, 1), (0, 0)])
def test_minimum_level_that_is_not_set_is_zero(units: int, shown: int) -> None:
    """OM-ALLOC-10: without a level one unit is above it."""
    assert figure(account(stock=[shelf(units)], rules=[FIVE_AT_MINIMUM | {"min_value": 0}])) == shown


def test_minimums_of_all_locations_add_up() -> None:
    """OM-ALLOC-10: 6 + 6 units stand against 5 + 7."""
    rows = [shelf(6, location="A", minimum=5), shelf(6, location="B", minimum=7)]

    assert figure(account(stock=rows, rules=[FIVE_AT_MINIMUM])) == 5


@pytest.mark.parametrize(("how", "shown"), [("normal-pair", 10), ("everything", 20)])
def test_rule_without_minimum_pair_uses_the_normal_pair_in_both_regimes(how: str, shown: int) -> None:
    """alloc.absent-minimum-pair: 50 % of 20 at a minimum of 20, or all of it under the other reading."""
    world = account({"alloc.absent-minimum-pair": how}, stock=[shelf(20, minimum=20)], rules=[percent(50)])

    assert figure(world) == shown


@pytest.mark.parametrize(("how", "shown"), [("available", 5), ("channel-available", 5), ("on-hand", 40)])
def test_locked_units_do_not_lift_a_product_above_its_minimum(how: str, shown: int) -> None:
    """alloc.regime-quantity: 100 on hand of which 60 are locked, minimum 50: 40 or 100 is compared."""
    world = account({"alloc.regime-quantity": how}, stock=[shelf(100, locked=60, minimum=50)], rules=[FIVE_AT_MINIMUM])

    assert figure(world) == shown


@pytest.mark.parametrize(("how", "shown"), [("available", 40), ("on-hand", 40), ("channel-available", 5)])
def test_regime_looks_past_the_exclusions_of_a_channel(how: str, shown: int) -> None:
    """alloc.regime-quantity: 40 here and 30 where the channel is shut out, minimum 65: 70 or 40 is compared."""
    world = account(
        {"alloc.regime-quantity": how},
        warehouses=[house(1), house(2)],
        sales_channels=[{"id": SHOP, "name": "Shop", "excluded_warehouses": [2]}],
        stock=[shelf(40, minimum=65), shelf(30, warehouse=2)],
        rules=[FIVE_AT_MINIMUM],
    )

    assert figure(world) == shown


@pytest.mark.parametrize("how", ["available", "on-hand", "channel-available"])
def test_regime_leaves_out_warehouses_excluded_for_the_product(how: str) -> None:
    """alloc.regime-quantity: 10 remain against a minimum of 10; neither units nor minimum there count."""
    world = account(
        {"alloc.regime-quantity": how},
        warehouses=[house(1), house(2)],
        products=[{"master_sku": "MUG", "excluded_warehouses": [2]}],
        stock=[shelf(10, minimum=10), shelf(500, warehouse=2, minimum=3)],
        rules=[FIVE_AT_MINIMUM],
    )

    assert figure(world) == 5


@pytest.mark.parametrize(
    ("how", "shown"),
    [("included-warehouses", 5), ("all-warehouses", 5), ("any-warehouse-above", 11), ("largest-minimum", 11)],
)
def test_uneven_warehouses_tell_the_scopes_of_the_minimum_apart(how: str, shown: int) -> None:
    """alloc.minimum-scope: 10 above 4 and 1 below 8; the sum 11 is below 12, above 8, and one warehouse is above."""
    assert figure(uneven(how, 10, 1)) == shown


def test_no_warehouse_above_its_own_minimum_means_the_minimum_regime() -> None:
    """alloc.minimum-scope=any-warehouse-above: 4 at 4 and 8 at 8, so the cap of 5 holds."""
    assert figure(uneven("any-warehouse-above", 4, 8)) == 5


def uneven(how: str, here: int, there: int) -> World:
    rows = [shelf(here, minimum=4), shelf(there, warehouse=2, minimum=8)]
    houses = [house(1), house(2)]
    return account({"alloc.minimum-scope": how}, warehouses=houses, stock=rows, rules=[FIVE_AT_MINIMUM])


@pytest.mark.parametrize(
    ("how", "shown"),
    [("included-warehouses", 11), ("all-warehouses", 5), ("any-warehouse-above", 11), ("largest-minimum", 11)],
)
def test_minimum_of_an_excluded_warehouse_counts_only_under_its_reading(how: str, shown: int) -> None:
    """alloc.minimum-scope: 11 against 4 here, or against 4 + 8 with the excluded warehouse."""
    world = account(
        {"alloc.minimum-scope": how},
        warehouses=[house(1), house(2)],
        products=[{"master_sku": "MUG", "excluded_warehouses": [2]}],
        stock=[shelf(11, minimum=4), shelf(100, warehouse=2, minimum=8)],
        rules=[FIVE_AT_MINIMUM],
    )

    assert figure(world) == shown


@pytest.mark.parametrize(("how", "shown"), [("active-pickable", 10), ("all", 5)])
@pytest.mark.parametrize("flag", ["active", "pickable"])
def test_minimum_of_a_closed_location_counts_only_under_its_reading(how: str, shown: int, flag: str) -> None:
    """alloc.minimum-locations: 10 against 3, or against 3 + 9 with the closed location."""
    rows = [shelf(10, location="A", minimum=3), shelf(50, location="B", minimum=9, **{flag: False})]

    assert figure(account({"alloc.minimum-locations": how}, stock=rows, rules=[FIVE_AT_MINIMUM])) == shown


# -- products and listings of other kinds ----------------------------------------------------------


@pytest.mark.parametrize(("how", "shown"), [("no-effect", 2), ("constant", 9999)])
def test_backorders_change_a_figure_only_under_their_reading(how: str, shown: int) -> None:
    """alloc.backorders: 2, or the constant 9,999."""
    products = [{"master_sku": "MUG", "allow_backorders": True}]

    assert figure(account({"alloc.backorders": how}, products=products, stock=[shelf(2)])) == shown


def test_backorders_reading_leaves_other_products_alone() -> None:
    """alloc.backorders=constant concerns products that allow them."""
    assert figure(account({"alloc.backorders": "constant"}, stock=[shelf(2)])) == 2


def test_parent_of_variations_has_no_units() -> None:
    """A VIRTUAL_PRODUCT holds no stock."""
    assert figure(account(products=[{"master_sku": "MUG", "type": "VIRTUAL_PRODUCT"}])) == 0


SILENCE: list[tuple[str, dict[str, Any], dict[str, str], int | None]] = [
    ("inactive listing", {"listings": [listing(active=False)]}, {}, None),
    ("push off", {"listings": [listing(push_inventory=False)]}, {}, None),
    ("FBA listing", {"listings": [listing(fn_sku="X001")]}, {}, None),
    ("FBA listing told", {"listings": [listing(fn_sku="X001")]}, {"alloc.fba-listings": "answered"}, 7),
    ("inactive channel", {"sales_channels": [{"id": SHOP, "name": "Shop", "active": False}]}, {}, None),
    (
        "inactive channel told 0",
        {"sales_channels": [{"id": SHOP, "name": "Shop", "active": False}]},
        {"channel.inactive": "zero"},
        0,
    ),
    ("inactive product", {"products": [{"master_sku": "MUG", "active": False}]}, {}, None),
    (
        "inactive product told 0",
        {"products": [{"master_sku": "MUG", "active": False}]},
        {"product.inactive": "zero"},
        0,
    ),
    (
        "inactive product as ever",
        {"products": [{"master_sku": "MUG", "active": False}]},
        {"product.inactive": "no-effect"},
        7,
    ),
]


@pytest.mark.parametrize(("parts", "reading", "shown"), [row[1:] for row in SILENCE], ids=[row[0] for row in SILENCE])
def test_what_the_feed_tells_of_a_listing(parts: dict[str, Any], reading: dict[str, str], shown: int | None) -> None:
    """Silence by default for what is switched off; the readings listing, channel, product and alloc.fba-listings."""
    world = account(reading, stock=[shelf(7)], **parts)

    assert world.shown(world.listings[501]) == shown


@pytest.mark.parametrize(("how", "shown"), [("left-out", None), ("zero", 0)])
def test_parent_of_variations_is_left_out(how: str, shown: int | None) -> None:
    """listing.variation-parent: silent, or told 0."""
    world = account({"listing.variation-parent": how}, products=[{"master_sku": "MUG", "type": "VIRTUAL_PRODUCT"}])

    assert world.shown(world.listings[501]) == shown


# -- rules of a whole channel ----------------------------------------------------------------------


@pytest.mark.parametrize(("how", "own", "later"), [("channel-default", 5, 3), ("bulk-write", 3, 10)])
def test_channel_wide_rule_is_a_default_or_a_bulk_write(how: str, own: int, later: int) -> None:
    """alloc.channel-wide-rule: own rule of 50 % kept or overwritten by a cap of 3; a later product gets it or none."""
    products = [{"master_sku": "MUG"}, {"master_sku": "CUP"}]
    world = account(
        {"alloc.channel-wide-rule": how}, products=products, stock=[shelf(10), shelf(10, "CUP")], rules=[percent(50)]
    )

    done(world, "rule.set", sales_channel=SHOP, rule_type=CAP, value=3)
    done(world, "listing.set", listing_sku="CUP-L", master_sku="CUP", sales_channel=SHOP)

    assert (figure(world), figure(world, 502)) == (own, later)


@pytest.mark.parametrize(("how", "later"), [("channel-default", 3), ("bulk-write", 10)])
def test_channel_wide_rule_of_a_world_file_follows_the_same_reading(how: str, later: int) -> None:
    """alloc.channel-wide-rule: written in bulk it reaches what is listed at the start, and nothing listed later."""
    whole_channel = {"sales_channel": SHOP, "rule_type": CAP, "value": 3}
    products = [{"master_sku": "MUG"}, {"master_sku": "CUP"}, {"master_sku": "POT"}]
    world = account(
        {"alloc.channel-wide-rule": how},
        products=products,
        stock=[shelf(10), shelf(10, "CUP"), shelf(10, "POT")],
        listings=[listing(), listing(502, "CUP")],
        rules=[percent(50), whole_channel],
    )

    done(world, "listing.set", listing_sku="POT-L", master_sku="POT", sales_channel=SHOP)

    assert (figure(world), figure(world, 502), figure(world, 503)) == (5, 3, later)


@pytest.mark.parametrize(("how", "shown"), [("channel-default", 5), ("bulk-write", 10)])
def test_channel_wide_rule_is_cleared_as_it_was_written(how: str, shown: int) -> None:
    """alloc.channel-wide-rule: clearing takes the default away, or every rule that a bulk write may have written."""
    world = account({"alloc.channel-wide-rule": how}, stock=[shelf(10)], rules=[percent(50)])

    done(world, "rule.clear", sales_channel=SHOP)

    assert figure(world) == shown
