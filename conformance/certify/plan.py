"""What the recording proxy does to requests: a list of faults, the first that fits acts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from conformance.certify.history import Exchange

LONGEST_HOLD_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status number, headers and body. ``cut_at`` sends only so many bytes and breaks the connection."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut_at: int | None = None


class Reset:
    """No answer: the connection is reset."""


@dataclass(frozen=True, slots=True)
class Turn:
    """
    One request on its way, as a fault gets it.

    ``forward`` sends it on and returns the answer; ``gone`` waits for so many seconds, or until the client gave up,
    and says whether it did.
    """

    exchange: Exchange
    forward: Callable[[], Reply]
    gone: Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Untouched:
    """The server's own answer, with which the fault had nothing to do after all: it does not count as fired."""

    reply: Reply


Outcome = Reply | Reset
Act = Callable[[Turn], Outcome | Untouched]


@dataclass(slots=True)
class Fault:
    """Something to do to the requests that match, at most ``times`` times, until it is switched off."""

    name: str
    matches: Callable[[Exchange], bool]
    act: Act
    times: int | None = None
    fired: list[Exchange] = field(default_factory=list)
    off: bool = False


class Plan:
    """The faults of one scenario. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, name: str, matches: Callable[[Exchange], bool], act: Act, times: int | None = None) -> Fault:
        """Begin to do something, and return it."""
        fault = Fault(name, matches, act, times)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Do nothing any more."""
        with self._lock:
            for fault in self._faults:
                fault.off = True
            self._faults.clear()

    def carry_out(self, turn: Turn) -> Outcome:
        """Let the first fault that fits act, or send the request on."""
        fault = self._claim(turn.exchange)
        if fault is None:
            return turn.forward()
        outcome = fault.act(turn)
        if isinstance(outcome, Untouched):
            self._give_back(fault, turn.exchange)
            return outcome.reply
        return outcome

    def _claim(self, exchange: Exchange) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                spent = fault.times is not None and len(fault.fired) >= fault.times
                if not spent and fault.matches(exchange):
                    fault.fired.append(exchange)
                    exchange.spoiled = fault.name
                    return fault
        return None

    def _give_back(self, fault: Fault, exchange: Exchange) -> None:
        with self._lock:
            fault.fired.remove(exchange)
            exchange.spoiled = None


# -- what can be done ------------------------------------------------------------------------------------


def answering(status: int, body: object = None, headers: dict[str, str] | None = None) -> Act:
    """Answer in place of the server; nothing takes effect."""
    content = b"" if body is None else json.dumps(body).encode()
    return lambda _turn: Reply(status, {"Content-Type": "application/json", **(headers or {})}, content)


def resetting_before(_turn: Turn) -> Outcome:
    """Break the connection; nothing takes effect."""
    return Reset()


def resetting_after(turn: Turn) -> Outcome:
    """Let it take effect, and break the connection in place of an answer."""
    turn.forward()
    return Reset()


def truncating(turn: Turn) -> Outcome:
    """Let it take effect, send half of the answer and break the connection."""
    reply = turn.forward()
    return Reply(reply.status, reply.headers, reply.body, cut_at=len(reply.body) // 2)


def holding(seconds: float = LONGEST_HOLD_SECONDS) -> Act:
    """Say nothing until the client gives up, or for so long; then break the connection. Nothing takes effect."""

    def act(turn: Turn) -> Outcome:
        turn.gone(min(seconds, LONGEST_HOLD_SECONDS))
        return Reset()

    return act


def twice(turn: Turn) -> Outcome:
    """Deliver it twice, and give the second answer."""
    turn.forward()
    return turn.forward()


def after(first: Callable[[], object]) -> Act:
    """Do something else first, and then send it on."""

    def act(turn: Turn) -> Outcome:
        first()
        return turn.forward()

    return act


def signalling(signal: Callable[[], object]) -> Act:
    """Signal the harness, and break the connection; nothing takes effect."""

    def act(_turn: Turn) -> Outcome:
        signal()
        return Reset()

    return act


def losing_rows(turn: Turn) -> Outcome | Untouched:
    """Let an acknowledge take effect and lose its answer, if there are rows in it; otherwise give the answer."""
    reply = turn.forward()
    return Reset() if rows_of(reply) else Untouched(reply)


def rearranging(rearranged: Callable[[list[Any]], list[Any]]) -> Act:
    """Answer the same rows in another order, or more than once."""

    def act(turn: Turn) -> Outcome | Untouched:
        reply = turn.forward()
        rows = rows_of(reply)
        if not rows:
            return Untouched(reply)
        return Reply(reply.status, reply.headers, json.dumps(rearranged(rows)).encode())

    return act


def rows_of(reply: Reply) -> list[Any]:
    """Return the rows of an answer; none when it has none."""
    try:
        rows = json.loads(reply.body) if reply.status == 200 else None
    except ValueError:
        return []
    return rows if isinstance(rows, list) else []
