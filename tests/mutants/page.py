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
_INTRODUCTION: Final = """\
# How far the suite can be trusted

Made by `make mutants`, which judges broken integrations, too: [reference-integrations.md](reference-integrations.md).

A *wrong server* is the mock with one place of its source put wrong (`tests/mutants/servers/`).
It is judged by the checks that are meant for it, and by all of them when it passes those: **killed by name** when one
of the checks meant for it fails, killed by another when some other check does, survived when none does.
A *harmless variant* is the mock with a difference on which nobody may rely (`tests/mutants/variants/`): all checks
judge it, and each that fails is a false alarm. Variants called `follows/` take another option of a reading; the check
that tells just these options apart is not asked.

At least 95 % must be killed by name, nothing may survive in allocation, availability, feed and acknowledge, and no
variant may alarm. `python -m tests.mutants 'feed/*'` judges some of them; `python -m tests.mutants --coverage` names
the checks that no wrong server fails.
"""


def is_good(outcomes: Sequence[Outcome]) -> bool:
    """Return whether the suite may be trusted: what must be killed was, and by the right check."""
    fates = Counter(each.fate for each in outcomes)
    wrong = sum(count for fate, count in fates.items() if fate not in OF_VARIANTS)
    survived = [each for each in outcomes if each.fate == "survived" and _family(each) in NO_SURVIVORS]
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
    wrong = [each for each in outcomes if each.fate not in OF_VARIANTS]
    lines = [_INTRODUCTION, f"**{summary(outcomes)}.**", "", *_by_class(wrong), ""]
    lines += [
        "## Wrong servers",
        "",
        "| wrong server | what is wrong | became | failed first |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_row(each) for each in wrong]
    lines += [
        "",
        "## Harmless variants",
        "",
        "| harmless variant | what is different | became |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {each.name} | {each.what} | {each.fate} |" for each in outcomes if each.fate in OF_VARIANTS]
    return "\n".join(lines) + "\n"


def _by_class(wrong: Sequence[Outcome]) -> list[str]:
    counts = Counter((_family(each), each.fate) for each in wrong)
    families = dict.fromkeys(_family(each) for each in wrong)
    rows = [f"| {family} | {' | '.join(str(counts[family, fate]) for fate in OF_MUTANTS)} |" for family in families]
    return [f"| class | {' | '.join(OF_MUTANTS)} |", f"| --- |{' ---: |' * len(OF_MUTANTS)}", *rows]


def _family(outcome: Outcome) -> str:
    return outcome.name.partition("/")[0]


def _row(outcome: Outcome) -> str:
    return f"| {outcome.name} | {outcome.what} | {outcome.fate} | {', '.join(outcome.failed[:2])} |"
