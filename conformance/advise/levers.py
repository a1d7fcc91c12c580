"""The smallest setting of each lever that keeps oversells below the target, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.advise.notation import spelled
from conformance.advise.rules import NO_RULE, Kind, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.advise.engines import Engines, Outcome
    from conformance.advise.question import Question, Write

# In the order in which they are told.
_SEARCHED: Final[tuple[Kind, ...]] = ("buffer", "percent", "cap", "minimum-level", "red-zone")
_ENTERED: Final[tuple[str, ...]] = ("percent", "cap", "minimum-level", "red-zone")
NAMES: Final[dict[str, str]] = {
    "buffer": "flat buffer",
    "percent": "percentage",
    "cap": "cap",
    "minimum-level": "minimum level",
    "red-zone": "red zone",
    "split": "equal split",
    "sync-interval": "sync interval",
}


@dataclass(frozen=True, slots=True)
class Lever:
    """
    One lever at its smallest setting that is enough, or at its hardest when none is.

    ``question`` differs from the one asked only where the lever is the sync itself.
    """

    kind: str
    setting: str
    rule: Rule
    question: Question
    outcome: Outcome
    is_enough: bool
    condition: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return NAMES[self.kind]


def smallest_settings(question: Question, engines: Engines) -> list[Lever]:
    """Return every lever that there is for the question's channels."""
    kinds = [kind for kind in _SEARCHED if kind != "red-zone" or len(question.names) > 1]
    levers = [_searched(question, kind, engines) for kind in kinds]
    if len(question.names) > 1:
        levers.append(_split(question, engines))
    if not question.on_change:
        levers.append(_sync_interval(question, engines))
    return levers


def best(levers: Sequence[Lever]) -> Lever | None:
    """
    Return the lever that is enough and strands least; of equals the quickest to sell. None when none is enough.

    A rule that Order Manager knows comes before a buffer, which it does not know, and that before more frequent syncs.
    A split needs a connector of a special kind, so it is never the advice.
    """
    enough = [lever for lever in levers if lever.is_enough and lever.kind != "split"]

    def cost(lever: Lever) -> tuple[int, float, float]:
        class_ = ("buffer", "sync-interval").index(lever.kind) + 1 if lever.kind not in _ENTERED else 0
        return class_, round(lever.outcome.stranded, 2), lever.outcome.hours

    return min(enough, key=cost, default=None)


def _searched(question: Question, kind: Kind, engines: Engines) -> Lever:
    known: dict[int, Outcome] = {}

    def outcome(value: int) -> Outcome:
        if value not in known:
            known[value] = engines.outcome(question, Rule(kind, value, question.favoured))
        return known[value]

    values = _from_mild_to_hard(kind, question.stock)
    value = _mildest(values, lambda each: outcome(each).at_most < question.target and not outcome(each).sells_nothing)
    chosen = values[-1] if value is None else value
    rule = Rule(kind, chosen, question.favoured)
    return Lever(kind, _setting(rule), rule, question, outcome(chosen), value is not None, _condition(kind))


def _from_mild_to_hard(kind: Kind, stock: int) -> range:
    if kind == "percent":
        # A smaller one would show nothing of a full shelf.
        return range(100, min(100, -(-100 // stock)) - 1, -1)
    if kind == "cap":
        return range(stock, 0, -1)
    return range(stock) if kind == "buffer" else range(stock + 1)


def _mildest(values: Sequence[int], is_enough: Callable[[int], bool]) -> int | None:
    """Return the first value that is enough, which all harder ones then are too; None when the hardest is not."""
    low, high = 0, len(values) - 1
    if not is_enough(values[high]):
        return None
    while low < high:
        middle = (low + high) // 2
        if is_enough(values[middle]):
            high = middle
        else:
            low = middle + 1
    return values[low]


def _setting(rule: Rule) -> str:
    unit = "%" if rule.kind == "percent" else "unit" if rule.value == 1 else "units"
    return f"{rule.value} {unit}"


def _condition(kind: Kind) -> str:
    if kind == "percent":
        return "while raises and cuts of the channels arrive together"
    return ""


def _split(question: Question, engines: Engines) -> Lever:
    rule = Rule("split")
    outcome = engines.outcome(question, rule)
    enough = outcome.at_most < question.target
    fence = "only where a channel is raised after the others' cuts have arrived (a fence)"
    return Lever("split", f"1/{len(question.names)} each", rule, question, outcome, enough, fence)


def _sync_interval(question: Question, engines: Engines) -> Lever:
    """Return the longest interval that is enough; the last window alone matters, so a small stock stands for it."""

    def at(seconds: int) -> Question:
        hours = seconds / 3600
        window = question.rate * (hours + question.delay)
        return replace(question, sync_interval=hours, stock=min(question.stock, max(20, round(10 * window))))

    def is_enough(seconds: int) -> bool:
        return engines.outcome(at(seconds), NO_RULE).at_most < question.target

    longest = round(question.sync_interval * 3600)
    fastest = _pushed_with_every_order(question)
    outcome = engines.outcome(fastest, NO_RULE) if question.delay else None
    if outcome is not None and outcome.at_most >= question.target:
        return Lever("sync-interval", "none is enough", NO_RULE, fastest, outcome, is_enough=False)
    chosen = _mildest(range(longest, 0, -1), is_enough)
    asked = replace(question, sync_interval=(chosen or 1) / 3600)
    outcome = _with_full_stock(engines.outcome(at(chosen or 1), NO_RULE), asked)
    return Lever("sync-interval", spelled(asked.sync_interval), NO_RULE, asked, outcome, chosen is not None)


def _with_full_stock(outcome: Outcome, question: Question) -> Outcome:
    """Return the outcome with the time that the units left out of the computation take."""
    left_out = question.stock - outcome.stock
    return replace(outcome, stock=question.stock, hours=outcome.hours + left_out / question.rate)


def _pushed_with_every_order(question: Question) -> Question:
    """Return the question with no interval at all: what oversells then, no interval prevents."""
    write: Write = "absolute" if question.write == "absolute" else "watermark"
    return replace(question, sync_interval=0.0, write=write)
