"""The control API of a running server, as the commands for people use it."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import click
import orjson

from mockserver.cli.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

_TIMEOUT_SECONDS: Final = 60.0
_MOST_EXCHANGES: Final = 1000
_PATH_IN_BATCH: Final = re.compile(r"^/\d+/")
# What is wrong with the call or with the server, not with what the world was asked to do.
_UNUSABLE_STATUSES: Final = frozenset({400, 401, 403, 405, 413, 415})
_UNUSABLE_CODES: Final = frozenset({"unknown_world", "not_found", "invalid_body", "unprocessable"})


class RefusedByWorld(click.ClickException):
    """The world said no; the text is its reason."""

    exit_code = 1

    def __init__(self, reason: str, code: str = "refused") -> None:
        super().__init__(printable(reason))
        self.code = code


class UnusableServer(click.ClickException):
    """The server cannot be reached, does not let us in, or does not understand the call."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class Server:
    """One server by its address. ``token`` opens its control API; no message ever contains it."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._parts = _checked(self.url)
        self._headers: dict[str, str | bytes] = {} if token is None else {"Authorization": _credential(token)}

    def default_world(self) -> str | None:
        """Return the id of the world that the server started with, None when it has none. Raises as `call` does."""
        health = self.call("GET", "/health")
        if not isinstance(health, dict) or "default_world" not in health:
            raise UnusableServer(f"what answers at {self.url} is no Stockproof server")
        world: str | None = health["default_world"]
        return world

    def call(self, method: str, path: str, *, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        """
        Return the JSON of an answer, None when it is empty. ``path`` begins after ``/_mock``.

        Raises:
            RefusedByWorld: when the world does not have or do what it was asked.
            UnusableServer: when the server is out of reach or refuses the call as such.
        """
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{self._parts.path}/_mock{path}" + (f"?{urlencode(wanted)}" if wanted else "")
        status, content = self._sent(method, target, None if body is None else orjson.dumps(body))
        answer = self._parsed(content)
        if status >= 400:
            raise self._failure(status, answer)
        return answer

    def _sent(self, method: str, target: str, payload: bytes | None) -> tuple[int, bytes]:
        headers = self._headers if payload is None else {**self._headers, "Content-Type": "application/json"}
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        try:
            with closing(kind(self._parts.netloc, timeout=_TIMEOUT_SECONDS)) as connection:
                connection.request(method, target, payload, headers)
                response = connection.getresponse()
                return response.status, response.read()
        except TimeoutError:
            raise UnusableServer(f"the server at {self.url} did not answer in {_TIMEOUT_SECONDS:.0f} seconds") from None
        except (OSError, HTTPException) as error:
            raise UnusableServer(f"no server answers at {self.url}: {_reason(error)}{_START_HINT}") from None

    def _parsed(self, content: bytes) -> Any:
        try:
            return orjson.loads(content) if content else None
        except orjson.JSONDecodeError:
            raise UnusableServer(f"what answers at {self.url} is no Stockproof server") from None

    def _failure(self, status: int, answer: Any) -> click.ClickException:
        if not isinstance(answer, dict) or "error" not in answer:
            return UnusableServer(f"what answers at {self.url} is no Stockproof server: it answered {status}")
        message, code = _message(answer), str(answer["error"])
        if status in (401, 403):
            return UnusableServer(f"{self.url}: {message} (the token goes into MOCKSERVER_CONTROL_TOKEN)")
        if status >= 500 or status in _UNUSABLE_STATUSES or code in _UNUSABLE_CODES:
            return UnusableServer(f"{self.url}: {message}" if status >= 500 else message)
        return RefusedByWorld(message, code)


_START_HINT: Final = "; start one with `mockserver serve`, or name another with --url or MOCKSERVER_URL"


def _checked(url: str) -> Any:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.query or parts.fragment:
        # The address is not repeated: it may hold a password.
        raise click.UsageError(
            "--url must be an address such as http://127.0.0.1:8080, without user, query or fragment"
        )
    return parts


def _credential(token: str) -> bytes:
    if not token.isprintable():
        raise click.UsageError("MOCKSERVER_CONTROL_TOKEN has characters that no header can carry")
    return f"Bearer {token}".encode()


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def _message(answer: Mapping[str, Any]) -> str:
    """Return an error as one line; places inside a list of one command lose its number."""
    problems = [_problem(problem) for problem in answer.get("problems") or ()]
    return "; ".join(problems) or str(answer.get("message", answer["error"]))


def _problem(problem: Mapping[str, Any]) -> str:
    place = _PATH_IN_BATCH.sub("", str(problem.get("path") or "")).lstrip("/")
    hint = f"; nearest valid: {problem['nearest']!r}" if problem.get("nearest") else ""
    return f"{place}: {problem['message']}{hint}" if place else f"{problem['message']}{hint}"


class World:
    """One world on a server; without an id it is the server's default world, asked for at the first use."""

    def __init__(self, server: Server, world_id: str | None = None) -> None:
        self._server = server
        self._id = world_id

    @property
    def id(self) -> str:
        """
        The world's id.

        Raises:
            UnusableServer: when none was named and the server has no default.
        """
        if not self._id:
            self._id = self._server.default_world()
        if not self._id:
            message = f"the server at {self._server.url} has no default world; name one with --world"
            raise UnusableServer(f"{message} or MOCKSERVER_WORLD_ID")
        return self._id

    def get(self, path: str = "", /, **query: object) -> Any:
        """Return what the world answers. Raises as `Server.call` does."""
        return self._call("GET", path, query=query)

    def post(self, path: str, /, body: object = None) -> Any:
        """Return what the world answers. Raises as `Server.call` does."""
        return self._call("POST", path, body=body)

    def delete(self, path: str) -> None:
        """Delete a resource of the world. Raises as `Server.call` does."""
        self._call("DELETE", path)

    def run(self, command: Mapping[str, Any]) -> Json:
        """Return the result of one command, done or refused; fields that are None are left out of it."""
        given = {name: value for name, value in command.items() if value is not None}
        result: Json = self.post("/commands", [given])[0]
        return result

    def document(self) -> Json:
        """Return the present state as a world file."""
        return dict(self.get())

    def exchanges(self, *, last: int, after: int | None, **filters: object) -> list[Json]:
        """Return the newest ``last`` entries of the request journal that fit, oldest first."""
        found: list[Json] = []
        page = self._page(after, filters)
        while page:
            found = [*found, *page][-last:]
            page = self._page(page[-1]["id"], filters) if len(page) == _MOST_EXCHANGES else []
        return found

    def _page(self, after: int | None, filters: Mapping[str, object]) -> list[Json]:
        return list(self.get("/requests", after=after, limit=_MOST_EXCHANGES, **filters)["requests"])

    def _call(self, method: str, path: str, *, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        return self._server.call(method, f"/worlds/{segment(self.id)}{path}", query=query, body=body)


def segment(name: str) -> str:
    """Return a name as one segment of a path."""
    return quote(name, safe="")
