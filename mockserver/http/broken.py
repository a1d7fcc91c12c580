"""
How a WSGI application breaks a connection.

WSGI knows no such thing. Measured on granian 2.8: an answer whose Transfer-Encoding does not end in `chunked` is given
up before its first byte, and the connection closed, also a kept one; and an answer with `Connection: close` and less
body than its Content-Length is sent and closed after that. Ending a response iterator early does either, by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.http.exchange import Fate

_SERVER: Final = "Granian"


def nothing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """
    Break the connection without a byte.

    Raises:
        ConnectionResetError: where no server of ours is around, so that a test client's caller sees it.
    """
    if environ.get("SERVER_SOFTWARE") != _SERVER:
        raise ConnectionResetError("the connection was broken by a fault plan")
    # Not without a body: an empty answer is sent whatever its headers say.
    start_response("200 OK", [("Transfer-Encoding", "gzip"), ("Content-Length", "1")])
    return [b"-"]


def cut(fate: Fate) -> list[tuple[str, str]]:
    """Return the headers that promise more than comes, and close the connection after it."""
    return [("Content-Length", str(fate.length)), ("Connection", "close")]
