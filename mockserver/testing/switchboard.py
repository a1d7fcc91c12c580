"""
Leads what `requests` sends to the world that should answer it.

`responses` patches the adapter of `requests` for the whole process, so all worlds share one patch: the first world puts
it on, the last one takes it off, in whatever order threads come and go.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from responses import CallbackResponse, PassthroughResponse, RequestsMock

from mockserver.http.exchange import Request
from mockserver.testing.broken import break_off

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from requests import PreparedRequest

    from mockserver.http.exchange import Answer
    from mockserver.testing.in_process import MockWorld
    from mockserver.testing.places import Place

_NO_BODY: Final = frozenset({204, 304})


@dataclass(eq=False, slots=True)
class Line:
    """A world that answers now: where it is reached, what it lets through, and the thread that entered it."""

    world: MockWorld
    places: tuple[Place, ...]
    passthrough: tuple[Place, ...]
    thread: int = field(default_factory=threading.get_ident)


# What the code that runs here has entered. Threads begin with none, tasks and asyncio.to_thread inherit.
_ENTERED: ContextVar[tuple[Line, ...]] = ContextVar("stockproof_worlds", default=())


class Unclear(Exception):
    """Several worlds could be meant."""


class Switchboard:
    """All worlds that answer in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[Line] = []
        self._patch: RequestsMock | None = None

    def connect(self, line: Line) -> None:
        """Let a world answer."""
        with self._lock:
            self._active.append(line)
            if self._patch is None:
                self._patch = _patch(self)
                self._patch.start()
        _ENTERED.set((*_ENTERED.get(), line))

    def disconnect(self, line: Line) -> None:
        """Let a world answer no longer."""
        with self._lock:
            self._active.remove(line)
            if not self._active and self._patch is not None:
                self._patch.stop()
                self._patch = None
        _ENTERED.set(tuple(each for each in _ENTERED.get() if each is not line))

    def line_for(self, url: SplitResult, headers: Mapping[str, str]) -> Line | None:
        """
        Return the innermost world that answers at an address, seen from the code that asks.

        A thread that has entered none itself gets the world of the others: the only one, or the one whose credential
        it sends.

        Raises:
            Unclear: when several threads have entered worlds and the credential does not tell which is meant.
        """
        lines, are_own = self._in_sight()
        found = [line for line in lines if any(place.covers(url) for place in line.places)]
        if not are_own and len({line.thread for line in found}) > 1:
            found = [line for line in found if line.world.knows(headers)]
            if len(found) != 1:
                raise Unclear
        return found[-1] if found else None

    def lets_through(self, url: SplitResult) -> bool:
        """Whether an address may be asked for real."""
        return any(place.covers(url) for line in self._in_sight()[0] for place in line.passthrough)

    def places(self) -> list[str]:
        """Return the addresses that are answered, for a person."""
        return list(dict.fromkeys(str(place) for line in self._in_sight()[0] for place in line.places))

    def _in_sight(self) -> tuple[list[Line], bool]:
        active = list(self._active)
        own = [line for line in _ENTERED.get() if line in active]
        return (own, True) if own else (active, False)


class _Imitated(CallbackResponse):
    """Every request that a world answers, as `responses` sees it."""

    def __init__(self, board: Switchboard) -> None:
        super().__init__("", "", self._answered, content_type=None)
        # `responses` prints both, then the reason, where nothing matches.
        self.method, self.url = "answered:", "addresses of mock_world;"
        self._board = board

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Return whether a world answers, and if none does, where worlds do."""
        try:
            line = self._board.line_for(_url(request), _headers(request))
        except Unclear:
            return False, _UNCLEAR
        return line is not None, f"those are {', '.join(self._board.places())}"

    def _answered(self, request: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        line = self._board.line_for(_url(request), _headers(request))
        if line is None:
            raise RequestsConnectionError("the mock_world that answered here has just ended", request=request)
        answer = line.world.answer(_request(request))
        if answer.fate is not None:
            break_off(answer, answer.fate, request)
        return _as_result(answer, request.method)


_UNCLEAR: Final = (
    "several threads have entered a mock_world, this one has none, and its credential does not tell which is meant: "
    "enter one in this thread, or give the worlds credentials of their own"
)


class _LetThrough(PassthroughResponse):
    """Every request that no world answers and one lets through."""

    def __init__(self, board: Switchboard) -> None:
        super().__init__("", "")
        self.method, self.url = "let through:", "what passthrough names;"
        self._board = board

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Return whether the request may go out, and if it may not, how it could."""
        url = _url(request)
        try:
            answered = self._board.line_for(url, _headers(request)) is not None
        except Unclear:
            return False, "this address is answered"
        hint = f'mock_world(passthrough=["{url.scheme}://{url.netloc}"]) would let this one go'
        return not answered and self._board.lets_through(url), hint


def _patch(board: Switchboard) -> RequestsMock:
    """Return the patch, not yet put on. What is let through goes to whatever was there before, mocked or real."""
    patch = RequestsMock(assert_all_requests_are_fired=False, real_adapter_send=HTTPAdapter.send)
    for entry in (_Imitated(board), _LetThrough(board)):
        patch.add(entry)

    def forget_calls(response: Any) -> Any:
        # `responses` would keep every request until the end; the world keeps a bounded journal of its own.
        for calls in (patch.calls, *(entry.calls for entry in patch.registered())):
            calls.reset()
        return response

    patch.response_callback = forget_calls
    return patch


# -- between requests and the gateway ----------------------------------------------------------------


def _url(request: PreparedRequest) -> SplitResult:
    return urlsplit(str(request.url))


def _request(prepared: PreparedRequest) -> Request:
    url = _url(prepared)
    # A server hands the path on decoded and the query as it came.
    path, method = unquote(url.path, errors="replace"), str(prepared.method)
    return Request(method, path, url.query, _headers(prepared), _body(prepared.body), f"{url.scheme}://{url.netloc}")


def _headers(prepared: PreparedRequest) -> dict[str, str]:
    return {_text(name).lower(): _text(value) for name, value in prepared.headers.items()}


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _body(body: Any) -> bytes:
    """Return the bytes of any body that requests takes: none, bytes, text, a file, chunks."""
    if body is None or isinstance(body, (bytes, bytearray)):
        return bytes(body or b"")
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _body(body.read())
    return b"".join(_body(chunk) for chunk in body)


def _as_result(answer: Answer, method: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = list(answer.headers)
    if answer.media_type is not None:
        headers.append(("Content-Type", answer.media_type))
    if answer.status not in _NO_BODY:
        headers.append(("Content-Length", str(len(answer.body))))
    return answer.status, headers, b"" if method == "HEAD" else answer.body


switchboard: Final = Switchboard()
