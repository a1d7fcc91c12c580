"""A rule as it is entered: in Order Manager's channel allocation, or wherever else it has to go."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.advise.rules import Rule

PERCENT: Final = "PERCENT_OF_AVAILABLE"
MOST: Final = "MAX_ALLOCATION"

_ZERO: Final = "That Order Manager takes 0 as a minimum value is our reading; nobody documents it."
_AUTO_PO: Final = (
    "Automatic purchase orders replace a minimum level by one that covers weeks of lead time: keep them off for this"
    " product, or look after every run."
)


@dataclass(frozen=True, slots=True)
class Pair:
    """The four fields of one sales channel."""

    sales_channel: str
    rule_type: str
    value: float
    min_rule_type: str
    min_value: float


@dataclass(frozen=True, slots=True)
class Settings:
    """What to enter: the product's minimum level (None: leave it), the fields of each channel, what to know."""

    minimum_level: int | None
    channels: tuple[Pair, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types."""
        pairs = [asdict(pair) for pair in self.channels]
        return {"minimum_level": self.minimum_level, "channels": pairs, "notes": list(self.notes)}


def in_words(rule_type: str, value: float) -> str:
    """Return a rule type with its value as Order Manager's form names them."""
    return f"Max Allocation {value:g}" if rule_type == MOST else f"Percent of Available {value:g}"


def settings_of(rule: Rule, names: Sequence[str]) -> Settings:
    """Return what to enter for a rule."""
    if rule.kind == "red-zone":
        pairs = [_pair(name, PERCENT, 100, *_red(name == names[rule.channel])) for name in names]
        return Settings(rule.value, tuple(pairs), (_ZERO, _AUTO_PO))
    if rule.kind == "minimum-level":
        pairs = [_pair(name, PERCENT, 100, MOST, 0) for name in names]
        note = f"In Integration Manager the same is a minimum level of {rule.value} on every cart."
        return Settings(max(0, rule.value - 1), tuple(pairs), (note, _ZERO, _AUTO_PO))
    if rule.kind == "buffer":
        note = (
            f"Order Manager has no buffer rule: keep {rule.value} of the units locked, or set the buffer in the cart."
        )
        return Settings(None, tuple(_pair(name, PERCENT, 100) for name in names), (note,))
    return Settings(None, tuple(_pair(name, *_normal(rule, len(names))) for name in names), _split_note(rule, names))


def _red(favoured: bool) -> tuple[str, float]:  # noqa: FBT001 - which of the two
    return (PERCENT, 100) if favoured else (MOST, 0)


def _normal(rule: Rule, channels: int) -> tuple[str, float]:
    if rule.kind == "cap":
        return MOST, rule.value
    if rule.kind == "split":
        return PERCENT, 100 * 100 // channels / 100
    return PERCENT, rule.value if rule.kind == "percent" else 100


def _split_note(rule: Rule, names: Sequence[str]) -> tuple[str, ...]:
    uneven = rule.kind == "split" and 100 % len(names)
    return (f"With two decimals the last {len(names)} units are shown nowhere.",) if uneven else ()


def _pair(
    name: str, rule_type: str, value: float, min_rule_type: str | None = None, min_value: float | None = None
) -> Pair:
    minimum = value if min_value is None else min_value
    return Pair(name, rule_type, value, min_rule_type or rule_type, minimum)
