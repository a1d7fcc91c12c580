"""Native sales channels hear of changes about 15 minutes late (OM-PUSH-02); explain tells what they show."""

from __future__ import annotations

from typing import Any

from mockserver.core.world import World
from tests.core.worlds import LISTING, SHOP, account, buy, done, receive, reloaded, shelf


def native(**more: Any) -> World:
    channel = {"id": SHOP, "name": "Native", "native": True, **more}
    return account(sales_channels=[channel], stock=[shelf(10)])


def shows(world: World) -> int:
    return world.explain(LISTING)["native_shown"]


def wait(world: World, minutes: int) -> None:
    done(world, "clock.advance", by=f"PT{minutes}M")


def test_a_native_channel_shows_its_figures_at_the_start():
    """Nothing is pending then."""
    world = native()

    assert (10, None) == (shows(world), world.explain(LISTING)["native_push_due"])


def test_a_change_is_shown_fifteen_minutes_later():
    """10, an order of 3 at 9:00: 10 until 9:14, 7 from 9:15 on."""
    world = native()
    buy(world, "1", ("MUG", 3))
    assert "2026-01-05T09:15:00Z" == world.explain(LISTING)["native_push_due"]
    wait(world, 14)
    before = shows(world)
    wait(world, 1)

    assert (10, 7) == (before, shows(world))


def test_one_push_tells_the_figure_of_its_own_instant():
    """A second change on the way costs no second wait: at 9:15 both are told."""
    world = native()
    buy(world, "1", ("MUG", 3))
    wait(world, 10)
    buy(world, "2", ("MUG", 2))
    wait(world, 5)

    assert 5 == shows(world)
    assert 0 == len(world.agenda)


def test_the_delay_is_the_channels_own():
    """A channel may be slower; so it is written and read again."""
    world = native(push_delay="PT1H")
    receive(world, 5)
    wait(world, 59)
    before = shows(world)
    wait(world, 1)

    assert (10, 15) == (before, shows(world))
    assert world.to_document() == reloaded(world).to_document()


def test_a_listing_whose_push_is_off_keeps_what_it_shows():
    """Silence, not 0 (OM-PUSH-04)."""
    world = native()
    done(world, "listing.set", listing_sku="MUG-L", sales_channel=SHOP, push_inventory=False)
    receive(world, 5)
    wait(world, 60)

    assert 10 == shows(world)


def test_a_channel_that_is_not_native_shows_nothing_of_itself():
    """Its integration reads the figures."""
    assert "native_shown" not in account().explain(LISTING)
