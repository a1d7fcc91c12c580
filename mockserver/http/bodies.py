"""Reading untrusted JSON bodies: bounded in size and depth, and judged by the served schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.contracts import validator
from mockserver.http.failures import Failure

if TYPE_CHECKING:
    from mockserver.violations import Violation

LARGEST_BODY: Final = 8 * 1024 * 1024
DEEPEST_NESTING: Final = 64
# Strings are tokens of their own, so that a bracket inside one does not count. Possessive: no body makes it slow.
_TOKENS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_STEPS: Final = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def parse_json(body: bytes, *, malformed: str = "bad_request") -> Any:
    """
    Return the parsed body.

    Raises:
        Failure: of the kind ``malformed`` when it is no JSON or nested deeper than 64 levels.
    """
    if body.count(b"[") + body.count(b"{") > DEEPEST_NESTING and _is_too_deep(body):
        raise Failure(malformed, f"the body is nested deeper than {DEEPEST_NESTING} levels")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise Failure(malformed, f"the body is no valid JSON: {error.msg} ({where})") from None


def _is_too_deep(body: bytes) -> bool:
    depth = 0
    for match in _TOKENS.finditer(body):
        depth += _STEPS.get(match[0], 0)
        if depth > DEEPEST_NESTING:
            return True
    return False


def broken_rules(model: str, body: object) -> list[Violation]:
    """Return what is wrong with a body by its served schema; [] when nothing is."""
    compiled = validator(model)
    return [] if compiled.is_valid(body) else compiled.violations(body)
