"""
A server under judgement, reached over HTTP or called in this process as a WSGI application.

Worlds are made through the control API; their addresses and credentials come with them. Credentials go into requests
and nowhere else: they are blanked out of everything that is kept for a report.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import httpx

from conformance import exchange
from conformance.verdict import Inconclusive, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from conformance.dialect import Interpreter

SECONDS_PER_CALL: Final = 30.0
LONGEST_EXCERPT: Final = 300
CONTROL: Final = "/_mock"
NO_CONTROL: Final = {
    401: "the control API asks for its token, or for another one",
    403: "the control API is closed to this machine",
    404: "there is no control API to make worlds with",
    405: "there is no control API to make worlds with",
    501: "there is no control API to make worlds with",
}
UNREMARKABLE: Final = frozenset({"accept", "accept-encoding", "connection", "user-agent", "host", "server", "date"})
MEDIA_TYPES: Final = {"order_manager": "application/json", "marketplacer": "application/vnd.api+json"}


class Playable(Protocol):
    """What a target has to know of a case to find it a place: its world, its steps, and its names for ids."""

    @property
    def world(self) -> Mapping[str, Any]:
        """The world file, without readings."""

    @property
    def bind(self) -> Mapping[str, int | str] | None:
        """Names to ids of that world; None when it cannot do without a world of its own."""

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """What is done."""

    @property
    def readings(self) -> Mapping[str, str]:
        """Readings that it needs."""

    @property
    def portable(self) -> bool:
        """Whether it can be carried out on a server that makes no worlds."""

    @property
    def writes(self) -> bool:
        """Whether it may change something."""


class BadTarget(ValueError):
    """The text that names a target names none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status number, headers by lower-case name, body as sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """The body as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def excerpt(self) -> str:
        """The beginning of the body, for a report."""
        return self.body.decode("utf-8", "replace")[:LONGEST_EXCERPT]


class Target:
    """A server under judgement. Close it, or use it as a context manager."""

    def __init__(self, name: str, client: httpx.Client, base_url: str, *, control_token: str | None = None) -> None:
        self.name = name
        self.dialect: Interpreter | None = None
        self._client = client
        self._base_url = base_url
        self._control_headers = {"Authorization": f"Bearer {control_token}"} if control_token else {}

    @classmethod
    def open(cls, where: str, *, control_token: str | None = None) -> Target:
        """
        Return the target that ``where`` names: a URL, or ``module:attribute`` of a WSGI application or its maker.

        ``control_token`` opens the control API of a server that asks for one.

        Raises:
            BadTarget: when it is neither, or nothing can be imported there.
        """
        if where.startswith(("http://", "https://")):
            name, client, base_url = (
                _without_credentials(where),
                httpx.Client(timeout=SECONDS_PER_CALL),
                where.rstrip("/"),
            )
        else:
            transport = httpx.WSGITransport(app=_with_wsgi_text(_application(where)), raise_app_exceptions=False)  # type: ignore[arg-type]
            name, client, base_url = where, httpx.Client(transport=transport), "http://127.0.0.1"
        return cls(name, client, base_url, control_token=control_token)

    def __enter__(self) -> Self:
        """Return the target itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def send(self, method: str, url: str, *, keep_answer: bool = True, **parts: Any) -> Answer:
        """
        Send one request and return the answer, whatever its status; an answer not kept stays out of every report.

        Raises:
            Inconclusive: when no answer comes.
        """
        try:
            request = self._client.build_request(method, url, **parts)
            response = self._client.send(request)
        except httpx.TransportError as error:
            raise Inconclusive(f"{self.name}: no answer ({type(error).__name__})") from error
        answer = Answer(response.status_code, dict(response.headers), response.content)
        for name in exchange.SECRET_HEADERS & request.headers.keys():
            exchange.hide(request.headers[name].rpartition(" ")[2])
        exchange.note(_sent(request), _came_back(answer, keep_body=keep_answer))
        return answer

    def control(self, method: str, path: str, body: object = None) -> Answer:
        """Call the control API; ``path`` goes behind its prefix."""
        parts = {} if body is None else {"json": body}
        url = f"{self._base_url}{CONTROL}{path}"
        # What answers the making of a world holds its credentials.
        keep = path != "/worlds" and not path.endswith("/fork")
        return self.send(method, url, headers=self._control_headers, keep_answer=keep, **parts)

    @contextmanager
    def world(self, document: Mapping[str, Any]) -> Iterator[TargetWorld]:
        """
        Make a world, hand it out, and drop it in the end.

        Raises:
            Inconclusive: when there is no control API to make worlds with.
            UnexpectedAnswer: when a sound world is not taken, or the answer lacks what it must hold.
        """
        answer = self.control("POST", "/worlds", {"world": document})
        if answer.status in NO_CONTROL:
            raise Inconclusive(f"{self.name}: {NO_CONTROL[answer.status]} (status {answer.status})")
        if answer.status != 201:
            raise UnexpectedAnswer("POST /_mock/worlds", 201, f"{answer.status} {answer.excerpt}")
        world = _created(self, answer)
        for secret in (*world.tokens, *world.api_keys.values()):
            exchange.hide(secret)
        try:
            yield world
        finally:
            with suppress(Inconclusive):
                self.control("DELETE", f"/worlds/{world.id}")

    @contextmanager
    def place_for(
        self, case: Playable, readings: Mapping[str, str]
    ) -> Iterator[tuple[TargetWorld, Mapping[str, int | str]]]:
        """Hand out a world to carry a case out in, switched to these readings, and the values of the case's names."""
        with self.world({**case.world, "readings": dict(readings)}) as world:
            yield world, case.bind or {}


@dataclass(frozen=True, slots=True)
class TargetWorld:
    """One world on a target, with its addresses and credentials."""

    target: Target
    id: str
    urls: Mapping[str, str]
    tokens: tuple[str, ...] = field(repr=False)
    api_keys: Mapping[str, str] = field(repr=False)

    def call(self, request: Mapping[str, Any]) -> Answer:
        """Send one request as a case, a vector or a probe writes it down (schemas/harness/case.json, request)."""
        api: str = request["api"]
        dialect = self.target.dialect if api == "order_manager" else None
        if dialect is not None:
            request = dialect.out(request)
        if api == "control":
            return self.target.control(request["method"], f"/worlds/{self.id}{request['path']}", request.get("body"))
        headers = {**self._credentials(request.get("as")), **_media_type(request), **request.get("headers", {})}
        url = f"{self.urls[api].rstrip('/')}{request['path']}"
        answer = self.target.send(
            request["method"], url, params=request.get("query"), headers=headers, content=_content(request)
        )
        return answer if dialect is None else _put_home(dialect, request, answer)

    def _credentials(self, caller: Mapping[str, Any] | None) -> dict[str, str]:
        if caller is None:
            return {}
        if "secret" in caller:
            return {"Authorization": f"Bearer {caller['secret']}"}
        if "token" in caller:
            return {"Authorization": f"Bearer {self._token(caller['token'])}"}
        key = self.api_keys.get(str(caller["seller"]))
        if key is None:
            raise UnexpectedAnswer(f"api_keys/{caller['seller']}", "a key of this seller", None)
        by = caller.get("by", "bearer")
        bearer = {"Authorization": f"Bearer {key}"} if by != "key-header" else {}
        return bearer | ({"MARKETPLACER-API-KEY": key} if by != "bearer" else {})

    def _token(self, index: int) -> str:
        if index >= len(self.tokens):
            raise UnexpectedAnswer("order_manager/tokens", f"at least {index + 1}", len(self.tokens))
        return self.tokens[index]

    def run(self, commands: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """
        Run commands and return one result each.

        Raises:
            UnexpectedAnswer: when the answer is not one result a command.
        """
        answer = self.target.control("POST", f"/worlds/{self.id}/commands", commands)
        results = answer.json
        if answer.status != 200 or not isinstance(results, list) or len(results) != len(commands):
            actual = f"{answer.status} {self.redacted(answer.excerpt)}"
            raise UnexpectedAnswer("POST /_mock/worlds/{id}/commands", f"200, {len(commands)} results", actual)
        return [result if isinstance(result, dict) else {} for result in results]

    def advance(self, by: str) -> None:
        """
        Move the world's clock on by an ISO 8601 duration.

        Raises:
            UnexpectedAnswer: when it is refused.
        """
        answer = self.target.control("POST", f"/worlds/{self.id}/clock/advance", {"by": by})
        if answer.status != 200:
            raise UnexpectedAnswer("POST /_mock/worlds/{id}/clock/advance", 200, answer.status)

    def redacted(self, value: object) -> Any:
        """Return the value with every credential of this world blanked out."""
        if isinstance(value, str):
            for secret in (*self.tokens, *self.api_keys.values()):
                value = value.replace(secret, "[credential]")
            return value
        if isinstance(value, list):
            return [self.redacted(each) for each in value]
        if isinstance(value, dict):
            return {key: self.redacted(each) for key, each in value.items()}
        return value


def _sent(request: httpx.Request) -> dict[str, Any]:
    headers = {name: value for name, value in request.headers.items() if name not in UNREMARKABLE}
    return {
        "method": request.method,
        "url": _without_credentials(str(request.url)),
        "headers": exchange.without_secrets(headers),
        "body": exchange.cut(request.content),
    }


def _came_back(answer: Answer, *, keep_body: bool) -> dict[str, Any]:
    headers = {name: value for name, value in answer.headers.items() if name not in UNREMARKABLE}
    return {
        "status": answer.status,
        "headers": exchange.without_secrets(headers),
        "body": exchange.cut(answer.body) if keep_body else "(not kept)",
    }


def _put_home(dialect: Interpreter, request: Mapping[str, Any], answer: Answer) -> Answer:
    body = answer.json
    if body is None:
        return answer
    return Answer(answer.status, answer.headers, json.dumps(dialect.home(request, body)).encode())


def _created(target: Target, answer: Answer) -> TargetWorld:
    body = answer.json
    try:
        order_manager, marketplacer = body["order_manager"], body["marketplacer"]  # type: ignore[index]
        return TargetWorld(
            target=target,
            id=str(body["id"]),  # type: ignore[index]
            urls={"order_manager": str(order_manager["url"]), "marketplacer": str(marketplacer["url"])},
            tokens=tuple(str(token) for token in order_manager["tokens"] if token),
            api_keys={str(seller): str(key) for seller, key in marketplacer["api_keys"].items()},
        )
    except (KeyError, TypeError, AttributeError):
        wanted = "id, order_manager {url, tokens}, marketplacer {url, api_keys}"
        raise UnexpectedAnswer("POST /_mock/worlds", wanted, sorted(body) if isinstance(body, dict) else None) from None


def _media_type(request: Mapping[str, Any]) -> dict[str, str]:
    if "content_type" in request:
        return {"Content-Type": request["content_type"]}
    return {"Content-Type": MEDIA_TYPES[request["api"]]} if _content(request) is not None else {}


def _content(request: Mapping[str, Any]) -> bytes | None:
    if "text" in request:
        text: str = request["text"]
        return text.encode()
    return json.dumps(request["body"]).encode() if "body" in request else None


def _without_credentials(url: str) -> str:
    return re.sub(r"://[^/@]*@", "://", url)


def _application(where: str) -> Callable[..., object]:
    module_name, _, attribute = where.removesuffix("()").partition(":")
    if not re.fullmatch(r"[\w.]+:[\w.]+", f"{module_name}:{attribute}"):
        raise BadTarget(f"{where!r} is neither a URL nor module:attribute")
    # As for other runners of applications: what stands in the present folder can be named.
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = import_module(module_name)
        for name in attribute.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError) as error:
        raise BadTarget(f"{where!r}: {error}") from error
    finally:
        sys.path.remove(str(Path.cwd()))
    app = found() if where.endswith("()") or _is_maker(found) else found
    if not callable(app):
        raise BadTarget(f"{where!r} is no WSGI application")
    return app  # type: ignore[no-any-return]


def _with_wsgi_text(app: Callable[..., object]) -> Callable[..., object]:
    """Return the application with its path as PEP 3333 has it: bytes told as Latin-1, which the client forgets."""

    def called(environ: dict[str, Any], start_response: object) -> object:
        path = environ["PATH_INFO"].encode("utf-8", "surrogateescape").decode("latin-1")
        return app({**environ, "PATH_INFO": path}, start_response)

    return called


def _is_maker(found: object) -> bool:
    """Return whether this takes no arguments that must be given, where an application takes two."""
    if not inspect.isfunction(found):
        return False
    parameters = inspect.signature(found).parameters.values()
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    return not any(each.default is each.empty and each.kind in positional for each in parameters)
