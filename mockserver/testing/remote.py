"""A world on a server in another process, by way of the control API."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import quote, urlsplit

import orjson

from mockserver.core.instants import parse_instant
from mockserver.faults import UnknownFault
from mockserver.testing.handle import InvalidCommand, InvalidPlan, UnknownListing, WorldHandle
from mockserver.worlds import DuplicateSnapshot, UnknownSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from mockserver.testing.handle import Json

_TIMEOUT_SECONDS: Final = 60.0
_PAGE: Final = 1000


class ServerGone(ConnectionError):
    """The server does not answer any more."""


class ControlRefused(Exception):
    """The control API refused a call; ``status`` and ``code`` say how."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class ControlApi:
    """
    The control API of one server.

    It has its own client: whatever a test does to `requests`, `httpx`, or the proxy settings does not reach it.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._netloc = urlsplit(url).netloc

    def call(self, method: str, path: str, body: object = None) -> Any:
        """
        Return the answer's JSON, None when it is empty.

        Raises:
            ServerGone: when nobody answers.
            ControlRefused: for any status of 400 and above.
        """
        payload = None if body is None else orjson.dumps(body)
        status, content = self._sent(method, f"/_mock{path}", payload)
        answer: Any = orjson.loads(content) if content else None
        if status >= 400:
            raise ControlRefused(status, answer["error"], _message(answer))
        return answer

    def _sent(self, method: str, path: str, payload: bytes | None) -> tuple[int, bytes]:
        headers = {} if payload is None else {"Content-Type": "application/json"}
        try:
            with closing(HTTPConnection(self._netloc, timeout=_TIMEOUT_SECONDS)) as connection:
                connection.request(method, path, payload, headers)
                response = connection.getresponse()
                return response.status, response.read()
        except (OSError, HTTPException) as error:
            raise ServerGone(f"the mock server at {self.url} does not answer: {error}") from error


def _message(answer: Mapping[str, Any]) -> str:
    problems = [
        ": ".join(str(problem[key]) for key in ("path", "message", "nearest") if problem.get(key))
        for problem in answer.get("problems", ())
    ]
    return "; ".join(problems) or str(answer["message"])


class ServedWorld(WorldHandle):
    """A world on a server, with credentials that no other world there has. With ``with`` it is dropped at the end."""

    def __init__(self, api: ControlApi, document: Mapping[str, Any]) -> None:
        self._api = api
        created = api.call("POST", "/worlds", {"world": document})
        self.id = created["id"]
        self.order_manager_url = created["order_manager"]["url"]
        self.marketplacer_url = created["marketplacer"]["url"]
        self._tokens: list[str] = created["order_manager"]["tokens"]
        self._api_keys = {int(seller): key for seller, key in created["marketplacer"]["api_keys"].items()}
        self._apps = {app["app_key"]: app["app_secret"] for app in created["order_manager"].get("apps", ())}

    @property
    def url(self) -> str:
        """The address of the server: Order Manager's, Marketplacer's and the control API's alike."""
        return self._api.url

    @property
    def tokens(self) -> list[str]:
        """Access tokens of Order Manager, in the order of the world file."""
        return list(self._tokens)

    @property
    def api_keys(self) -> dict[int, str]:
        """API keys of Marketplacer by the id of the seller."""
        return dict(self._api_keys)

    @property
    def apps(self) -> dict[str, str]:
        """Secrets of the OAuth clients by app key."""
        return dict(self._apps)

    def explain(self, listing_id: int) -> Json:
        """Return the steps from stock to figure. Raises: UnknownListing."""
        return dict(self._call("GET", f"/explain?listing_id={int(listing_id)}"))

    def document(self) -> Json:
        """Return the present state as a world file."""
        return dict(self._call("GET", ""))

    def add_fault(self, plan: Mapping[str, Any]) -> str:
        """Make a fault of a plan; return its id. Raises: InvalidPlan."""
        try:
            return str(self._call("POST", "/faults", dict(plan))["id"])
        except InvalidCommand as error:
            raise InvalidPlan(*error.args) from None
        except ControlRefused as refusal:
            raise InvalidPlan(refusal.message) from None

    def faults(self) -> list[Json]:
        """Return the faults and what has become of each."""
        return list(self._call("GET", "/faults")["faults"])

    def remove_fault(self, fault_id: str) -> None:
        """Forget a fault. Raises: UnknownFault."""
        try:
            self._call("DELETE", f"/faults/{quote(fault_id, safe='')}")
        except ControlRefused:
            raise UnknownFault(fault_id, [each["id"] for each in self.faults()]) from None

    def reset(self) -> None:
        """Go back to the start; credentials stay."""
        self._call("POST", "/reset")

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises: UnknownSnapshot."""
        self._call("POST", f"/snapshots/{quote(name, safe='')}/restore", about=name)

    def drop(self) -> None:
        """Forget the world and its credentials. Raises: ServerGone."""
        self._call("DELETE", "")

    def __enter__(self) -> Self:
        """Return the world."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Drop it."""
        self.drop()

    def _call(self, method: str, path: str, body: object = None, *, about: str = "") -> Any:
        try:
            return self._api.call(method, f"/worlds/{self.id}{path}", body)
        except ControlRefused as refusal:
            _raise(refusal, about)

    def _execute(self, commands: Sequence[Mapping[str, Any]]) -> list[Json]:
        return list(self._call("POST", "/commands", list(commands)))

    def _now_ms(self) -> int:
        return parse_instant(self._call("GET", "/clock")["now"])

    def _exchanges(self) -> Iterator[Json]:
        page = self._page(after=0)
        while page:
            yield from page
            page = self._page(after=page[-1]["id"])

    def _page(self, *, after: int) -> list[Json]:
        return list(self._call("GET", f"/requests?limit={_PAGE}&after={after}")["requests"])

    def _listings(self) -> list[tuple[int, str, int]]:
        listings = self.document()["order_manager"]["listings"]
        return [(each["id"], each["listing_sku"], each["sales_channel"]) for each in listings]

    def _save_snapshot(self, name: str) -> None:
        self._call("POST", "/snapshots", {"name": name}, about=name)

    def _snapshot_names(self) -> list[str]:
        return [each["name"] for each in self._call("GET", "/snapshots")["snapshots"]]


def _raise(refusal: ControlRefused, about: str) -> NoReturn:
    """Raise what a world in this process would have raised."""
    if refusal.code == "invalid_body":
        raise InvalidCommand(refusal.message) from None
    if refusal.code == "unknown_listing":
        raise UnknownListing(refusal.message) from None
    if refusal.code == "unknown_snapshot":
        raise UnknownSnapshot(about, None) from None
    if refusal.code == "duplicate_snapshot":
        raise DuplicateSnapshot(about) from None
    raise refusal
