"""Questions as the tests ask them, in minutes."""

from __future__ import annotations

from typing import Any

from conformance.advise.question import Question

NAMES = ("amazon", "ebay", "shop", "walmart")
HALVES = (0.5, 0.5)
QUARTERS = (0.75, 0.25)
FIFTHS = (0.8, 0.2)
THIRDS = (1 / 3, 1 / 3, 1 / 3)
ALONE = (1.0,)


def asked(shares: tuple[float, ...], every: float, push: float = 0, lag: float = 0, **more: Any) -> Question:
    """Return a question about 12 orders an hour; times are minutes, 0 between syncs means a push with every order."""
    more = {"rate": 12.0, "write": "watermark", **more}
    times = {"sync_interval": every / 60, "push_latency": push / 60, "import_lag": lag / 60}
    return Question(names=NAMES[: len(shares)], shares=shares, **times, **more)


def with_window(shares: tuple[float, ...], window: float, **more: Any) -> Question:
    """Return a question with so many orders in one sync interval of an hour."""
    return asked(shares, 60, rate=window, **more)
