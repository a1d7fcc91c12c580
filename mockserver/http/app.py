"""The Flask application: the control API, the imitated APIs, and a lane for the hot ones in front of its dispatch."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from mockserver.clock import ManualClock, RealClock
from mockserver.files.world_file import check_world, find_world, problems_of, read_world
from mockserver.http.control import LARGEST_CONTROL_BODY, control_blueprint
from mockserver.http.exchange import json_answer
from mockserver.http.gateway import Gateway
from mockserver.http.lane import Lane, request_of
from mockserver.http.routes import CONTROL_PREFIX, is_control
from mockserver.http.turn import Turn
from mockserver.http.wire import read_dialect
from mockserver.settings import Settings
from mockserver.webhooks import post
from mockserver.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.webhooks import Letter, Reply


def create_app(settings: Settings | None = None, *, worlds: Worlds | None = None) -> Flask:
    """
    Return a server as a WSGI application.

    Raises:
        WorldFileError: when the world to start with cannot be used.
        DialectError: when the dialect file cannot be used.
    """
    settings = settings or Settings()
    worlds = worlds if worlds is not None else Worlds(readings=settings.readings, send=_sender(settings))
    if settings.world is not None and worlds.default is None:
        load_default(worlds, settings)
    dialect = read_dialect(settings.dialect) if settings.dialect else None
    return application(Gateway(worlds, dialect), control_token=settings.control_token, threads=settings.threads)


def _sender(settings: Settings) -> Callable[[Letter], Reply]:
    return partial(post, timeout_seconds=settings.webhook_timeout_seconds)


def load_default(worlds: Worlds, settings: Settings) -> None:
    """Read the world that the server starts with; its id is the file's name."""
    assert settings.world is not None  # noqa: S101 - asked before
    path = find_world(settings.world)
    document = read_world(path)
    check_world(document, source=str(path), text_file=path)
    document["readings"] = {**document.get("readings", {}), **settings.readings}
    clock = RealClock(speed=settings.speed) if settings.clock == "real" else ManualClock()
    with problems_of(str(path), text_file=path):
        worlds.serve_as_default(document, world_id=Path(path).stem, clock=clock)


def application(gateway: Gateway, *, control_token: str | None = None, threads: int = 1) -> Flask:
    """Return the Flask application around a gateway; with several threads requests are still answered in turn."""
    app = Flask("mockserver", static_folder=None)
    app.extensions["stockproof"] = gateway
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_CONTROL_BODY
    app.register_blueprint(control_blueprint(gateway.worlds, token=control_token))
    app.register_error_handler(HTTPException, _control_error)

    @app.before_request
    def imitated() -> Response | None:
        """Answer everything outside the control API, whatever its path or method: the gateway knows the routes."""
        return None if is_control(request.path) else _answered(gateway)

    app.wsgi_app = Lane(app.wsgi_app, gateway, Turn() if threads > 1 else None)  # type: ignore[method-assign]
    app.url_map.merge_slashes = False
    return app


def _answered(gateway: Gateway) -> Response:
    answer = gateway.answer(request_of(request.environ))
    response = Response(answer.body, answer.status, list(answer.headers), content_type=answer.media_type)
    if answer.media_type is None:
        # Werkzeug gives an empty body a type of its own.
        response.headers.remove("Content-Type")
    # An address that came relative, or encoded in the client's way, stays as the gateway wrote it.
    response.autocorrect_location_header = False
    return response


def _control_error(error: HTTPException) -> Response:
    """Answer what Flask refuses by itself in the form of the control API."""
    message = error.description or "refused"
    if error.code == 404:
        message = f"no such route; see {CONTROL_PREFIX}/openapi/control.json for those there are"
    body: dict[str, Any] = {"error": str(error.name).lower().replace(" ", "_"), "message": message}
    answer = json_answer(body, error.code or 500)
    return Response(answer.body, answer.status, content_type=answer.media_type)
