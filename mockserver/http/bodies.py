"""Reading untrusted JSON bodies: bounded in size and depth, and judged by the served schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.contracts import validator
from mockserver.http.failures import Failure

if TYPE_CHECKING:
    from mockserver.contracts import Violation

LARGEST_BODY: Final = 8 * 1024 * 1024
DEEPEST_NESTING: Final = 64
_OPENING: Final = frozenset(b"[{")
_CLOSING: Final = frozenset(b"]}")


def parse_json(body: bytes, *, malformed: str = "bad_request") -> Any:
    """
    Return the parsed body.

    Raises:
        Failure: of the kind ``malformed`` when it is no JSON or nested deeper than 64 levels.

    """
    if body.count(b"[") + body.count(b"{") > DEEPEST_NESTING and _depth(body) > DEEPEST_NESTING:
        raise Failure(malformed, f"the body is nested deeper than {DEEPEST_NESTING} levels")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise Failure(malformed, f"the body is no valid JSON: {error.msg} ({where})") from None


def _depth(body: bytes) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            in_string = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            in_string = True
        elif byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSING:
            depth -= 1
    return deepest


def broken_rules(model: str, body: object) -> list[Violation]:
    """Return what is wrong with a body by its served schema; [] when nothing is."""
    compiled = validator(model)
    return [] if compiled.is_valid(body) else compiled.violations(body)
