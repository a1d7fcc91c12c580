"""The page of the library: every scenario of a folder explained, with the numbers that it replays to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conformance.resources import fixtures_dir
from conformance.scenario.loading import load
from conformance.scenario.result import replay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.scenario.result import Replay

MARK: Final = "<!-- From here on: conformance scenario page docs/scenarios.md -->"
FAMILIES: Final = {
    "A": "Exposure: nothing is broken, everything is only slow",
    "B": "Stale writes: an old number overwrites a newer truth",
    "C": "Lost updates: a change is never shown",
    "D": "Accounting: the numbers arrive, and are wrong",
    "": "Several at once",
}
COLUMNS: Final = (
    ("oversold", "oversold_units"),
    ("as routed", "oversold_units_as_routed"),
    ("refused", "refused_units"),
    ("stranded", "stranded_units"),
    ("lost updates", "lost_updates"),
)


class NoMark(ValueError):
    """A page without the line behind which the library is written."""


def written_into(text: str, folder: Path | None = None) -> str:
    """
    Return the page with the library behind its mark.

    Raises:
        NoMark: when the page has no mark.
        BadScenario: when a scenario cannot be run.
    """
    head, mark, _ = text.partition(MARK)
    if not mark:
        raise NoMark(f"the page has no line {MARK!r}")
    return f"{head}{MARK}\n\n{library(folder)}"


def library(folder: Path | None = None) -> str:
    """Return every scenario of a folder, of the shipped one when left out, by family and number."""
    paths = sorted((folder or fixtures_dir() / "scenarios").glob("*.yaml"), key=_place)
    families: dict[str, list[str]] = {}
    for path in paths:
        done = replay(load(path))
        families.setdefault(_mechanism(path)[:1], []).append("\n".join(_entry(done, path)))
    parts = [f"## {FAMILIES[family]}\n\n" + "\n\n".join(entries) for family, entries in families.items()]
    return "\n\n".join(parts) + "\n"


def _mechanism(path: Path) -> str:
    return str(load(path).document.get("mechanism", ""))


def _place(path: Path) -> tuple[str, int, str]:
    match = re.fullmatch(r"([A-Z])(\d+)", _mechanism(path))
    return (match.group(1), int(match.group(2)), path.stem) if match else ("~", 0, path.stem)


def _entry(done: Replay, path: Path) -> Iterator[str]:
    document: Any = done.scenario.document
    number = f"{document['mechanism']}: " if "mechanism" in document else ""
    yield f"### {number}{done.scenario.title}"
    yield ""
    yield f"[{path.name}](../fixtures/scenarios/{path.name}) · {', '.join(done.scenario.tags)}"
    yield ""
    yield _one_line(document["why"])
    yield ""
    yield f"**What helps.** {_one_line(document['prevented_by'])}"
    yield ""
    yield from _table(done)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(done: Replay) -> Iterator[str]:
    yield f"| what if | {' | '.join(heading for heading, _ in COLUMNS)} |"
    yield f"| --- |{' ---: |' * len(COLUMNS)}"
    for row in done.rows:
        numbers = {**row.outcome.metrics, **row.outcome.more}
        yield f"| {row.outcome.plan.name} | {' | '.join(str(numbers[key]) for _, key in COLUMNS)} |"


def is_current(text: str, folder: Path | None = None) -> bool:
    """Whether a page is what would be written."""
    return written_into(text, folder) == text
