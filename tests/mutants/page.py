"""The table of what became of the wrong servers and harmless variants, for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutants.judge import Outcome

BY_NAME_AT_LEAST: Final = 0.95
NO_SURVIVORS: Final = ("allocation", "availability", "feed", "acknowledge")
OF_MUTANTS: Final = ("killed by name", "killed by another", "survived", "broken")
OF_VARIANTS: Final = ("no alarm", "false alarm")


def is_good(outcomes: Sequence[Outcome]) -> bool:
    """Return whether the suite may be trusted: what must be killed was, and by the right check."""
    fates = Counter(each.fate for each in outcomes)
    wrong = sum(count for fate, count in fates.items() if fate not in OF_VARIANTS)
    survived = [each for each in outcomes if each.fate == "survived" and each.name.split("/")[0] in NO_SURVIVORS]
    enough = fates["killed by name"] >= BY_NAME_AT_LEAST * wrong
    return bool(outcomes) and enough and not survived and not fates["false alarm"] and not fates["broken"]


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the score in one line."""
    fates = Counter(each.fate for each in outcomes)
    wrong = sum(count for fate, count in fates.items() if fate not in OF_VARIANTS)
    killed = ", ".join(f"{fates[fate]} {fate}" for fate in OF_MUTANTS)
    variants = f"{fates['no alarm'] + fates['false alarm']} harmless variants: {fates['false alarm']} false alarms"
    return f"{wrong} wrong servers: {killed}; {variants}"


def as_page(outcomes: Sequence[Outcome]) -> str:
    """Return the page docs/mutants.md."""
    lines = [
        "# How far the suite can be trusted",
        "",
        "Made by `make mutants`.",
        "Every wrong server is judged by the checks that are meant for it, and by all of them when it passes those.",
        "Every harmless variant is judged by all.",
        "",
        f"**{summary(outcomes)}.**",
        "",
        "| wrong server | what is wrong | became | failed first |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_row(each) for each in outcomes if each.fate not in OF_VARIANTS]
    lines += ["", "| harmless variant | what is different | became |", "| --- | --- | --- |"]
    lines += [f"| {each.name} | {each.what} | {each.fate} |" for each in outcomes if each.fate in OF_VARIANTS]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    return f"| {outcome.name} | {outcome.what} | {outcome.fate} | {', '.join(outcome.failed[:2])} |"
