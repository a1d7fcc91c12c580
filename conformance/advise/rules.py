"""The levers as data: a rule says how many units each channel may show for every level of the stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    # One row a channel, one column a level of the stock: the figure that the channel is sent.
    Table: TypeAlias = NDArray[np.int32]

Kind = Literal["none", "buffer", "percent", "cap", "minimum-level", "red-zone", "split"]
KINDS: Final[tuple[Kind, ...]] = ("none", "buffer", "percent", "cap", "minimum-level", "red-zone", "split")


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One lever at one setting.

    ``value`` is units (buffer, cap, levels) or percent; ``channel`` is the index of the channel that keeps the red
    zone.
    """

    kind: Kind = "none"
    value: int = 0
    channel: int = 0

    def table(self, channels: int, stock: int) -> Table:
        """Return the figures of all channels for every stock from 0 to ``stock`` units."""
        units = np.arange(stock + 1, dtype=np.int32)
        if self.kind == "red-zone":
            rest = np.where(units > self.value, units, 0).astype(np.int32)
            return np.stack([units if each == self.channel else rest for each in range(channels)])
        return np.tile(_FIGURES[self.kind](units, self.value, channels).astype(np.int32), (channels, 1))

    def means(self, names: Sequence[str]) -> str:
        """Return what is to be done, as the middle of a sentence."""
        if self.kind == "red-zone":
            return f"give the last {_units(self.value)} to {names[self.channel]} only"
        return _MEANS[self.kind].format(value=self.value, units=_units(self.value), channels=len(names))


NO_RULE: Final = Rule()

_FIGURES: Final[dict[Kind, Callable[[NDArray[np.int32], int, int], NDArray[np.int32]]]] = {
    "none": lambda units, _value, _channels: units,
    "buffer": lambda units, value, _channels: np.maximum(0, units - value),
    "percent": lambda units, value, _channels: units * value // 100,
    "cap": lambda units, value, _channels: np.minimum(units, value),
    "minimum-level": lambda units, value, _channels: np.where(units >= value, units, 0),
    "split": lambda units, _value, channels: units // channels,
}

_MEANS: Final[dict[Kind, str]] = {
    "none": "show everything to every channel",
    "buffer": "keep back a buffer of {units}",
    "percent": "show every channel {value} % of what is available",
    "cap": "show every channel at most {units}",
    "minimum-level": "show nothing below a minimum level of {units}",
    "split": "split the stock into {channels} equal parts",
}


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"
