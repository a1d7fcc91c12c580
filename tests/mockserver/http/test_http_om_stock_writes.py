"""Setting on hand and making stock rows over HTTP. Every answer is held to its schema."""

from __future__ import annotations

import pytest
from om_orders import EAST, THIRD, create, ok, on_hand, order, send, world

ADJUST = "/v1.1/inventory/adjust"
CREATE = "/v1.1/inventory"


@pytest.fixture
def mock(new_mock):
    return new_mock(world())


def level(units, sku="MUG", warehouse=EAST, **more):
    return {"masterSku": sku, "onHandQuantity": units, "warehouseId": warehouse, **more}


def row(product=101, warehouse=THIRD, location="GLOBAL", quantity=5, **more):
    named = {"productId": product, "warehouseId": warehouse, "stockLocationName": location, "quantity": quantity}
    return {**named, **more}


@pytest.mark.parametrize("prefix", ["", "/service"])
def test_an_adjustment_sets_on_hand(mock, prefix):
    """Absolute, not a change; the answer tells what is available then."""
    mock.done(create("A", quantity=3))

    told = ok(mock, "POST", prefix + ADJUST, [level(7)])

    assert told == {
        "results": [{"masterSku": "MUG", "availableQuantity": 4, "productStockId": 1, "warehouseId": EAST}],
        "errors": [],
    }
    assert on_hand(mock) == [(7, 3)]


def test_good_rows_are_set_and_bad_ones_told(mock):
    """OM-API-17 and 18: ERR097 for whatever row does not exist, the index counts from 1."""
    told = ok(
        mock,
        "POST",
        ADJUST,
        [level(1, "NOBODY"), level(2), level(3, warehouse=THIRD), level(4, warehouse=99), level(5, "TEE", THIRD)],
    )

    assert [(each["masterSku"], each["availableQuantity"]) for each in told["results"]] == [("MUG", 2), ("TEE", 5)]
    assert [(each["index"], each["errorCode"], each["identifier"]) for each in told["errors"]] == [
        (1, "ERR097", "NOBODY"),
        (3, "ERR097", "MUG"),
        (4, "ERR097", "MUG"),
    ]
    assert (on_hand(mock), on_hand(mock, "TEE")) == ([(2, 0)], [(5, 0)])


def test_a_reading_gives_an_unknown_sku_the_code_of_a_product(new_mock):
    """om.adjust-unknown-sku; a known product without the row keeps ERR097."""
    mock = new_mock(world(), readings={"om.adjust-unknown-sku": "product-not-found"})

    told = ok(mock, "POST", ADJUST, [level(1, "NOBODY"), level(1, warehouse=THIRD)])

    assert [each["errorCode"] for each in told["errors"]] == ["ERR053", "ERR097"]


@pytest.mark.parametrize(
    ("path", "good", "bad"), [(ADJUST, level(2), level(1, "NOBODY")), (CREATE, row(), row(product=9))]
)
def test_a_reading_lets_one_bad_row_keep_all_from_being_written(new_mock, path, good, bad):
    """om.stock-good-items."""
    mock = new_mock(world(), readings={"om.stock-good-items": "nothing"})
    before = mock.state()

    told = ok(mock, "POST" if path == ADJUST else "PUT", path, [good, bad])

    assert (told["results"], [each["index"] for each in told["errors"]]) == ([], [2])
    assert mock.state() == before


def test_the_unnamed_place_of_a_third_party_is_called_global(mock):
    """Clients send GLOBAL there without having seen a location; in-house it is just a name."""
    [shown] = ok(mock, "GET", "/v1/inventory?sku=TEE")

    told = ok(
        mock,
        "POST",
        ADJUST,
        [level(4, "TEE", THIRD, stockLocationName="GLOBAL"), level(4, stockLocationName="GLOBAL")],
    )

    assert shown["stockLocation"]["location"] == "GLOBAL"
    assert ([each["masterSku"] for each in told["results"]], [each["index"] for each in told["errors"]]) == (
        ["TEE"],
        [2],
    )


def test_a_product_at_several_places_needs_the_name_of_one(mock):
    """The error names them."""
    ok(mock, "PUT", CREATE, [row(warehouse=EAST, location="B-02")])

    told = ok(mock, "POST", ADJUST, [level(1), level(1, stockLocationName="B-02")])

    assert "B-02" in told["errors"][0]["message"]
    assert on_hand(mock) == [(10, 0), (1, 0)]


def test_new_rows_are_made(mock):
    """With everything that the request can say of them."""
    given = row(quantity=9, quantityLocked=2, allocatedQuantity=1, minStock=3, pickable=True, receivable=False)

    told = ok(mock, "PUT", CREATE, [given, row(102, EAST, "A-01", 4, pickable=False)])

    assert [(each["masterSku"], each["availableQuantity"]) for each in told["results"]] == [("MUG", 6), ("TEE", 0)]
    mug = ok(mock, "GET", f"/v1/inventory?sku=MUG&warehouseId={THIRD}")[0]
    assert [mug[key] for key in ("quantity", "quantityLocked", "allocatedQuantity", "minStock")] == [9, 2, 1, 3]
    assert (mug["pickable"], mug["receivable"], mug["stockLocation"]["location"]) == (True, False, "GLOBAL")


def test_rows_that_cannot_be_made_are_told(mock):
    """ERR053 for a product that does not exist; a row that is there is not made again, in one call either."""
    told = ok(
        mock, "PUT", CREATE, [row(product=9), row(101, EAST, ""), row(), row(), row(warehouse=99), row(102, THIRD)]
    )

    assert [(each["index"], each["errorCode"], each["identifier"]) for each in told["errors"]] == [
        (1, "ERR053", "9"),
        (2, "DUPLICATE_STOCK", "MUG"),
        (4, "DUPLICATE_STOCK", "MUG"),
        (5, "UNKNOWN_WAREHOUSE", "MUG"),
        (6, "DUPLICATE_STOCK", "TEE"),
    ]
    assert len(told["results"]) == 1


def test_units_that_come_in_serve_an_order_that_waits(mock):
    """As after every command; the figure of the channel follows."""
    mock.done(create("A", quantity=12))

    ok(mock, "POST", ADJUST, [level(15)])

    assert order(mock)["orderStatus"] == "AWAITING_SHIPMENT"
    told = mock.om("POST", "/v1.2/inventory/acknowledge?salesChannelId=10", token="one-token").json
    assert {each["listingSku"]: each["availableQuantity"] for each in told}["MUG-L"] == 3


@pytest.mark.parametrize("body", [{}, [{}], [level("5")], [level(-1)], [level(1.5)], 3])
def test_an_adjustment_of_the_wrong_form_gets_400(mock, body):
    """Nothing of it is applied."""
    before = mock.state()

    assert send(mock, "POST", ADJUST, body).status == 400
    assert mock.state() == before
