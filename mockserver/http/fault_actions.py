"""
What a fault does to a request, and rate limits: the way that requests take in a world that is meddled with.

Every world without faults and limits stays off this way; the gateway asks one attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.core.instants import parse_duration
from mockserver.faults import Asked
from mockserver.http.exchange import JSON, Answer, Fate
from mockserver.http.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.faults import Fault, Firing
    from mockserver.http.exchange import Call
    from mockserver.http.gateway import Gateway

BEHAVIOURS_HEADER: Final = "X-Mock-Behaviours"
FAULT_HEADER: Final = "X-Mock-Fault"
# What a plan may not say: the transport would contradict it.
TRANSPORT_HEADERS: Final = frozenset({"content-length", "transfer-encoding", "connection"})
LONGEST_HOLD_SECONDS: Final = 20.0
_NO_BODY: Final = frozenset({204, 304})
_MS_PER_SECOND: Final = 1000

Told = dict[str, Any]


def meddled(gateway: Gateway, call: Call) -> Answer:
    """Return the answer to a request in a world that has faults or limits, recorded; its fate tells what arrives."""
    hosted = call.world
    hosted.catch_up()
    token = None if call.token is None else call.token.number
    with hosted.lock:
        asked = Asked(call.operation.operation_id, token, call.seller, hosted.world.now_ms)
        struck = hosted.faults.strike(asked)
    if struck is None:
        return gateway.finished(call, _delivered(gateway, call))
    return Trouble(gateway, call, *struck).answer()


def _delivered(gateway: Gateway, call: Call) -> Answer:
    """Return what the imitated system answers, its rate limits kept."""
    limits = call.world.limits
    if limits is None:
        return gateway.handled(call)
    caller = ("token", call.token.number) if call.token is not None else ("seller", call.seller)
    with call.world.lock:
        wait_ms = limits.wait_ms(call.operation.operation_id, caller, call.world.world.now_ms)
    return gateway.handled(call) if wait_ms == 0 else _refused(gateway, call, wait_ms)


def _refused(gateway: Gateway, call: Call, wait_ms: int) -> Answer:
    """Return 429: Order Manager tells the wait in milliseconds (OM-API-15), Marketplacer in seconds (OUR-27)."""
    failure = Failure("too_many_requests", f"the rate limit is used up; try again in {wait_ms} ms")
    if call.operation.api == "marketplacer":
        header = ("Retry-After", str(-(-wait_ms // _MS_PER_SECOND)))
    else:
        header = ("x-skubana-quota-retryAfter", str(wait_ms))
    refusal = gateway.failed(call, failure)
    return refusal._replace(headers=(*refusal.headers, header))


class Trouble:
    """One fault that has fired on one request."""

    def __init__(self, gateway: Gateway, call: Call, fault: Fault, firing: Firing) -> None:
        self._gateway = gateway
        self._call = call
        self._fault = fault
        self._firing = firing
        self._action = fault.action

    def answer(self) -> Answer:
        """Return the answer that the fault makes of the real one, recorded as the server saw it."""
        return _KINDS[self._action["type"]](self)

    def status(self) -> Answer:
        """Answer something else."""
        if self._action.get("effect") == "applied":
            self._recorded(_delivered(self._gateway, self._call), delivered=False)
        grounds = (BEHAVIOURS_HEADER, self._call.world.headers_for("fault", lambda: ("OUR-26",)))
        injected = _injected(self._action)
        return self._recorded(injected._replace(headers=(*injected.headers, grounds)), is_real=False)

    def delay(self) -> Answer:
        """Let the request or the answer take its time, real or virtual."""
        if self._action.get("when") == "before":
            self._wait()
            return self._recorded(_delivered(self._gateway, self._call))
        answer = self._recorded(_delivered(self._gateway, self._call))
        self._move_clock()
        return _fated(answer, Fate(hold_seconds=self._action.get("seconds", 0)))

    def reset(self) -> Answer:
        """Break the connection."""
        before = self._action["when"] == "before"
        answer = Answer(0, media_type=None) if before else _delivered(self._gateway, self._call)
        return _fated(self._recorded(answer, delivered=False, is_real=not before), Fate("none"))

    def truncate(self) -> Answer:
        """Break the connection in the middle of the body; an answer without a body is lost."""
        answer = self._recorded(_delivered(self._gateway, self._call), delivered=False)
        if len(answer.body) < 2:
            return _fated(answer, Fate("none"))
        kept = min(self._action.get("bytes", len(answer.body) // 2), len(answer.body) - 1)
        return _fated(answer._replace(body=answer.body[:kept]), Fate("cut", length=len(answer.body)))

    def lose_reply(self) -> Answer:
        """Say nothing, until the client gives up or the time is over."""
        answer = self._recorded(_delivered(self._gateway, self._call), delivered=False)
        return _fated(answer, Fate("lost", hold_seconds=self._action.get("seconds", LONGEST_HOLD_SECONDS)))

    def duplicate(self) -> Answer:
        """Deliver the request twice: at once, or again when some virtual time has passed."""
        if "after" in self._action:
            return self._duplicate_late()
        wants_first = self._action.get("answer", "first") == "first"
        first = self._recorded(_delivered(self._gateway, self._call), delivered=wants_first, delivery=1)
        # The handler leaves what it learns of the caller on the call; both deliveries start alike.
        second = self._recorded(_delivered(self._gateway, self._call), delivered=not wants_first, delivery=2)
        return first if wants_first else second

    def _duplicate_late(self) -> Answer:
        hosted, size = self._call.world, len(self._call.request.body)
        if not hosted.late.has_room(size):
            return self._nothing()
        first = self._recorded(_delivered(self._gateway, self._call), delivery=1)
        hosted.deliver_later(parse_duration(self._action["after"]), self._fault.id, size, self._deliver_again)
        return first

    def _deliver_again(self) -> None:
        """Handle the request as if it came now; whom it came from was settled when it came first."""
        first = self._firing.request
        self._recorded(_delivered(self._gateway, self._call), delivered=False, delivery=2)
        self._firing.request = first

    def _nothing(self) -> Answer:
        """Answer as if there were no fault."""
        with self._call.world.lock:
            self._fault.withdraw(self._firing)
        return self._gateway.finished(self._call, _delivered(self._gateway, self._call))

    def stale(self) -> Answer:
        """Answer what the caller heard last at the same address; without such an answer nothing has happened."""
        request = self._call.request
        old = self._call.world.recorder.previous(request.method, request.path, request.query, request.headers)
        if old is None:
            return self._nothing()
        media_type = self._gateway.media_type_of(self._call) if old.answer else None
        headers = tuple(pair for pair in old.answer_headers if pair[0] != FAULT_HEADER)
        return self._recorded(Answer(old.status, old.answer, media_type, headers), is_real=False)

    def _wait(self) -> None:
        self._move_clock()
        if seconds := self._action.get("seconds", 0):
            self._gateway.hold(seconds)

    def _move_clock(self) -> None:
        """Move virtual time on by command, so that a replay does too."""
        if "virtual" in self._action:
            self._call.world.run({"type": "clock.advance", "by": self._action["virtual"]})

    def _recorded(
        self, answer: Answer, *, delivered: bool = True, delivery: int | None = None, is_real: bool = True
    ) -> Answer:
        """Record an answer and what the fault did to it; one that is not the real one brings its own grounds."""
        told: Told = {"id": self._fault.id, "action": self._action["type"], "delivered": delivered}
        if delivery is not None:
            told["delivery"] = delivery
        marked = answer._replace(headers=(*answer.headers, (FAULT_HEADER, self._fault.id)))
        finished = self._gateway.finished(self._call, marked, fault=told, has_grounds=is_real)
        self._firing.request = self._call.world.recorder.last
        return finished


_KINDS: Final[Mapping[str, Callable[[Trouble], Answer]]] = {
    "status": Trouble.status,
    "delay": Trouble.delay,
    "reset": Trouble.reset,
    "truncate": Trouble.truncate,
    "lose_reply": Trouble.lose_reply,
    "duplicate": Trouble.duplicate,
    "stale": Trouble.stale,
}


def _fated(answer: Answer, fate: Fate) -> Answer:
    return answer._replace(fate=fate)


def _injected(action: Mapping[str, Any]) -> Answer:
    """Return the answer that a plan spells out."""
    given = action.get("headers", {})
    headers = tuple((name, value) for name, value in given.items() if name.lower() != "content-type")
    media_type = next((value for name, value in given.items() if name.lower() == "content-type"), None)
    if "body" not in action or action["status"] in _NO_BODY:
        return Answer(action["status"], b"", media_type, headers)
    body = action["body"]
    if isinstance(body, str):
        return Answer(action["status"], body.encode(), media_type or "text/plain; charset=utf-8", headers)
    return Answer(action["status"], orjson.dumps(body), media_type or JSON, headers)
