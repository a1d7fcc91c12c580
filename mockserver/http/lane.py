"""
A lane in front of Flask's dispatch for the routes that are asked in a loop.

Of a small Flask request the answer itself is a few per cent; here the gateway is called straight from WSGI.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from mockserver.http import broken
from mockserver.http.bodies import LARGEST_BODY
from mockserver.http.exchange import Request
from mockserver.http.routes import is_control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.http.exchange import Answer, Fate
    from mockserver.http.gateway import Gateway
    from mockserver.http.turn import Turn

    Environ = dict[str, Any]
    StartResponse = Callable[..., Any]
    Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_REASONS: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
# No client sends a Proxy header: it is the server's own HTTP_PROXY, password and all, that looks like one.
_NO_HEADERS: Final = frozenset({"HTTP_PROXY", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"})


def is_hot(path: str) -> bool:
    """Whether a path is one that integrations poll: the acknowledge endpoint and a variant's inventories."""
    return path.endswith(("/inventory/acknowledge", "/inventories")) and not is_control(path)


class Lane:
    """WSGI middleware: hot routes go to the gateway, everything else on to Flask."""

    def __init__(self, inner: Application, gateway: Gateway, turn: Turn | None = None) -> None:
        self._inner = inner
        self._gateway = gateway
        self._turn = turn
        if turn is not None:
            gateway.hold = turn.pause

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if self._turn is None:
            return self._answered(environ, start_response)
        with self._turn:
            return self._answered(environ, start_response)

    def _answered(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        # Where a connection may have to break, Flask's dispatch would be in between.
        if not is_hot(path) and (is_control(path) or not self._gateway.worlds.are_meddled_with):
            return self._inner(environ, start_response)
        answer = self._gateway.answer(request_of(environ))
        headers = list(answer.headers)
        if answer.media_type is not None:
            headers.append(("Content-Type", answer.media_type))
        if answer.fate is not None:
            return self._broken(environ, start_response, answer, answer.fate, headers)
        headers.append(("Content-Length", str(len(answer.body))))
        start_response(_REASONS.get(answer.status) or f"{answer.status} Status", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _broken(
        self,
        environ: Environ,
        start_response: StartResponse,
        answer: Answer,
        fate: Fate,
        headers: list[tuple[str, str]],
    ) -> Iterable[bytes]:
        self._gateway.hold(fate.hold_seconds)
        if fate.kind in ("none", "lost"):
            return broken.nothing(environ, start_response)
        cut = broken.cut(fate) if fate.kind == "cut" else [("Content-Length", str(len(answer.body)))]
        start_response(_REASONS.get(answer.status) or f"{answer.status} Status", [*headers, *cut])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def request_of(environ: Environ) -> Request:
    """Return the request that a WSGI environment describes."""
    headers = {
        key[5:].replace("_", "-").lower(): environ[key]
        for key in environ
        if key.startswith("HTTP_") and key not in _NO_HEADERS
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    host = headers.get("host") or f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    base_url = f"{environ.get('wsgi.url_scheme', 'http')}://{host}"
    path, query = _text(environ["PATH_INFO"]), _text(environ.get("QUERY_STRING", ""))
    return Request(environ["REQUEST_METHOD"], path, query, headers, _body(environ), base_url)


def _text(given: str) -> str:
    # WSGI hands addresses over as latin-1; on the wire they are UTF-8.
    return given if given.isascii() else given.encode("latin-1", "replace").decode("utf-8", "replace")


def _body(environ: Environ) -> bytes:
    """Return the body, or one byte more than is allowed; without a usable length it ends where the server says."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdigit():
        # Compared as text first: a length of a thousand digits is too much without being a number.
        wanted = LARGEST_BODY + 1 if len(length) > len(str(LARGEST_BODY)) else min(int(length), LARGEST_BODY + 1)
    elif environ.get("wsgi.input_terminated"):
        wanted = LARGEST_BODY + 1
    else:
        return b""
    body: bytes = environ["wsgi.input"].read(wanted)
    return body
