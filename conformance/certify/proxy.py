"""
The recording proxy between the integration and the server: two origins, one for each imitated system.

It forwards, records every exchange, and spoils what its plan says. Requests that it holds hold nothing else.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from conformance.certify.history import History
from conformance.certify.plan import Plan, Reply, Reset, Turn
from conformance.certify.sku_filter import SkuFilter, is_filtered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from conformance.certify.history import Api, Exchange
    from conformance.certify.plan import Outcome

NOT_FORWARDED: Final = frozenset(
    {"host", "connection", "keep-alive", "content-length", "transfer-encoding", "accept-encoding", "te", "expect"}
)
NOT_SENT_BACK: Final = frozenset({"connection", "keep-alive", "content-length", "transfer-encoding", "date", "server"})
SECONDS_PER_FORWARD: Final = 20.0
LONGEST_BODY: Final = 16 * 1024 * 1024
LOOK_EVERY_SECONDS: Final = 0.05
BAD_GATEWAY: Final = 502


class Proxy:
    """Both origins, their recording and their plan. Use it as a context manager."""

    def __init__(self, upstream: Mapping[Api, str], credentials: Mapping[str, str]) -> None:
        """``upstream`` are the server's addresses; ``credentials`` the secrets to look for, by name."""
        self.history = History()
        self.plan = Plan()
        self._upstream = dict(upstream)
        self._credentials = dict(credentials)
        # A connection of its own each time one is idle too long: the server may have closed it meanwhile.
        limits = httpx.Limits(max_keepalive_connections=8, keepalive_expiry=2.0)
        self._client = httpx.Client(timeout=SECONDS_PER_FORWARD, limits=limits, trust_env=False)
        self._sku_filter = SkuFilter()
        self._closing = threading.Event()
        self._servers = {api: _Server(self, api) for api in self._upstream}

    @property
    def origins(self) -> dict[Api, str]:
        """The addresses for the integration, without a path."""
        return {api: f"http://127.0.0.1:{server.server_address[1]}" for api, server in self._servers.items()}

    def __enter__(self) -> Self:
        """Start to listen."""
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, _a: type[BaseException] | None, _b: BaseException | None, _c: TracebackType | None) -> None:
        """Stop, and let go of everything that is held."""
        self._closing.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._client.close()

    # -- one request -----------------------------------------------------------------------------------

    def open(self, api: Api, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Note a request that has arrived."""
        parts = urlsplit(target)
        return self.history.open(
            api=api,
            method=method,
            path=unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers=dict(headers),
            body=body,
            credentials=tuple(self._seen(target, headers, body)),
        )

    def _seen(self, target: str, headers: Mapping[str, str], body: bytes) -> list[tuple[str, str]]:
        """Return where which credential shows: ``(header name, "address" or "body"; whose)``."""
        places = {**{name.lower(): value for name, value in headers.items()}, "address": unquote(target)}
        places["body"] = body.decode("utf-8", "replace")
        return [
            (place, whose)
            for place, text in places.items()
            for whose, secret in self._credentials.items()
            if secret in text
        ]

    def carry_out(self, exchange: Exchange, target: str, connection: socket.socket) -> Outcome:
        """Spoil the request or send it on, and return what the client is to get."""
        turn = Turn(
            exchange=exchange,
            forward=lambda: self._forward(exchange, target),
            gone=lambda seconds: self._wait_until_gone(connection, seconds),
        )
        return self.plan.carry_out(turn)

    def _forward(self, exchange: Exchange, target: str) -> Reply:
        if exchange.api == "marketplacer" and is_filtered(exchange):
            return self._sku_filter.answer(exchange, lambda page: self._send(exchange, page))
        if exchange.api == "marketplacer" and exchange.method in ("POST", "DELETE"):
            self._sku_filter.forget()
        return self._send(exchange, target)

    def _send(self, exchange: Exchange, target: str) -> Reply:
        headers = {name: value for name, value in exchange.headers.items() if name.lower() not in NOT_FORWARDED}
        url = self._upstream[exchange.api].rstrip("/") + target
        try:
            answer = self._client.request(exchange.method, url, headers=headers, content=exchange.body)
        except httpx.HTTPError as error:
            return Reply(BAD_GATEWAY, {"Content-Type": "text/plain"}, f"no answer: {type(error).__name__}".encode())
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in NOT_SENT_BACK}
        kept.pop("content-encoding", None)
        return Reply(answer.status_code, kept, answer.content)

    def _wait_until_gone(self, connection: socket.socket, seconds: float) -> bool:
        """Wait until the client closed the connection, at most for so long; return whether it did."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._closing.wait(LOOK_EVERY_SECONDS):
            if _is_closed(connection):
                return True
        return False


def _is_closed(connection: socket.socket) -> bool:
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, proxy: Proxy, api: Api) -> None:
        self.proxy, self.api = proxy, api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away, or was killed, is what we are here for."""


class _Handler(BaseHTTPRequestHandler):
    """One connection. Answers are written at once: a split answer waits for the client's delayed ACK."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: _Server

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class names it so
        """Print nothing."""

    def _handle(self) -> None:
        body = self._read()
        proxy = self.server.proxy
        exchange = proxy.open(self.server.api, self.command, self.path, _plain(self.headers.items()), body)
        outcome = proxy.carry_out(exchange, self.path, self.connection)
        if isinstance(outcome, Reset):
            exchange.answered_at = proxy.history.now
            self._reset()
        else:
            self._answer(exchange, outcome, proxy.history)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _handle  # noqa: N815 - the base class's

    def _read(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(iter(self._chunk, b""))
        length = self.headers.get("Content-Length", "0")
        return self.rfile.read(min(int(length), LONGEST_BODY)) if length.isdigit() else b""

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline(100).split(b";")[0], 16)
        chunk = self.rfile.read(min(size, LONGEST_BODY))
        self.rfile.readline(100)
        return chunk

    def _answer(self, exchange: Exchange, reply: Reply, history: History) -> None:
        exchange.status, exchange.answer_headers, exchange.answer = reply.status, reply.headers, reply.body
        exchange.answered_at = history.now
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: reply.cut_at])
        self.wfile.flush()
        if reply.cut_at is not None:
            self._reset()

    def _reset(self) -> None:
        """Close the connection with a reset, not in order."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _plain(headers: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in headers}
