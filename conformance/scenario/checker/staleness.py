"""How late channels were, judged from the whole run: bounded staleness (I6) and no starvation (I10)."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from conformance.scenario.policy import adjusted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.scenario.model import Channel, Listing
    from conformance.scenario.scene import Scene

Steps = list[tuple[int, int]]


class Late(NamedTuple):
    """A channel that was later than its own settings allow."""

    invariant: str
    t: int
    why: str


def late_reactions(scene: Scene) -> Iterator[Late]:
    """Yield the first instant of each listing at which its channel was too late."""
    for channel in scene.channels.values():
        bound = reaction_ms(channel)
        if bound is None:
            continue
        for listing in channel.listings:
            if listing.variant is None or listing.infinite or listing.id not in scene.state.figures:
                continue
            yield from _too_high(scene, channel, listing, bound)
            yield from _starved(scene, channel, listing, bound)


def reaction_ms(channel: Channel) -> int | None:
    """Return the longest that a change may take to show: one period and one push; None when nobody polls."""
    connector = channel.connector
    return None if connector.poll_ms is None else connector.poll_ms + connector.push_takes_ms


def _allocations(scene: Scene, channel: Channel, listing: Listing) -> Steps:
    return [(t, adjusted(figure, channel.connector)) for t, figure in scene.state.figures[listing.id]]


def _too_high(scene: Scene, channel: Channel, listing: Listing, bound: int) -> Iterator[Late]:
    """Yield when a channel shows more than was allocated at any time within the bound, less its own sales since."""
    allocated = _allocations(scene, channel, listing)
    shows = scene.state.shows.get(listing.id, [(0, 0)])
    sold = _running(scene.state.sales.get(listing.id, []))
    first = max(allocated[0][1], shows[0][1])
    known = [(-1, first), *allocated]
    instants = sorted({t for t, _ in shows} | {t + bound + 1 for t, _ in allocated})
    for t in instants:
        if t > scene.plan.until_ms:
            return
        shown = at(shows, t)
        most = _most_allowed(known, sold, t - bound, t)
        if shown > most:
            yield Late("bounded_staleness", t, f"{listing.sku}: {shown} is shown, {most} at most was right of late")
            return


def _running(sales: Steps) -> Steps:
    """Return the units sold so far as a step curve."""
    total, found = 0, [(-1, 0)]
    for t, units in sales:
        total += units
        found.append((t, total))
    return found


def _most_allowed(allocated: Steps, sold: Steps, from_ms: int, to_ms: int) -> int:
    """Return the most that was allocated within a time, each less what was sold since it ceased to be so."""
    by_now = at(sold, to_ms)
    first = max(0, bisect_right(allocated, from_ms, key=lambda step: step[0]) - 1)
    best = -(10**12)
    for index in range(first, len(allocated)):
        start, units = allocated[index]
        if start > to_ms:
            break
        end = allocated[index + 1][0] - 1 if index + 1 < len(allocated) else to_ms
        best = max(best, units - (by_now - at(sold, min(end, to_ms))))
    return best


def _starved(scene: Scene, channel: Channel, listing: Listing, bound: int) -> Iterator[Late]:
    """Yield when a fall below what is shown was not shown within the bound."""
    allocated = _allocations(scene, channel, listing)
    shows = scene.state.shows.get(listing.id, [(0, 0)])
    for (_, before), (t, units) in pairwise(allocated):
        deadline = t + bound
        if units >= before or at(shows, t) <= units or deadline > scene.plan.until_ms:
            continue
        lowest_shown = min([at(shows, t), *_within(shows, t, deadline)])
        highest = max([units, *_within(allocated, t, deadline)])
        if lowest_shown > highest:
            why = (
                f"{listing.sku}: allocated fell to {units}, and {lowest_shown} was still shown after {bound // 1000} s"
            )
            yield Late("no_starvation", deadline, why)
            return


def _within(steps: Steps, after_ms: int, to_ms: int) -> Iterator[int]:
    """Yield the values that a step curve takes after an instant and up to another."""
    for t, value in steps[bisect_right(steps, after_ms, key=lambda step: step[0]) :]:
        if t > to_ms:
            return
        yield value


def at(steps: Sequence[tuple[int, int]], t: int) -> int:
    """Return the value of a step curve at an instant, the first one before its beginning."""
    position = bisect_right(steps, t, key=lambda step: step[0])
    return steps[max(0, position - 1)][1]


def ages(scene: Scene) -> list[int]:
    """
    Return the age of what is shown, sampled at every instant at which something changed, in milliseconds.

    The age is the time since the figure last became another one than what is shown; 0 while they agree.
    """
    found: list[int] = []
    for number, shows in scene.state.shows.items():
        listing = scene.listings[number]
        if number not in scene.state.figures or listing.infinite:
            continue
        allocated = _allocations(scene, scene.channels[listing.channel], listing)
        behind: int | None = None
        for t in sorted({t for t, _ in shows} | {t for t, _ in allocated}):
            differs = at(shows, t) != at(allocated, t)
            if behind is not None:
                found.append(t - behind)
            behind = (t if behind is None else behind) if differs else None
        if behind is not None:
            found.append(scene.plan.until_ms - behind)
    return sorted(found) or [0]
