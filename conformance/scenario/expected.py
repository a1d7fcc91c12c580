"""The expectations of ``then`` and of ``expect``: which numbers, which invariants, and that they do not contradict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import duration
from conformance.scenario.model import Expectation
from conformance.scenario.problems import Wrong, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.scenario.model import Event
    from conformance.scenario.names import Names
    from conformance.scenario.problems import Path

INVARIANTS: Final = (
    "no_oversell", "no_lost_update", "no_erased_sale", "no_stale_overwrite", "sound_commitment", "bounded_staleness",
    "exactly_once", "ledger", "books_match", "converges", "no_starvation", "cursor_progress", "monotone_knowledge",
    "shown_not_negative",
)  # fmt: skip
METRICS: Final = (
    "oversold_units", "oversold_orders", "refused_units", "stranded_units", "lost_updates", "converged",
    "peak_oversold_units", "exposure_unit_seconds", "convergence_seconds",
)  # fmt: skip
MORE_METRICS: Final = (
    "oversold_units_as_routed", "lost_sales_units", "cancel_rate", "phantom_shown_units", "accepted_orders",
    "accepted_units", "refused_orders", "promised_units", "deliverable_units", "duplicated_updates",
    "reordered_updates", "staleness_p50_seconds", "staleness_p95_seconds", "staleness_max_seconds",
)  # fmt: skip
BY_LISTING: Final = ("shown", "allocated", "pending")
BY_STOCK: Final = ("on_hand", "free", "locked", "om_total", "shelf")
_COMPARISON: Final = re.compile(r"(<=|>=|==|!=|<|>)\s*(-?\d+(?:\.\d+)?)")
# What an invariant that always holds says about a metric.
_IMPLIED: Final = {
    "no_oversell": ("oversold_units", "oversold_orders", "peak_oversold_units"),
    "no_lost_update": ("lost_updates",),
}


class ExpectationReader:
    """Reads the expectations of one row; ``rows`` are the names of all of them."""

    def __init__(self, names: Names, rows: Iterable[str], row: str, until_ms: int, orders: Iterable[str]) -> None:
        self._names = names
        self._rows = list(rows)
        self._row = row
        self._until_ms = until_ms
        self._orders = list(orders)

    def read(self, then: Mapping[str, Any], events: Iterable[Event]) -> list[Expectation]:
        """
        Return what must be, in order of time; what must be at the end comes last.

        Raises:
            Wrong: for a number that nobody knows, a row that there is not, or a contradiction.
        """
        found: list[Expectation] = []
        for event in events:
            if event.verb == "expect":
                found += self._block(event.data, event.at_ms, ("when", event.index, "expect"))
        for text, block in then.get("at", {}).items():
            path = ("then", "at", text)
            at_ms = duration(text, path)
            if at_ms > self._until_ms:
                raise Wrong("this comes after the end of the run (clock.until)", path)
            found += self._block(block, at_ms, path)
        found += self._block(then.get("finally", {}), None, ("then", "finally"))
        _check_agreement(found)
        return sorted(found, key=lambda each: self._until_ms + 1 if each.at_ms is None else each.at_ms)

    def _block(self, block: Mapping[str, Any], at_ms: int | None, path: Path) -> Iterator[Expectation]:
        for key, value in block.items():
            if not isinstance(value, dict):
                yield self._one(key, value, at_ms, (*path, key))
            elif key not in self._rows:
                raise unknown("row", key, self._rows, (*path, key))
            elif key == self._row:
                for name, wanted in value.items():
                    yield self._one(name, wanted, at_ms, (*path, key, name))
            else:
                for name, wanted in value.items():
                    self._one(name, wanted, at_ms, (*path, key, name))

    def _one(self, name: str, wanted: object, at_ms: int | None, path: Path) -> Expectation:
        if isinstance(wanted, str) and wanted[:1] in "<>=!" and not _COMPARISON.fullmatch(wanted.strip()):
            raise Wrong(f'{wanted!r} is no comparison; write "<= 2"', path)
        return Expectation(name, self._what(name, path), wanted, at_ms, path)

    def _what(self, name: str, path: Path) -> tuple[str | int, ...]:
        kind, _, rest = name.partition(".")
        if name in METRICS or name in MORE_METRICS:
            return (name,)
        if kind in BY_LISTING and rest:
            return (kind, self._names.listing_anywhere(rest, path))
        if kind in BY_STOCK and rest:
            return (kind, *self._stock(rest, path))
        if kind == "order" and rest:
            if rest not in self._orders:
                raise unknown("order", rest, self._orders, path)
            return ("order", rest)
        listed = [*METRICS, *MORE_METRICS, *(f"{each}.<listing>" for each in BY_LISTING)]
        raise unknown("number", name, [*listed, *(f"{each}.<product>.<warehouse>" for each in BY_STOCK)], path)

    def _stock(self, rest: str, path: Path) -> tuple[str, int]:
        for sku in sorted(self._names.products, key=len, reverse=True):
            if rest.startswith(f"{sku}."):
                word = rest[len(sku) + 1 :]
                return sku, self._names.warehouse(int(word) if word.isdecimal() else word, path)
        raise unknown("product", rest.rpartition(".")[0] or rest, self._names.products, path)


def _check_agreement(expectations: Iterable[Expectation]) -> None:
    seen: dict[tuple[object, ...], Expectation] = {}
    for each in expectations:
        other = seen.setdefault((each.at_ms, *each.what), each)
        if other.wanted != each.wanted and not (_is_comparison(other.wanted) or _is_comparison(each.wanted)):
            raise Wrong(f"{each.name} is expected to be {other.wanted!r} and {each.wanted!r} at once", each.path)


def _is_comparison(wanted: object) -> bool:
    return isinstance(wanted, str) and _COMPARISON.fullmatch(wanted.strip()) is not None


def satisfied(actual: object, wanted: object) -> bool:
    """Return whether a number is as wanted: the value itself, or a comparison such as ``<= 2``."""
    match = _COMPARISON.fullmatch(wanted.strip()) if isinstance(wanted, str) else None
    if match is None or not isinstance(actual, int | float) or isinstance(actual, bool):
        return actual == wanted and isinstance(actual, bool) == isinstance(wanted, bool)
    sign, number = match.group(1), float(match.group(2))
    return {
        "<=": actual <= number,
        ">=": actual >= number,
        "==": actual == number,
        "!=": actual != number,
        "<": actual < number,
        ">": actual > number,
    }[sign]


def invariants_of(
    then: Mapping[str, Any], rows: Iterable[str], row: str, until_ms: int
) -> tuple[tuple[str, ...], dict[str, int]]:
    """
    Return which invariants must always hold in a row, and which must break, each with its instant.

    Raises:
        Wrong: for an unknown invariant, or one that is to hold and to break.
    """
    always = _always(then.get("always", []), list(rows), row)
    breaks = _breaks(then.get("breaks", {}), list(rows), row, until_ms)
    for name in breaks:
        if name in always:
            raise Wrong(f"{name} is to hold always and to break", ("then", "breaks", name))
    return always, breaks


def _always(given: Any, rows: list[str], row: str) -> tuple[str, ...]:
    if isinstance(given, list):
        return tuple(_invariant(name, ("then", "always", index)) for index, name in enumerate(given))
    for name in given:
        if name not in rows:
            raise unknown("row", name, rows, ("then", "always", name))
    return tuple(_invariant(name, ("then", "always", row, index)) for index, name in enumerate(given.get(row, [])))


def _breaks(given: Mapping[str, Any], rows: list[str], row: str, until_ms: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, value in given.items():
        if not isinstance(value, dict):
            found[_invariant(key, ("then", "breaks", key))] = _instant(value, until_ms, ("then", "breaks", key))
        elif key not in rows:
            raise unknown("row", key, rows, ("then", "breaks", key))
        else:
            for name, text in value.items():
                path = ("then", "breaks", key, name)
                instant = _instant(text, until_ms, path)
                if _invariant(name, path) and key == row:
                    found[name] = instant
    return found


def _instant(text: object, until_ms: int, path: Path) -> int:
    at_ms = duration(text, path)
    if at_ms > until_ms:
        raise Wrong("this comes after the end of the run (clock.until)", path)
    return at_ms


def _invariant(name: str, path: Path) -> str:
    if name not in INVARIANTS:
        raise unknown("invariant", name, INVARIANTS, path)
    return name


def check_implied(always: Iterable[str], breaks: Iterable[str], expectations: Iterable[Expectation]) -> None:
    """
    Refuse expectations that cannot both hold, such as no_oversell always and four oversold units.

    Raises:
        Wrong: naming the number.
    """
    always, breaks = set(always), set(breaks)
    for each in expectations:
        for invariant, metrics in _IMPLIED.items():
            if each.name not in metrics:
                continue
            if invariant in always and not satisfied(0, each.wanted):
                raise Wrong(f"{invariant} is to hold always, so {each.name} cannot be {each.wanted!r}", each.path)
            reached = each.name in ("peak_oversold_units", "lost_updates") and each.at_ms is None
            if invariant in breaks and reached and each.wanted == 0:
                raise Wrong(f"{invariant} is to break, so {each.name} cannot be 0", each.path)
