"""What is asked: the demand, the way of syncing, the stock, and how rare an oversell has to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from conformance.advise.rules import NO_RULE, Rule

Write = Literal["absolute", "watermark", "cas", "never-raise"]


@dataclass(frozen=True, slots=True)
class Question:
    """
    A stock of one product on several channels.

    ``rate`` is orders an hour over all channels; intervals and latencies are hours, and a sync interval of 0 means that
    every order sets off a push. ``target`` is the share of stock-outs that may oversell.
    """

    rate: float
    names: tuple[str, ...]
    shares: tuple[float, ...]
    sync_interval: float
    push_latency: float = 0.0
    import_lag: float = 0.0
    write: Write = "absolute"
    staggered: bool = False
    stock: int = 100
    target: float = 0.01
    current: Rule = NO_RULE
    favoured: int = 0
    marketplaces: tuple[str | None, ...] = ()
    title: str = ""
    sku: str = "SKU"
    seed: int = 1

    @property
    def delay(self) -> float:
        """Hours from an order to the push that knows of it having arrived, less the wait for a sync."""
        return self.push_latency + self.import_lag

    @property
    def on_change(self) -> bool:
        """Whether every order sets off a push at once."""
        return self.sync_interval == 0

    @property
    def rates(self) -> tuple[float, ...]:
        """Orders an hour, channel by channel."""
        return tuple(self.rate * share for share in self.shares)

    @property
    def window_demand(self) -> tuple[float, ...]:
        """Mean orders in one sync interval, channel by channel."""
        return tuple(rate * self.sync_interval for rate in self.rates)

    @property
    def is_instant(self) -> bool:
        """Whether the exact programme describes it: one schedule, and nothing takes time but the wait for a sync."""
        if self.write == "never-raise":
            return False  # under a cap nobody is shown what was held back
        return not self.on_change and self.delay == 0 and not (self.staggered and len(self.names) > 1)

    def instant(self) -> Question:
        """Return the same question as the exact programme can answer it: one schedule, told at once, also upwards."""
        write: Write = "watermark" if self.write == "never-raise" else self.write
        return replace(self, push_latency=0.0, import_lag=0.0, staggered=False, write=write)
