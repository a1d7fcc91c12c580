"""How a world's virtual time moves between commands."""

from __future__ import annotations

from mockserver.clock import ManualClock, RealClock
from mockserver.worlds import Worlds

EMPTY = {"format": "stockproof/world/1", "clock": "2026-01-05T09:00:00Z"}
NINE = 1_767_603_600_000  # 2026-01-05T09:00:00Z


class Seconds:
    """A monotonic clock that goes when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_a_manual_clock_stands_still():
    """The world's own time is the time."""
    assert ManualClock().now_ms(42) == 42


def test_a_real_clock_adds_what_has_passed_since_it_was_last_asked():
    """In whole milliseconds, from whatever instant the world stands at."""
    seconds = Seconds()
    clock = RealClock(monotonic=seconds)

    seconds.now += 1.5
    assert clock.now_ms(10_000) == 11_500
    assert clock.now_ms(11_500) == 11_500
    seconds.now += 0.25
    assert clock.now_ms(50_000) == 50_250


def test_fractions_of_a_millisecond_add_up():
    """Asked three thousand times a second, it still keeps pace."""
    seconds = Seconds()
    clock, at_ms = RealClock(monotonic=seconds), 0
    for _ in range(30_000):
        seconds.now += 1 / 3000
        at_ms = clock.now_ms(at_ms)

    assert 9_999 <= at_ms <= 10_000


def test_a_fast_clock_runs_at_its_speed():
    """An hour in a second."""
    seconds = Seconds()
    clock = RealClock(speed=3600, monotonic=seconds)

    seconds.now += 1

    assert clock.now_ms(0) == 3_600_000


def test_advancing_by_hand_jumps_ahead_of_real_time():
    """And real time goes on from there."""
    seconds = Seconds()
    hosted = Worlds().create(EMPTY, clock=RealClock(monotonic=seconds))

    seconds.now += 2
    hosted.run({"type": "clock.advance", "by": "PT1H"})
    assert hosted.world.now_ms == NINE + 3_602_000
    seconds.now += 1
    hosted.catch_up()
    assert hosted.world.now_ms == NINE + 3_603_000


def test_a_reset_world_begins_at_its_start_again():
    """What has passed before does not count any more."""
    seconds = Seconds()
    hosted = Worlds().create(EMPTY, clock=RealClock(monotonic=seconds))
    seconds.now += 60
    hosted.catch_up()

    hosted.reset()

    assert hosted.world.now_ms == NINE
    seconds.now += 1
    hosted.catch_up()
    assert hosted.world.now_ms == NINE + 1_000


def test_the_journal_has_the_instants_of_real_time():
    """So a replay can wait as long as the original did."""
    seconds = Seconds()
    world = {**EMPTY, "order_manager": {"sales_channels": [{"id": 1, "name": "Shop"}]}}
    hosted = Worlds().create(world, clock=RealClock(monotonic=seconds))
    rule = {"type": "rule.set", "sales_channel": 1, "rule_type": "MAX_ALLOCATION", "value": 5}
    for _ in range(2):
        seconds.now += 0.75
        assert hosted.run(rule).status == "done"

    assert [entry.at_ms - NINE for entry in hosted.entries()] == [750, 1500]
