"""The raw run file: what is written is read back, and what is no whole run is refused with file and line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.report import BadRun, RawRun, RawWriter, read_raw
from conformance.resources import schemas_dir
from conformance.verdict import Difference, Run, Verdict
from tests.conformance.report import samples

Lines = list[dict[str, Any]]
SCHEMA = json.loads((schemas_dir() / "harness" / "run.json").read_text(encoding="utf-8"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return samples.written(tmp_path / "run.jsonl", *samples.ALL)


def lines_of(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rewritten(path: Path, change: Callable[[Lines], object]) -> Path:
    lines = lines_of(path)
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_what_is_written_is_read_back(path: Path) -> None:
    """Header, verdicts in their order, footer; a status follows from the rest, and is the same."""
    run = read_raw(path)

    assert samples.head(len(samples.ALL)) == run.header
    assert [verdict.as_json() for verdict in samples.ALL[:-1]] == [verdict.as_json() for verdict in run.verdicts[:-1]]
    assert {"passed": 1, "failed": 3, "errored": 1, "skipped": 1, "not-run": 1} == run.footer["counts"]
    assert (4, None, 1.5) == tuple(run.footer[key] for key in ("exit_code", "inconclusive_because", "seconds"))  # type: ignore[literal-required]


def test_a_run_in_memory_is_the_same_as_one_from_its_file(path: Path) -> None:
    """Who has just run needs no file to report."""
    assert read_raw(path).footer == samples.raw_run(*samples.ALL).footer


def test_every_line_is_as_the_schema_says(path: Path) -> None:
    """The published schema is true of what is written, by a validator that the code under test does not use."""
    validator = jsonschema.Draft202012Validator(SCHEMA)

    assert [] == [error.message for line in lines_of(path) for error in validator.iter_errors(line)]


def test_odd_text_and_numbers_survive(path: Path) -> None:
    """Control characters come back; half a character is U+FFFD, a number that JSON does not have is text."""
    hostile, nasty = read_raw(path).verdicts[-1], samples.NASTY.replace("\ud83d", "\ufffd")

    assert nasty == hostile.title
    assert {nasty: [nasty, "nan"]} == hostile.differences[0].actual


def test_every_line_of_the_file_is_standard_json(path: Path) -> None:
    """Other programs read it too: UTF-8, one line each, no NaN."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    text = path.read_bytes().decode("utf-8")

    assert len(samples.ALL) + 2 == len([json.loads(line, parse_constant=refuse) for line in text.splitlines()])


@pytest.mark.parametrize(
    "value",
    [
        math.inf,
        (1, 2),
        {1: 2},
        {
            1,
        },
        b"bytes",
        object,
    ],
)
def test_a_difference_of_any_kind_can_be_written(tmp_path: Path, value: object) -> None:
    """What a harness compares need not be JSON."""
    failed = replace(samples.FAILED, differences=(Difference("a", value, None),))

    assert "failed" == read_raw(samples.written(tmp_path / "run.jsonl", failed)).verdicts[0].status


def test_lines_can_be_read_while_the_run_goes_on(tmp_path: Path) -> None:
    """Each verdict is written out at once, so that a killed run leaves what it found."""
    path = tmp_path / "run.jsonl"
    with RawWriter(path, samples.head(2)) as writer:
        writer.write(samples.PASSED)

        assert ["header", "verdict"] == [line["type"] for line in lines_of(path)]


def test_a_run_that_broke_off_is_refused(tmp_path: Path) -> None:
    """An exception leaves a file without a footer, and that is an error on reading."""
    path = tmp_path / "run.jsonl"
    with suppress(ZeroDivisionError), RawWriter(path, samples.head(2)) as writer:
        writer.write(samples.PASSED)
        raise ZeroDivisionError

    with pytest.raises(BadRun, match=r"run\.jsonl:3: no footer: the run broke off"):
        read_raw(path)


def test_a_file_cut_anywhere_is_refused(path: Path) -> None:
    """No beginning of a run file is a run file, whichever byte it ends at."""
    whole = path.read_bytes()
    last_line_feed = len(whole) - 1
    for end in [*range(0, last_line_feed, 97), last_line_feed - 1]:
        path.write_bytes(whole[:end])
        with pytest.raises(BadRun):
            read_raw(path)


def drop(place: int) -> Callable[[Lines], object]:
    return lambda lines: lines.pop(place)


def change(place: int, **values: Any) -> Callable[[Lines], object]:
    return lambda lines: lines[place].update(values)


@pytest.mark.parametrize(
    ("spoil", "line", "what"),
    [
        (drop(0), 1, "a verdict where the header should be"),
        (drop(-1), 9, "no footer"),
        (drop(1), 8, "counts 1 passed, the lines are 0"),
        (lambda lines: lines.append(lines[1]), 10, "a verdict after the footer"),
        (lambda lines: lines.append(lines[-1]), 10, "a footer after the footer"),
        (lambda lines: lines.insert(3, lines[0]), 4, "a second header"),
        (lambda lines: lines.insert(0, lines.pop()), 1, "a footer where the header should be"),
        (lambda lines: lines.__setitem__(2, []), 3, "neither header, verdict nor footer"),
        (change(2, type="remark"), 3, "neither header, verdict nor footer"),
        (change(0, format="stockproof/run/2"), 1, "format"),
        (change(0, selected=3), 9, "3 were selected, but 7 were judged"),
        (change(2, colour="red"), 3, "not as schemas/harness/run.json says"),
        (change(2, grade="Z"), 3, "grade"),
        (change(2, status="passed"), 3, "not as schemas/harness/run.json says"),
        (change(1, status="failed"), 2, "not as schemas/harness/run.json says"),
        (change(1, harness_error="boom"), 2, "it says passed, but what it tells is errored"),
        (change(-1, exit_code=0), 9, "it says conformant, but the lines give exit code 4"),
        (change(-1, exit_code=7), 9, "exit_code"),
    ],
)  # fmt: skip
def test_what_is_no_run_is_refused_at_its_line(path: Path, spoil: Any, line: int, what: str) -> None:
    """Lines out of order, of another shape, or at odds with the footer: said with file, line and reason."""
    with pytest.raises(BadRun) as caught:
        read_raw(rewritten(path, spoil))

    assert (path, line) == (caught.value.path, caught.value.line)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    "bad", [b"", b"{", b"{}{}", b"\xff\xfe", b"[" * 100_000, b'{"type": NaN}', b'{"type": "verdict", "id": "\\ud83d"}']
)
def test_a_line_that_is_no_json_is_refused(path: Path, bad: bytes) -> None:
    """Also an empty one, bytes that are no text, and brackets without end."""
    first, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(first + b"\n" + bad + b"\n" + rest)

    with pytest.raises(BadRun, match=r":2: (not JSON|an empty line|not as .* half a character)"):
        read_raw(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """Nothing is no run."""
    (tmp_path / "run.jsonl").touch()

    with pytest.raises(BadRun, match=":1: the file is empty"):
        read_raw(tmp_path / "run.jsonl")


def test_a_run_that_says_conformant_has_judged_all_that_was_selected(tmp_path: Path) -> None:
    """A verdict that got lost on the way cannot look like success."""
    path = samples.written(tmp_path / "run.jsonl", samples.PASSED)

    with pytest.raises(BadRun, match="of 2 selected only 1 were judged"):
        read_raw(rewritten(path, change(0, selected=2)))


def verdict_of(**changes: Any) -> Verdict:
    return replace(samples.PASSED, **changes)


@pytest.mark.parametrize(
    ("verdicts", "because", "code"),
    [
        ([verdict_of()], None, 0),
        ([verdict_of(), samples.FAILED], "gone", 1),
        ([samples.NOT_RUN], None, 3),
        ([samples.SKIPPED], None, 3),
        ([], "nobody answers", 3),
        ([samples.FAILED, samples.ERRORED], None, 4),
    ],
)
def test_the_exit_code_is_kept(tmp_path: Path, verdicts: list[Verdict], because: str | None, code: int) -> None:
    """What the run came to is told by its file."""
    run = read_raw(samples.written(tmp_path / "run.jsonl", *verdicts, because=because))

    assert (code, because) == (run.footer["exit_code"], run.footer["inconclusive_because"])
    assert RawRun.of(run.header, Run(tuple(verdicts), because), 1.5).footer == run.footer
