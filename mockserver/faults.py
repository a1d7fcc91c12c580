"""
Fault plans of one world: which request goes wrong, how often, and what has become of each plan.

Nothing here knows of HTTP beyond plain values; `http.fault_actions` makes the trouble.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.instants import instant_text, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MOST_FAULTS: Final = 1_000
_MOST_TOLD: Final = 100
_CHANCES: Final = 1 << 64

Json = dict[str, Any]


class DuplicateFault(ValueError):
    """The world has a fault of this id already; ``args[0]`` is the id."""


class TooManyFaults(ValueError):
    """The world has as many faults as it may have."""

    def __init__(self) -> None:
        super().__init__(f"a world has at most {MOST_FAULTS} faults; take some away first")


class UnknownFault(KeyError):
    """The world has no fault of this id; ``args[0]`` is the id, ``known`` are those it has."""

    def __init__(self, fault_id: str, known: list[str]) -> None:
        super().__init__(fault_id)
        self.known = known


class UselessPlan(ValueError):
    """A plan that could never fire; ``place`` is a JSON pointer into it, ``nearest`` a value that could."""

    def __init__(self, place: str, message: str, nearest: str | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as plans look at it; ``token`` is the token's number, ``seller`` the key's seller."""

    operation_id: str
    token: int | None
    seller: int | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Match:
    """What a plan asks of a request; None does not matter. ``first`` to ``last`` are call numbers, both included."""

    operations: frozenset[str]
    token: int | None
    seller: int | None
    calls: frozenset[int] | None
    first: int
    last: int | None
    from_ms: int | None
    to_ms: int | None
    probability: float | None

    @classmethod
    def of(cls, document: Mapping[str, Any], operations: frozenset[str]) -> Match:
        """Return the match of a schema-valid plan; ``operations`` are those that its routes and methods mean."""
        calls, window = document.get("calls", {}), document.get("window", {})
        numbers = frozenset(calls) if isinstance(calls, list) else None
        bounds = {} if numbers else calls
        return cls(
            operations,
            document.get("token"),
            document.get("seller"),
            numbers,
            bounds.get("from", 1),
            max(numbers) if numbers else bounds.get("to"),
            parse_instant(window["from"]) if "from" in window else None,
            parse_instant(window["to"]) if "to" in window else None,
            document.get("probability"),
        )

    def covers(self, asked: Asked) -> bool:
        """Whether a request counts as a call: route, caller and virtual time."""
        return (
            asked.operation_id in self.operations
            and (self.token is None or self.token == asked.token)
            and (self.seller is None or self.seller == asked.seller)
            and (self.from_ms is None or self.from_ms <= asked.at_ms)
            and (self.to_ms is None or asked.at_ms < self.to_ms)
        )

    def names(self, call: int) -> bool:
        """Whether the plan means the call of this number."""
        if self.calls is not None:
            return call in self.calls
        return call >= self.first and (self.last is None or call <= self.last)

    def calls_after(self, call: int) -> int | None:
        """Return how many calls after this one the plan means; None for no end."""
        if self.calls is not None:
            return sum(1 for each in self.calls if each > call)
        return None if self.last is None else max(0, self.last - max(call, self.first - 1))


@dataclass(slots=True)
class Firing:
    """One time that a fault fired: which call, when (virtual milliseconds), its number in the request journal."""

    call: int
    at_ms: int
    request: int | None = None


@dataclass(slots=True)
class Fault:
    """A plan with its counts."""

    id: str
    plan: Mapping[str, Any]
    match: Match
    matched: int = 0
    fired_times: int = 0
    fired: deque[Firing] = field(default_factory=lambda: deque(maxlen=_MOST_TOLD))

    @property
    def action(self) -> Mapping[str, Any]:
        """What goes wrong; ``type`` says which kind."""
        action: Mapping[str, Any] = self.plan["action"]
        return action

    def left(self, now_ms: int) -> int | None:
        """Return how often it can still fire; None without an end."""
        if self.match.to_ms is not None and self.match.to_ms <= now_ms:
            return 0
        times = self.plan.get("times")
        bounds = (self.match.calls_after(self.matched), None if times is None else times - self.fired_times)
        return min((each for each in bounds if each is not None), default=None)

    def state(self, now_ms: int) -> str:
        """Return waiting, active, spent (fired as often as it may) or expired (can fire no more, without that)."""
        if self.left(now_ms) != 0:
            waits = self.match.from_ms is not None and now_ms < self.match.from_ms
            return "waiting" if waits else "active"
        return "spent" if self.fired_times and self.fired_times == self._most() else "expired"

    def _most(self) -> int | None:
        bounds = (self.plan.get("times"), self.match.calls_after(0))
        return min((each for each in bounds if each is not None), default=None)

    def told(self, now_ms: int) -> Json:
        """Return the fault as plain JSON types."""
        return {
            "id": self.id,
            "plan": dict(self.plan),
            "state": self.state(now_ms),
            "matched": self.matched,
            "fired_times": self.fired_times,
            "left": self.left(now_ms),
            "fired": [
                {"call": each.call, "at": instant_text(each.at_ms), "request": each.request} for each in self.fired
            ],
        }

    def fire(self, call: int, at_ms: int) -> Firing:
        """Count one firing and return it, its request still unknown."""
        self.fired_times += 1
        firing = Firing(call, at_ms)
        self.fired.append(firing)
        return firing

    def withdraw(self, firing: Firing) -> None:
        """Take a firing back that came to nothing."""
        self.fired_times -= 1
        self.fired.remove(firing)


class Faults:
    """The faults of one world. Plans are judged in the order in which they were made; the first that fires, fires."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0
        self._faults: dict[str, Fault] = {}

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._faults.values()))

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, plan: Mapping[str, Any], operations: frozenset[str]) -> Fault:
        """
        Make a fault of a schema-valid plan for these operations.

        Raises:
            DuplicateFault: when its id is taken.
            TooManyFaults: when there are a thousand already.
            UselessPlan: when its window or its range of calls is empty.
        """
        if len(self._faults) >= MOST_FAULTS:
            raise TooManyFaults
        match = Match.of(plan.get("match", {}), operations)
        _refuse_empty_ranges(match)
        fault_id = plan.get("id") or self._free_id()
        if fault_id in self._faults:
            raise DuplicateFault(fault_id)
        self._faults[fault_id] = fault = Fault(fault_id, dict(plan), match)
        return fault

    def get(self, fault_id: str) -> Fault:
        """
        Return a fault by its id.

        Raises:
            UnknownFault: when there is none.
        """
        if fault_id not in self._faults:
            raise UnknownFault(fault_id, list(self._faults))
        return self._faults[fault_id]

    def remove(self, fault_id: str) -> None:
        """
        Forget a fault.

        Raises:
            UnknownFault: when there is none.
        """
        del self._faults[self.get(fault_id).id]

    def strike(self, asked: Asked) -> tuple[Fault, Firing] | None:
        """
        Count a request for every plan that covers it, and return the fault that fires on it, if one does.

        Every plan draws its chances by its own id and call numbers: no other plan changes them.
        """
        struck = None
        for fault in self._faults.values():
            if not fault.match.covers(asked):
                continue
            fault.matched += 1
            if struck is None and self._is_due(fault):
                struck = fault, fault.fire(fault.matched, asked.at_ms)
        return struck

    def _is_due(self, fault: Fault) -> bool:
        times, chance = fault.plan.get("times"), fault.match.probability
        if not fault.match.names(fault.matched) or (times is not None and fault.fired_times >= times):
            return False
        return chance is None or self._drawn(fault.id, fault.matched) < chance

    def _drawn(self, fault_id: str, call: int) -> float:
        """Return a number from 0 to below 1 for one call of one fault, the same for the same seed."""
        digest = sha256(f"{self._seed}/{fault_id}/{call}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / _CHANCES

    def _free_id(self) -> str:
        while True:
            self._count += 1
            if (fault_id := f"fault-{self._count}") not in self._faults:
                return fault_id


def _refuse_empty_ranges(match: Match) -> None:
    if match.last is not None and match.calls is None and match.last < match.first:
        raise UselessPlan("/match/calls", f"no call is from {match.first} on and to {match.last}")
    if match.from_ms is not None and match.to_ms is not None and match.to_ms <= match.from_ms:
        raise UselessPlan("/match/window", "the window ends before it begins")


def operations_of(
    match: Mapping[str, Any], known: Mapping[str, tuple[str, str, str]], nearest: Callable[[str, list[str]], str | None]
) -> frozenset[str]:
    """
    Return the operations that a match means; ``known`` has api, method and path by operation id.

    Raises:
        UselessPlan: for an operation or a route that does not exist, or when the parts exclude each other.
    """
    for key, values in (("operation_id", list(known)), ("route", [path for _, _, path in known.values()])):
        if key in match and match[key] not in values:
            hint = nearest(match[key], values)
            raise UselessPlan(f"/match/{key}", f"{match[key]!r} is not served", hint)
    api = {"order-manager"} if "token" in match else {"marketplacer"} if "seller" in match else None
    found = frozenset(
        operation_id
        for operation_id, (its_api, method, path) in known.items()
        if match.get("operation_id", operation_id) == operation_id
        and match.get("route", path) == path
        and match.get("method", method) == method
        and match.get("api", its_api) == its_api
        and (api is None or its_api in api)
    )
    if not found or ("token" in match and "seller" in match):
        raise UselessPlan(
            "/match", "no route fits all of it: a token belongs to Order Manager, a seller to Marketplacer"
        )
    return found
