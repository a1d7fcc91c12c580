"""YAML whose places are known: a finding can name the line that it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[str | int, ...]


class BadFile(ValueError):
    """A file that cannot be used; the text says where and why."""


def bad_file(path: Path, line: int | None, what: str) -> BadFile:
    """Return the error about a line of a file."""
    return BadFile(f"{path}:{line}: {what}" if line else f"{path}: {what}")


@dataclass(slots=True)
class Marked:
    """A document, and the line of each of its places."""

    path: Path
    document: Any = None
    lines: dict[Place, int] = field(default_factory=dict)

    def bad(self, place: Place, what: str) -> BadFile:
        """Return the error about a place, or about the nearest place around it that stands in the file."""
        at = place
        while at and at not in self.lines:
            at = at[:-1]
        name = ".".join(str(step) for step in place)
        return bad_file(self.path, self.lines.get(at), f"{name}: {what}" if name else what)


def read_marked(path: Path) -> Marked:
    """
    Return a YAML or JSON file with its lines.

    Raises:
        BadFile: when it cannot be read, is no YAML, or gives a key twice.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise bad_file(path, None, f"cannot be read: {error}") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise bad_file(path, mark.line + 1 if mark else None, f"is no YAML: {_problem(error)}") from error
    marked = Marked(path)
    if node is None:
        raise bad_file(path, 1, "is empty")
    marked.document = _construct(node, (), marked, frozenset())
    return marked


def _problem(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]


def _construct(node: yaml.Node, place: Place, marked: Marked, above: frozenset[int]) -> Any:
    marked.lines.setdefault(place, node.start_mark.line + 1)
    if id(node) in above:
        raise marked.bad(place, "contains itself")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, marked, above | {id(node)})
    if isinstance(node, yaml.SequenceNode):
        inner = above | {id(node)}
        return [_construct(each, (*place, number), marked, inner) for number, each in enumerate(node.value)]
    return _scalar(node, place, marked)


def _mapping(node: yaml.MappingNode, place: Place, marked: Marked, above: frozenset[int]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _construct(key_node, (*place, "key"), marked, above)
        del marked.lines[*place, "key"]
        if not isinstance(key, str):
            raise bad_file(marked.path, key_node.start_mark.line + 1, f"{key_node.value!r}: a key must be text")
        if key in made:
            raise bad_file(marked.path, key_node.start_mark.line + 1, f"{key!r} is given twice")
        marked.lines[*place, key] = key_node.start_mark.line + 1
        made[key] = _construct(value_node, (*place, key), marked, above)
    return made


def _scalar(node: yaml.Node, place: Place, marked: Marked) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise marked.bad(place, _problem(error)) from error
