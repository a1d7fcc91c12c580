"""A replay on a server does the same as one in this process, down to the bytes of the log."""

from __future__ import annotations

import pytest

from conformance.resources import fixtures_dir
from conformance.scenario.loading import load
from conformance.scenario.problems import BadScenario
from conformance.scenario.result import replay
from conformance.scenario.served import served_by
from conformance.target import Target
from tests.conformance.scenario.scenes import read, scene

MOCK = "mockserver.http.app:create_app()"
FILES = sorted((fixtures_dir() / "scenarios").glob("*.yaml"))
# A9 looks at the world hundreds of times; the others show the same in less.
SHORT = [path for path in FILES if path.stem != "a9-rate-limit-backlog"]


@pytest.fixture(scope="module")
def server():
    with Target.open(MOCK) as target:
        yield target


@pytest.mark.parametrize("path", SHORT, ids=lambda path: path.stem)
def test_the_log_on_a_server_is_the_log_in_process(server, path):
    """Same commands through the control API, rows of the feed through its own route: same hash, same numbers."""
    here, there = replay(load(path)), replay(load(path), served_by(server))

    assert there.as_json() == here.as_json()


def test_no_world_is_left_on_the_server(server):
    """A replay drops the worlds that it made, also when it was refused."""
    made = []

    def world(document):
        found = served_by(server)(document)
        made.append(found._world.id)
        return found

    replay(load(FILES[0]), world)

    assert made
    assert {server.control("GET", f"/worlds/{one}").status for one in made} == {404}


def test_a_world_that_the_server_does_not_take_is_a_bad_scenario(server):
    """An unknown reading is told as in process: the file is wrong, not the server."""
    wrong = read(scene(readings={"orders.hold": "perhaps"}))

    with pytest.raises(BadScenario, match=r"orders\.hold"):
        replay(wrong, served_by(server))
    with pytest.raises(BadScenario, match=r"orders\.hold"):
        replay(wrong)
