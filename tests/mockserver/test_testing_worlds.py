"""`mock_world` as context manager and decorator, and several worlds at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter

from mockserver.testing import MockWorld, mock_world
from tests.mockserver.asking import ACKNOWLEDGE, ask, figures_told, world_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def in_thread(work: Callable[[], None]) -> None:
    """Run work in a new thread and raise what it raised."""
    errors: list[BaseException] = []

    def caught() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=caught)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


# -- context manager and decorator -------------------------------------------------------------------


def test_each_use_of_one_mock_has_a_fresh_world():
    """Also when the same object is entered again, inside itself too."""
    mocking = mock_world(world_with(5))
    with mocking as first, mocking as second:
        assert first is not second
    with mocking:
        assert figures_told("one-token") == {"CUP-1": 5}
    with mocking:
        assert figures_told("one-token") == {"CUP-1": 5}


def test_the_patch_is_gone_afterwards_also_after_an_error():
    """What was there before is back."""
    before = HTTPAdapter.send

    def failing() -> None:
        with mock_world():
            assert before is not HTTPAdapter.send
            raise KeyError

    with pytest.raises(KeyError):
        failing()

    assert before is HTTPAdapter.send


def test_a_handle_can_be_looked_at_afterwards():
    """The world stays as it was at the end."""
    with mock_world(world_with(5)) as world:
        figures_told("one-token")

    assert (world.figure("CUP-1"), len(world.requests())) == (5, 1)


def test_a_decorated_function_gets_the_handle_as_its_parameter_named_world():
    """That is the rule: by name, by keyword, whatever else it takes."""

    @mock_world(world_with(5))
    def asked(factor: int, world: MockWorld, *, extra: int = 0) -> int:
        return world.figure("CUP-1") * factor + extra

    assert (asked(2), asked(factor=3, extra=1)) == (10, 16)


def test_a_decorated_function_without_that_parameter_gets_nothing():
    """The world is there all the same."""

    @mock_world
    def asked(*arguments: int) -> tuple[int, ...]:
        return (len(ask("om-demo-token").json()), *arguments)

    assert asked(1, 2) == (12, 1, 2)


def test_each_call_of_a_decorated_function_has_a_fresh_world():
    """A marker moved in one call is not moved in the next."""

    @mock_world(world_with(5))
    def told() -> dict[str, int]:
        return figures_told("one-token")

    assert [told(), told()] == [{"CUP-1": 5}, {"CUP-1": 5}]


class TestMethods:
    """A decorated method of a test class; pytest must not look for a fixture named world."""

    @pytest.mark.parametrize("number", [1])
    @mock_world(world_with(5))
    def test_a_decorated_test_method_works_with_fixtures(self, number: int, tmp_path: Path, world: MockWorld):
        """self, parameters and fixtures come from pytest, the handle from mock_world."""
        assert (number, tmp_path.is_dir(), world.figure("CUP-1")) == (1, True, 5)


async def coroutine() -> None: ...


def generator() -> Iterator[None]:
    yield


@pytest.mark.parametrize("wrong", [coroutine, generator, TestMethods])
def test_only_plain_functions_can_be_decorated(wrong: Any):
    """For the others the world would end before their body has run."""
    with pytest.raises(TypeError, match="with mock_world"):
        mock_world()(wrong)


# -- worlds beside each other ------------------------------------------------------------------------


def test_the_inner_of_two_worlds_answers_and_the_outer_sees_nothing():
    """Same credentials, same addresses: two registries all the same."""
    with mock_world(world_with(5)) as outer:
        with mock_world(world_with(7)) as inner:
            assert figures_told("one-token") == {"CUP-1": 7}
        assert figures_told("one-token") == {"CUP-1": 5}

    assert (len(outer.requests()), len(inner.requests())) == (1, 1)


def test_the_token_of_an_outer_world_is_unknown_to_the_inner():
    """Worlds never see each other."""
    with mock_world(world_with(5, "outer")), mock_world(world_with(7, "inner")):
        assert ask("outer", channel=1).status_code == 401


def test_two_marketplaces_are_two_addresses():
    """An address that the inner world does not answer reaches the outer one."""
    with mock_world(marketplacer_url="https://a.example") as a, mock_world(marketplacer_url="https://b.example") as b:
        for address in ("https://a.example", "https://b.example"):
            requests.get(f"{address}/api/v2/client/variants/1/inventories", timeout=5)

    assert (len(a.requests()), len(b.requests())) == (1, 1)


def test_worlds_may_end_in_any_order():
    """The patch is taken off with the last one."""
    before = HTTPAdapter.send
    first, second = mock_world(world_with(5, "first")), mock_world(world_with(7, "second"))
    with ExitStack() as rest:
        first.__enter__()
        rest.enter_context(second)
        first.__exit__(None, None, None)
        assert figures_told("second") == {"CUP-1": 7}

    assert before is HTTPAdapter.send


def test_threads_with_worlds_of_their_own_do_not_meet():
    """Each thread reaches what it has entered, though all send the same token to the same address."""
    ready, seen = threading.Barrier(4), {}

    def work(units: int) -> None:
        with mock_world(world_with(units)) as world:
            ready.wait(10)
            for spare in range(20):
                seen[units, spare] = figures_told("one-token")
                world.run({"type": "stock.set", "master_sku": "CUP", "warehouse": 1, "on_hand": units + spare + 1})
            ready.wait(10)

    threads = [threading.Thread(target=work, args=(1000 * number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    expected = {
        (1000 * number, spare): {"CUP-1": 1000 * number + spare} for number in range(1, 5) for spare in range(20)
    }
    assert expected == seen


def test_a_thread_that_has_entered_nothing_reaches_the_world_of_the_others():
    """A pool inside the code under test works."""
    told = []
    with mock_world(world_with(5)), mock_world(world_with(7)):
        in_thread(lambda: told.append(figures_told("one-token")))

    assert told == [{"CUP-1": 7}]


def test_a_credential_decides_where_several_threads_have_worlds():
    """A thread without a world of its own reaches the one whose token it sends."""
    told = []

    def in_second_thread() -> None:
        with mock_world(world_with(7, "second")):
            in_thread(lambda: told.extend([figures_told("first"), figures_told("second")]))

    with mock_world(world_with(5, "first")):
        in_thread(in_second_thread)

    assert told == [{"CUP-1": 5}, {"CUP-1": 7}]


@pytest.mark.parametrize("token", ["one-token", "nobodys"])
def test_a_request_that_could_mean_several_worlds_is_refused(token: str):
    """Loudly, instead of by chance: equal credentials, or none that is known."""

    def in_second_thread() -> None:
        with mock_world(world_with(7)):
            in_thread(lambda: figures_told(token))

    with mock_world(world_with(5)), pytest.raises(requests.ConnectionError, match="several threads"):
        in_thread(in_second_thread)


def test_tasks_and_their_threads_reach_the_world_around_them():
    """asyncio.to_thread carries the world along."""

    async def main() -> list[dict[str, int]]:
        return [figures_told("one-token"), await asyncio.to_thread(figures_told, "one-token")]

    with mock_world(world_with(5)):
        assert asyncio.run(main()) == [{"CUP-1": 5}, {}]


def test_the_patch_holds_for_the_whole_process():
    """The documented limit: threads that know nothing of the world are refused other addresses too."""
    with mock_world(), pytest.raises(requests.ConnectionError, match="mock_world"):
        in_thread(lambda: requests.get("https://elsewhere.example/", timeout=5))


# -- other clients -----------------------------------------------------------------------------------


def test_httpx_reaches_the_same_world_as_a_wsgi_application():
    """State is shared with what requests sees; the control API is there."""
    with mock_world() as world, httpx.Client(transport=httpx.WSGITransport(world.wsgi_app)) as client:
        first = client.post(
            f"https://app.skubana.com/service{ACKNOWLEDGE}?salesChannelId=5394",
            headers={"Authorization": f"Bearer {world.tokens[0]}"},
        )
        second = ask(world.tokens[0])
        clock = client.get(f"https://any.example/_mock/worlds/{world.id}/clock").json()

    assert (len(first.json()), second.json()) == (12, [])
    assert clock == {"now": "2026-01-05T09:00:00Z"}
    assert len(world.requests()) == 2


def test_the_module_is_light():
    """Neither Flask nor a server nor a client is imported until it is used."""
    code = (
        "import sys, mockserver.testing as t;"
        "heavy = {'flask', 'granian', 'responses', 'requests', 'httpx', 'pytest'};"
        "print(sorted(heavy & set(sys.modules)));"
        "t.mock_world().__enter__(); print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["[]", "['requests', 'responses']"]
