"""Orders of a world file: what they hold, and contradictions between orders and stock."""

from __future__ import annotations

import pytest

from mockserver.core.errors import InvalidWorld, Problem
from tests.core.worlds import (
    SHOP,
    Document,
    account,
    bundle,
    document,
    figure,
    held,
    house,
    listing,
    loaded,
    shelf,
    shelves,
    status,
    with_order,
)

LINES = [{"listing_sku": "MUG-L", "quantity": 3}]
ORDER: Document = {"sales_channel": SHOP, "order_number": "1", "lines": LINES}
KIT: Document = {
    "products": [{"master_sku": "CUP"}, {"master_sku": "POT"}, bundle(CUP=2, POT=1)],
    "listings": [listing(502, "SET")],
    "stock": [shelf(9, "CUP", allocated=9), shelf(9, "POT", allocated=9), shelf(9, "SET", allocated=9)],
}


def units(count: int, sku: str = "MUG", line_sku: str = "MUG-L", **more: object) -> Document:
    return {"listing_sku": line_sku, "master_sku": sku, "warehouse": 1, "units": count, **more}


def problems_of(written: Document) -> list[Problem]:
    with pytest.raises(InvalidWorld) as caught:
        loaded(written)
    return caught.value.problems


def test_order_without_allocations_takes_its_units_when_the_world_begins() -> None:
    """10 less 3; what stands under allocated already belongs to others."""
    world = account(stock=[shelf(10, allocated=2)], orders=[ORDER])

    assert (held(world, "1"), figure(world), shelves(world)) == ({("MUG", 1, ""): 3}, 5, {(1, ""): (10, 5)})


def test_order_with_allocations_holds_just_these() -> None:
    """They are part of what stands under allocated, and are not drawn again."""
    rows = [shelf(10, location="A"), shelf(10, location="B", allocated=3)]
    world = account(stock=rows, orders=[ORDER | {"allocations": [units(3, location="B")]}])

    assert (held(world, "1"), figure(world)) == ({("MUG", 1, "B"): 3}, 17)


def test_order_with_some_allocations_goes_on_from_there() -> None:
    """It holds 1 and takes the 2 that it lacks; an empty list is an order that holds nothing yet."""
    for allocations, allocated in (([units(1)], 1), ([], 0)):
        world = account(stock=[shelf(10, allocated=allocated)], orders=[ORDER | {"allocations": allocations}])
        assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 3}, 7)


def test_order_on_hold_with_allocations_is_left_as_it_is() -> None:
    """It keeps what the file says and takes no more."""
    world = account(stock=[shelf(10, allocated=1)], orders=[ORDER | {"held": True, "allocations": [units(1)]}])

    assert (held(world, "1"), figure(world)) == ({("MUG", 1, ""): 1}, 9)


@pytest.mark.parametrize(("how", "free"), [("keeps", 7), ("frees", 10)])
def test_order_on_hold_without_allocations_follows_the_reading(how: str, free: int) -> None:
    """orders.hold: as if it had been put on hold after it was created."""
    assert figure(account({"orders.hold": how}, stock=[shelf(10)], orders=[ORDER | {"held": True}])) == free


@pytest.mark.parametrize(("how", "free"), [("allocates", 7), ("waits", 10)])
def test_order_awaiting_payment_on_hold_follows_both_readings(how: str, free: int) -> None:
    """orders.awaiting-payment=waits: no hold makes it take units before it is paid."""
    order = ORDER | {"held": True, "awaiting_payment": True}

    assert figure(account({"orders.awaiting-payment": how}, stock=[shelf(10)], orders=[order])) == free


def test_finished_orders_hold_nothing() -> None:
    """Cancelled by the flag, cancelled line by line, or shipped: none takes a unit."""
    gone = [
        {"order_number": "1", "cancelled": True},
        {"order_number": "2", "lines": [LINES[0] | {"cancelled": 3}]},
        {"order_number": "3", "lines": [LINES[0] | {"cancelled": 1, "shipped": 2}]},
    ]
    world = account(stock=[shelf(10)], orders=[ORDER | each for each in gone])

    assert figure(world) == 10
    assert [status(world, number) for number in "123"] == ["CANCELLED", "CANCELLED", "SHIPPED"]


def test_order_that_was_partly_shipped_wants_only_the_rest() -> None:
    """3 ordered, 1 shipped: 2 are taken."""
    world = account(stock=[shelf(10)], orders=[ORDER | {"lines": [LINES[0] | {"shipped": 1}]}])

    assert held(world, "1") == {("MUG", 1, ""): 2}


def test_line_of_a_listing_sku_that_is_not_there_is_unresolved() -> None:
    """A file may hold orders that nobody could map yet."""
    world = account(stock=[shelf(10)], orders=[ORDER | {"lines": [*LINES, {"listing_sku": "NEW", "quantity": 1}]}])

    assert (status(world, "1"), figure(world)) == ("MISSING_PRODUCT_INFO", 10)


def test_line_may_say_what_it_was_sold_from() -> None:
    """The listing sells mugs now; this order was for cups."""
    world = account(
        products=[{"master_sku": "MUG"}, {"master_sku": "CUP"}],
        stock=[shelf(10), shelf(10, "CUP")],
        orders=[ORDER | {"lines": [LINES[0] | {"master_sku": "CUP"}]}],
    )

    assert held(world, "1") == {("CUP", 1, ""): 3}


def test_allocation_names_the_line_where_two_have_one_listing_sku() -> None:
    """Without a number the first is meant; the second of these is shipped whole, the first waits."""
    lines = [{"listing_sku": "MUG-L", "quantity": 2}, {"listing_sku": "MUG-L", "quantity": 3}]
    order = ORDER | {"lines": lines, "held": True, "allocations": [units(3, line=1)]}
    world = account(stock=[shelf(3, allocated=3)], orders=[order])

    found = world.orders[SHOP, "1"]
    assert [found.held_units(index) for index in (0, 1)] == [0, 3]


def test_allocations_of_a_bundle_are_its_components_or_the_ready_packed_units() -> None:
    """2 sets made up from two places of cups and one set ready; shipping one sends what was drawn first."""
    stock = [
        shelf(3, "CUP", allocated=3, location="A"),
        shelf(1, "CUP", allocated=1, location="B"),
        shelf(2, "POT", allocated=2),
        shelf(1, "SET", allocated=1),
    ]
    allocations = [
        units(3, "CUP", "SET-L", location="A"),
        units(1, "CUP", "SET-L", location="B"),
        units(2, "POT", "SET-L"),
        units(1, "SET", "SET-L"),
    ]
    order = ORDER | {"lines": [{"listing_sku": "SET-L", "quantity": 3}], "allocations": allocations}
    world = account(**(KIT | {"stock": stock}), orders=[order])
    assert status(world, "1") == "AWAITING_SHIPMENT"

    with_order(world, "ship", "1", ("SET", 1))

    assert held(world, "1") == {("CUP", 1, "A"): 1, ("CUP", 1, "B"): 1, ("POT", 1, ""): 1, ("SET", 1, ""): 1}


def test_components_may_be_listed_in_any_order() -> None:
    """A cup, a pot and another cup are one set."""
    allocations = [units(1, "CUP", "SET-L"), units(1, "POT", "SET-L"), units(1, "CUP", "SET-L")]
    order = ORDER | {"lines": [{"listing_sku": "SET-L", "quantity": 1}], "allocations": allocations}
    world = account(**KIT, orders=[order])

    assert (held(world, "1"), status(world, "1")) == ({("CUP", 1, ""): 2, ("POT", 1, ""): 1}, "AWAITING_SHIPMENT")


# -- contradictions --------------------------------------------------------------------------------

NOWHERE = "names no line of the order or no stock location"


@pytest.mark.parametrize(
    "allocation",
    [
        units(1, line_sku="CUP-L"),
        units(1, "CUP"),
        units(1, warehouse=2),
        units(1, location="Z"),
        units(1, line=1),
        units(1, line=0, line_sku="NEW"),
    ],
)
def test_allocation_to_nowhere_is_a_problem(allocation: Document) -> None:
    """It must name a line of the order and a stock location that exist."""
    lines = [*LINES, {"listing_sku": "NEW", "quantity": 1}]
    written = document(
        warehouses=[house(1), house(2)],
        stock=[shelf(5, allocated=5)],
        orders=[ORDER | {"lines": lines, "allocations": [units(1), allocation]}],
    )

    [problem] = problems_of(written)

    assert (problem.path, problem.message) == ("order_manager.orders[0].allocations[1]", NOWHERE)


def test_allocation_to_a_line_without_product_is_a_problem() -> None:
    """Nobody knows what it would be of."""
    order = ORDER | {"lines": [{"listing_sku": "NEW", "quantity": 1}], "allocations": [units(1, line_sku="NEW")]}

    [problem] = problems_of(document(stock=[shelf(5, allocated=5)], orders=[order]))

    assert (problem.path, problem.value) == ("order_manager.orders[0].allocations[0]", "NEW")


def test_more_allocated_than_open_is_a_problem() -> None:
    """3 ordered and 1 shipped leave 2 to hold."""
    order = ORDER | {"lines": [LINES[0] | {"shipped": 1}], "allocations": [units(3)]}

    [problem] = problems_of(document(stock=[shelf(5, allocated=5)], orders=[order]))

    assert (problem.path, problem.value) == ("order_manager.orders[0].allocations", 3)


def test_more_cancelled_and_shipped_than_ordered_is_a_problem() -> None:
    """2 and 2 of 3."""
    order = ORDER | {"lines": [LINES[0] | {"shipped": 2, "cancelled": 2}]}

    [problem] = problems_of(document(orders=[order]))

    assert (problem.path, problem.value) == ("order_manager.orders[0].lines[0]", 4)


def test_orders_cannot_hold_more_than_a_location_has_allocated() -> None:
    """Two orders with 2 units each where 3 are allocated; one of them alone would do."""
    orders = [ORDER | {"order_number": each, "allocations": [units(2)]} for each in ("1", "2")]

    [problem] = problems_of(document(stock=[shelf(9, allocated=3)], orders=orders))

    assert problem.path == "order_manager.stock (MUG, warehouse 1, '')"
    assert (problem.message, problem.value) == ("the orders hold 4 units here, allocated says fewer", 3)


@pytest.mark.parametrize(
    "allocations",
    [
        [units(3, "CUP", "SET-L"), units(1, "POT", "SET-L")],
        [units(4, "CUP", "SET-L"), units(1, "POT", "SET-L")],
        [units(2, "CUP", "SET-L")],
    ],
)
def test_components_that_make_up_no_whole_bundle_are_a_problem(allocations: list[Document]) -> None:
    """A set is two cups and a pot, in one warehouse."""
    order = ORDER | {"lines": [{"listing_sku": "SET-L", "quantity": 3}], "allocations": allocations}

    [problem] = problems_of(document(**KIT, orders=[order]))

    assert problem.path == "order_manager.orders[0].allocations"
    assert problem.message == "the units in warehouse 1 make up no whole number of lines"


def test_units_of_another_product_are_a_problem() -> None:
    """A pot is no mug, and no part of a set of cups."""
    products = [{"master_sku": "MUG"}, {"master_sku": "POT"}, bundle(MUG=2)]
    listings = [listing(), listing(502, "SET")]
    for sku in ("MUG-L", "SET-L"):
        lines = [{"listing_sku": sku, "quantity": 1}]
        order = ORDER | {"lines": lines, "allocations": [units(1, "POT", sku)]}
        written = document(products=products, listings=listings, stock=[shelf(5, "POT", allocated=5)], orders=[order])
        assert [problem.value for problem in problems_of(written)] == [["POT"]]


def test_line_of_an_unknown_product_is_a_problem() -> None:
    """With the nearest master SKU."""
    [problem] = problems_of(document(orders=[ORDER | {"lines": [LINES[0] | {"master_sku": "MGU"}]}]))

    assert (problem.path, problem.nearest) == ("order_manager.orders[0].lines[0].master_sku", "MUG")


def test_creation_that_is_no_instant_is_a_problem() -> None:
    """Its place in the queue would be unknown."""
    [problem] = problems_of(document(orders=[ORDER | {"created_at": "monday"}]))

    assert (problem.path, problem.value) == ("order_manager.orders[0].created_at", "monday")
