"""``conformance advise``: which rule or sync interval keeps oversells below a target, and at what cost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from conformance.cli.options import AS_JSON, FILE, OUTPUT, option
from conformance.verdict import HARNESS_FAILED, NONCONFORMANT, PASSED

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.advise.answer import Answer
    from conformance.advise.question import Question


@click.command("advise")
@click.argument("file", type=FILE)
@AS_JSON
@option("--html", "page", type=OUTPUT, help="Write a page with the frontier's plot.")
@option("--scenario", type=OUTPUT, help="Write a scenario file that shows before and after.")
@option(
    "--target-percent",
    type=click.FloatRange(0, 100, min_open=True, max_open=True),
    help="How many of a hundred stock-outs may oversell; in place of the file's target.",
)
@option(
    "--runs",
    type=click.IntRange(1000, 1_000_000),
    default=20_000,
    show_default=True,
    help="Simulated stock-outs for each figure.",
)
def command(
    file: Path, *, as_json: bool, page: Path | None, scenario: Path | None, target_percent: float | None, runs: int
) -> int:
    """
    Say which buffer, percentage, cap, minimum level or sync interval keeps oversells below a target.

    FILE is a question (schemas/harness/advice.json) or a scenario whose orders arrive at random.
    A law, an exact computation and a simulation are held against each other; when they disagree there is no answer.

    Exit codes: 0 the target can be kept, 1 nothing keeps it, 2 the file makes no sense, 4 the engines disagree.
    """
    # numpy takes a moment, which the other commands and `--help` need not.
    from conformance.advise.agreement import Disagreement
    from conformance.advise.answer import advise
    from conformance.advise.engines import Engines

    question = _question(file)
    if target_percent is not None:
        question = replace(question, target=target_percent / 100)
    try:
        answer = advise(question, Engines(runs=runs))
    except Disagreement as contradiction:
        return _refuse(contradiction.missed)
    _print(answer, as_json=as_json)
    if page is not None:
        _write(page, _page(answer))
    if scenario is not None:
        _demonstrate(scenario, answer)
    return PASSED if answer.best or answer.is_met_today else NONCONFORMANT


def _question(file: Path) -> Question:
    from conformance.advise.reading import BadFile, read_question

    try:
        return read_question(file)
    except BadFile as error:
        raise click.UsageError(str(error)) from error


def _refuse(missed: tuple[object, ...]) -> int:
    click.echo("no answer: the engines contradict each other, so none of them is believed", err=True)
    for each in missed:
        click.echo(f"  {each}", err=True)
    return HARNESS_FAILED


def _print(answer: Answer, *, as_json: bool) -> None:
    from rich.console import Console

    from conformance.advise import answer as answers
    from conformance.advise.text import rendered

    if as_json:
        click.echo(json.dumps(answers.as_json(answer), ensure_ascii=False, indent=2))
    else:
        Console(highlight=False, soft_wrap=False).print(rendered(answer))


def _page(answer: Answer) -> str:
    from conformance.advise.page import page

    return page(answer)


def _demonstrate(path: Path, answer: Answer) -> None:
    from conformance.advise.demonstration import demonstration

    text = demonstration(answer)
    if text is None:
        click.echo("no scenario written: there is no rule to show, or none shows within a few orders", err=True)
    else:
        _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}", err=True)
