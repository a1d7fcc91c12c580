"""Creating orders: what is refused, and lines whose listing SKU nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.test_order_commands import NAMED, line
from tests.core.worlds import SHOP, account, buy, done, figure, held, listing, order, refused, shelf, status


def test_orders_are_numbered_as_they_come() -> None:
    """The order's own id is 1, 2, 3 ... whatever its order number; a refused order uses none up."""
    world = account()

    assert buy(world, "B", ("MUG", 1)) == {"order_id": 1}
    refused(world, "order.create", **order("C", ("NOTHING", 1)))
    assert buy(world, "A", ("MUG", 1)) == {"order_id": 2}


def test_order_number_is_unique_on_its_sales_channel() -> None:
    """Two channels may use one number, one channel may not use it twice."""
    channels = [{"id": SHOP, "name": "Shop"}, {"id": 20, "name": "Outlet"}]
    world = account(sales_channels=channels, listings=[listing(), listing(601, channel=20)])
    buy(world, "1", ("MUG", 1))

    buy(world, "1", ("MUG", 1), channel=20)

    assert refused(world, "order.create", **order("1", ("MUG", 1))).code == "duplicate_order"


def test_unknown_listing_sku_is_refused_with_the_nearest_one() -> None:
    """OM-PUSH-03: capital letters count, so mug-l is not MUG-L."""
    wrong = refused(account(), "order.create", sales_channel=SHOP, order_number="1", lines=[line("mug-l", 1)])

    assert (wrong.code, wrong.field, wrong.value, wrong.nearest) == (
        "unknown_listing_sku",
        "listing_sku",
        "mug-l",
        "MUG-L",
    )


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"sales_channel": 11}, "unknown_sales_channel", "sales_channel"),
        ({"sales_channel": None}, "missing", "sales_channel"),
        ({"order_number": None}, "missing", "order_number"),
        ({"order_number": 7}, "bad_order_number", "order_number"),
        ({"lines": None}, "missing", "lines"),
        ({"lines": []}, "bad_lines", "lines"),
        ({"lines": "MUG-L"}, "bad_lines", "lines"),
        ({"lines": [line("MUG-L", 0)]}, "bad_units", "quantity"),
        ({"lines": [line("MUG-L", 1.0)]}, "bad_units", "quantity"),
        ({"lines": [line("MUG-L", 1), {"quantity": 1}]}, "missing", "listing_sku"),
        ({"lines": [line("MUG-L", 1, unmapped="yes")]}, "bad_flag", "unmapped"),
        ({"hold": 1}, "bad_flag", "hold"),
        ({"awaiting_payment": 0}, "bad_flag", "awaiting_payment"),
    ],
)
def test_order_that_makes_no_sense_is_refused_whole(change: dict[str, Any], code: str, field: str) -> None:
    """A refused command changes nothing and says which argument is wrong."""
    wrong = refused(account(stock=[shelf(5)]), "order.create", **(order("1", ("MUG", 1)) | change))

    assert (wrong.code, wrong.field) == (code, field)


def test_listing_sku_that_nobody_knows_may_be_let_through() -> None:
    """unmapped: the order is unresolved, holds nothing and lowers no figure, not even with its known lines."""
    world = account(stock=[shelf(5)])

    done(world, "order.create", **NAMED, lines=[line("MUG-L", 2), line("NEW", 1, unmapped=True)])

    assert (status(world, "1"), held(world, "1"), figure(world)) == ("MISSING_PRODUCT_INFO", {}, 5)


def test_unmapped_line_of_a_known_listing_sku_is_an_ordinary_line() -> None:
    """Such a flag lets a line through; it does not hide what is known."""
    world = account(stock=[shelf(5)])

    done(world, "order.create", **NAMED, lines=[line("MUG-L", 2, unmapped=True)])

    assert held(world, "1") == {("MUG", 1, ""): 2}


def test_unresolved_order_takes_its_units_once_the_unknown_line_is_cancelled() -> None:
    """What nobody waits for any more does not keep the rest back."""
    world = account(stock=[shelf(5)])
    done(world, "order.create", **NAMED, lines=[line("MUG-L", 2), line("NEW", 1, unmapped=True)])

    done(world, "order.cancel", **NAMED, lines=[line("NEW", 1)])

    assert (status(world, "1"), held(world, "1")) == ("AWAITING_SHIPMENT", {("MUG", 1, ""): 2})
