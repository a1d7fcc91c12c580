"""`mock_world`: the imitated hosts answered inside this process, without a socket."""

from __future__ import annotations

import inspect
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

import orjson

from mockserver.core.errors import Refused
from mockserver.faults import DuplicateFault, TooManyFaults, UselessPlan
from mockserver.files.world_file import problems_of
from mockserver.http.auth import marketplacer_caller, order_manager_caller
from mockserver.http.bodies import broken_rules
from mockserver.http.control_faults import PLAN, make_fault
from mockserver.http.failures import Failure
from mockserver.http.gateway import Gateway
from mockserver.http.wire import read_dialect
from mockserver.testing.handle import InvalidCommand, InvalidPlan, UnknownListing, WorldHandle
from mockserver.testing.places import DEFAULT_MARKETPLACER_URL, Place, checked_origin, imitated_places
from mockserver.testing.sources import given_world
from mockserver.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike
    from types import TracebackType

    from flask import Flask

    from mockserver.http.exchange import Answer, Request
    from mockserver.testing.handle import Json
    from mockserver.testing.sources import WorldSource
    from mockserver.testing.switchboard import Line

_ARGUMENT: Final = "world"


class MockWorld(WorldHandle):
    """A world in this process, with a registry of its own: its credentials mean nothing to any other."""

    order_manager_url = "https://api.skubana.com"

    def __init__(
        self,
        world: WorldSource = "demo",
        *,
        readings: Mapping[str, str] | None = None,
        dialect: str | PathLike[str] | None = None,
        marketplacer_url: str = DEFAULT_MARKETPLACER_URL,
    ) -> None:
        given = given_world(world, readings)
        self._worlds = Worlds()
        with problems_of(given.source, text_file=given.text_file):
            self._hosted = self._worlds.serve_as_default(given.document, world_id=given.name)
        self._gateway = Gateway(self._worlds, None if dialect is None else read_dialect(Path(dialect)))
        self.id = self._hosted.id
        self.marketplacer_url = marketplacer_url

    @property
    def tokens(self) -> list[str]:
        """Access tokens of Order Manager: those of the world file, then those exchanged for a code."""
        return list(self._hosted.credentials.tokens)

    @property
    def api_keys(self) -> dict[int, str]:
        """API keys of Marketplacer by the id of the seller."""
        return {seller: key for key, seller in self._hosted.credentials.api_keys.items()}

    @property
    def apps(self) -> dict[str, str]:
        """Secrets of the OAuth clients by app key."""
        return {app.app_key: app.app_secret for app in self._hosted.credentials.apps.values()}

    @cached_property
    def wsgi_app(self) -> Flask:
        """The whole server around this world as a WSGI application, the control API included."""
        # Imported here: a test that uses `requests` needs no Flask.
        from mockserver.http.app import application

        return application(self._gateway)

    def answer(self, request: Request) -> Answer:
        """Answer one request to the imitated APIs; one at a time, as the server with its one thread does."""
        with self._hosted.lock:
            return self._gateway.answer(request)

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether the credential in a request's headers (names in lower case) is one of this world."""
        return any(_is_let_in(caller, self._worlds, headers) for caller in (order_manager_caller, marketplacer_caller))

    def explain(self, listing_id: int) -> Json:
        """Return the steps from stock to figure. Raises: UnknownListing."""
        try:
            with self._hosted.lock:
                return self._hosted.world.explain(listing_id)
        except Refused as refusal:
            raise UnknownListing(str(refusal)) from None

    def document(self) -> Json:
        """Return the present state as a world file."""
        return self._hosted.document()

    def add_fault(self, plan: Mapping[str, Any]) -> str:
        """Make a fault of a plan; return its id. Raises: InvalidPlan."""
        if problems := broken_rules(PLAN, plan):
            raise InvalidPlan("; ".join(f"{each.pointer or 'the plan'}: {each.message}" for each in problems))
        try:
            return str(make_fault(self._worlds, self._hosted, plan)["id"])
        except UselessPlan as error:
            raise InvalidPlan(f"{error.place}: {error}") from None
        except DuplicateFault as error:
            raise InvalidPlan(f"/id: there is a fault {error.args[0]!r} already") from None
        except TooManyFaults as error:
            raise InvalidPlan(str(error)) from None

    def faults(self) -> list[Json]:
        """Return the faults and what has become of each."""
        return self._hosted.told_faults()

    def remove_fault(self, fault_id: str) -> None:
        """Forget a fault. Raises: UnknownFault."""
        self._hosted.remove_fault(fault_id)

    def reset(self) -> None:
        """Go back to the start; credentials stay."""
        self._hosted.reset()

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises: UnknownSnapshot."""
        self._hosted.restore(name)

    def _execute(self, commands: Sequence[Mapping[str, Any]]) -> list[Json]:
        checked = _checked(commands)
        with self._hosted.lock:
            return [self._result_of(command) for command in checked]

    def _result_of(self, command: Json) -> Json:
        outcome = self._hosted.run(command)
        result: Json = {"type": command["type"], "status": outcome.status, "reason": outcome.reason}
        if outcome.result is not None and not isinstance(outcome.result, list):
            result["result"] = outcome.result
        return result

    def _now_ms(self) -> int:
        return self._hosted.world.now_ms

    def _exchanges(self) -> Iterable[Json]:
        return self._hosted.recorder.exchanges()

    def _listings(self) -> Iterable[tuple[int, str, int]]:
        with self._hosted.lock:
            return [(each.id, each.listing_sku, each.channel.id) for each in self._hosted.world.listings.values()]

    def _save_snapshot(self, name: str) -> None:
        self._hosted.save_snapshot(name)

    def _snapshot_names(self) -> list[str]:
        return [snapshot.name for snapshot in self._hosted.snapshots()]


def _is_let_in(caller: Callable[..., object], worlds: Worlds, headers: Mapping[str, str]) -> bool:
    try:
        caller(worlds, headers)
    except Failure:
        return False
    return True


def _checked(commands: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return a copy of the commands, judged by the schema that the control API uses too."""
    try:
        copied: list[Json] = orjson.loads(orjson.dumps(list(commands)))
    except orjson.JSONEncodeError as error:
        raise InvalidCommand(f"a command holds plain JSON values only: {error}") from None
    problems = broken_rules("control-commands-request", copied)
    if problems:
        raise InvalidCommand("; ".join(f"{each.pointer or 'the commands'}: {each.message}" for each in problems))
    return copied


class Mocking:
    """What `mock_world` returns: a context manager and a decorator. Each use makes a fresh world."""

    def __init__(self, make: Callable[[], MockWorld], *, passthrough: Sequence[Place]) -> None:
        self._make = make
        self._passthrough = tuple(passthrough)
        self._lines: list[Line] = []

    def __enter__(self) -> MockWorld:
        """Make the world and let it answer; return its handle."""
        # Imported here: `responses` and `requests` are wanted only where they are used.
        from mockserver.testing.switchboard import Line, switchboard

        world = self._make()
        line = Line(world, imitated_places(world.marketplacer_url), self._passthrough)
        switchboard.connect(line)
        self._lines.append(line)
        return world

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the world answer no longer; its handle can still be looked at."""
        from mockserver.testing.switchboard import switchboard

        switchboard.disconnect(self._lines.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """
        Wrap a function so that each call has a fresh world; a parameter named ``world`` gets the handle.

        Raises:
            TypeError: for classes, coroutines and generators: those use the ``with`` statement.
        """
        return _decorated(function, self._another)

    def _another(self) -> Mocking:
        return Mocking(self._make, passthrough=self._passthrough)


def _decorated(function: Callable[..., Any], mocking: Callable[[], Mocking]) -> Callable[..., Any]:
    _refuse_other_than_functions(function)
    signature = inspect.signature(function)
    wants_handle = _ARGUMENT in signature.parameters

    @wraps(function)
    def with_world(*arguments: Any, **keywords: Any) -> Any:
        with mocking() as world:
            return function(*arguments, **({_ARGUMENT: world} if wants_handle else {}), **keywords)

    # Test runners look here for what to pass; the handle is not theirs to find.
    kept = [each for name, each in signature.parameters.items() if name != _ARGUMENT]
    with_world.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    return with_world


def _refuse_other_than_functions(function: object) -> None:
    generates = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    if inspect.isclass(function) or inspect.iscoroutinefunction(function) or generates:
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(f"mock_world decorates plain functions; inside {name}, write `with mock_world() as world:`")


@overload
def mock_world(world: Callable[..., Any]) -> Callable[..., Any]: ...


@overload
def mock_world(
    world: WorldSource = "demo",
    *,
    readings: Mapping[str, str] | None = None,
    dialect: str | PathLike[str] | None = None,
    marketplacer_url: str = DEFAULT_MARKETPLACER_URL,
    passthrough: Sequence[str] = (),
) -> Mocking: ...


def mock_world(
    world: WorldSource | Callable[..., Any] = "demo",
    *,
    readings: Mapping[str, str] | None = None,
    dialect: str | PathLike[str] | None = None,
    marketplacer_url: str = DEFAULT_MARKETPLACER_URL,
    passthrough: Sequence[str] = (),
) -> Mocking | Callable[..., Any]:
    """
    Return a context manager and decorator inside which `requests` reaches a fresh world instead of the vendors.

    ``world`` is a shipped name, a file, or a world document; ``readings`` come before those that it names.
    Order Manager answers at its production and demo hosts, Marketplacer at ``marketplacer_url``.
    Any other address is refused with requests' ConnectionError, unless ``passthrough`` has its beginning.
    ``dialect`` is a file with the wire names of the acknowledge endpoint.

    As a decorator it also goes without parentheses.

    Raises:
        UnusableFile, WorldFileError: on entering, when the world cannot be used.
        DialectError: on entering, when the dialect file cannot be used.
        ValueError: when an address is none.
    """
    if callable(world):
        return mock_world()(world)
    origin = checked_origin(marketplacer_url)
    places = [Place.of(address) for address in ([passthrough] if isinstance(passthrough, str) else passthrough)]

    def make() -> MockWorld:
        return MockWorld(world, readings=readings, dialect=dialect, marketplacer_url=origin)

    return Mocking(make, passthrough=places)
