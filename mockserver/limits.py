"""
Rate limits of one world: a token bucket for each caller and route, on the world's clock.

Off unless the world file says otherwise. The figures of the profile are data with grades: schemas/limits/*.json.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from mockserver import contracts
from mockserver.core.errors import InvalidWorld, Problem, nearest
from mockserver.core.instants import parse_duration
from mockserver.resources import schemas_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contracts import Operation

HOUR_MS: Final = 3_600_000
_APIS: Final = ("order-manager", "marketplacer")


class Limit(NamedTuple):
    """
    One quota: ``burst`` calls at once, ``restore`` more each ``every_ms``, at most ``hourly`` in any hour (0: no such).

    Routes with the same ``name`` draw on it together.
    """

    name: str
    burst: int
    restore: int
    every_ms: int
    hourly: int = 0


@dataclass(slots=True)
class Bucket:
    """What one caller has left of one quota. The level counts calls times ``every_ms``, so that it is exact."""

    limit: Limit
    level: int
    at_ms: int
    passed: deque[int] = field(default_factory=deque)

    def wait_ms(self, now_ms: int) -> int:
        """Take one call and return 0, or take none and return after how many milliseconds there will be one."""
        self._refill(now_ms)
        limit = self.limit
        missing = limit.every_ms - self.level
        wait = max(0, -(-missing // limit.restore))
        if limit.hourly and len(self.passed) >= limit.hourly:
            wait = max(wait, self.passed[0] + HOUR_MS - now_ms)
        if wait == 0:
            self.level -= limit.every_ms
            if limit.hourly:
                self.passed.append(now_ms)
        return wait

    def _refill(self, now_ms: int) -> None:
        limit = self.limit
        self.level = min(limit.burst * limit.every_ms, self.level + (now_ms - self.at_ms) * limit.restore)
        self.at_ms = now_ms
        while self.passed and self.passed[0] + HOUR_MS <= now_ms:
            self.passed.popleft()


class Limits:
    """The quotas of one world and what every caller has left of them."""

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        self._limits = dict(limits)
        self._buckets: dict[tuple[str, object], Bucket] = {}

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> Limits | None:
        """
        Return the quotas that a world file's ``limits`` ask for; None where there are none.

        Raises:
            InvalidWorld: for a route that is not served.
        """
        limits = dict(known()) if section.get("profile", "off") == "known" else {}
        for operation_id, written in section.get("routes", {}).items():
            _check_route(operation_id)
            if written is None:
                limits.pop(operation_id, None)
            else:
                limits[operation_id] = _limit(operation_id, written)
        return cls(limits) if limits else None

    def wait_ms(self, operation_id: str, caller: object, now_ms: int) -> int:
        """Return 0 and count the call, or how many milliseconds the caller must wait; then nothing is counted."""
        limit = self._limits.get(operation_id)
        if limit is None:
            return 0
        key = (limit.name, caller)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(limit, limit.burst * limit.every_ms, now_ms)
        return bucket.wait_ms(now_ms)

    def clear(self) -> None:
        """Give every caller its whole quota again."""
        self._buckets.clear()


@cache
def known() -> Mapping[str, Limit]:
    """Return the quota of every served route of the imitated APIs by operation id, as far as figures are known."""
    rows = orjson.loads((schemas_dir() / "limits" / "known.json").read_bytes())["limits"]
    found: dict[str, Limit] = {}
    for api in _APIS:
        for operation in contracts.operations(api):
            row = _row_of(operation, [each for each in rows if each["api"] == api])
            if row is not None:
                name = row["id"] if row.get("shared") else operation.operation_id
                found[operation.operation_id] = _limit(name, row)
    return found


def _row_of(operation: Operation, rows: list[Any]) -> Any | None:
    route = f"{operation.method} {operation.path}"
    named = [row for row in rows if route in row.get("routes", ())]
    others = [row for row in rows if "routes" not in row]
    return next(iter(named or others), None)


def _limit(name: str, written: Mapping[str, Any]) -> Limit:
    every_ms = parse_duration(written["every"])
    return Limit(name, written["burst"], written.get("restore", written["burst"]), every_ms, written.get("hourly", 0))


def _check_route(operation_id: str) -> None:
    served = [each.operation_id for api in _APIS for each in contracts.operations(api)]
    if operation_id not in served:
        hint = nearest(operation_id, served)
        raise InvalidWorld([Problem(f"limits.routes.{operation_id}", "no such operation", operation_id, hint)])
