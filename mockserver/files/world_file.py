"""
World files: find one by name, read it, check it against its schema.

What the schema cannot say (cross-references, duplicates) is checked when the core builds the world.
"""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs
import orjson

from mockserver import resources
from mockserver.core.errors import InvalidWorld, nearest
from mockserver.files import yaml_tree
from mockserver.files.world_problems import (
    Problem,
    UnusableFile,
    WorldFileError,
    core_problem,
    in_file_order,
    path_segments,
    path_text,
    shown_value,
)
from mockserver.files.world_schema import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mockserver.behaviours import RegistryError
    from mockserver.core.world import World

__all__ = [
    "Problem",
    "UnusableFile",
    "WorldFileError",
    "build_world",
    "check_world",
    "find_world",
    "load_world",
    "located",
    "read_world",
]

MAX_FILE_BYTES: Final = 2 * 1024**3
MAX_PROBLEMS: Final = 100
# Larger texts are not read a second time only to say on which line a problem is, or which key stands there twice.
MAX_SECOND_READING_BYTES: Final = 8 * 1024**2
_SUFFIXES: Final = (".yaml", ".yml", ".json")


def load_world(name_or_path: str) -> dict[str, Any]:
    """
    Return the checked document of a shipped world or of a file.

    Raises:
        UnusableFile: if there is no such file.
        WorldFileError: if it is broken or breaks the schema.
    """
    path = find_world(name_or_path)
    document = read_world(path)
    check_world(document, source=str(path), text_file=path)
    return document


def find_world(name_or_path: str) -> Path:
    """
    Return the file of a shipped world by its name, or the file that the path names.

    Raises:
        UnusableFile: if it is neither; the nearest shipped name is given.
    """
    shipped = {path.stem: path for path in _shipped_worlds()}
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if _is_file(path):
        return path
    message = f"no such file, and no shipped world of that name; shipped: {', '.join(sorted(shipped))}"
    raise UnusableFile(name_or_path, message, nearest=nearest(path.stem, sorted(shipped)))


def _shipped_worlds() -> list[Path]:
    folder = resources.fixtures_dir() / "worlds"
    return [path for path in folder.iterdir() if path.suffix in _SUFFIXES] if folder.is_dir() else []


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the system, or one with a NUL
        return False


def read_world(path: Path) -> dict[str, Any]:
    """
    Return the document in a YAML or JSON file; which of them, the suffix says.

    Duplicate keys are refused in YAML, and in JSON of up to 8 MiB. NaN and infinity are refused.

    Raises:
        UnusableFile: if the file cannot be read, is larger than 2 GiB, or ends in neither .yaml, .yml nor .json.
        WorldFileError: if it is broken; with line and column.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise UnusableFile(str(path), f"a world file ends in {', '.join(_SUFFIXES)}")
    content = _read_bytes(path)
    with garbage_collection_paused():
        document = _parse_json(content, path) if path.suffix.lower() == ".json" else _parse_yaml(content, path)
    if not isinstance(document, dict):
        raise WorldFileError([Problem(str(path), "a world file is an object with the key 'format'", line=1)])
    return document


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnusableFile(str(path), f"larger than {MAX_FILE_BYTES} bytes")
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UnusableFile(str(path), error.strerror or "cannot be read") from error


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Make millions of objects that all stay without looking through them again and again: 1.1 s against 4.6 s."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _parse_json(content: bytes, path: Path) -> Any:
    try:
        document = orjson.loads(content)
        if len(content) <= MAX_SECOND_READING_BYTES:
            json.loads(content, object_pairs_hook=_refuse_duplicate_keys)
    except orjson.JSONDecodeError as error:
        broken = Problem(str(path), f"broken JSON: {error.msg}", line=error.lineno, column=error.colno)
        raise WorldFileError([broken]) from None
    except _DuplicateKey as error:
        raise WorldFileError([Problem(str(path), f"duplicate key {error.args[0]!r}")]) from None
    return document


class _DuplicateKey(Exception):
    """A JSON object names one key twice."""


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateKey(next(name for name in names if names.count(name) > 1))
    return mapping


def _parse_yaml(content: bytes, path: Path) -> Any:
    try:
        return yaml_tree.parse(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise WorldFileError([Problem(str(path), "not UTF-8", line=line)]) from None
    except yaml_tree.BrokenYaml as error:
        broken = Problem(str(path), error.message, line=error.line, column=error.column)
        raise WorldFileError([broken]) from None


def check_world(document: Mapping[str, Any], *, source: str, text_file: Path | None = None) -> None:
    """
    Check a world document against schemas/harness/world.json.

    ``source`` is what messages call the document. With ``text_file``, the file it was read from, they give lines too.
    At most 100 problems are told.

    Raises:
        WorldFileError: with every problem found, in the order of the file as far as it is known, else of their paths.
    """
    problems = _schema_problems(document, source) or list(_number_problems(document, source))
    if not problems:
        return
    problems = sorted(dict.fromkeys(problems), key=in_file_order)  # a format and its pattern tell the same twice
    told = sorted(located(problems[:MAX_PROBLEMS], text_file=text_file), key=in_file_order)
    if len(problems) > MAX_PROBLEMS:
        told.append(Problem(source, f"and {len(problems) - MAX_PROBLEMS} more problems"))
    raise WorldFileError(told)


def build_world(
    document: Mapping[str, Any], *, source: str, readings: Mapping[str, str] = {}, text_file: Path | None = None
) -> World:
    """
    Return the world that a checked document describes; ``readings`` come before those that the document names.

    Raises:
        WorldFileError: if it names an unknown reading or option, or its parts contradict each other.
    """
    from mockserver import behaviours
    from mockserver.core.world import World

    with problems_of(source, text_file=text_file):
        complete = behaviours.resolve({**document.get("readings", {}), **readings})
        with garbage_collection_paused():
            return World.from_document(document, complete)


@contextmanager
def problems_of(source: str, *, text_file: Path | None = None) -> Iterator[None]:
    """
    Tell what goes wrong while a checked document becomes a world as problems of the file ``source``.

    Raises:
        WorldFileError: instead of RegistryError and InvalidWorld.
    """
    from mockserver import behaviours

    try:
        yield
        return
    except behaviours.RegistryError as error:
        problems = [_reading_problem(error, source)]
    except InvalidWorld as error:
        problems = [core_problem(source, each.path, each.message, each.value, each.nearest) for each in error.problems]
    raise WorldFileError(sorted(located(problems, text_file=text_file), key=in_file_order))


def _reading_problem(error: RegistryError, source: str) -> Problem:
    reading = error.value if error.kind == "reading" else error.field
    path = path_text(("readings", str(reading)))
    return Problem(source, f"unknown {error.kind}", path, value=shown_value(error.value, ()), nearest=error.nearest)


def located(problems: Iterable[Problem], *, text_file: Path | None) -> list[Problem]:
    """Return the problems with their lines in the file they were read from, where those are cheaply found."""
    problems = list(problems)
    if text_file is None or not problems:
        return problems
    content = _read_bytes(text_file)
    if len(content) > MAX_SECOND_READING_BYTES:
        return problems
    text = content.decode("utf-8", errors="replace")
    if text_file.suffix.lower() == ".json":
        text = text.replace("\t", " ")  # JSON is YAML, but for the tabs between its tokens
    lines = yaml_tree.lines_of(text, [path_segments(problem.path) for problem in problems])
    return [replace(problem, line=line) for problem, line in zip(problems, lines, strict=True)]


@cache
def _schema() -> dict[str, Any]:
    path = resources.schemas_dir() / "harness" / "world.json"
    schema: dict[str, Any] = orjson.loads(path.read_bytes())
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema(), validate_formats=True)


@cache
def _strict_integer_validator() -> jsonschema_rs.Draft4Validator:
    # To 2020-12 the number 7.0 is an integer, to Draft 4 it is none. Two passes in Rust cost less than one in Python.
    return jsonschema_rs.Draft4Validator(_schema())


def _schema_problems(document: Mapping[str, Any], source: str) -> list[Problem]:
    validator = _validator()
    if validator.is_valid(document):
        return []
    return [problem for error in validator.iter_errors(document) for problem in problem_of(error, _schema(), source)]


def _number_problems(document: Mapping[str, Any], source: str) -> Iterator[Problem]:
    """Yield what JSON Schema lets pass: whole numbers written as floats, percentages with more than two decimals."""
    strict = _strict_integer_validator()
    if not strict.is_valid(document):
        for error in strict.iter_errors(document):
            yield from problem_of(error, _schema(), source)
    for index, rule in enumerate(document.get("order_manager", {}).get("rules", ())):
        for kind, key in (("rule_type", "value"), ("min_rule_type", "min_value")):
            message = _rule_value_problem(rule.get(kind), rule.get(key))
            if message is not None:
                yield Problem(source, message, f"order_manager.rules[{index}].{key}", value=str(rule[key]))


def _rule_value_problem(kind: str | None, value: float | None) -> str | None:
    if not isinstance(value, float):
        return None
    if kind == "MAX_ALLOCATION":
        return "must be a whole number of units, written without a decimal point"
    exponent = Decimal(repr(value)).as_tuple().exponent
    return "a percentage has at most two decimals" if isinstance(exponent, int) and exponent < -2 else None
