"""The rows of ``with``: each is a run, whose values stand for ``${…}`` and for like-named keys of ``given``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.problems import Wrong, unknown
from conformance.scenario.schema import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.scenario.problems import Path

PLACE: Final = re.compile(r"\$\{([^}]*)\}")
ONLY_ROW: Final = "run"


@dataclass(frozen=True, slots=True)
class RowDocument:
    """The document of one row, without variables; ``replaced`` are the keys of ``given`` that the row gives itself."""

    name: str
    document: Mapping[str, Any]
    index: int | None = None
    replaced: frozenset[str] = frozenset()

    def origin(self, path: Path) -> Path:
        """Return where a place of this document stands in the file."""
        if self.index is not None and len(path) > 1 and path[0] == "given" and path[1] in self.replaced:
            return ("with", self.index, *path[1:])
        return path


def rows_of(document: Mapping[str, Any]) -> list[RowDocument]:
    """
    Return one document a row; one row named ``run`` when there is no table.

    Raises:
        Wrong: for a variable that no row gives, a value that nothing uses, or two rows of one name.
    """
    base = {key: value for key, value in document.items() if key != "with"}
    if "with" not in document:
        return [RowDocument(ONLY_ROW, _filled(base, {}, ()))]
    _check_names(document["with"])
    return [_row(base, row, index) for index, row in enumerate(document["with"])]


def _check_names(rows: list[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if row["name"] in seen:
            raise Wrong(f"two rows are named {row['name']!r}", ("with", index, "name"))
        seen.add(row["name"])


def _row(base: Mapping[str, Any], row: Mapping[str, Any], index: int) -> RowDocument:
    values = {key: value for key, value in row.items() if key != "name"}
    replaced = frozenset(key for key in values if key in schema()["properties"]["given"]["properties"])
    given = {**base["given"], **{key: values[key] for key in values if key in replaced}}
    used: set[str] = set()
    whole = {**base, "given": given}
    found = RowDocument(row["name"], _filled(whole, {**values, "name": row["name"]}, (), used), index, replaced)
    for key in values:
        if key not in used | replaced:
            raise unknown("key of a row", key, sorted(_variables(base)), ("with", index, key))
    return found


def _variables(value: object) -> set[str]:
    if isinstance(value, str):
        return set(PLACE.findall(value))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name for part in parts for name in _variables(part)}


def _filled(value: Any, values: Mapping[str, Any], path: Path, used: set[str] | None = None) -> Any:
    used = set() if used is None else used
    if isinstance(value, str) and "${" in value:
        return _filled_text(value, values, path, used)
    if isinstance(value, list):
        return [_filled(each, values, (*path, index), used) for index, each in enumerate(value)]
    if isinstance(value, dict):
        return {
            str(_filled(key, values, (*path, key), used)): _filled(each, values, (*path, key), used)
            for key, each in value.items()
        }
    return value


def _filled_text(text: str, values: Mapping[str, Any], path: Path, used: set[str]) -> Any:
    whole = PLACE.fullmatch(text)
    if whole:
        return _value(whole.group(1), values, path, used)
    return PLACE.sub(lambda match: str(_value(match.group(1), values, path, used)), text)


def _value(name: str, values: Mapping[str, Any], path: Path, used: set[str]) -> Any:
    if name not in values:
        raise unknown("variable", name, values, path)
    used.add(name)
    return values[name]
