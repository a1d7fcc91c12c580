"""Reading recorded traffic: a HAR 1.2 file, the mock's request journal, or a raw run file of this suite."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from conformance.offline import har, journal, raw_run
from conformance.offline.parts import BadPart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.offline.history import Exchange

Format = Literal["har", "journal", "run"]
FORMATS: Final[tuple[Format, ...]] = ("har", "journal", "run")
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_DEPTH: Final = 100


class BadRecording(ValueError):
    """The file is no recording; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One history, under a name when a file holds several, and the credentials to blank out."""

    name: str
    exchanges: tuple[Exchange, ...]
    secrets: frozenset[str]


def read_recording(path: Path, wanted: Format | None, only: Sequence[str] = ()) -> list[Recording]:
    """
    Return what a file holds, the format told by its content when none is wanted.

    ``only`` are the addresses whose requests count; all do when there are none.

    Raises:
        BadRecording: when it cannot be read, is too large or nested too deeply, or is none of the formats.
    """
    text = _text(path)
    try:
        if wanted == "run" or (wanted is None and _looks_like_a_run(text)):
            parts = raw_run.read(_lines(path, text))
        else:
            parts = [("", _one(path, _json(path, text), wanted))]
    except BadPart as problem:
        raise BadRecording(f"{path}: {problem}") from problem
    return [_recording(name, rows, only) for name, rows in parts]


def _one(path: Path, document: Any, wanted: Format | None) -> list[Any]:
    is_har = isinstance(document, dict) and "log" in document
    if wanted == "har" or (wanted is None and is_har):
        return har.read(document)
    if wanted == "journal" or isinstance(document, list) or (isinstance(document, dict) and "requests" in document):
        return journal.read(document)
    raise BadRecording(f"{path}: neither a HAR file (log) nor a request journal (requests); say which with --format")


def _recording(name: str, rows: Sequence[Any], only: Sequence[str]) -> Recording:
    kept = [row for row in rows if not only or any(row.url.startswith(each.rstrip("/")) for each in only)]
    secrets = frozenset(secret for row in rows for secret in row.secrets)
    return Recording(name, tuple(row.exchange(index, name) for index, row in enumerate(kept)), secrets)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadRecording(f"{path}: {size} bytes, more than {MOST_BYTES} are not read")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadRecording(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadRecording(f"{path}: byte {error.start}: no UTF-8") from error


def _looks_like_a_run(text: str) -> bool:
    try:
        first = json.loads(text.partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and first.get("type") == "header"


def _lines(path: Path, text: str) -> list[Any]:
    return [_json(path, line, offset) for offset, line in enumerate(text.splitlines()) if line.strip()]


def _json(path: Path, text: str, offset: int = 0) -> Any:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno + offset}, column {error.colno}"
        raise BadRecording(f"{path}: {place}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise BadRecording(f"{path}: {_too_much(error)}") from error
    if _is_deeper(document, MOST_DEPTH):
        raise BadRecording(f"{path}: nested more than {MOST_DEPTH} deep")
    return document


def _too_much(error: Exception) -> str:
    return (
        f"nested more than {MOST_DEPTH} deep" if isinstance(error, RecursionError) else "a number has too many digits"
    )


def _is_deeper(document: Any, most: int) -> bool:
    level = [document]
    for _ in range(most):
        level = [
            each
            for node in level
            for each in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
            if isinstance(each, dict | list)
        ]
        if not level:
            return False
    return True
