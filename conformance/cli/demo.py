"""``conformance demo``: the main job once: judge the mock, replay an oversell, leave the reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance import catalogue
from conformance.cli.following import Following
from conformance.cli.options import option

if TYPE_CHECKING:
    from conformance.report.raw import RawRun
    from conformance.scenario.result import Replay

SCENARIO: Final = "flash-sale-two-channels"
WORST, BEST = "everything to everyone", "sync every minute"


@click.command("demo", help="The main job once: judge the mock, replay an oversell, leave the reports.")
@option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-report"),
    show_default=True,
    help="Where the reports go.",
)
def command(out: Path) -> int:
    """Return the exit code of the run against the mock, 1 if the scenario does not replay as it is written."""
    out.mkdir(parents=True, exist_ok=True)
    whole = judged(out)
    click.echo(_summary(whole))
    played = _replayed(out)
    click.echo("\n" + "\n".join(_told(played)) + "\n")
    for name, what in (("conformance.html", "the run"), ("run.jsonl", "the run, raw"), ("flash-sale.html", "the sale")):
        click.echo(f"{what}: {out / name}")
    return whole.footer["exit_code"] or int(not played.passed)


def judged(out: Path) -> RawRun:
    """Judge a mock of our own by every check, leave the raw run and a page, and return the run."""
    from conformance import report
    from conformance.check import Expecting
    from conformance.checks import load_checks
    from conformance.runner import run_checks
    from conformance.server import started
    from conformance.target import Target

    checks = load_checks()
    with started() as url, Target.open(url) as target:
        click.echo(f"judging the mock at {url} by {len(checks)} checks")
        header = report.run_header("run", url, selected=len(checks), arguments=["run", "--target", url])
        with Following(header, out / "run.jsonl") as following:
            run = run_checks(
                target,
                checks,
                Expecting(readings=catalogue.defaults()),
                again=lambda check: f"conformance run --target {url} {check.id}",
                listener=following.heard,
            )
            following.end(run)
    whole = report.read_raw(out / "run.jsonl")
    (out / "conformance.html").write_text(report.render(whole, "html"), encoding="utf-8")
    return whole


def _summary(whole: RawRun) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in whole.footer["counts"].items() if count)
    return f"{len(whole.verdicts)} checks in {whole.footer['seconds']:.1f} s: {counts}"


def _replayed(out: Path) -> Replay:
    from conformance.resources import fixtures_dir
    from conformance.scenario.loading import load
    from conformance.scenario.report.page import page
    from conformance.scenario.result import replay

    played = replay(load(fixtures_dir() / "scenarios" / f"{SCENARIO}.yaml"))
    (out / "flash-sale.html").write_text(page([played]), encoding="utf-8")
    return played


def _told(played: Replay) -> list[str]:
    """Return what oversold and what would have prevented it, the worst first."""
    rows = {row.outcome.plan.name: row.outcome.metrics for row in played.rows}
    worst = rows[WORST]
    lines = [
        f"{played.scenario.title}:",
        f"  {WORST}: {worst['oversold_units']} units oversold, {worst['oversold_orders']} orders to cancel",
    ]
    for name, metrics in rows.items():
        if name != WORST:
            cost = f"{metrics['refused_units']} units refused, {metrics['stranded_units']} left unsold"
            lines.append(f"  {name}: {metrics['oversold_units']} oversold ({cost})")
    return lines
