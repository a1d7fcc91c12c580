"""The report for a terminal, and the same text for a pipe."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from conformance.report.terminal import render, show
from conformance.report.text import seconds
from conformance.verdict import Followed, Verdict
from tests.conformance.report import samples

FAILURE = """\
FAILED allocation-percent/10-of-9
  10 % of 9 available units shows 0
  source: Order Manager help, channel allocation rules (grade E)
  requirements: OM-ALLOC-08
  why: floor(9 × 0.1) = 0
  at figures/501
    expected 0
    actual   1
  at figures/502
    expected {"a": [1, 2]}
    actual   "(absent)"
  # the connection was cut on purpose
  > PUT http://127.0.0.1:8080/api/v2/x
  >   {"a": 1}
  < no answer
  > POST http://127.0.0.1:8080/v1.2/inventory/acknowledge?salesChannelId=5394
  < 200
  <   [{"listingId":501,"listingSku":"TEE-BLUE-S-MP","availableQuantity":10}]
  again: conformance run --target mock:app allocation-percent/10-of-9

run against mock:app: 2 judged, 1 failed, 1 passed in 1.5 s: not conformant
"""


def text(*verdicts: Verdict, because: str | None = None) -> str:
    return render(samples.raw_run(*verdicts, because=because))


def on_terminal(*verdicts: Verdict, width: int = 80) -> str:
    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="truecolor", width=width, no_color=False)
    show(samples.raw_run(*verdicts), console)
    return out.getvalue()


def test_a_failure_is_told_in_full() -> None:
    """Id, source, expected, actual, exchange, the line that shows it again; then one line that sums up."""
    assert text(samples.PASSED, samples.FAILED) == FAILURE


def test_colours_are_all_that_a_terminal_adds() -> None:
    """Nothing is folded or left out, however narrow the window."""
    coloured = on_terminal(*samples.ALL, width=20)

    assert "\x1b[" in coloured
    assert text(*samples.ALL) == re.sub(r"\x1b\[[0-9;]*m", "", coloured)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """https://no-color.org: no colour, even on a terminal."""
    monkeypatch.setenv("NO_COLOR", "1")
    out = StringIO()
    show(samples.raw_run(samples.FAILED), Console(file=out, force_terminal=True, color_system="truecolor"))

    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", out.getvalue())


def test_what_a_target_sent_does_not_act_on_the_terminal() -> None:
    """No control sequence of a target reaches the screen, and nothing is read as markup."""
    assert "\\x1b[31m" in text(samples.HOSTILE)
    assert "reading a\\x1bb" in text(replace(samples.READING, followed=Followed("a\x1bb", "c", "d")))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text(samples.HOSTILE))
    assert "[bold]x[/bold]" in text(replace(samples.FAILED, title="[bold]x[/bold]"))


def test_what_was_not_judged_is_listed_with_its_reason() -> None:
    """Skipped and not verified are two things, and neither is a success."""
    told = text(samples.PASSED, samples.SKIPPED, samples.NOT_RUN)

    assert "NOT VERIFIED mp/write: needs --allow-writes\n" in told
    assert "SKIPPED mp-hook/order: the target declares that it lacks MP-HOOK\n" in told
    assert told.endswith("3 judged, 1 not verified, 1 skipped, 1 passed in 1.5 s: inconclusive\n")


def test_many_that_were_not_judged_are_counted() -> None:
    """The reasons of a black box do not bury the failures."""
    told = text(*(replace(samples.NOT_RUN, id=f"n/{number}") for number in range(50)))

    assert 20 == told.count("NOT VERIFIED n/")
    assert "… and 30 more not verified" in told


def test_families_are_counted_each() -> None:
    """Passed of all, and what else there was."""
    told = text(samples.PASSED, samples.FAILED, samples.READING, samples.ERRORED)

    assert "  OM-ACK       0/1  ✗ 1 failed\n" in told
    assert "  OM-ALLOC     1/2  ✗ 1 failed\n" in told
    assert "  OM-AVAIL     0/1  ! 1 errored\n" in told


def test_a_harness_error_is_told_line_by_line() -> None:
    """It is ours, so its text is kept as it is."""
    assert "  the harness failed: ZeroDivisionError: division by zero\n    |   in the harness\n" in text(
        samples.ERRORED
    )


def test_a_reading_says_what_is_followed_and_what_was_expected() -> None:
    """None of the options is an answer too."""
    told = text(samples.READING)

    assert "  reading ack.paging: follows everything, expected limit\n" in told


@pytest.mark.parametrize(
    ("because", "first"), [(None, "nothing was judged"), ("nobody answers", "not judged further: nobody answers")]
)
def test_a_run_of_nothing_says_so(because: str | None, first: str) -> None:
    """It is inconclusive."""
    told = text(because=because).splitlines()

    assert first == told[0]
    assert told[-1].endswith(": inconclusive")


def test_only_the_last_exchanges_are_shown() -> None:
    """What failed is what was asked last; the others are counted."""
    told = text(replace(samples.FAILED, exchanges=(samples.EXCHANGE,) * 5))

    assert "(2 earlier exchanges left out)" in told
    assert 3 == told.count("> POST")


@pytest.mark.parametrize(
    ("value", "said"), [(0.0004, "0 ms"), (0.84, "840 ms"), (1, "1.0 s"), (12.34, "12.3 s"), (125, "2 min 05 s")]
)
def test_durations_are_for_people(value: float, said: str) -> None:
    """In the unit that fits."""
    assert said == seconds(value)
