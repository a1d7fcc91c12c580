"""From method and path to an operation of the served contracts; from a wrong one to the nearest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from mockserver.contracts import operations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.contracts import Operation

CONTROL_PREFIX: Final = "/_mock"
_PLACEHOLDER: Final = re.compile(r"\\\{(\w+)\\\}")
_SLASHES: Final = re.compile(r"/{2,}")
_LONGEST_COMPARED: Final = 200


def is_control(path: str) -> bool:
    """Whether a path belongs to the control API; every other path is answered as one of the vendors would."""
    return path == CONTROL_PREFIX or path.startswith(f"{CONTROL_PREFIX}/")


def is_marketplacer(path: str) -> bool:
    """Whether a path, served or not, is asked of Marketplacer."""
    return path.lstrip("/").partition("/")[0] == "api"


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the path values that the request named."""

    operation: Operation
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No operation fits: whether the path exists under other methods, and the route that is nearest."""

    path_exists: bool
    nearest: str
    allowed: tuple[str, ...] = ()


class Routes:
    """The routes of the imitated APIs."""

    def __init__(self, apis: Iterable[str] = ("order-manager", "marketplacer")) -> None:
        self._static: dict[tuple[str, str], Match] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Operation]] = []
        self._known: list[tuple[str, str]] = []
        for api in apis:
            for operation in operations(api):
                self._add(operation)

    def _add(self, operation: Operation) -> None:
        for prefix in operation.prefixes:
            path = prefix + operation.path
            self._known.append((operation.method, path))
            if "{" not in path:
                self._static[operation.method, path] = Match(operation, {})
            else:
                pattern = _PLACEHOLDER.sub(r"(?P<\1>[^/]+)", re.escape(path))
                self._patterns.append((operation.method, re.compile(pattern), operation))

    def match(self, method: str, path: str) -> Match | NoMatch:
        """Return the operation that a request means; doubled and trailing slashes are forgiven."""
        found = self._exact(method, path)
        if found is not None:
            return found
        tidy = _SLASHES.sub("/", path).rstrip("/")
        return self._exact(method, tidy) or self._no_match(method, tidy)

    def _match_pattern(self, method: str, path: str) -> Match | None:
        for known_method, pattern, operation in self._patterns:
            if known_method == method and (match := pattern.fullmatch(path)) is not None:
                return Match(operation, match.groupdict())
        return None

    def _no_match(self, method: str, path: str) -> NoMatch:
        others = sorted({known for known, _ in self._known if self._exact(known, path) is not None})
        if others:
            nearest = f"{others[0]} {path}"[:_LONGEST_COMPARED]
            return NoMatch(path_exists=True, nearest=nearest, allowed=tuple(others))
        wanted = f"{method} {path}"[:_LONGEST_COMPARED]
        routes = [f"{known} {_filled(template, path)}"[:_LONGEST_COMPARED] for known, template in self._known]
        nearest = max(routes, key=lambda route: (SequenceMatcher(None, wanted, route).ratio(), route))
        return NoMatch(path_exists=False, nearest=nearest)

    def _exact(self, method: str, path: str) -> Match | None:
        return self._static.get((method, path)) or self._match_pattern(method, path)


def _filled(template: str, path: str) -> str:
    """Return a route's path with what stands in the same place of the path that was asked for."""
    asked = path.split("/")
    return "/".join(
        asked[place] if part.startswith("{") and place < len(asked) else part
        for place, part in enumerate(template.split("/"))
    )
