"""YAML as plain JSON types, strictly: no duplicate keys, no tags, YAML 1.2 scalars only, aliases and depth bounded."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_DEPTH: Final = 64
MAX_ALIASED_NODES: Final = 100_000

# The core schema of YAML 1.2. PyYAML's own resolver follows 1.1, where `on`, `yes` and 2026-01-05 are no strings.
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,25}")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]{1,16}")
_OCTAL: Final = re.compile(r"0o[0-7]{1,22}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class BrokenYaml(ValueError):
    """Text that is no acceptable YAML; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, *, line: int | None, column: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


def parse(text: str) -> Any:
    """
    Return the one document of ``text`` as dicts, lists, strings, numbers, booleans and None.

    Raises:
        BrokenYaml: if the text is broken, empty, ambiguous (duplicate keys, tags, several documents) or a bomb.
    """
    tree = _Tree()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            tree.take(event)
    except yaml.MarkedYAMLError as error:
        _refuse_at(error.problem_mark or error.context_mark, f"broken YAML: {error.problem or error.context}")
    except yaml.reader.ReaderError as error:
        line, column = _place_of_offset(text, error.position)
        raise BrokenYaml(f"broken YAML: {error.reason}", line=line, column=column) from None
    if not tree.documents:
        raise BrokenYaml("the file is empty", line=1, column=1)
    return tree.documents[0]


def lines_of(text: str, paths: Iterable[Sequence[str | int]]) -> list[int | None]:
    """
    Return for each path the line, counted from 1, of that key or item, or of the nearest thing around it that exists.

    The text must have been parsed without an error; None when it cannot be composed.
    """
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError):
        return [None for _ in paths]
    return [_line_of(root, path) for path in paths]


def _line_of(node: yaml.Node | None, path: Sequence[str | int]) -> int | None:
    line: int | None = None if node is None else node.start_mark.line + 1
    for segment in path:
        found = _step(node, segment)
        if found is None:
            return line
        named_by, node = found
        line = named_by.start_mark.line + 1
    return line


def _step(node: yaml.Node | None, segment: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == segment), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(segment, int) and segment < len(node.value):
        return node.value[segment], node.value[segment]
    return None


def dump(document: Any) -> str:
    """Return plain JSON types as YAML that ``parse`` reads back as they were."""
    text: str = yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=1000)
    return text


class _Writer(yaml.CSafeDumper):
    """Quotes what YAML 1.1 takes for text and 1.2 for a number, such as 08 and 1e3."""


_NUMBERS: Final = re.compile("|".join(f"(?:{each.pattern})$" for each in (_INTEGER, _HEXADECIMAL, _OCTAL, _FLOAT)))
_Writer.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBERS, list("+-.0123456789"))


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not been read."""

    container: dict[str, Any] | list[Any]
    anchor: str | None
    nodes_before: int
    key: str | None = None


@dataclass(slots=True)
class _Tree:
    """The documents read so far. Aliases are copied, so that the result is a tree and nothing in it is shared."""

    documents: list[Any] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    nodes: int = 0
    aliased_nodes: int = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._start(event, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            self._start(event, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.documents:
            _refuse(event, "the file holds a second document")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        _refuse_tag(event)
        self.nodes += 1
        if self._wants_key():
            self._name(event, event.value)
            return
        value = _resolve(event) if event.implicit[0] else event.value
        self._put(value)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)

    def _start(self, event: yaml.CollectionStartEvent, container: dict[str, Any] | list[Any]) -> None:
        _refuse_tag(event)
        if self._wants_key():
            _refuse(event, "a key must be text")
        if len(self.open) >= MAX_DEPTH:
            _refuse(event, f"nested more than {MAX_DEPTH} deep")
        self._put(container)
        self.open.append(_Open(container, event.anchor, self.nodes))
        self.nodes += 1

    def _end(self) -> None:
        ended = self.open.pop()
        if ended.anchor:
            self.anchors[ended.anchor] = (ended.container, self.nodes - ended.nodes_before)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._wants_key():
            _refuse(event, "a key must be text")
        if event.anchor not in self.anchors:
            _refuse(event, "an alias whose anchor does not come before it")
        value, size = self.anchors[event.anchor]
        self.nodes += size
        self.aliased_nodes += size
        if self.aliased_nodes > MAX_ALIASED_NODES:
            _refuse(event, f"aliases stand for more than {MAX_ALIASED_NODES} values")
        self._put(copy.deepcopy(value))

    def _wants_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].container, dict) and self.open[-1].key is None

    def _name(self, event: yaml.ScalarEvent, key: str) -> None:
        if key in self.open[-1].container:
            _refuse(event, f"duplicate key {key!r}")
        self.open[-1].key = key

    def _put(self, value: Any) -> None:
        if not self.open:
            self.documents.append(value)
            return
        parent = self.open[-1]
        if isinstance(parent.container, list):
            parent.container.append(value)
        elif parent.key is not None:
            parent.container[parent.key] = value
            parent.key = None


def _resolve(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    text: str = event.value
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _NULLS:
        return None
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _HEXADECIMAL.fullmatch(text) or _OCTAL.fullmatch(text):
        return int(text, base=0)
    return _float(event) if _FLOAT.fullmatch(text) else text


def _float(event: yaml.ScalarEvent) -> float:
    value = float(event.value)
    if value in (float("inf"), float("-inf")):
        _refuse(event, "a number too large to hold")
    return value


def _refuse_tag(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    if event.tag is not None:
        _refuse(event, "tags (!…) have no meaning here")


def _refuse(event: yaml.Event, message: str) -> NoReturn:
    _refuse_at(event.start_mark, message)


def _refuse_at(mark: Any, message: str) -> NoReturn:
    line, column = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
    raise BrokenYaml(message, line=line, column=column) from None


def _place_of_offset(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
