"""Writing adverts and variants: who may, what stays, what is refused, and what a deletion leaves behind (MP-API-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.shops import ALICE, ALICES, MULTI, OWNER, SINGLE, STRANGER, market, marketplace
from tests.core.test_document import assert_same_after_a_round_trip
from tests.core.worlds import account, done, loaded, refused

if TYPE_CHECKING:
    from mockserver.core.marketplace_model import Advert, Variant
    from mockserver.core.world import World

CAP: dict[str, Any] = {"title": "Cap", "description": "A cap.", "price": 20, "condition": "new"}
HOOKS = [{"seller": OWNER, "url": "http://receiver.invalid/", "class": kind} for kind in ("VARIANT", "ADVERT")]


def created(world: World, by: int = STRANGER, **attributes: Any) -> Advert:
    result = done(world, "advert.create", by=by, attributes={**CAP, **attributes})
    return world.marketplace.adverts[result["advert"]]


def variant_of(world: World, advert: int, by: int = STRANGER, **attributes: Any) -> Variant:
    given = {"count_on_hand": 3, **attributes}
    result = done(world, "variant.create", by=by, advert=advert, attributes=given)
    return world.marketplace.variants[result["variant"]]


def test_a_new_advert_is_its_sellers_and_not_published() -> None:
    """Ids go on after those of the file, those that only variants name among them: 10 and 20 are taken."""
    world = market()

    advert = created(world, price="20.50", notes="n", sale_type="hire", external_id=None)

    assert advert.id == 21
    assert advert.details == {
        "title": "Cap", "description": "A cap.", "price": "20.50", "condition": "new", "notes": "n",
        "sale_type": "hire", "published": False, "seller": STRANGER,
    }  # fmt: skip
    assert_same_after_a_round_trip(world)


def test_the_advert_of_a_multi_stores_owner_is_the_multi_stores() -> None:
    """Its variants have no count of their own but what their inventories sum up to (mp.owner-advert)."""
    world = market()

    variant = variant_of(world, created(world, OWNER).id, OWNER)

    assert (variant.owner, variant.seller, variant.count_on_hand) == (OWNER, None, 0)
    done(world, "inventories.put", variant=variant.id, by=ALICE, records=[{"count_on_hand": 4}])
    assert world.marketplace.count_of(variant) == 4
    assert_same_after_a_round_trip(world)


def test_an_owner_may_also_sell_alone() -> None:
    """The other option of mp.owner-advert."""
    world = market({"mp.owner-advert": "single-store"})

    variant = variant_of(world, created(world, OWNER).id, OWNER)

    assert (variant.owner, variant.seller, variant.count_on_hand) == (None, OWNER, 3)


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"title": None}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"description": ""}, "description"),
        ({"price": None}, "price"),
        ({"price": "much"}, "price"),
        ({"price": -1}, "price"),
        ({"sale_price": 20}, "sale_price"),
        ({"condition": None}, "condition"),
        ({"sale_type": "hires"}, "sale_type"),
        ({"published": "yes"}, "published"),
        ({"published": True}, "published"),
        ({"code": "a\x00"}, "code"),
        ({"domestic_shipping_cost": -1}, "domestic_shipping_cost"),
    ],
)
def test_what_makes_no_advert_is_refused_by_name(attributes: dict[str, Any], field: str) -> None:
    """Title, description, price and condition are needed; the rest must be what it is called."""
    world = market()

    refusal = refused(world, "advert.create", by=STRANGER, attributes={**CAP, **attributes})

    assert (refusal.code, refusal.field) == ("unprocessable", field)
    assert sorted(world.marketplace.adverts) == [10, 20]


def test_what_a_change_leaves_out_stays() -> None:
    """Documented of adverts; null takes away what need not be there."""
    world = market()
    advert = created(world, notes="n", gender="g", sale_price=5)

    done(world, "advert.put", advert=advert.id, by=STRANGER, attributes={"notes": None, "price": 30})

    assert advert.details == {
        "title": "Cap", "description": "A cap.", "price": "30", "sale_price": "5", "condition": "new", "gender": "g",
        "published": False, "seller": STRANGER,
    }  # fmt: skip


def test_an_advert_is_published_once_it_has_a_variant() -> None:
    """422 without any, says the page."""
    world = market()
    advert = created(world)
    publish = {"advert": advert.id, "by": STRANGER, "attributes": {"published": True}}

    assert refused(world, "advert.put", **publish).field == "published"
    variant_of(world, advert.id)
    done(world, "advert.put", **publish)

    assert advert.details["published"] is True


def test_an_advert_that_only_variants_name_gets_a_title_and_a_holder_when_written() -> None:
    """It would be lost from the world file otherwise."""
    world = market()

    done(world, "advert.put", advert=20, by=STRANGER, attributes={"description": "Fine."})
    done(world, "variant.delete", variant=SINGLE, by=STRANGER)

    details = world.marketplace.adverts[20].details
    assert details == {"title": "CUP-L", "description": "Fine.", "seller": STRANGER}
    assert_same_after_a_round_trip(world)


@pytest.mark.parametrize(("option", "code"), [("not-found", "not_found"), ("forbidden", "forbidden")])
def test_a_member_does_not_write_what_is_the_owners(option: str, code: str) -> None:
    """It sees it, though (mp.member-writes)."""
    world = market({"mp.member-writes": option}, ALICES)

    tries = [
        refused(world, "advert.put", advert=10, by=ALICE, attributes={}),
        refused(world, "advert.delete", advert=10, by=ALICE),
        refused(world, "variant.create", advert=10, by=ALICE, attributes={"count_on_hand": 1}),
        refused(world, "variant.put", variant=MULTI, by=ALICE, attributes={}),
        refused(world, "variant.delete", variant=MULTI, by=ALICE),
    ]

    assert {each.code for each in tries} == {code}


def test_to_a_stranger_it_does_not_exist() -> None:
    """404 under either reading."""
    world = market({"mp.member-writes": "forbidden"})

    assert refused(world, "advert.put", advert=10, by=STRANGER, attributes={}).code == "not_found"
    assert refused(world, "variant.delete", variant=MULTI, by=STRANGER).code == "not_found"
    assert refused(world, "advert.delete", advert=99, by=STRANGER).code == "not_found"


def test_a_variant_keeps_what_a_change_leaves_out() -> None:
    """Digits as text are a count (mp.count-text), an empty SKU is none."""
    world = market()
    variant = variant_of(world, created(world).id, sku="CAP-L", barcode="93", price=30.5, infinite=True)

    given = {"count_on_hand": "5", "barcode": None, "upc": "7"}
    done(world, "variant.put", variant=variant.id, by=STRANGER, attributes=given)

    changed = world.marketplace.variants[variant.id]
    assert (changed.sku, changed.count_on_hand, changed.infinite, str(changed.price)) == ("CAP-L", 5, True, "30.5")
    assert changed.details == {"upc": "7"}
    done(world, "variant.put", variant=variant.id, by=STRANGER, attributes={"sku": None})
    assert world.marketplace.variants[variant.id].sku == ""
    assert_same_after_a_round_trip(world)


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"count_on_hand": -1}, "count_on_hand"),
        ({"count_on_hand": 1.5}, "count_on_hand"),
        ({"count_on_hand": "many"}, "count_on_hand"),
        ({"count_on_hand": "99999999999"}, "count_on_hand"),
        ({"price": "30"}, "price"),
        ({"price": 5, "sale_price": 5}, "sale_price"),
        ({"sku": "a\tb"}, "sku"),
        ({"sku": 5}, "sku"),
        ({"infinite": 1}, "infinite"),
        ({"ean": 5}, "ean"),
    ],
)
def test_what_a_variant_cannot_be_is_refused_and_changes_nothing(attributes: dict[str, Any], field: str) -> None:
    """All of a write or nothing of it."""
    world = market()
    before = world.to_document()

    refusal = refused(world, "variant.put", variant=SINGLE, by=STRANGER, attributes={"barcode": "9", **attributes})

    assert (refusal.code, refusal.field) == ("unprocessable", field)
    assert world.to_document() == before


def test_a_new_variant_needs_a_count() -> None:
    """The page's table marks it as required."""
    world = market()

    refusal = refused(world, "variant.create", advert=20, by=STRANGER, attributes={"infinite": True})

    assert (refusal.code, refusal.field) == ("unprocessable", "count_on_hand")


def test_a_count_of_its_own_is_written_where_variants_have_one() -> None:
    """mp.multi-store-count independent; under sum it is refused or passed over."""
    own = market({"mp.multi-store-count": "independent"}, ALICES)
    summed = market({"mp.multi-store-variant-count": "ignored"}, ALICES)
    for world in (own, summed):
        done(world, "variant.put", variant=MULTI, by=OWNER, attributes={"count_on_hand": 77, "notes": "n"})

    variants = [world.marketplace.variants[MULTI] for world in (own, summed)]
    assert [world.marketplace.count_of(each) for world, each in zip((own, summed), variants, strict=True)] == [77, 10]
    assert refused(market(), "variant.put", variant=MULTI, by=OWNER, attributes={"count_on_hand": 7}).code == (
        "unprocessable"
    )


@pytest.mark.parametrize(
    ("option", "published"), [("published", True), ("unpublished", False), ("refused", None)], ids=str
)
def test_the_last_variant_of_a_published_advert(option: str, published: bool | None) -> None:
    """Three readings of what nobody documents (mp.last-variant)."""
    world = market({"mp.last-variant": option})
    gone = {"variant": SINGLE, "by": STRANGER}

    if published is None:
        assert refused(world, "variant.delete", **gone).code == "unprocessable"
        assert SINGLE in world.marketplace.variants
        return
    done(world, "variant.delete", **gone)

    assert world.marketplace.adverts[20].details.get("published", True) is published
    assert_same_after_a_round_trip(world)


def test_with_an_advert_go_its_variants_and_inventories() -> None:
    """Nothing of them is left in the world file; invoices are."""
    world = market(None, ALICES)
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=2)

    done(world, "advert.delete", advert=10, by=OWNER)

    section = world.to_document()["marketplacer"]
    assert ([each["id"] for each in section["variants"]], section["inventories"]) == ([SINGLE], [])
    assert section["invoices"][0]["lines"][0]["variant_sku"] == "MUG-L"
    assert_same_after_a_round_trip(world)


def test_ids_of_what_is_gone_are_not_given_again() -> None:
    """A client may still hold one."""
    world = market()
    first = variant_of(world, created(world).id)

    done(world, "variant.delete", variant=first.id, by=STRANGER)

    assert variant_of(world, 21).id == first.id + 1


def test_every_write_tells_its_webhooks() -> None:
    """A variant's events tell its advert too, while there is one."""
    world = account(None, marketplacer=marketplace(webhooks=HOOKS))

    advert = created(world, OWNER)
    variant = variant_of(world, advert.id, OWNER)
    done(world, "variant.put", variant=variant.id, by=OWNER, attributes={"notes": "n"})
    done(world, "advert.put", advert=advert.id, by=OWNER, attributes={"published": True})
    done(world, "advert.delete", advert=advert.id, by=OWNER)

    told = [(each.kind, each.event) for each in world.webhooks.deliveries.values()]
    assert told == [
        ("ADVERT", "create"), ("VARIANT", "create"), ("ADVERT", "update"), ("VARIANT", "update"), ("ADVERT", "update"),
        ("ADVERT", "update"), ("VARIANT", "destroy"), ("ADVERT", "destroy"),
    ]  # fmt: skip


def test_a_sale_of_a_variant_that_is_gone_still_counts_as_a_recent_order() -> None:
    """Integration Manager loads the sale after the deletion, by the SKU that was sold."""
    cart = {"name": "shop", "target": "marketplacer", "seller": STRANGER, "schedule": "PT1H", "order_download": "PT1H"}
    merchant = {"name": "M", "warehouses": [{"name": "W"}], "carts": [cart]}
    written = market().to_document() | {"integration_manager": {"merchants": [merchant]}}
    world = loaded(written)
    done(world, "marketplace.sell", variant=SINGLE, seller=STRANGER, quantity=2)
    done(world, "variant.delete", variant=SINGLE, by=STRANGER)

    done(world, "cart.download", merchant="M", cart="shop")

    assert world.integration.merchants["M"].orders[0].units == {"CUP-L": 2}


def test_a_variant_without_a_sku_can_be_sold() -> None:
    """Its order names it by id and finds no listing."""
    world = account(
        None,
        marketplacer=marketplace(),
        links=[{"sales_channel": 10, "seller": STRANGER}],
    )
    variant = variant_of(world, 20)

    done(world, "marketplace.sell", variant=variant.id, seller=STRANGER, quantity=1)

    (order,) = world.orders.values()
    assert [line.listing_sku for line in order.lines] == [f"variant {variant.id}"]
    assert_same_after_a_round_trip(world)
