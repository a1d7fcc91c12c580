"""Where a test's world comes from: a shipped name, a file, or a document written in the test."""

from __future__ import annotations

from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import orjson

from mockserver.files.world_file import check_world, find_world, read_world

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    WorldSource: TypeAlias = str | PathLike[str] | Mapping[str, Any]


class Given(NamedTuple):
    """A checked world document, what messages call it, and the file that it was read from."""

    document: dict[str, Any]
    source: str
    text_file: Path | None

    @property
    def name(self) -> str:
        """What a person calls the world."""
        return self.text_file.stem if self.text_file else "world"


def given_world(world: WorldSource, readings: Mapping[str, str] | None = None) -> Given:
    """
    Return the document of a shipped world, of a file, or a copy of a document; ``readings`` come before its own.

    Raises:
        UnusableFile: when there is no such file.
        WorldFileError: when it is broken or breaks the schema.
    """
    given = _read(fspath(world)) if isinstance(world, (str, PathLike)) else _copied(world)
    check_world(given.document, source=given.source, text_file=given.text_file)
    if readings:
        given.document["readings"] = {**given.document.get("readings", {}), **readings}
    return given


def _read(name_or_path: str) -> Given:
    path = find_world(name_or_path)
    return Given(read_world(path), str(path), path)


def _copied(document: Mapping[str, Any]) -> Given:
    # By way of JSON, so that a tuple is a list and nothing is shared with the test.
    return Given(orjson.loads(orjson.dumps(dict(document))), "world", None)
