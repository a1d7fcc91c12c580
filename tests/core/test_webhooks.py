"""Webhooks in the core: who is told of what, and what becomes of a delivery. Nothing is sent from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.core.webhooks import delay_ms
from tests.core.shops import ALICE, ALICES, BOB, MULTI, OWNER, SINGLE, STRANGER, market, marketplace, put
from tests.core.worlds import account, done, refused, reloaded

if TYPE_CHECKING:
    from mockserver.core.webhooks import Delivery
    from mockserver.core.world import World

URL = "http://receiver.invalid/hook"


def hooked(*hooks: tuple[int, str], readings: dict[str, str] | None = None, **more: Any) -> World:
    """Return a market with one hook for each pair of seller and class."""
    entries = [{"seller": seller, "url": URL, "class": kind, **more} for seller, kind in hooks]
    return account(readings, marketplacer=marketplace(ALICES, webhooks=entries))


def told(world: World) -> list[tuple[int, str, str]]:
    """Return seller, class and event of every delivery."""
    return [(each.hook.seller, each.kind, each.event) for each in world.webhooks.deliveries.values()]


def due(world: World) -> Delivery:
    """Move time on to the next delivery, and return it."""
    world.advance_to(world.now_ms + 10**9, until_delivery=True)
    return world.webhooks.outgoing[0]


def test_a_written_inventory_tells_the_variant_and_its_advert() -> None:
    """There is no class for inventories (mp.stock-events); to a stranger the variant does not exist."""
    world = hooked((ALICE, "VARIANT"), (BOB, "ADVERT"), (STRANGER, "VARIANT"), (STRANGER, "ADVERT"))

    put(world, OWNER, {"seller_id": ALICE, "count_on_hand": 3})

    assert told(world) == [(ALICE, "VARIANT", "update"), (BOB, "ADVERT", "update")]


def test_nothing_of_stock_is_told_under_the_other_reading() -> None:
    """A count set on a variant itself is told all the same."""
    world = hooked((OWNER, "VARIANT"), (STRANGER, "VARIANT"), readings={"mp.stock-events": "none"})

    put(world, OWNER, {"seller_id": ALICE, "count_on_hand": 3})
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)
    assert told(world) == []
    done(world, "variants.set_counts", by=STRANGER, counts={str(SINGLE): 4})
    assert told(world) == [(STRANGER, "VARIANT", "update")]


def test_a_sale_tells_its_seller_of_the_invoice() -> None:
    """To other sellers of the multi-store it does not exist."""
    world = hooked((ALICE, "INVOICE"), (OWNER, "INVOICE"))

    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=2)
    done(world, "invoice.send", invoice=1)

    assert told(world) == [(ALICE, "INVOICE", "create"), (ALICE, "INVOICE", "update")]


def test_a_shipment_is_told_when_it_is_made_and_changed() -> None:
    """SHIPMENT/CREATE and SHIPMENT/UPDATE."""
    world = hooked((ALICE, "SHIPMENT"))
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=2)

    done(world, "invoice.ship", invoice=1, items=[{"line_item": 1, "quantity": 1}])
    done(world, "invoice.track", invoice=1, shipment=1, tracking="T")

    assert told(world) == [(ALICE, "SHIPMENT", "create"), (ALICE, "SHIPMENT", "update")]


def test_only_events_that_the_hook_wants_are_told() -> None:
    """A hook names its events."""
    world = hooked((ALICE, "INVOICE"), events=["update"])

    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=2)

    assert told(world) == []


def test_a_refused_command_tells_nothing() -> None:
    """It changed nothing."""
    world = hooked((OWNER, "VARIANT"))

    refused(world, "inventories.put", variant=MULTI, by=OWNER, records=[{"seller_id": ALICE, "count_on_hand": -1}])

    assert told(world) == []


def test_the_payload_has_the_fields_that_the_hook_names() -> None:
    """Ids are base64 of Type-number; without fields there is the type alone."""
    world = hooked((ALICE, "VARIANT"), fields=["__typename", "id", "sku", "countOnHand"])
    bare = hooked((ALICE, "VARIANT"))

    for each in (world, bare):
        put(each, OWNER, {"seller_id": ALICE, "count_on_hand": 3})

    node = {"__typename": "Variant", "id": "VmFyaWFudC0xMDA=", "sku": "MUG-L", "countOnHand": 3}
    assert due(world).body == {
        "id": "V2ViaG9va0V2ZW50LTE=",
        "event_name": "update",
        "payload": {"data": {"node": node}},
    }
    assert due(bare).body["payload"] == {"data": {"node": {"__typename": "Variant"}}}


def test_success_is_over_and_done() -> None:
    """2xx."""
    world = hooked((ALICE, "INVOICE"))
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)

    assert done(world, "webhook.result", delivery=due(world).sequence, code=204) == {"state": "delivered"}
    assert not world.webhooks.is_waiting
    assert refused(world, "webhook.result", delivery=1, code=204).code == "not_waiting"


@pytest.mark.parametrize(
    "result", [{"error": "timeout"}, {"error": "network"}, {"code": 500}, {"code": 503}, {"code": 429}]
)
def test_trouble_is_tried_again_with_growing_delays(result: dict[str, Any]) -> None:
    """15 s, 15 + 1 * 3 // 2 = 16 s, 15 + 16 * 3 // 2 = 39 s; then it has failed, and the hook stays."""
    world = hooked((ALICE, "INVOICE"), max_retries=3)
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)
    start, instants = world.now_ms, []

    while world.webhooks.is_waiting:
        number = due(world).sequence
        instants.append((world.now_ms - start) // 1000)
        done(world, "webhook.result", delivery=number, **result)

    assert instants == [0, 15, 31, 70]
    assert world.webhooks.deliveries[1].state == "failed"
    assert world.webhooks.hooks[1].enabled


def test_twenty_five_retries_take_some_thirty_days() -> None:
    """The number and the span are documented, the curve is ours."""
    days = sum(delay_ms(tries) for tries in range(1, 26)) / 86_400_000

    assert 29 < days < 32


@pytest.mark.parametrize("code", [301, 400, 404, 410])
def test_any_other_answer_fails_at_once_and_disables_the_hook(code: int) -> None:
    """What was waiting to go to it is dropped, what happens later is not told."""
    world = hooked((ALICE, "INVOICE"))
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)
    due(world)

    done(world, "webhook.result", delivery=1, code=code)
    done(world, "marketplace.sell", variant=MULTI, seller=ALICE, quantity=1)

    assert [each.state for each in world.webhooks.deliveries.values()] == ["failed", "dropped"]
    assert not world.webhooks.hooks[1].enabled
    assert world.webhooks.outgoing == []


def test_a_hook_is_set_changed_and_written_to_the_world_file() -> None:
    """What is not named stays; ids go on behind the largest."""
    world = market()

    assert done(world, "webhook.set", seller=ALICE, url=URL, **{"class": "VARIANT"}, hmac_key="k") == {"webhook": 1}
    done(world, "webhook.set", id=1, max_retries=2, events=["destroy"])
    assert done(world, "webhook.set", seller=BOB, url=URL, **{"class": "ADVERT"}) == {"webhook": 2}

    written = reloaded(world).to_document()["marketplacer"]["webhooks"]
    assert written[0] == {"id": 1, "seller": ALICE, "url": URL, "class": "VARIANT", "events": ["destroy"],
                          "hmac_key": "k", "max_retries": 2}  # fmt: skip
    assert written[1]["id"] == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"seller": 99, "class": "VARIANT", "url": URL}, "unknown_seller"),
        ({"seller": ALICE, "class": "INVENTORY", "url": URL}, "unknown_class"),
        ({"seller": ALICE, "class": "VARIANT"}, "missing"),
        ({"seller": ALICE, "class": "VARIANT", "url": URL, "events": ["push"]}, "unknown_events"),
        ({"seller": ALICE, "class": "ADVERT", "url": URL, "fields": ["sku"]}, "unknown_fields"),
    ],
)
def test_a_hook_that_makes_no_sense_is_refused(given: dict[str, Any], code: str) -> None:
    """And no id is used up."""
    world = market()

    assert refused(world, "webhook.set", **given).code == code
    assert world.webhooks.hooks == {}


def test_a_delivery_that_is_over_is_kept_for_a_while() -> None:
    """The last thousand; one that is waiting is never forgotten."""
    world = hooked((ALICE, "VARIANT"))
    for count in range(1_010):
        put(world, OWNER, {"seller_id": ALICE, "count_on_hand": count})
        if count != 4:
            done(world, "webhook.result", delivery=count + 1, code=200)

    assert len(world.webhooks.deliveries) == 1_001
    assert world.webhooks.deliveries[5].state == "waiting"
