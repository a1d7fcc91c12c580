"""
The load generator: a closed loop over keep-alive connections, run as a process of its own.

``python -m benchmarks.load`` reads one plan as JSON on stdin and writes what it measured as JSON on stdout. Each
connection has one request under way; they are served in turn, so as many requests wait at the server as there are
connections, and the loop does nothing but receive an answer and send the next request.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from benchmarks.servers import HOST, ROOT, processor_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_RECEIVE_BYTES: Final = 1 << 18
_LENGTH: Final = b"content-length:"
_TIMEOUT_SECONDS: Final = 120.0


class BadAnswer(RuntimeError):
    """The server answered something else than 200, or less than was asked for."""


@dataclass(frozen=True)
class Plan:
    """
    What to send: every connection sends ``requests`` in turn, over and over, ``count`` requests in all.

    With ``before``, the timed requests come in batches, and before each batch one of those requests is sent, in turn,
    to ``before_port`` and outside of the timed part. ``smallest_body`` guards against answers that say nothing.
    ``pids`` are the server's processes, whose processor time is counted.
    """

    port: int
    requests: list[str]
    count: int
    connections: int = 8
    smallest_body: int = 2
    batch: int = 0
    before: list[str] = field(default_factory=list)
    before_port: int = 0
    pids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measured:
    """
    Requests a second, and seconds from sending to the whole answer at the median and the 99th percentile.

    ``server_seconds`` is the processor time that the server took for one request, the kernel's part included.
    """

    per_second: float
    server_seconds: float
    p50: float
    p99: float


def request_text(method: str, path: str, headers: Mapping[str, str] = {}, body: object = None) -> str:
    """Return one HTTP/1.1 request as text; ``body`` is sent as JSON."""
    content = "" if body is None else json.dumps(body, separators=(",", ":"))
    fields = {"Host": HOST, **headers}
    if body is not None or method != "GET":
        fields |= {"Content-Length": str(len(content.encode()))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n{content}"


def measure(plan: Plan) -> Measured:
    """Run a plan in a fresh process and return what it measured."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(plan)).encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    return Measured(**json.loads(ran.stdout))


def run(plan: Plan) -> Measured:
    """Carry out a plan here."""
    with ExitStack() as stack:
        loop = _Loop(plan, [stack.enter_context(_connected(plan.port)) for _ in range(plan.connections)])
        if not plan.before:
            loop.saturate(plan.count)
            return loop.measured()
        aside = stack.enter_context(_connected(plan.before_port))
        for number in range(plan.count // plan.batch):
            aside.sendall(plan.before[number % len(plan.before)].encode())
            _receive(aside, 0)
            loop.saturate(plan.batch)
        return loop.measured()


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port), timeout=_TIMEOUT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class _Loop:
    """The closed loop over all connections of a plan; it gathers what it takes."""

    def __init__(self, plan: Plan, connections: list[socket.socket]) -> None:
        self._requests = [text.encode() for text in plan.requests]
        self._smallest_body = plan.smallest_body
        self._connections = connections
        self._pids = plan.pids
        self._waits: list[float] = []
        self._seconds = 0.0
        self._server_seconds = 0.0

    def measured(self) -> Measured:
        """Return what all requests so far took."""
        ordered = sorted(self._waits)
        count = len(ordered)
        at_median, at_99 = ordered[count // 2], ordered[count * 99 // 100]
        return Measured(count / self._seconds, self._server_seconds / count, at_median, at_99)

    def saturate(self, count: int) -> None:
        """Send so many requests, keep every connection busy, and wait for the last answer."""
        used, begun = processor_seconds(self._pids), time.perf_counter()
        self._send(count)
        self._seconds += time.perf_counter() - begun
        self._server_seconds += processor_seconds(self._pids) - used

    def _send(self, count: int) -> None:
        clock, requests, connections = time.perf_counter, self._requests, self._connections
        width = len(connections)
        sent_at = [0.0] * width
        for index, connection in enumerate(connections[:count]):
            sent_at[index] = clock()
            connection.sendall(requests[0])
        for number in range(count):
            index = number % width
            _receive(connections[index], self._smallest_body)
            now = clock()
            self._waits.append(now - sent_at[index])
            if number + width < count:
                sent_at[index] = now
                connections[index].sendall(requests[(number // width + 1) % len(requests)])


def _receive(connection: socket.socket, smallest_body: int) -> None:
    answer = connection.recv(_RECEIVE_BYTES)
    while (head_ends := answer.find(b"\r\n\r\n")) < 0:
        answer += _more(connection)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise BadAnswer(answer[:500].decode("utf-8", "replace"))
    length = _content_length(answer[:head_ends])
    if length < smallest_body:
        raise BadAnswer(f"a body of {length} bytes, of at least {smallest_body}: {answer[:500]!r}")
    left = head_ends + 4 + length - len(answer)
    while left > 0:
        left -= len(_more(connection))


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    begins = lowered.index(_LENGTH) + len(_LENGTH)
    ends = lowered.find(b"\r\n", begins)
    return int(lowered[begins : ends if ends >= 0 else None])


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(_RECEIVE_BYTES)
    if not piece:
        raise BadAnswer("the connection was closed")
    return piece


def main() -> None:
    plan: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(run(Plan(**plan))), sys.stdout)


if __name__ == "__main__":
    main()
