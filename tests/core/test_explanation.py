"""Why a listing shows its number: every step with its figures, so that a person can add them up."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.errors import Refused
from tests.core.worlds import (
    OUTLET,
    SHOP,
    Document,
    account,
    at_minimum,
    bundle,
    cap,
    house,
    listing,
    percent,
    shelf,
)


def reasons(steps: Document) -> dict[int, list[str]]:
    return {each["warehouse"]: each["left_out_because"] for each in steps["warehouses"]}


def test_steps_lead_from_the_shelf_to_the_figure() -> None:
    """20 - 2 locked - 3 allocated = 15; a closed bin counts nothing; 50 % of 15 is 7."""
    rows = [shelf(20, locked=2, allocated=3, location="A", minimum=5), shelf(9, location="BIN", pickable=False)]
    steps = account(stock=rows, rules=[percent(50)]).explain(501)

    [east] = steps["warehouses"]
    assert [(place["location"], place["available"], place["counts"]) for place in east["locations"]] == [
        ("A", 15, True),
        ("BIN", 9, False),
    ]
    assert (east["counts"], steps["available"], steps["channel_figure"], steps["figure"]) == (15, 15, 7, 7)
    assert steps["rule"] == {"from": "product", "rule_type": "PERCENT_OF_AVAILABLE", "value": 50}
    assert steps["regime"] == {"tested": "available", "units": 15, "minimum": 5, "minimum_reached": False}
    assert steps["rounding"] == "down to whole units"


def test_explanation_names_the_listing() -> None:
    """Ids and SKUs of what is explained."""
    steps = account().explain(501)

    assert (steps["listing_sku"], steps["master_sku"], steps["product_type"], steps["sales_channel"]) == (
        "MUG-L",
        "MUG",
        "CORE_PRODUCT",
        SHOP,
    )


def test_every_reason_for_leaving_a_warehouse_out_is_given() -> None:
    """OM-EXCL-01 to 03: two reasons for one warehouse are two reasons."""
    houses = [house(1), house(2), house(3, active=False), house(4, type="FBA", sales_channel=OUTLET), house(5)]
    channels = [{"id": SHOP, "name": "Shop", "excluded_warehouses": [2]}, {"id": OUTLET, "name": "Outlet"}]
    products = [{"master_sku": "MUG", "excluded_warehouses": [1, 2]}]
    rows = [shelf(each, warehouse=each) for each in (1, 2, 3, 4, 5)]
    steps = account(warehouses=houses, sales_channels=channels, products=products, stock=rows).explain(501)

    assert reasons(steps) == {
        1: ["excluded for the product"],
        2: ["excluded for the product", "excluded for the sales channel"],
        3: ["inactive warehouse"],
        4: ["another sales channel's own warehouse"],
        5: [],
    }
    assert [each["counts"] for each in steps["warehouses"]] == [0, 0, 0, 0, 5]


def test_bundle_is_explained_by_its_components() -> None:
    """OM-AVAIL-05: 9 cups and 3 pots give 3 sets, one stands ready: 4. The other warehouse makes up none."""
    products = [{"master_sku": "CUP"}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)]
    rows = [shelf(1, "SET"), shelf(9, "CUP"), shelf(3, "POT"), shelf(8, "CUP", 2), shelf(8, "POT", 2)]
    houses = [house(1), house(2, use_component_inventory=False)]
    steps = account(warehouses=houses, products=products, stock=rows, listings=[listing(501, "SET")]).explain(501)

    east, west = steps["warehouses"]
    assert [(part["master_sku"], part["quantity"], part["available"]) for part in east["components"]] == [
        ("CUP", 2, 9),
        ("POT", 1, 3),
    ]
    assert (east["buildable"], east["counts"]) == (3, 4)
    assert (west["use_component_inventory"], west["buildable"], west["counts"]) == (False, 8 // 2, 0)
    assert steps["figure"] == 4
    assert "OM-AVAIL-05" in steps["behaviours"]


def test_exclusion_of_a_component_is_a_reason_under_its_reading() -> None:
    """avail.bundle-exclusions=components-too."""
    products = [{"master_sku": "CUP", "excluded_warehouses": [1]}, bundle(CUP=2)]
    order_manager: Document = {"products": products, "stock": [shelf(9, "CUP")], "listings": [listing(501, "SET")]}

    steps = account({"avail.bundle-exclusions": "components-too"}, **order_manager).explain(501)
    assert reasons(steps) == {1: ["excluded for a component"]}
    assert reasons(account(**order_manager).explain(501)) == {1: []}


WHOLE_CHANNEL = {"sales_channel": SHOP, "rule_type": "MAX_ALLOCATION", "value": 3}


@pytest.mark.parametrize(
    ("rules", "origin", "pair"),
    [
        ([], "default", {"type": "PERCENT_OF_AVAILABLE", "value": 100}),
        ([WHOLE_CHANNEL], "sales channel", {"type": "MAX_ALLOCATION", "value": 3}),
        ([WHOLE_CHANNEL, percent(33.33)], "product", {"type": "PERCENT_OF_AVAILABLE", "value": 33.33}),
    ],
)
def test_rule_is_explained_by_where_it_comes_from(rules: list[Document], origin: str, pair: Document) -> None:
    """alloc.channel-wide-rule: own rule, the channel's, or the default of 100 %."""
    steps = account(stock=[shelf(10)], rules=rules).explain(501)

    assert (steps["rule"]["from"], steps["pair"]) == (origin, pair)
    assert ("OM-ALLOC-02" in steps["behaviours"]) is (rules != [])


@pytest.mark.parametrize(
    ("units", "reached", "pair"),
    [
        (11, False, {"type": "MAX_ALLOCATION", "value": 8}),
        (10, True, {"type": "PERCENT_OF_AVAILABLE", "value": 12.5}),
    ],
)
def test_regime_picks_the_pair(units: int, reached: bool, pair: Document) -> None:
    """OM-ALLOC-08: at a minimum of 10 the minimum pair applies from 10 down."""
    rule = cap(8, **at_minimum("PERCENT_OF_AVAILABLE", 12.5))
    steps = account(stock=[shelf(units, minimum=10)], rules=[rule]).explain(501)

    assert (steps["regime"]["minimum_reached"], steps["pair"]) == (reached, pair)


SILENT: list[tuple[str, dict[str, Any]]] = [
    ("the listing is inactive", {"listings": [listing(active=False)]}),
    ("inventory push is off for the listing", {"listings": [listing(push_inventory=False)]}),
    ("an FBA listing: Amazon keeps its number", {"listings": [listing(fn_sku="X001")]}),
    ("the parent of variations has no stock", {"products": [{"master_sku": "MUG", "type": "VIRTUAL_PRODUCT"}]}),
    ("the sales channel is inactive", {"sales_channels": [{"id": SHOP, "name": "Shop", "active": False}]}),
    ("the product is inactive", {"products": [{"master_sku": "MUG", "active": False}]}),
]


@pytest.mark.parametrize(("why", "parts"), SILENT, ids=[why for why, _ in SILENT])
def test_silence_is_explained(why: str, parts: dict[str, Any]) -> None:
    """`shown` is None and `silent_because` says why."""
    steps = account(**parts).explain(501)

    assert (steps["shown"], steps["silent_because"]) == (None, why)


def test_silence_is_not_laid_to_what_the_reading_lets_through() -> None:
    """alloc.fba-listings=answered: an FBA listing of an inactive channel is silent because of the channel."""
    channels = [{"id": SHOP, "name": "Shop", "active": False}]
    readings = {"alloc.fba-listings": "answered"}
    steps = account(readings, sales_channels=channels, listings=[listing(fn_sku="X001")]).explain(501)

    assert steps["silent_because"] == "the sales channel is inactive"


def test_listing_that_is_told_has_no_reason_for_silence() -> None:
    """`shown` is what the feed tells."""
    steps = account(stock=[shelf(4)]).explain(501)

    assert (steps["shown"], steps["silent_because"]) == (4, None)


def test_explanation_names_the_readings_that_it_rests_on() -> None:
    """The world's options, so that a number can be traced to a choice."""
    steps = account({"alloc.negative-available": "published"}).explain(501)

    assert steps["readings"]["alloc.negative-available"] == "published"
    assert steps["readings"]["alloc.fba-stock"] == "own-channel-only"


def test_unknown_listing_is_refused_with_the_nearest_id() -> None:
    """5011 is most like 501."""
    with pytest.raises(Refused) as caught:
        account().explain(5011)

    assert (caught.value.code, caught.value.nearest) == ("unknown_listing", "501")
    assert str(caught.value) == "no listing 5011; nearest valid: '501'"


def test_figure_of_zero_that_the_feed_leaves_out_is_explained_as_silence() -> None:
    """50 % of 1 is 0: told under the default reading, left out under the other, and explain agrees with the feed."""
    told = account(stock=[shelf(1)], rules=[percent(50)])
    silent = account(stock=[shelf(1)], rules=[percent(50)], readings={"alloc.zero-figure": "left-out"})

    assert (told.explain(501)["shown"], told.explain(501)["silent_because"]) == (0, None)
    assert (silent.explain(501)["shown"], silent.explain(501)["silent_because"]) == (None, "a figure of 0 is left out")
