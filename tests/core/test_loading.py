"""World file to world: ids in file order, and every contradiction found with its place and the nearest valid value."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.errors import InvalidWorld, Problem
from tests.core.shops import ALICE, ALICES, BOB, MULTI, OWNER, SINGLE, STRANGER, marketplace
from tests.core.worlds import (
    SHOP,
    Document,
    account,
    bundle,
    cap,
    document,
    done,
    house,
    listing,
    loaded,
    percent,
    shelf,
)

ORDER = {"sales_channel": SHOP, "order_number": "1", "lines": [{"listing_sku": "MUG-L", "quantity": 3}]}


def problems_of(written: Document) -> list[Problem]:
    with pytest.raises(InvalidWorld) as caught:
        loaded(written)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return caught.value.problems


def only_problem(written: Document) -> tuple[str, object, str | None]:
    [problem] = problems_of(written)
    return problem.path, problem.value, problem.nearest


# -- ids -------------------------------------------------------------------------------------------


def test_absent_ids_are_given_in_file_order_past_those_that_are_taken() -> None:
    """2 is taken, so the others are 1, 3 and 4."""
    names = [{"name": "a"}, {"name": "b", "id": 2}, {"name": "c"}, {"name": "d"}]
    world = account(warehouses=names, sales_channels=names, listings=[])

    assert [(each.id, each.name) for each in world.warehouses.values()] == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
    assert [each.id for each in world.channels.values()] == [1, 2, 3, 4]


def test_later_ids_go_on_after_the_highest_of_the_file() -> None:
    """A listing with id 900 makes the next one 901, however many are missing below."""
    world = account(listings=[listing(900)], stock=[shelf(1, id=7)])

    assert done(world, "listing.set", listing_sku="NEW", sales_channel=SHOP, master_sku="MUG") == {"listing_id": 901}


def test_listings_of_a_channel_stand_in_the_order_of_their_ids() -> None:
    """Whatever the order of the file: that is how they are answered."""
    world = account(listings=[listing(503, listing_sku="C"), listing(501, listing_sku="A"), listing(502)])

    assert [each.id for each in world.channels[SHOP].listings] == [501, 502, 503]
    assert [each.id for each in world.products["MUG"].listings] == [501, 502, 503]


def test_world_file_needs_nothing_but_its_format() -> None:
    """The clock then stands at the beginning of 2026."""
    world = loaded({"format": "stockproof/world/1"})

    assert (world.now_ms, world.seed) == (1_767_225_600_000, 0)
    assert (world.products, world.listings, world.orders) == ({}, {}, {})


def test_defaults_of_a_stock_row_are_those_of_the_schema() -> None:
    """Only what must be given is given."""
    row = account(stock=[shelf(5)]).products["MUG"].stock[0]

    assert (row.location, row.locked, row.allocated, row.minimum, row.draw_rank) == ("", 0, 0, 0, 1)
    assert (row.pickable, row.receivable, row.active) == (True, True, True)


# -- contradictions --------------------------------------------------------------------------------

CHANNEL = {"id": SHOP, "name": "Shop"}
PARENT = {"master_sku": "PARENT", "type": "VIRTUAL_PRODUCT"}
CONTRADICTIONS: list[tuple[str, Document, str, object, str | None]] = [
    ("warehouse id twice", {"warehouses": [house(1), house(1)]}, "warehouses[1].id", 1, None),
    ("channel id twice", {"sales_channels": [CHANNEL, CHANNEL]}, "sales_channels[1].id", SHOP, None),
    (
        "product id twice",
        {"products": [{"master_sku": "MUG", "id": 7}, {"master_sku": "CUP", "id": 7}]},
        "products[1].id",
        7,
        None,
    ),
    ("stock id twice", {"stock": [shelf(1, id=3), shelf(1, id=3, location="B")]}, "stock[1].id", 3, None),
    ("listing id twice", {"listings": [listing(), listing(listing_sku="B")]}, "listings[1].id", 501, None),
    ("master SKU twice", {"products": [{"master_sku": "MUG"}] * 2}, "products[1].master_sku", "MUG", None),
    ("location twice", {"stock": [shelf(1), shelf(2)]}, "stock[1]", "", None),
    ("listing SKU twice", {"listings": [listing(), listing(502)]}, "listings[1].listing_sku", "MUG-L", None),
    ("rule twice", {"rules": [percent(10), cap(3)]}, "rules[1]", SHOP, None),
    (
        "rule of a channel twice",
        {"rules": [{"sales_channel": SHOP, "rule_type": "MAX_ALLOCATION", "value": 1}] * 2},
        "rules[1]",
        SHOP,
        None,
    ),
    ("order twice", {"orders": [ORDER, ORDER]}, "orders[1].order_number", "1", None),
    ("token twice", {"tokens": [{"token": "t"}, {"token": "t"}]}, "tokens[1]", "…", None),
    ("app twice", {"apps": [{"app_key": "k", "app_secret": s} for s in "ab"]}, "apps[1]", "…", None),
    (
        "channel of a warehouse",
        {"warehouses": [house(1, type="FBA", sales_channel=11)]},
        "warehouses[0].sales_channel",
        11,
        "10",
    ),
    (
        "warehouse excluded for a channel",
        {"warehouses": [house(12)], "sales_channels": [CHANNEL | {"excluded_warehouses": [12, 13]}]},
        "sales_channels[0].excluded_warehouses[1]",
        13,
        "12",
    ),
    (
        "warehouse excluded for a product",
        {"products": [{"master_sku": "MUG", "excluded_warehouses": [9]}]},
        "products[0].excluded_warehouses[0]",
        9,
        "1",
    ),
    (
        "parent",
        {"products": [{"master_sku": "MUG", "parent": "PARENTS"}, PARENT]},
        "products[0].parent",
        "PARENTS",
        "PARENT",
    ),
    (
        "parent of another kind",
        {"products": [{"master_sku": "MUG", "parent": "CUP"}, {"master_sku": "CUP"}]},
        "products[0].parent",
        "CUP",
        None,
    ),
    (
        "components of a core product",
        {"products": [{"master_sku": "MUG"}, bundle("CUP", MUG=1) | {"type": "CORE_PRODUCT"}]},
        "products[1].components",
        "CORE_PRODUCT",
        "BUNDLE_KIT",
    ),
    (
        "component",
        {"products": [{"master_sku": "MUG"}, bundle(MGU=1)]},
        "products[1].components[0].master_sku",
        "MGU",
        "MUG",
    ),
    (
        "bundle in a bundle",
        {"products": [{"master_sku": "MUG"}, bundle(MUG=1), bundle("BOX", MUG=1, SET=1)]},
        "products[2].components[1].master_sku",
        "SET",
        None,
    ),
    (
        "component twice",
        {
            "products": [
                {"master_sku": "MUG"},
                bundle() | {"components": [{"master_sku": "MUG", "quantity": each} for each in (1, 2)]},
            ]
        },
        "products[1].components[1].master_sku",
        "MUG",
        None,
    ),
    ("product of a stock row", {"stock": [shelf(1, "MGU")]}, "stock[0].master_sku", "MGU", "MUG"),
    ("warehouse of a stock row", {"stock": [shelf(1, warehouse=2)]}, "stock[0].warehouse", 2, "1"),
    (
        "stock of a parent",
        {"products": [{"master_sku": "MUG"}, PARENT], "stock": [shelf(1, "PARENT")]},
        "stock[0].master_sku",
        "PARENT",
        None,
    ),
    ("product of a listing", {"listings": [listing(master_sku="mug")]}, "listings[0].master_sku", "mug", "MUG"),
    ("channel of a listing", {"listings": [listing(channel=100)]}, "listings[0].sales_channel", 100, "10"),
    ("product of a rule", {"rules": [percent(1, master_sku="MGU")]}, "rules[0].master_sku", "MGU", "MUG"),
    ("channel of a rule", {"rules": [percent(1, sales_channel=100)]}, "rules[0].sales_channel", 100, "10"),
    ("value of a rule", {"rules": [percent(101)]}, "rules[0].value", 101, None),
    ("channel of an order", {"orders": [ORDER | {"sales_channel": 100}]}, "orders[0].sales_channel", 100, "10"),
]


@pytest.mark.parametrize(
    ("parts", "path", "value", "near"), [row[1:] for row in CONTRADICTIONS], ids=[row[0] for row in CONTRADICTIONS]
)
def test_contradiction_is_found_with_place_and_nearest_value(
    parts: Document, path: str, value: object, near: str | None
) -> None:
    """Cross-references, duplicates and rules are judged when the world is built; credentials are not repeated."""
    assert only_problem(document(**parts)) == (f"order_manager.{path}", value, near)


def test_clock_that_is_no_instant_is_a_problem() -> None:
    """The rest of the file is read all the same."""
    assert only_problem(document() | {"clock": "noon"}) == ("clock", "noon", None)


def test_all_contradictions_are_told_at_once() -> None:
    """Three mistakes, three problems, in the order of the file's parts."""
    written = document(stock=[shelf(1, "MGU", 9)], rules=[percent(-1)])

    assert [problem.path for problem in problems_of(written)] == [
        "order_manager.stock[0].master_sku",
        "order_manager.stock[0].warehouse",
        "order_manager.rules[0].value",
    ]


def test_file_that_is_wrong_throughout_is_not_read_to_the_end() -> None:
    """After a hundred problems nobody reads on."""
    assert len(problems_of(document(stock=[shelf(1, "MGU", location=str(each)) for each in range(500)]))) == 100


def test_problem_is_one_line_for_a_person() -> None:
    """Place, what is wrong, the value, the nearest valid one if there is one."""
    assert str(Problem("a.b", "no such warehouse", 7, "8")) == "a.b: no such warehouse (value 7; nearest valid: '8')"
    assert str(Problem("a.b", "stands here twice", "x")) == "a.b: stands here twice (value 'x')"


# -- the marketplace -------------------------------------------------------------------------------

SELLERS = [{"id": each, "name": f"S{each}"} for each in (OWNER, ALICE, BOB, STRANGER)]
VARIANT: dict[str, Any] = {"id": 300, "sku": "POT-L"}
MARKETPLACE: list[tuple[str, Document, str, object, str | None]] = [
    ("seller id twice", {"sellers": [*SELLERS, SELLERS[0]]}, "sellers[4].id", OWNER, None),
    (
        "API key twice",
        {"sellers": [*SELLERS[:2], SELLERS[2] | {"api_key": "k"}, SELLERS[3] | {"api_key": "k"}]},
        "sellers[3]",
        "…",
        None,
    ),
    ("owner", {"multi_stores": [{"owner": 91, "members": []}], "variants": []}, "multi_stores[0].owner", 91, "9"),
    (
        "member",
        {"multi_stores": [{"owner": OWNER, "members": [ALICE, 6]}]},
        "multi_stores[0].members[1]",
        6,
        "5",
    ),
    (
        "member twice",
        {"multi_stores": [{"owner": OWNER, "members": [ALICE, ALICE]}]},
        "multi_stores[0].members",
        [ALICE, ALICE],
        None,
    ),
    (
        "owner as a member",
        {"multi_stores": [{"owner": OWNER, "members": [OWNER]}]},
        "multi_stores[0].members",
        [OWNER],
        None,
    ),
    (
        "owner twice",
        {"multi_stores": [{"owner": OWNER, "members": [each]} for each in (ALICE, BOB)]},
        "multi_stores[1].owner",
        OWNER,
        None,
    ),
    ("variant of nobody", {"variants": [VARIANT]}, "variants[0]", "POT-L", None),
    (
        "variant of two",
        {"variants": [VARIANT | {"seller": ALICE, "multi_store_owner": OWNER}]},
        "variants[0]",
        "POT-L",
        None,
    ),
    (
        "owner of a variant",
        {"variants": [VARIANT | {"multi_store_owner": ALICE}]},
        "variants[0].multi_store_owner",
        ALICE,
        str(OWNER),
    ),
    ("seller of a variant", {"variants": [VARIANT | {"seller": 3}]}, "variants[0].seller", 3, "2"),
    ("variant id twice", {"variants": [VARIANT | {"seller": ALICE}] * 2}, "variants[1].id", 300, None),
    ("advert id twice", {"adverts": [{"id": 8, "title": each} for each in "ab"]}, "adverts[1].id", 8, None),
    ("variant of an inventory", {"inventories": [ALICES | {"variant": 10}]}, "inventories[0].variant", 10, "100"),
    (
        "seller of an inventory",
        {"inventories": [ALICES | {"seller": STRANGER}]},
        "inventories[0].seller",
        STRANGER,
        str(BOB),
    ),
    (
        "inventory of a single-seller variant",
        {"inventories": [ALICES | {"variant": SINGLE, "seller": STRANGER}]},
        "inventories[0].seller",
        STRANGER,
        None,
    ),
    ("inventory id twice", {"inventories": [ALICES, ALICES | {"seller": BOB}]}, "inventories[1].id", 1, None),
    ("inventory twice", {"inventories": [ALICES, ALICES | {"id": 2}]}, "inventories[1]", ALICE, None),
]


@pytest.mark.parametrize(
    ("parts", "path", "value", "near"), [row[1:] for row in MARKETPLACE], ids=[row[0] for row in MARKETPLACE]
)
def test_contradiction_of_the_marketplace_is_found(parts: Document, path: str, value: object, near: str | None) -> None:
    """The same for sellers, multi-stores, variants and inventories."""
    assert only_problem(document() | {"marketplacer": marketplace(**parts)}) == (f"marketplacer.{path}", value, near)


@pytest.mark.parametrize(
    ("change", "path", "value", "near"),
    [
        ({"sales_channel": 100}, "sales_channel", 100, "10"),
        ({"seller": 6}, "seller", 6, "5"),
        ({"import_lag": "soon"}, "import_lag", "soon", None),
        ({"import_lag": "P999999999999D"}, "import_lag", "P999999999999D", None),
    ],
)
def test_contradiction_of_a_link_is_found(change: Document, path: str, value: object, near: str | None) -> None:
    """A link joins a seller and a channel that exist, after a lag."""
    written = document() | {"marketplacer": marketplace(), "links": [{"sales_channel": SHOP, "seller": ALICE} | change]}

    assert only_problem(written) == (f"links[0].{path}", value, near)


def test_seller_is_linked_to_one_channel() -> None:
    """Its sales could not become orders of both."""
    written = document() | {"marketplacer": marketplace(), "links": [{"sales_channel": SHOP, "seller": ALICE}] * 2}

    assert only_problem(written) == ("links[1].seller", ALICE, None)


def test_variant_without_advert_has_one_of_its_own_number() -> None:
    """Adverts that only a variant names exist; ids of variants are given in file order."""
    variants = [{"sku": "A", "seller": ALICE}, {"sku": "B", "seller": ALICE, "advert_id": 50}]
    market = account(marketplacer=marketplace(variants=variants)).marketplace

    assert [(each.id, each.advert_id) for each in market.variants.values()] == [(1, 1), (2, 50)]
    assert market.adverts.keys() == {1, 50}


def test_multi_store_variant_is_visible_to_owner_and_members() -> None:
    """A stranger does not see it, nor do they see a stranger's."""
    market = account(marketplacer=marketplace(ALICES)).marketplace
    sellers = (OWNER, ALICE, BOB, STRANGER)

    assert [market.is_visible(market.variants[MULTI], each) for each in sellers] == [True, True, True, False]
    assert [market.is_visible(market.variants[SINGLE], each) for each in sellers] == [False, False, False, True]
