"""
Harmless variants: servers that differ in what no integration may rely on. None of them may fail a check.

Each is a WSGI application around the mock that changes its answers, or how they travel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    App = Callable[..., Any]
    # (method, path, status, headers, body) -> (headers, body)
    Change = Callable[[str, str, str, list[tuple[str, str]], bytes], tuple[list[tuple[str, str]], bytes]]

# Set by whoever judges, in a process of its own, before the application is made.
chosen = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """
    One harmless variant: how it changes what the mock answers on the imitated routes, or what it puts around the mock.

    ``follows`` are the readings on which it follows another option than the suite expects: the checks that tell just
    these options apart are not asked, every other one is.
    """

    name: str
    what: str
    change: Change | None = None
    around: Callable[[App], App] | None = None
    follows: tuple[str, ...] = ()


def varied_app() -> App:
    """Return the mock behind the chosen variant."""
    from mockserver.http.app import create_app

    variant = next(each for each in VARIANTS if each.name == chosen)
    app: App = create_app()
    if variant.change is not None:
        app = Varied(app, variant.change)
    return app if variant.around is None else variant.around(app)


def answer_of(app: App, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return what an application answers: status, headers and the whole body."""
    said: list[Any] = []
    parts = app(environ, lambda status, headers, *_: said.extend((status, headers)) or (lambda _: None))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return said[0], list(said[1]), body


def with_length(headers: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """Return headers that tell the length of this body."""
    others = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return [*others, ("Content-Length", str(len(body)))]


def is_control(environ: dict[str, Any]) -> bool:
    """Whether a request goes to the control API."""
    return str(environ["PATH_INFO"]).startswith("/_mock")


class Varied:
    """A WSGI application around another one, whose answers outside the control API it changes."""

    def __init__(self, app: App, change: Change) -> None:
        self._app, self._change = app, change

    def __call__(self, environ: dict[str, Any], start_response: App) -> list[bytes]:
        """Answer as the mock does, changed."""
        status, headers, body = answer_of(self._app, environ)
        if not is_control(environ):
            headers, body = self._change(environ["REQUEST_METHOD"], environ["PATH_INFO"], status, headers, body)
        start_response(status, with_length(headers, body))
        return [body]


from tests.mutants.variants.changes import CHANGES  # noqa: E402 - they need what stands above
from tests.mutants.variants.wire import WIRE  # noqa: E402

VARIANTS = [*CHANGES, *WIRE]
