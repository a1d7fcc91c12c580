"""A WSGI application on a real socket: granian, one worker, one thread by default; ready when it says so."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.http.app import create_app
from mockserver.ticker import Ticker

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.settings import Settings

_LONGEST_START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.002

# Built before the worker is forked, so that a broken world is told at once and loaded once.
_built: dict[Settings, Flask] = {}


class PortTaken(OSError):
    """The address cannot be listened on."""


def run(settings: Settings, *, host: str, port: int) -> None:
    """
    Serve until SIGTERM or Ctrl-C.

    Prints one line of JSON with the url and the world once requests are answered.

    Raises:
        PortTaken: when somebody else listens there.
        WorldFileError: when the world cannot be used.
    """
    # Held open, but never listening: the port stays ours until the server has it too.
    with closing(_reserved(host, port)) as reservation:
        chosen = reservation.getsockname()[1]
        app = create_app(settings)
        announcement = orjson.dumps(_announcement(app, host, chosen)).decode()
        threading.Thread(target=_announce, args=(host, chosen, announcement), daemon=True).start()
        _serve(settings, app, host, chosen)


def _reserved(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if port and _is_answered(host, port):
        raise PortTaken(f"port {port} on {host} is taken; --port 0 picks a free one")
    reservation = socket.socket(family, socket.SOCK_STREAM)
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        reservation.bind((host, port))
    except OSError as error:
        reservation.close()
        raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return reservation


def _is_answered(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _announcement(app: Flask, host: str, port: int) -> dict[str, Any]:
    default = app.extensions["stockproof"].worlds.default
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - an address to show, not to bind
    url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    return {"url": url, "world": default.id if default else None}


def _announce(host: str, port: int, line: str) -> None:
    """Print the announcement as soon as the socket is answered."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - the address to ask
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while not _is_answered(target, port) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _serve(settings: Settings, app: Flask, host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    _built[settings] = app
    server = Server(
        "mockserver",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        log_level=LogLevels.error,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=partial(_application, settings), wrap_loader=False)


def _application(settings: Settings) -> Flask:
    """Return the application in the worker: the one built before the fork, or a new one where workers are spawned."""
    app = _built.get(settings) or create_app(settings)
    if settings.clock == "real":
        # Here, because threads do not survive a fork.
        Ticker(app.extensions["stockproof"].worlds).start()
    return app
