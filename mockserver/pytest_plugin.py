"""
The pytest plugin: a fresh world for each test, on a server or in this process.

It is loaded into every test run of every project that has Stockproof installed. So it imports pytest and the standard
library only; everything else waits until a fixture is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mockserver.testing.handle import WorldClock, WorldHandle
    from mockserver.testing.in_process import MockWorld
    from mockserver.testing.remote import ServedWorld
    from mockserver.testing.server import StockproofServer

_MARKER: Final = "stockproof"
_MARKER_HELP: Final = (
    "stockproof(world=NAME|FILE|DOCUMENT, readings={ID: OPTION}): the world that the stockproof fixtures give to a test"
)
_WORLD: Final = "stockproof_world"
_IN_PROCESS: Final = "stockproof_inprocess"
_MOST_SHOWN: Final = 20
_LONGEST_BODY_SHOWN: Final = 240

_used: Final = pytest.StashKey[list[tuple[str, "WorldHandle"]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the ini value that name the world of all tests."""
    help_text = "world of the stockproof fixtures: a shipped name or a file, relative to the root of the tests"
    group = parser.getgroup("stockproof")
    group.addoption("--stockproof-world", metavar="NAME|FILE", help=help_text)
    parser.addini("stockproof_world", help_text, default="demo")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER_HELP)


@pytest.fixture(scope="session")
def stockproof_server() -> Iterator[StockproofServer]:
    """A mock server on a free port, in a process of its own, for the whole session; `url` is its address."""
    from mockserver.testing.server import StockproofServer

    with StockproofServer() as server:
        yield server


@pytest.fixture
def stockproof_world(request: pytest.FixtureRequest, stockproof_server: StockproofServer) -> Iterator[ServedWorld]:
    """A fresh world on the server, with credentials of its own; dropped after the test."""
    source, readings = _chosen(request)
    with stockproof_server.world(source, readings=readings) as world:
        _remember(request, _WORLD, world)
        yield world


@pytest.fixture
def stockproof_inprocess(request: pytest.FixtureRequest) -> Iterator[MockWorld]:
    """A fresh world that answers `requests` at the vendors' addresses without a socket during the test."""
    from mockserver.testing.in_process import mock_world

    source, readings = _chosen(request)
    with mock_world(source, readings=readings) as world:
        _remember(request, _IN_PROCESS, world)
        yield world


@pytest.fixture
def stockproof_clock(request: pytest.FixtureRequest) -> WorldClock:
    """The clock of the test's world: of the one in this process if the test asks for that, else of the one served."""
    wanted = [name for name in (_WORLD, _IN_PROCESS) if name in request.fixturenames]
    if len(wanted) > 1:
        pytest.fail(f"two worlds, two clocks: use the `clock` of {_WORLD} or of {_IN_PROCESS}", pytrace=False)
    world: WorldHandle = request.getfixturevalue(wanted[0] if wanted else _WORLD)
    return world.clock


# -- which world -------------------------------------------------------------------------------------


def _chosen(request: pytest.FixtureRequest) -> tuple[Any, dict[str, str]]:
    """Return the world and the readings of a test: the nearest marker that names them, else the configuration."""
    world: Any = None
    readings: dict[str, str] = {}
    for marker in request.node.iter_markers(_MARKER):
        given = dict(marker.kwargs)
        named, chosen = given.pop("world", None), given.pop("readings", None)
        if marker.args or given:
            wrong = ", ".join([*map(repr, marker.args), *given])
            pytest.fail(f"unknown to the marker {_MARKER}: {wrong}; it is {_MARKER_HELP}", pytrace=False)
        world = named if world is None else world
        readings = {**(chosen or {}), **readings}
    return _from_root(request.config, _configured(request.config) if world is None else world), readings


def _configured(config: pytest.Config) -> str:
    return str(config.getoption("--stockproof-world") or config.getini("stockproof_world"))


def _from_root(config: pytest.Config, world: Any) -> Any:
    """Return the file below the root of the tests that a text names, if there is one; anything else as it is."""
    if not isinstance(world, str):
        return world
    path = config.rootpath / world
    # Shipped worlds have names without a suffix.
    return path if path.suffix and path.is_file() else world


# -- what a failed test asked ------------------------------------------------------------------------


def _remember(request: pytest.FixtureRequest, name: str, world: WorldHandle) -> None:
    request.node.stash.setdefault(_used, []).append((name, world))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Put the last requests of each world that a failed test used into its report."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    if report.failed and report.when != "teardown":
        for name, world in item.stash.get(_used, []):
            report.sections.append((f"{name}: last requests", _told(world)))


def _told(world: WorldHandle) -> str:
    try:
        exchanges = world.requests()
    except Exception as error:  # a report must not fail because the server has
        return f"they cannot be read: {error}"
    if not exchanges:
        return "none; a request whose credential is unknown reaches no world"
    left_out = len(exchanges) - _MOST_SHOWN
    lines = [f"({left_out} earlier ones left out)"] if left_out > 0 else []
    return "\n".join([*lines, *(_line(exchange) for exchange in exchanges[-_MOST_SHOWN:])])


def _line(exchange: dict[str, Any]) -> str:
    query = f"?{exchange['query']}" if exchange["query"] else ""
    first = f"#{exchange['id']} {exchange['at']} {exchange['method']} {exchange['path']}{query} -> {exchange['status']}"
    bodies = [("sent", exchange["request_body"]), ("got", exchange["response_body"])]
    return "\n".join([first, *(f"    {verb} {_shortened(body)}" for verb, body in bodies if body is not None)])


def _shortened(body: object) -> str:
    import json

    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return text if len(text) <= _LONGEST_BODY_SHOWN else f"{text[:_LONGEST_BODY_SHOWN]}… ({len(text)} characters)"
