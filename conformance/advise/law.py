"""
The exposure law: expected oversold units per stock-out when every channel is shown everything.

It holds for single-unit orders that arrive at random at a constant rate, and for a stock that is large against the
demand of one sync. It knows neither the stock nor the schedules of the channels.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.advise.question import Question


def concentration(shares: Iterable[float]) -> float:
    """Return the sum of the squared shares: 1 for one channel, 1/K for K equal ones."""
    return fsum(share * share for share in shares)


def expected_oversold(question: Question) -> float:
    """
    Return the expected oversold units per stock-out without any rule.

    A channel's knowledge of the others is half a sync interval, the push and the import old on average; an absolute
    write also forgets what the channel itself sold during the push and the import.
    """
    own = concentration(question.shares)
    delay = question.push_latency + question.import_lag
    others = (question.sync_interval / 2 + delay) * (1 - own)
    forgotten = delay * own if question.write == "absolute" else 0.0
    return question.rate * (others + forgotten)


def equivalent_window(question: Question) -> float:
    """Return the demand per window of a sync without latencies that oversells as much: 2r(T/2 + L + I)."""
    return 2 * question.rate * (question.sync_interval / 2 + question.push_latency + question.import_lag)


def covers(question: Question) -> bool:
    """
    Return whether the law says anything about this way of writing.

    It does not where a write may be rejected or held back. Nor where orders set off blind pushes: the next order's
    push comes so soon that it mends part of what the one before has erased.
    """
    if question.delay == 0:
        return question.write != "never-raise"
    return question.write == "watermark" or (question.write == "absolute" and not question.on_change)
