"""
One model for several engines: two channels sell from one stock, a connector reads it and pushes what it read.

The connector never raises what a channel shows. Shoppers come at odd milliseconds and the connector works at even ones,
so no two things that matter to each other happen at once, and every engine must come to the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.timeline import ARRIVALS, LANDINGS, POLLS, Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

MINUTE: Final = 60_000
STOCK: Final = 200
EVERY: Final = 15 * MINUTE
TAKES: Final = 5 * MINUTE
AN_HOUR: Final = 6.0
UNTIL: Final = 20 * 60 * MINUTE + MINUTE // 2
CHANNELS: Final = (0, 1)
Gaps = tuple[tuple[int, ...], ...]


class Shop:
    """The stock and what the two channels show of it; every call is one event."""

    def __init__(self) -> None:
        self.stock, self.events = STOCK, 0
        self.shown = [STOCK for _ in CHANNELS]

    def buy(self, channel: int) -> None:
        """Sell one unit if the channel shows one; Order Manager knows at once."""
        self.events += 1
        if self.shown[channel] > 0:
            self.shown[channel] -= 1
            self.stock -= 1

    def read(self, channel: int) -> int:
        """Return what the channel should show."""
        self.events += 1
        return max(0, self.stock)

    def land(self, channel: int, value: int) -> None:
        """Show what was pushed, unless less is shown."""
        self.events += 1
        self.shown[channel] = min(self.shown[channel], value)


@dataclass(frozen=True)
class Result:
    """What a run comes to."""

    events: int
    oversold: int


def gaps(seed: int) -> Gaps:
    """Return the even milliseconds between shoppers of each channel, up to the end of the run."""
    return tuple(tuple(_gaps(Random(f"{seed}/{channel}"))) for channel in CHANNELS)


def _gaps(chance: Random) -> Iterator[int]:
    now = 0
    while now <= UNTIL:
        gap = 2 * round(chance.expovariate(AN_HOUR / (60 * MINUTE)) / 2)
        now += gap
        yield gap


def _result(shop: Shop) -> Result:
    return Result(shop.events, max(0, -shop.stock))


# -- the project's own loop --------------------------------------------------------------------------


def on_timeline(given: Gaps) -> Result:
    """Run the model on the queue that scenarios are replayed with."""
    timeline, shop = Timeline(), Shop()
    for channel in CHANNELS:
        _shoppers(timeline, shop, channel, iter(given[channel]))
        _connector(timeline, shop, channel)
    while (action := timeline.pop(UNTIL)) is not None:
        action()
    return _result(shop)


def _shoppers(timeline: Timeline, shop: Shop, channel: int, left: Iterator[int]) -> None:
    def come() -> None:
        shop.buy(channel)
        timeline.put(timeline.now_ms + next(left), ARRIVALS, come)

    timeline.put(1 + next(left), ARRIVALS, come)


def _connector(timeline: Timeline, shop: Shop, channel: int) -> None:
    def poll() -> None:
        timeline.put(timeline.now_ms + TAKES, LANDINGS, partial(shop.land, channel, shop.read(channel)))
        timeline.put(timeline.now_ms + EVERY, POLLS, poll)

    timeline.put(0, POLLS, poll)


# -- SimPy -------------------------------------------------------------------------------------------


def on_simpy(given: Gaps) -> Result:
    """Run the model as SimPy's processes: one for each shopper stream, connector and push."""
    return _simpy(given, _process_push)


def on_lean_simpy(given: Gaps) -> Result:
    """Run it with pushes as callbacks of a timeout: no process is made while it runs."""
    return _simpy(given, _callback_push)


def _simpy(given: Gaps, push: Callable[[Any, Shop, int, int], None]) -> Result:
    import simpy

    environment, shop = simpy.Environment(), Shop()
    for channel in CHANNELS:
        environment.process(_simpy_shoppers(environment, shop, channel, given[channel]))
        environment.process(_simpy_connector(environment, shop, channel, push))
    environment.run(until=UNTIL)
    return _result(shop)


def _simpy_shoppers(environment: Any, shop: Shop, channel: int, left: Sequence[int]) -> Generator[Any, Any, None]:
    yield environment.timeout(1)
    for gap in left:
        yield environment.timeout(gap)
        shop.buy(channel)


def _simpy_connector(
    environment: Any, shop: Shop, channel: int, push: Callable[[Any, Shop, int, int], None]
) -> Generator[Any, Any, None]:
    while True:
        push(environment, shop, channel, shop.read(channel))
        yield environment.timeout(EVERY)


def _process_push(environment: Any, shop: Shop, channel: int, value: int) -> None:
    def process() -> Generator[Any, Any, None]:
        yield environment.timeout(TAKES)
        shop.land(channel, value)

    environment.process(process())


def _callback_push(environment: Any, shop: Shop, channel: int, value: int) -> None:
    environment.timeout(TAKES).callbacks.append(lambda _event: shop.land(channel, value))
