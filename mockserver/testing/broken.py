"""What `requests` raises when a fault breaks a connection, raised without one."""

from __future__ import annotations

import time
from http.client import IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Final

from requests.exceptions import ChunkedEncodingError, ReadTimeout
from requests.exceptions import ConnectionError as RequestsConnectionError
from urllib3.exceptions import ProtocolError

if TYPE_CHECKING:
    from requests import PreparedRequest

    from mockserver.http.exchange import Answer, Fate

_NOTHING: Final = "Remote end closed connection without response"


def break_off(answer: Answer, fate: Fate, request: PreparedRequest) -> None:
    """
    Do what a fault does to an answer that `requests` waits for.

    A client that waits less long than the answer is held hears ReadTimeout at once, without the wait.

    Raises:
        ReadTimeout: when the client gives up first.
        ConnectionError: when the connection breaks without a byte.
        ChunkedEncodingError: when the body breaks off.
    """
    patience = _patience(request)
    if patience is not None and patience < fate.hold_seconds:
        raise ReadTimeout(f"Read timed out. (read timeout={patience})", request=request)
    time.sleep(fate.hold_seconds)
    if fate.kind in ("none", "lost"):
        raise RequestsConnectionError(
            ProtocolError("Connection aborted.", RemoteDisconnected(_NOTHING)), request=request
        )
    if fate.kind == "cut":
        missing = IncompleteRead(answer.body, fate.length - len(answer.body))
        raise ChunkedEncodingError(ProtocolError(f"Connection broken: {missing!r}", missing), request=request)


def _patience(request: PreparedRequest) -> float | None:
    """Return how long the client waits for an answer, in seconds; None for ever. `responses` keeps it there."""
    timeout = getattr(request, "req_kwargs", {}).get("timeout")
    return timeout[1] if isinstance(timeout, tuple) else timeout
