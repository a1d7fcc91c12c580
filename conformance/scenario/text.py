"""
A scenario's text as plain values, each with its line.

Scalars are those of YAML 1.2: ``on`` and ``yes`` are text, and 1:40 is text too, not the number 100. JSON is YAML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from conformance.scenario.problems import Wrong

if TYPE_CHECKING:
    from conformance.scenario.problems import Path

DEEPEST: Final = 64
MOST_NODES: Final = 200_000

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FRACTION: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,3})?")


class BrokenText(ValueError):
    """Text that is no YAML, or no acceptable one; ``line`` counts from 1."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Text:
    """A document as plain values, and the tree of nodes that knows the lines."""

    value: Any
    root: yaml.Node

    def line_of(self, path: Path) -> int:
        """Return the line of a key or an item, or of the nearest thing around it that exists."""
        node, line = self.root, self.root.start_mark.line + 1
        for part in path:
            found = _step(node, part)
            if found is None:
                break
            named_by, node = found
            line = named_by.start_mark.line + 1
        return line


def parse(text: str) -> Text:
    """
    Return the one document of a text.

    Raises:
        BrokenText: when it is broken, empty, nested too deeply, or names a key twice.
    """
    text = text.removeprefix("\ufeff")
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenText(f"broken YAML: {error.problem or error.context}", mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise BrokenText(f"broken YAML: {error}", None) from None
    if root is None:
        raise BrokenText("the file is empty", 1)
    return Text(_Reader().value_of(root, 0), root)


class _Reader:
    """Turns nodes into values. An alias is read again wherever it stands, so that nothing is shared."""

    def __init__(self) -> None:
        self._nodes = 0

    def value_of(self, node: yaml.Node, depth: int) -> Any:
        self._nodes += 1
        if depth > DEEPEST or self._nodes > MOST_NODES:
            raise BrokenText("nested too deeply, or aliases that stand for too much", node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item, depth + 1) for item in node.value]
        return _scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BrokenText("a key must be text", key.start_mark.line + 1)
            if key.value in read:
                raise BrokenText(f"duplicate key {key.value!r}", key.start_mark.line + 1)
            read[key.value] = self.value_of(value, depth + 1)
        return read


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _step(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def dump(document: Any) -> str:
    """Return plain values as YAML that ``parse`` reads back as they were."""
    text: str = yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)
    return text


class _Writer(yaml.CSafeDumper):
    """Quotes what YAML 1.1 takes for text and we for a number."""


_Writer.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(rf"(?:{_WHOLE.pattern}|{_FRACTION.pattern})$"), list("+-.0123456789")
)


def only_text(value: object, path: Path) -> str:
    """
    Return a value that must be text.

    Raises:
        Wrong: when it is something else.
    """
    if not isinstance(value, str):
        raise Wrong("must be text", path)
    return value
