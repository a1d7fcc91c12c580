"""The raw run file: JSON lines with a header, one verdict a line, and a footer (schemas/harness/run.json)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, cast

import jsonschema_rs

from conformance.resources import schemas_dir
from conformance.verdict import PASSED, STATUSES, Difference, Followed, Run, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self, TextIO

FORMAT: Final = "stockproof/run/1"
_HALF: Final = re.compile("[\ud800-\udfff]")
_DEFS: Final = {"header": "header", "verdict": "verdict_line", "footer": "footer"}


class Expecting(TypedDict):
    """What the run expected where nothing is documented: readings that are not the default, and the dialect."""

    readings: dict[str, str]
    dialect: str | None


class Header(TypedDict):
    """The first line: what is run against what. ``arguments`` holds no credential."""

    type: Literal["header"]
    format: Literal["stockproof/run/1"]
    command: str
    target: str
    version: str
    started_at: str
    arguments: list[str]
    selected: int
    expecting: Expecting


class Footer(TypedDict):
    """The last line: what came of it, and how long it took."""

    type: Literal["footer"]
    counts: dict[Status, int]
    exit_code: int
    inconclusive_because: str | None
    seconds: float


class BadRun(Exception):
    """No raw run file, or not a whole one: which file, which line (1 is the first), and what is wrong there."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(path, line, what)
        self.path = path
        self.line = line
        self.what = what

    def __str__(self) -> str:
        """Return one line for a person."""
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class RawRun:
    """A whole run, as its file tells it."""

    header: Header
    verdicts: tuple[Verdict, ...]
    footer: Footer

    @classmethod
    def of(cls, header: Header, run: Run, seconds: float) -> RawRun:
        """Return what a file of this run would hold."""
        return cls(header, run.verdicts, _footer(run, seconds))

    def having(self, status: Status) -> Sequence[Verdict]:
        """Return the verdicts with this status, in the order of the run."""
        return [verdict for verdict in self.verdicts if verdict.status == status]


def run_header(
    command: str,
    target: str,
    *,
    selected: int,
    arguments: Sequence[str] = (),
    readings: Mapping[str, str] | None = None,
    dialect: str | None = None,
    started_at: datetime | None = None,
) -> Header:
    """Return a header; the version is ours, and it starts now (UTC) unless said otherwise."""
    instant = (datetime.now(UTC) if started_at is None else started_at.astimezone(UTC)).replace(tzinfo=None)
    return {
        "type": "header",
        "format": FORMAT,
        "command": command,
        "target": target,
        "version": _version(),
        "started_at": instant.isoformat(timespec="milliseconds") + "Z",
        "arguments": list(arguments),
        "selected": selected,
        "expecting": {"readings": dict(readings or {}), "dialect": dialect},
    }


def _version() -> str:
    try:
        return metadata.version("stockproof")
    except metadata.PackageNotFoundError:
        return "checkout"


# -- writing ---------------------------------------------------------------------------------------------------------


class RawWriter:
    """
    Writes a run file while the run goes on, line by line.

    Left without ``close``, the file has no footer, so that a run that broke off cannot be taken for a whole one.
    """

    def __init__(self, path: str | Path, header: Header) -> None:
        self._file: TextIO = Path(path).open("w", encoding="utf-8", newline="\n")  # noqa: SIM115 - open until the end
        self._put(header)

    def write(self, verdict: Verdict) -> None:
        """Write a verdict, and let go of it: the line is with the operating system when this returns."""
        self._put({"type": "verdict", **verdict.as_json()})

    def close(self, run: Run, seconds: float) -> None:
        """Write the footer and close the file. ``run`` holds the verdicts that were written."""
        self._put(_footer(run, seconds))
        self._file.close()

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Close the file without a footer, if nobody wrote one."""
        self._file.close()

    def _put(self, line: Mapping[str, Any]) -> None:
        self._file.write(as_text(line) + "\n")
        self._file.flush()


def _footer(run: Run, seconds: float) -> Footer:
    return {
        "type": "footer",
        "counts": run.counts,
        "exit_code": run.exit_code,
        "inconclusive_because": run.inconclusive_because,
        "seconds": round(max(0.0, seconds), 6),
    }


def as_text(value: object, *, indent: int | None = None) -> str:
    """Return JSON text of any value; what JSON has no word for is shown as text, half a character as U+FFFD."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=repr, indent=indent)
    except (TypeError, ValueError):
        text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, indent=indent)
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _plain(value: object) -> object:
    """Return the value with every number that JSON does not have, and every odd key, as text."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    return value if isinstance(value, float) and value - value == 0 else repr(value)


# -- reading ---------------------------------------------------------------------------------------------------------


def read_raw(path: str | Path) -> RawRun:
    """
    Return the run that a file tells of.

    Raises:
        BadRun: when it is not a whole run file: a line that is no JSON or of another shape, lines out of order,
            counts that are not those of the lines, or no footer.
        OSError: when it cannot be read at all.
    """
    path = Path(path)
    number, verdicts, ends = 0, [], {}
    for number, line in _lines(path):
        kind = line["type"]
        _must_be_in_order(kind, path, number, ended="footer" in ends)
        if kind == "verdict":
            verdicts.append(_verdict(line, path, number))
        else:
            ends[kind] = line
    if "footer" not in ends:
        raise BadRun(path, number + 1, "no footer: the run broke off" if number else "the file is empty")
    run = RawRun(cast("Header", ends["header"]), tuple(verdicts), cast("Footer", ends["footer"]))
    _must_agree(run, path, number)
    return run


def _must_be_in_order(kind: str, path: Path, number: int, *, ended: bool) -> None:
    if ended:
        raise BadRun(path, number, f"a {kind} after the footer")
    if number == 1 and kind != "header":
        raise BadRun(path, number, f"a {kind} where the header should be")
    if number > 1 and kind == "header":
        raise BadRun(path, number, "a second header")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            yield number, _line(raw, path, number)


def _line(raw: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        line = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRun(path, number, f"not JSON: {error}" if raw.strip() else "an empty line") from error
    kind = line.get("type") if isinstance(line, dict) else None
    if kind not in _DEFS:
        raise BadRun(path, number, "neither header, verdict nor footer")
    problem = _problem(line, kind)
    if problem is not None:
        raise BadRun(path, number, f"not as schemas/harness/run.json says: {problem}")
    return cast("dict[str, Any]", line)


def _problem(line: object, kind: str) -> str | None:
    try:
        found = next(iter(_validator(_DEFS[kind]).iter_errors(line)), None)
    except UnicodeEncodeError:
        return "half a character stands in it"
    if found is None:
        return None
    return f"{'/'.join(map(str, found.instance_path)) or kind}: {_short(found.message)}"


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"…{text[-199:]}"


@cache
def _validator(definition: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads((schemas_dir() / "harness" / "run.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]})


def _verdict(line: Mapping[str, Any], path: Path, number: int) -> Verdict:
    status, reading = line["status"], line["reading"]
    verdict = Verdict(
        id=line["id"],
        title=line["title"],
        source=line["source"],
        grade=line["grade"],
        why=line["why"],
        differences=tuple(Difference(**each) for each in line["differences"]),
        harness_error=line.get("harness_error"),
        requirements=tuple(line["requirements"]),
        skipped_because=line["reason"] if status == "skipped" else None,
        not_run_because=line["reason"] if status in {"not-run", "failed"} else None,
        followed=None if reading is None else Followed(reading["id"], reading["option"], reading["expected"]),
        exchanges=tuple(line["exchanges"]),
        again=line["again"],
        seconds=line["seconds"],
    )
    if verdict.status != status:
        raise BadRun(path, number, f"it says {status}, but what it tells is {verdict.status}")
    return verdict


def _must_agree(run: RawRun, path: Path, number: int) -> None:
    """Refuse a footer, or a header, that tells of another run than the verdicts do."""
    found = Counter(verdict.status for verdict in run.verdicts)
    for status in STATUSES:
        if run.footer["counts"][status] != found[status]:
            said = run.footer["counts"][status]
            raise BadRun(path, number, f"the footer counts {said} {status}, the lines are {found[status]}")
    selected, judged = run.header["selected"], len(run.verdicts)
    if judged > selected:
        raise BadRun(path, number, f"{selected} were selected, but {judged} were judged")
    if run.footer["exit_code"] != PASSED:
        return
    if judged < selected:
        raise BadRun(path, number, f"it says conformant, but of {selected} selected only {judged} were judged")
    worked_out = Run(run.verdicts, run.footer["inconclusive_because"]).exit_code
    if worked_out != PASSED:
        raise BadRun(path, number, f"it says conformant, but the lines give exit code {worked_out}")
