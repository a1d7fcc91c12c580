"""What leads a seller integration to its variants: memberships, variants, adverts, pages and filters."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from wsgi_mock import Mock, shipped


def ids(reply):
    assert reply.status == 200, reply.body
    return [row["id"] for row in reply.json["data"]]


def test_an_owner_sees_its_members_and_others_see_none(demo):
    """MP-API-05."""
    rows = demo.mp("GET", "/multi_store_memberships").json["data"]

    assert [row["attributes"] for row in rows] == [
        {"seller_id": 2, "seller_name": "Member"},
        {"seller_id": 3, "seller_name": "Second member"},
    ]
    assert ids(demo.mp("GET", "/multi_store_memberships", key="mp-member-key")) == []


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("mp-owner-key", list(range(1, 13))),
        ("mp-member-key", list(range(1, 12))),
        ("mp-stranger-key", [13]),
    ],
)
def test_a_key_sees_the_variants_of_its_multi_store_and_its_own(demo, key, seen):
    """To others a variant does not exist."""
    assert ids(demo.mp("GET", "/variants", key=key)) == seen


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sku=TEE-BLUE-S-MP", [1]),
        ("sku=tee-blue-s-mp", []),
        ("sku=TEE-BLUE", []),
        ("barcode=9300000000012", [4]),
        ("external_id=homeware-teapot", [6]),
        ("external_id=homeware-teapot&sku=MUG-WHITE-MP", []),
        ("sku=", list(range(1, 13))),
        ("sku=ELSEWHERE-1", []),
    ],
)
def test_variants_are_found_by_exact_filters(demo, query, found):
    """MP-API-06; a filter names the whole value."""
    assert ids(demo.mp("GET", f"/variants?{query}")) == found


def test_a_sku_with_odd_characters_is_found(demo):
    """Filters are percent-decoded once."""
    world = shipped("demo")["marketplacer"]["variants"][0]
    odd = "A & B=100%+ü"
    document = {
        "format": "stockproof/world/1",
        "marketplacer": {
            "sellers": [{"id": 1, "name": "One", "api_key": "key-one"}],
            "variants": [{**world, "sku": odd, "seller": 1}],
        },
    }
    del document["marketplacer"]["variants"][0]["multi_store_owner"]
    mock = Mock(document)

    assert ids(mock.mp("GET", "/variants?sku=A+%26+B%3D100%25%2B%C3%BC", key="key-one")) == [1]


def test_a_multi_store_variants_count_is_the_sum_of_its_inventories(demo):
    """Reading mp.multi-store-count; infinite records count for nothing."""
    rows = {row["id"]: row["attributes"] for row in demo.mp("GET", "/variants").json["data"]}

    assert (rows[1]["count_on_hand"], rows[6]["count_on_hand"], rows[12]["count_on_hand"]) == (13, 0, 2)
    assert (rows[4]["price"], rows[7]["sale_price"], rows[1]["sale_price"]) == (24.9, 99, None)


def test_one_variant_comes_as_an_object_or_by_its_advert(demo):
    """Reading mp.variant-one=object."""
    assert demo.mp("GET", "/variants/6").json["data"]["id"] == 6
    assert demo.mp("GET", "/adverts/12/variants/6").json == demo.mp("GET", "/variants/6").json
    assert demo.mp("GET", "/adverts/11/variants/6").status == 404


def test_one_variant_is_an_array_of_one_under_the_other_reading(new_mock):
    """mp.variant-one=array: what one page of the documentation shows."""
    assert ids(new_mock(readings={"mp.variant-one": "array"}).mp("GET", "/variants/6")) == [6]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [10, 11, 12, 13]),
        ("sku=LAMP-OAK-MP", [12]),
        ("barcode=9300000000029", [11]),
        ("external_id=none", []),
        ("sku=MUG-WHITE-MP&barcode=9300000000029", []),
    ],
)
def test_adverts_are_found_by_any_of_their_variants(demo, query, found):
    """Filters by sku and barcode must belong to one and the same variant."""
    assert ids(demo.mp("GET", f"/adverts?{query}")) == found


@pytest.mark.parametrize(("include", "brought"), [("?include=variants", [4, 5]), ("?include=brand,variants", [4, 5])])
def test_an_advert_brings_its_variants_along_when_asked(demo, include, brought):
    """include=variants; other names are ignored."""
    reply = demo.mp("GET", f"/adverts/11{include}").json

    assert [row["id"] for row in reply["included"]] == brought
    assert reply["data"]["attributes"]["price"] == "24.9"
    assert reply["data"]["links"]["self"].endswith("/api/v2/client/adverts/11")
    assert "included" not in demo.mp("GET", "/adverts/11").json


def test_an_adverts_variants_are_listed(demo):
    """In pages too."""
    assert ids(demo.mp("GET", "/adverts/12/variants")) == [6, 7, 9, 10, 11]
    assert ids(demo.mp("GET", "/adverts/12/variants?page[size]=2&page[number]=2")) == [9, 10]
    assert demo.mp("GET", "/adverts/99/variants").status == 404


def follow(mock, link):
    assert link.startswith("/api/v2/client")
    return mock.mp("GET", link.removeprefix("/api/v2/client"))


@pytest.mark.parametrize("brackets", ["page[size]", "page%5Bsize%5D", "page%5bsize%5d"])
def test_pages_are_walked_by_their_next_links(demo, brackets):
    """MP-API-04: links first, next, last; brackets literal or encoded in either case."""
    reply, pages = demo.mp("GET", f"/variants?{brackets}=5"), []
    last = reply.json["links"]["last"]
    while True:
        pages.append(ids(reply))
        links = reply.json["links"]
        if "next" not in links:
            break
        reply = follow(demo, links["next"])

    assert pages == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12]]
    assert follow(demo, last).json == reply.json
    assert ids(follow(demo, reply.json["links"]["first"])) == pages[0]


def test_links_keep_the_filters(demo):
    """Otherwise the second page would be of another list."""
    links = demo.mp("GET", "/adverts/12/variants?page[size]=1").json["links"]
    filtered = demo.mp("GET", "/variants?sku=TEE-BLUE-S-MP&page[size]=1").json["links"]

    assert urlsplit(links["next"]).path == "/api/v2/client/adverts/12/variants"
    assert ("sku", "TEE-BLUE-S-MP") in parse_qsl(urlsplit(filtered["first"]).query)


def test_an_empty_list_has_no_links(demo):
    """The tutorial shows {"data": []} and nothing else."""
    assert demo.mp("GET", "/variants?sku=NOBODY").json == {"data": []}


def test_a_page_past_the_end_is_empty(demo):
    """And says where the last one is."""
    reply = demo.mp("GET", "/variants?page[number]=99&page[size]=5").json

    assert reply["data"] == []
    assert "page[number]=3" in reply["links"]["last"]


@pytest.mark.parametrize(
    "query", ["page[number]=0", "page[number]=x", "page[size]=0", "page[size]=-5", "page[size]=1.5"]
)
def test_a_page_that_makes_no_sense_is_a_bad_request(demo, query):
    """400 in Marketplacer's form, naming the parameter."""
    reply = demo.mp("GET", f"/variants?{query}")

    assert reply.status == 400
    assert query.partition("=")[0] in reply.json["errors"][0]["detail"]


def crowd(variants, **readings):
    """Return a server with one seller of many variants."""
    document = {
        "format": "stockproof/world/1",
        "readings": readings,
        "marketplacer": {
            "sellers": [{"id": 1, "name": "One", "api_key": "key-one"}],
            "variants": [{"id": n, "advert_id": n, "sku": f"S-{n}", "seller": 1} for n in range(1, variants + 1)],
        },
    }
    return Mock(document)


@pytest.mark.parametrize(
    ("edition", "default", "most"), [("50-1100", 50, 1100), ("50-500", 50, 500), ("100-100", 100, 100)]
)
def test_page_sizes_are_those_of_the_edition(edition, default, most):
    """Reading mp.page-size; above the largest it is clamped."""
    mock = crowd(1150, **{"mp.page-size": edition})

    assert len(ids(mock.mp("GET", "/variants", key="key-one"))) == default
    assert len(ids(mock.mp("GET", "/variants?page[size]=1101", key="key-one"))) == most


def test_a_page_above_the_largest_is_refused_under_the_other_reading():
    """mp.page-size-above-maximum=refused."""
    mock = crowd(3, **{"mp.page-size-above-maximum": "refused"})

    assert mock.mp("GET", "/variants?page[size]=1101", key="key-one").status == 400


def test_next_on_the_last_page_is_a_reading():
    """mp.last-page-next=same-as-last: what the documentation's example suggests."""
    links = crowd(3, **{"mp.last-page-next": "same-as-last"}).mp("GET", "/variants", key="key-one").json["links"]

    assert links["next"] == links["last"]
