"""
A lane in front of Flask's dispatch for the routes that are asked in a loop.

Of a small Flask request the answer itself is a few per cent; here the gateway is called straight from WSGI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.http.bodies import LARGEST_BODY
from mockserver.http.exchange import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.http.gateway import Gateway

    Environ = dict[str, Any]
    StartResponse = Callable[..., Any]
    Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_REASONS: Final = {200: "200 OK", 204: "204 No Content", 400: "400 Bad Request", 401: "401 Unauthorized"}


def is_hot(path: str) -> bool:
    """Whether a path is one that integrations poll: the acknowledge endpoint and a variant's inventories."""
    return path.endswith(("/inventory/acknowledge", "/inventories"))


class Lane:
    """WSGI middleware: hot routes go to the gateway, everything else on to Flask."""

    def __init__(self, inner: Application, gateway: Gateway) -> None:
        self._inner = inner
        self._gateway = gateway

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if not is_hot(environ["PATH_INFO"]):
            return self._inner(environ, start_response)
        answer = self._gateway.answer(request_of(environ))
        headers = list(answer.headers)
        if answer.media_type is not None:
            headers.append(("Content-Type", answer.media_type))
        headers.append(("Content-Length", str(len(answer.body))))
        start_response(_REASONS.get(answer.status) or f"{answer.status} Status", headers)
        return [answer.body]


def request_of(environ: Environ) -> Request:
    """Return the request that a WSGI environment describes."""
    headers = {key[5:].replace("_", "-").lower(): environ[key] for key in environ if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    host = headers.get("host") or f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    # WSGI hands paths over as latin-1; on the wire they are UTF-8.
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    base_url = f"{environ.get('wsgi.url_scheme', 'http')}://{host}"
    query = environ.get("QUERY_STRING", "")
    return Request(environ["REQUEST_METHOD"], path, query, headers, _body(environ), base_url)


def _body(environ: Environ) -> bytes:
    """Return the body, or one byte more than is allowed."""
    length = environ.get("CONTENT_LENGTH")
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    wanted = min(int(length), LARGEST_BODY + 1) if length else LARGEST_BODY + 1
    body: bytes = environ["wsgi.input"].read(wanted)
    return body
