"""The handle of a world is the same in this process and on a server; and the server itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver.testing import (
    AmbiguousListing,
    CommandRefused,
    ControlRefused,
    InvalidCommand,
    ServerGone,
    ServerNotStarted,
    StockproofServer,
    UnknownListing,
    mock_world,
)
from mockserver.worlds import DuplicateSnapshot, UnknownSnapshot
from tests.mockserver.asking import ask, world_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.testing import WorldHandle

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
CUP = {"type": "stock.set", "master_sku": "CUP", "warehouse": 1}


@pytest.fixture(scope="module")
def server() -> Iterator[StockproofServer]:
    with StockproofServer() as started:
        yield started


@pytest.fixture(params=["in this process", "on a server"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., WorldHandle]]:
    """Makes worlds in one of the two places."""
    with ExitStack() as stack:
        if request.param == "in this process":
            yield lambda *source, **options: stack.enter_context(mock_world(*source, **options))
        else:
            server = request.getfixturevalue("server")
            yield lambda *source, **options: stack.enter_context(server.world(*source, **options))


@pytest.fixture
def demo(make: Callable[..., WorldHandle]) -> WorldHandle:
    return make("demo")


@pytest.fixture
def cups(make: Callable[..., WorldHandle]) -> WorldHandle:
    """Five cups, one listing."""
    return make(world_with(5))


# -- commands ----------------------------------------------------------------------------------------


def test_commands_are_run_in_order_and_answered_one_by_one(cups: WorldHandle):
    """Each with its type, its status and no reason."""
    results = cups.run(CUP | {"on_hand": 9}, {"type": "stock.receive", "master_sku": "CUP", "warehouse": 1, "units": 2})

    assert [(each["type"], each["status"], each["reason"]) for each in results] == [
        ("stock.set", "done", None),
        ("stock.receive", "done", None),
    ]
    assert cups.figure("CUP-1") == 11


def test_a_refused_command_is_an_exception_and_stops_no_later_one(cups: WorldHandle):
    """It says which command and why."""
    with pytest.raises(CommandRefused, match=r"stock\.set: .*'CUPP'.*nearest valid: 'CUP'") as caught:
        cups.run(CUP | {"master_sku": "CUPP"}, CUP | {"on_hand": 2})

    assert [each["status"] for each in caught.value.refused] == ["refused"]
    assert cups.figure("CUP-1") == 2


def test_refusals_can_be_asked_for(cups: WorldHandle):
    """allow_refused=True returns them among the results."""
    results = cups.run(CUP | {"master_sku": "CUPP"}, CUP | {"on_hand": 2}, allow_refused=True)

    assert [each["status"] for each in results] == ["refused", "done"]
    assert results[0]["reason"]


@pytest.mark.parametrize("wrong", [{"type": "stock.sett"}, CUP | {"on_hnad": 1}, CUP | {"on_hand": "1"}, {}])
def test_a_command_of_the_wrong_form_runs_nothing_of_its_batch(cups: WorldHandle, wrong: dict[str, Any]):
    """The schema of the control API judges in both places."""
    with pytest.raises(InvalidCommand, match="/1"):
        cups.run(CUP | {"on_hand": 2}, wrong)

    assert cups.figure("CUP-1") == 5


def test_a_command_may_be_changed_after_it_was_run(cups: WorldHandle):
    """The world keeps a copy: going back and forth replays what was run."""
    command = CUP | {"on_hand": 2}
    cups.run(command)
    name = cups.snapshot()
    command["on_hand"] = 77
    cups.restore(name)

    assert cups.figure("CUP-1") == 2


# -- time --------------------------------------------------------------------------------------------


def test_time_stands_still_until_it_is_moved(demo: WorldHandle):
    """Durations and instants, as text or as datetime's types; the answer is the new instant."""
    assert demo.now == START
    assert demo.advance("PT15M") == START + timedelta(minutes=15)
    assert demo.advance(timedelta(milliseconds=1500)) == START + timedelta(minutes=15, seconds=1.5)
    assert demo.advance_to("2026-01-05T10:00:00Z") == START + timedelta(hours=1)
    assert demo.advance_to(datetime(2026, 1, 5, 11)) == START + timedelta(hours=2)
    assert demo.clock.advance_to(datetime(2026, 1, 5, 13, tzinfo=timezone(timedelta(hours=1)))) == demo.clock.now
    assert demo.clock.advance("P1D") == START + timedelta(days=1, hours=3)


def test_time_does_not_run_backwards(demo: WorldHandle):
    """The world refuses; nothing has moved."""
    with pytest.raises(CommandRefused, match="backwards"):
        demo.advance_to("2026-01-05T08:00:00Z")
    with pytest.raises(InvalidCommand, match="backwards"):
        demo.advance(timedelta(seconds=-1))

    assert demo.now == START


@pytest.mark.parametrize("wrong", ["15m", "", "PT"])
def test_a_text_that_is_no_duration_is_refused(demo: WorldHandle, wrong: str):
    """ISO 8601 only."""
    with pytest.raises((InvalidCommand, CommandRefused)):
        demo.advance(wrong)


def test_due_effects_have_happened_when_advancing_returns(make: Callable[..., WorldHandle]):
    """A marketplace sale with an import lag becomes an order at its time."""
    document = world_with(5) | {"links": [{"sales_channel": 1, "seller": 1, "import_lag": "PT10M"}]}
    document["marketplacer"] = {
        "sellers": [{"id": 1, "name": "Parent"}],
        "multi_stores": [{"owner": 1, "members": []}],
        "adverts": [{"id": 1, "title": "Cup", "multi_store_owner": 1}],
        "variants": [{"id": 1, "advert_id": 1, "sku": "CUP-1", "multi_store_owner": 1}],
        "inventories": [{"variant": 1, "seller": 1, "count_on_hand": 5}],
    }
    world = make(document)
    world.run({"type": "marketplace.sell", "variant": 1, "seller": 1, "quantity": 2})
    before = world.figure("CUP-1")
    world.advance("PT10M")

    assert (before, world.figure("CUP-1")) == (5, 3)


# -- looking -----------------------------------------------------------------------------------------


def test_a_figure_is_found_by_id_and_by_listing_sku(demo: WorldHandle):
    """As the comments of the demo world have it."""
    assert (demo.figure(501), demo.figure("TEE-BLUE-S-MP"), demo.figure("tee-blue-s")) == (9, 9, 18)


def test_a_listing_sku_on_several_channels_wants_the_channel(make: Callable[..., WorldHandle]):
    """Listing SKUs are unique on a channel only."""
    document = world_with(5)
    document["order_manager"]["sales_channels"].append({"id": 2, "name": "Other"})
    document["order_manager"]["listings"].append(
        {"id": 2, "listing_sku": "CUP-1", "master_sku": "CUP", "sales_channel": 2}
    )
    document["order_manager"]["rules"] = [
        {"master_sku": "CUP", "sales_channel": 2, "rule_type": "MAX_ALLOCATION", "value": 1}
    ]
    world = make(document)

    assert (world.figure("CUP-1", sales_channel=1), world.figure("CUP-1", sales_channel=2)) == (5, 1)
    with pytest.raises(AmbiguousListing, match="1, 2"):
        world.figure("CUP-1")


@pytest.mark.parametrize(("listing", "channel"), [("cup-1", None), ("CUP-1", 2), (99, None)])
def test_an_unknown_listing_is_an_error(cups: WorldHandle, listing: str | int, channel: int | None):
    """SKUs are compared exactly, capitals included; ids too."""
    with pytest.raises(UnknownListing, match=str(listing)):
        cups.figure(listing, sales_channel=channel)


def test_explain_leads_from_stock_to_figure(demo: WorldHandle):
    """18 available, half of it by the rule."""
    steps = demo.explain(501)

    assert (steps["available"], steps["figure"], steps["listing_sku"]) == (18, 9, "TEE-BLUE-S-MP")


def test_what_was_asked_is_told_without_credentials(demo: WorldHandle):
    """The journal filters by API, operation, method, status and path."""
    ask(demo.tokens[0], demo.order_manager_url)
    url = f"{demo.marketplacer_url}/api/v2/client/variants/1/inventories"
    requests.get(url, headers={"MARKETPLACER-API-KEY": demo.api_keys[1]}, timeout=5)

    assert [each["operation_id"] for each in demo.requests()] == ["acknowledgeInventoryV12", "listInventories"]
    assert len(demo.requests(api="marketplacer", method="GET", status=200, path="/variants/1/")) == 1
    assert demo.requests(operation_id="listInventories", status=404) == []
    assert demo.tokens[0] not in str(demo.requests())
    assert demo.api_keys[1] not in str(demo.requests())


def test_more_requests_than_a_page_are_all_told(cups: WorldHandle):
    """The control API pages; the handle does not."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {cups.tokens[0]}"
        for _ in range(1005):
            session.get(f"{cups.order_manager_url}/v1/warehouses", timeout=5)

    assert len(cups.requests()) == 1005


def test_the_state_is_a_world_file(make: Callable[..., WorldHandle]):
    """It makes the same world again."""
    world = make(world_with(5))
    world.run(CUP | {"on_hand": 3})

    assert mock_world_figure(world.document()) == 3


def mock_world_figure(document: dict[str, Any]) -> int:
    with mock_world(document) as world:
        return world.figure("CUP-1")


# -- back and forth ----------------------------------------------------------------------------------


def test_a_snapshot_can_be_restored(cups: WorldHandle):
    """State, markers and clock go back; a name is made up when none is given."""
    first, second = cups.snapshot(), cups.snapshot("later")
    ask(cups.tokens[0], cups.order_manager_url, channel=1)
    cups.run(CUP | {"on_hand": 1})
    cups.advance("PT1H")
    cups.restore(first)

    assert (first, second) == ("snapshot-1", "later")
    assert (cups.figure("CUP-1"), cups.now) == (5, START)
    assert len(ask(cups.tokens[0], cups.order_manager_url, channel=1).json()) == 1


def test_snapshot_names_are_judged(cups: WorldHandle):
    """Taken, and unknown."""
    cups.snapshot("start")
    with pytest.raises(DuplicateSnapshot):
        cups.snapshot("start")
    with pytest.raises(UnknownSnapshot, match="strat"):
        cups.restore("strat")


def test_a_made_up_name_is_never_taken(cups: WorldHandle):
    """Also when the test has used a name of that form."""
    cups.snapshot("snapshot-2")

    assert cups.snapshot() not in ("snapshot-2", "")


def test_reset_goes_back_to_the_start_and_keeps_credentials(cups: WorldHandle):
    """State, markers, clock, snapshots and journal."""
    tokens = cups.tokens
    name = cups.snapshot()
    ask(tokens[0], cups.order_manager_url, channel=1)
    cups.run(CUP | {"on_hand": 1})
    cups.advance("PT1H")
    cups.reset()

    assert (cups.figure("CUP-1"), cups.now, cups.requests(), cups.tokens) == (5, START, [], tokens)
    with pytest.raises(UnknownSnapshot):
        cups.restore(name)


def test_credentials_are_those_of_the_world(demo: WorldHandle):
    """One token or key for each that the world file has."""
    assert (len(demo.tokens), sorted(demo.api_keys), len(demo.apps)) == (2, [1, 2, 3, 4], 1)
    assert ask(demo.tokens[1], demo.order_manager_url).status_code == 403


def test_readings_are_chosen_for_one_world(make: Callable[..., WorldHandle]):
    """Here: a first call tells nothing."""
    world = make(world_with(5), readings={"ack.first-call": "nothing"})

    assert ask(world.tokens[0], world.order_manager_url, channel=1).json() == []


# -- the server --------------------------------------------------------------------------------------


def test_worlds_of_one_server_have_credentials_of_their_own(server: StockproofServer):
    """Also when both are made from one file."""
    with server.world(world_with(5)) as first, server.world(world_with(7)) as second:
        assert set(first.tokens).isdisjoint(second.tokens)
        assert (first.figure("CUP-1"), second.figure("CUP-1")) == (5, 7)
        assert first.url == second.url == server.url


def test_a_world_is_gone_after_its_block(server: StockproofServer):
    """Its token opens nothing any more."""
    with server.world(world_with(5)) as world:
        token = world.tokens[0]

    assert ask(token, server.url, channel=1).status_code == 401


def test_a_world_whose_parts_contradict_each_other_is_told(server: StockproofServer):
    """As the server says it: place, message, nearest valid value."""
    document = world_with(5)
    document["order_manager"]["listings"][0]["master_sku"] = "CUPP"
    with pytest.raises(ControlRefused, match=r"listings\[0\]\.master_sku.*CUP"):
        server.world(document)


def test_the_server_starts_fast_and_stops_cleanly():
    """Nobody answers afterwards, and the handle says so."""
    begun = time.monotonic()
    with StockproofServer() as server:
        started = time.monotonic()
        world = server.world(world_with(5))
        stopping = time.monotonic()
    stopped = time.monotonic()

    # Generous: it takes 0.3 s, the machine may be busy.
    assert started - begun < 5
    assert stopped - stopping < 5
    with pytest.raises(ServerGone, match=server.url):
        world.document()


def test_a_server_that_cannot_start_says_what_it_said(monkeypatch: pytest.MonkeyPatch):
    """The text of the exception is the process's stderr."""
    monkeypatch.setattr("mockserver.testing.server._PROGRAM", "raise SystemExit('no room')")
    with pytest.raises(ServerNotStarted, match="no room"):
        StockproofServer()


def test_the_server_takes_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    """Neither MOCKSERVER_* nor proxy settings of whoever runs the tests change it."""
    for name in ("MOCKSERVER_CONTROL_TOKEN", "MOCKSERVER_WORLD", "MOCKSERVER_PORT", "http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with StockproofServer() as server:
        assert server.world(world_with(5)).figure("CUP-1") == 5


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_the_server_ends_when_its_owner_is_killed():
    """No process is left behind by a test run that was killed."""
    code = (
        "from mockserver.testing import StockproofServer as S; import time; print(S().url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        url = owner.stdout.readline().strip()
        was_answered = requests.get(f"{url}/_mock/health", timeout=5).ok
        os.kill(owner.pid, signal.SIGKILL)

    assert was_answered
    assert ends_within(10, url)


def ends_within(seconds: float, url: str) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            requests.get(f"{url}/_mock/health", timeout=1)
        except requests.ConnectionError:
            return True
        time.sleep(0.02)
    return False
