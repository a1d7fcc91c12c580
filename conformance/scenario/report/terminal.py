"""A replay in the terminal: one table of rows, then for each row that failed what happened around it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conformance.scenario.durations import clock_text
from conformance.scenario.report.words import causal_chain, is_idle, sentence
from conformance.scenario.result import TIERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.scenario.result import Replay, Row

AROUND: Final = 4
COLUMNS: Final = (
    ("oversold", "oversold_units"),
    ("as routed", "oversold_units_as_routed"),
    ("orders", "oversold_orders"),
    ("peak", "peak_oversold_units"),
    ("refused", "refused_units"),
    ("stranded", "stranded_units"),
    ("lost updates", "lost_updates"),
    ("converged", "converged"),
    ("exposure unit-s", "exposure_unit_seconds"),
)


def show(replays: Sequence[Replay], console: Console | None = None) -> None:
    """Print replays; colours only where somebody looks."""
    console = console or _console()
    for replay in replays:
        _show_one(replay, console)
    rows = [row for replay in replays for row in replay.rows]
    failed = sum(not row.passed for row in rows)
    console.print(f"[dim]{TIERS[replays[0].tier]}[/]", soft_wrap=True)
    told = f"{failed} failed" if failed else "as expected"
    console.print(
        f"{len(replays)} scenarios, {len(rows)} rows: {told}" if len(replays) > 1 else f"{len(rows)} rows: {told}"
    )


def _console() -> Console:
    """Return a console as wide as the terminal; a file has no width, and gets lines that a table fits in."""
    console = Console(file=sys.stdout, highlight=False)
    return console if console.is_terminal else Console(file=sys.stdout, highlight=False, width=140)


def _show_one(replay: Replay, console: Console) -> None:
    title = replay.scenario.title or replay.scenario.id
    console.print(f"[bold]{escape(title)}[/] ({escape(replay.scenario.id)})")
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("row", min_width=12)
    for heading, _ in COLUMNS:
        table.add_column(heading, justify="right", no_wrap=False)
    table.add_column("", no_wrap=True)
    for row in replay.rows:
        verdict = "[green]passed[/]" if row.passed else "[red]FAILED[/]"
        table.add_row(escape(row.outcome.plan.name), *(_cell(row, key) for _, key in COLUMNS), verdict)
    console.print(table)
    for row in replay.rows:
        _show_causes(row, console)
        if not row.passed:
            _show_failures(row, console)
    console.print(f"[dim]log {replay.log_sha256}[/]\n")


def _cell(row: Row, key: str) -> str:
    value = {**row.outcome.metrics, **row.outcome.more}[key]
    if isinstance(value, bool):
        return "yes" if value else "[yellow]no[/]"
    bad = key in ("oversold_units", "lost_updates") and value
    return f"[red]{value}[/]" if bad else str(value)


def _show_causes(row: Row, console: Console) -> None:
    chain = causal_chain(row.outcome)
    if chain is None:
        return
    console.print(f"  [bold]{escape(row.outcome.plan.name)}[/]: {escape(chain.headline)}", soft_wrap=True)
    for line in chain.steps:
        console.print(f"    {escape(line)}", soft_wrap=True)


def _show_failures(row: Row, console: Console) -> None:
    for failure in row.failures:
        console.print(f"  [red]✗[/] {escape(failure.text)}", soft_wrap=True)
    for entry in _around(row):
        console.print(f"      [dim]{clock_text(entry['t']):>8}[/]  {escape(sentence(entry))}", soft_wrap=True)


def _around(row: Row) -> list[dict[str, Any]]:
    """Return the entries of the log around the first failure: a few before it, a few after."""
    entries = [entry for entry in row.outcome.log.entries if not is_idle(entry)]
    expected = next((each for each in row.failures if each.at is not None), None)
    if expected is None:
        return entries[-2 * AROUND :]
    from conformance.scenario.durations import duration

    at_ms = duration(expected.at)
    place = next((index for index, entry in enumerate(entries) if entry["t"] >= at_ms), len(entries))
    return entries[max(0, place - AROUND) : place + AROUND]
