"""Order Manager's catalogue and stock routes: filters, pages and limits. Every answer is held to its schema."""

from __future__ import annotations

import pytest


def skus(reply, key="masterSku"):
    assert reply.status == 200, reply.body
    return [row[key] for row in reply.json]


def listings(mock, query):
    return [row["listingId"] for row in mock.om("GET", f"/v1/listings?{query}").json]


ON_5394 = list(range(501, 515))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("salesChannelId=5394", ON_5394),
        ("salesChannelId=5394&active=false", [514]),
        ("salesChannelId=5394&active=TRUE", list(range(501, 514))),
        ("listingId=601,501,999", [501, 601]),
        ("listingId=501&listingId=601", [501, 601]),
        ("listingSku=TEE-BLUE-S-MP", [501]),
        ("listingSku=tee-blue-s", [601]),
        ("listingSku=%22TEE-BLUE-S-MP%22,%22tee-blue-s%22", [501, 601]),
        ("masterSku=TEE-BLUE-S", [501, 601, 701, 702]),
        ("masterSku=TEE-BLUE-S,LAMP-OAK&salesChannelId=5402", [701, 702, 706]),
        ("productId=681569", [507, 607, 706]),
        ("warehouseId=3", [506, 512, 606, 612, 705]),
        ("salesChannelId=999", []),
        ("masterSku=NOBODY", []),
        ("createdDateFrom=2026-01-05T09:00:00Z&salesChannelId=5394", ON_5394),
        ("createdDateFrom=2026-01-05T09:00:01Z", []),
        ("createdDateTo=2026-01-05T08:59:59Z", []),
        ("createdDateTo=2026-01-05T20:00:00%2B11:00&salesChannelId=5394", ON_5394),
        ("modifiedDateTo=2026-01-05T09:00:00Z&salesChannelId=5394", ON_5394),
        ("unknown=1&salesChannelId=5394", ON_5394),
    ],
)
def test_listings_are_found_by_every_filter(demo, query, ids):
    """Filters combine; SKUs here are exact, several are separated by commas; unknown parameters are ignored."""
    assert listings(demo, query) == ids


def test_an_edited_listing_is_found_by_when_it_was_modified(demo):
    """The field lastModified follows virtual time."""
    demo.control("POST", "/worlds/demo/clock/advance", {"by": "PT1H"})
    demo.done({"type": "listing.set", "listing_sku": "TEE-BLUE-S-MP", "sales_channel": 5394, "push_inventory": False})

    row = demo.om("GET", "/v1/listings?modifiedDateFrom=2026-01-05T09:30:00Z").json

    assert [(each["listingId"], each["pushInventory"], each["lastModified"]) for each in row] == [
        (501, False, "2026-01-05T10:00:00Z")
    ]


def test_a_listing_carries_no_quantity(demo):
    """OM-API-05."""
    row = demo.om("GET", "/v1/listings?listingId=501").json[0]

    assert not [name for name in row if "uantity" in name]


@pytest.mark.parametrize("version", ["v1", "v1.1"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sku=tee-blue", ["TEE-BLUE-S", "TEE-BLUE-M"]),
        ("sku=MUG,%22LAMP%22", ["MUG-WHITE", "MUG-BLACK", "LAMP-OAK"]),
        ("productId=681567,681570", ["MUG-BLACK", "TEE-PACK"]),
        ("active=false", ["CANDLE-OLD"]),
        ("sku=CANDLE&active=true", []),
        ("modifiedDateFrom=2026-01-05T09:00:01Z", []),
        ("modifiedDateTo=2026-01-05T09:00:00Z&sku=LAMP", ["LAMP-OAK"]),
    ],
)
def test_products_are_found_by_every_filter(demo, version, query, found):
    """OM-API-12: the sku filter finds what contains the text, case ignored."""
    assert skus(demo.om("GET", f"/{version}/products?{query}")) == found


def test_a_bundle_names_its_components_and_a_variation_its_parent(demo):
    """OM-API-07."""
    pack, tee = demo.om("GET", "/v1.1/products?productId=681570,681563").json[::-1]

    assert [(item["bundledProduct"]["masterSku"], item["bundledProductQuantity"]) for item in pack["bundledItems"]] == [
        ("TEE-BLUE-S", 3)
    ]
    assert (pack["type"], pack["bundle"], pack["parentId"], tee["parentId"]) == ("BUNDLE_KIT", True, 0, 681560)


def test_channels_and_warehouses_come_whole(demo):
    """One page, a bare array."""
    assert [row["salesChannelId"] for row in demo.om("GET", "/v1/saleschannels").json] == [5394, 5401, 5402]
    assert [row["warehouseId"] for row in demo.om("GET", "/v1/warehouses").json] == [1, 2, 3]
    assert demo.om("GET", "/v1/warehouse/2").json["name"] == "West 3PL"
    assert demo.om("GET", "/v1/warehouse/9").status == 404


def test_inventory_has_one_row_a_product_and_location(demo):
    """Locked, allocated and minimum as in the world file; a closed location has nothing available."""
    rows = demo.om("GET", "/v1/inventory?sku=LAMP-OAK").json

    told = {
        row["stockLocation"]["location"]: (row["quantity"], row["quantityLocked"], row["availableQuantity"])
        for row in rows
    }
    assert told == {"L-01": (8, 0, 8), "QC": (6, 0, 0), "L-09": (7, 0, 0), "HOLD": (3, 3, 0)}
    assert {row["warehouseStockTotals"]["availableQuantity"] for row in rows} == {8}
    assert {row["warehouseStockTotals"]["onHandQuantity"] for row in rows} == {24}


def test_inventory_of_a_bundle_shows_its_components_too(demo):
    """One client sees rows of other SKUs for a bundle's SKU."""
    rows = demo.om("GET", "/v1/inventory?sku=GIFT-SET&warehouseId=1").json

    assert {row["product"]["masterSku"] for row in rows} == {"TEAPOT", "MUG-BLACK"}


def test_totals_are_physical_stock_without_what_could_be_built(demo):
    """On hand includes locked; 5 prepackaged gift sets, not the 18 that could be made."""
    rows = {row["product"]["masterSku"]: row for row in demo.om("GET", "/v1.1/productstocks/total").json}

    assert rows["GIFT-SET"]["onHandQuantity"] == 5
    assert (rows["TEE-BLUE-S"]["onHandQuantity"], rows["TEE-BLUE-S"]["lockedQuantity"]) == (20, 2)
    assert rows["TEE-RED-L"]["inTransitQuantity"] == 12
    assert "TEE" not in rows
    west = demo.om("GET", "/v1/productstocks/total?warehouseId=2&sku=TEAPOT").json
    assert [row["onHandQuantity"] for row in west] == [50]


@pytest.mark.parametrize("path", ["/v1/listings", "/v1.1/products", "/v1/inventory", "/v1.1/productstocks/total"])
def test_pages_follow_each_other_and_end_with_an_empty_array(demo, path):
    """OM-API-11: page counts from 1, past the end []."""
    whole = demo.om("GET", path).json
    pages = []
    while page := demo.om("GET", f"{path}?limit=4&page={len(pages) + 1}").json:
        pages.append(page)

    assert [row for page in pages for row in page] == whole
    assert demo.om("GET", f"{path}?page=1000000000").json == []


@pytest.mark.parametrize(("limit", "rows"), [("0", 1), ("-7", 1), ("1000", 31), ("1001", 31), ("999999999999999", 31)])
def test_a_limit_out_of_range_is_clamped(demo, limit, rows):
    """Reading om.limit-out-of-range=clamp; the demo world has 31 listings."""
    assert len(demo.om("GET", f"/v1/listings?limit={limit}").json) == rows


@pytest.mark.parametrize("limit", ["0", "1001"])
def test_a_limit_out_of_range_is_refused_under_the_other_reading(new_mock, limit):
    """om.limit-out-of-range=refuse."""
    mock = new_mock(readings={"om.limit-out-of-range": "refuse"})

    assert mock.om("GET", f"/v1/listings?limit={limit}").status == 400
    assert mock.om("GET", "/v1/listings?limit=1000").status == 200


@pytest.mark.parametrize("version", ["v1", "v1.1"])
def test_more_than_two_hundred_totals_a_page_are_always_refused(demo, version):
    """U27: 400 above 200; below 1 it is clamped like elsewhere."""
    assert demo.om("GET", f"/{version}/productstocks/total?limit=201").status == 400
    assert demo.om("GET", f"/{version}/productstocks/total?limit=200").status == 200
    assert len(demo.om("GET", f"/{version}/productstocks/total?limit=0").json) == 1


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=one",
        "page=1.0",
        "page=1000000001",
        "limit=ten",
        "active=yes",
        "salesChannelId=abc",
        "salesChannelId=0",
        "listingId=1;2",
        "listingId=1,,2",
        "createdDateFrom=yesterday",
        "createdDateFrom=2026-13-01T00:00:00Z",
        "warehouseId=NaN",
        "&".join("a=1" for _ in range(101)),
    ],
)
def test_a_parameter_that_makes_no_sense_is_told_by_name(demo, query):
    """400 with the parameter and what it should be."""
    reply = demo.om("GET", f"/v1/listings?{query}")

    assert (reply.status, reply.json["errorCode"]) == (400, "BAD_REQUEST")
    assert query.partition("=")[0] in reply.json["message"] or query.count("&") == 100


def test_an_empty_parameter_is_none(demo):
    """Clients send what they have not filled in."""
    assert len(demo.om("GET", "/v1/listings?masterSku=&active=&limit=").json) == 31


@pytest.mark.parametrize("path", ["/v1/listings", "/v1/saleschannels", "/v1/warehouse/1", "/v1.1/products"])
def test_every_route_asks_for_a_token(demo, path):
    """OM-API-04."""
    reply = demo.om("GET", path, token=None)

    assert (reply.status, reply.json["error"]) == (401, "invalid_token")
