"""
Harmless variants: servers that differ in what no integration may rely on. None of them may fail a check.

Each is a WSGI application around the mock that changes its answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    # (method, path, status, headers, body) -> (headers, body)
    Change = Callable[[str, str, str, list[tuple[str, str]], bytes], tuple[list[tuple[str, str]], bytes]]

# Set by whoever judges, in a process of its own, before the application is made.
chosen = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One harmless variant and how it changes what the mock answers on the imitated routes."""

    name: str
    what: str
    change: Change


def varied_app() -> Callable[..., Any]:
    """Return the mock behind the chosen variant."""
    from mockserver.http.app import create_app

    return Varied(create_app(), next(each for each in VARIANTS if each.name == chosen).change)


class Varied:
    """A WSGI application around another one, whose answers outside the control API it changes."""

    def __init__(self, app: Callable[..., Any], change: Change) -> None:
        self._app, self._change = app, change

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Answer as the mock does, changed."""
        said: list[Any] = []
        parts = self._app(environ, lambda status, headers, *_: said.extend((status, headers)) or (lambda _: None))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        status, headers = said[0], list(said[1])
        if not environ["PATH_INFO"].startswith("/_mock"):
            headers, body = self._change(environ["REQUEST_METHOD"], environ["PATH_INFO"], status, headers, body)
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
            headers.append(("Content-Length", str(len(body))))
        start_response(status, headers)
        return [body]


from tests.mutants.variants.changes import VARIANTS  # noqa: E402 - it needs what stands above
