"""`mockserver faults`: what is typed becomes a plan, the plan becomes trouble, and what became of it can be seen."""

from __future__ import annotations

import click
import pytest
import requests

from mockserver.cli.fault_plans import action, calls, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("status:503", {"type": "status", "status": 503}),
        ("delay:1.5", {"type": "delay", "seconds": 1.5}),
        ("delay:PT5M", {"type": "delay", "virtual": "PT5M"}),
        ("reset:before", {"type": "reset", "when": "before"}),
        ("reset:after", {"type": "reset", "when": "after"}),
        ("truncate", {"type": "truncate"}),
        ("truncate:10", {"type": "truncate", "bytes": 10}),
        ("lose-reply", {"type": "lose_reply"}),
        ("lose-reply:0.5", {"type": "lose_reply", "seconds": 0.5}),
        ("duplicate", {"type": "duplicate"}),
        ("duplicate:second", {"type": "duplicate", "answer": "second"}),
        ("duplicate:PT5M", {"type": "duplicate", "after": "PT5M"}),
        ("stale", {"type": "stale"}),
    ],
)
def test_an_action_is_typed_as_kind_and_value(typed, meant):
    """As the published schema of fault plans has it."""
    assert meant == action(typed)


NO_ACTIONS = """
    explode status status: status:x delay delay:-1 reset reset:then truncate:x lose-reply:x duplicate:third stale:1
"""


@pytest.mark.parametrize("typed", ["", *NO_ACTIONS.split()])
def test_what_is_no_action_is_answered_with_those_there_are(typed):
    """The list is the message."""
    with pytest.raises(click.BadParameter, match="status:503, delay:2"):
        action(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("1", [1]), ("1,3", [1, 3]), ("2-4", {"from": 2, "to": 4}), ("2-", {"from": 2}), ("-4", {"to": 4})],
)
def test_calls_are_a_list_or_a_range(typed, meant):
    """Both ends of a range are meant, either may be open."""
    assert meant == calls(typed)


@pytest.mark.parametrize("typed", ["", "-", "a", "1,", "1-2-3"])
def test_what_names_no_calls_is_a_mistake(typed):
    """The message shows both forms."""
    with pytest.raises(click.BadParameter, match="write 1,3 or 2-4"):
        calls(typed)


def test_a_plan_reads_as_words():
    """An action by its kind and value, a match by what it asks."""
    assert "status 503" == words({"type": "status", "status": 503})
    assert "status status=503 headers={a=b}" == words({"type": "status", "status": 503, "headers": {"a": "b"}})
    assert "stale" == words({"type": "stale"})
    assert "every request" == words({})
    assert "method PUT, calls 1, 3" == words({"method": "PUT", "calls": [1, 3]})


def get_variants(world):
    headers = {"Authorization": f"Bearer {world.api_keys[1]}"}
    return requests.get(f"{world.url}/api/v2/client/variants", headers=headers, timeout=10)


def test_a_fault_fires_as_often_as_it_was_told(cli, world):
    """Once, for the listing of variants; then the route answers as always."""
    made = cli.json("faults", "add", "status:503", "--operation", "listVariants", "--times", 1, "--id", "outage")
    assert ("outage", "active", 1) == (made["id"], made["state"], made["left"])

    assert [503, 200] == [get_variants(world).status_code for _ in range(2)]
    assert (
        "outage is spent: status 503 to operation_id listVariants"
        == cli.text("faults", "show", "outage").split("\n")[0]
    )
    assert [1] == [firing["call"] for firing in cli.json("faults", "show", "outage")["fired"]]


def test_conditions_become_the_match_of_the_plan(cli):
    """Each option its field; the window is one."""
    options = {
        "--api": "marketplacer",
        "--method": "put",
        "--route": "/client/variants/{variant_id}/inventories",
        "--seller": 1,
        "--calls": "2-3",
        "--from": "2026-01-05T10:00:00Z",
        "--to": "2026-01-05T11:00:00Z",
        "--probability": 0.5,
    }
    made = cli.json("faults", "add", "reset:after", *(each for pair in options.items() for each in pair))

    assert "waiting" == made["state"]
    assert made["plan"]["match"] == {
        "api": "marketplacer",
        "method": "PUT",
        "route": "/client/variants/{variant_id}/inventories",
        "seller": 1,
        "calls": {"from": 2, "to": 3},
        "window": {"from": "2026-01-05T10:00:00Z", "to": "2026-01-05T11:00:00Z"},
        "probability": 0.5,
    }


def test_faults_are_listed_with_what_became_of_them(cli):
    """One that never fired shows as 0."""
    assert "no faults" == cli.text("faults", "list")
    cli.json("faults", "add", "stale", "--id", "old-news")

    shown = [" ".join(line.split()) for line in cli.text("faults", "list").splitlines()]
    assert "old-news active stale every request 0 0 no end" in shown
    assert "it never fired" in cli.text("faults", "show", "old-news")


def test_a_file_of_plans_is_loaded(cli, tmp_path):
    """YAML or JSON, in order; a single plan may stand alone."""
    (tmp_path / "plans.yaml").write_text(
        "format: stockproof/fault-plan/1\nfaults:\n"
        "  - {id: a, match: {window: {to: 2026-01-05T10:00:00Z}}, action: {type: stale}}\n"
        "  - {id: b, action: {type: truncate}}\n"
    )
    (tmp_path / "one.json").write_text('{"id": "c", "action": {"type": "duplicate"}}')
    cli.json("faults", "load", tmp_path / "plans.yaml")
    assert "c is active: duplicate to every request" == cli.text("faults", "load", tmp_path / "one.json")

    assert ["a", "b", "c"] == [each["id"] for each in cli.json("faults", "list")]


@pytest.mark.parametrize("text", ["", "[]", "faults: []", "format: stockproof/world/1", "a: [", "a: 1\na: 2"])
def test_a_file_without_plans_is_a_mistake_in_the_call(cli, tmp_path, text):
    """The message names the file."""
    path = tmp_path / "plans.yaml"
    path.write_text(text)
    done = cli.run("faults", "load", path)

    assert 2 == done.exit_code
    assert str(path) in done.stderr


def test_faults_are_removed_one_by_one_or_all(cli):
    """After that none is left."""
    for name in ("a", "b", "c"):
        cli.json("faults", "add", "stale", "--id", name)

    assert {"removed": ["b"]} == cli.json("faults", "remove", "b")
    assert "removed a, c" == cli.text("faults", "clear")
    assert "removed nothing" == cli.text("faults", "clear")


def test_faults_that_cannot_be_made_or_found_say_why(cli):
    """Taken and unknown names are the world's to refuse: 1. An impossible plan is a mistake in the call: 2."""
    cli.json("faults", "add", "stale", "--id", "outage")

    assert 1 == cli.run("faults", "add", "stale", "--id", "outage").exit_code
    assert (1, True) == _refusal(cli.run("faults", "remove", "outag"), "'outage'")
    assert 2 == cli.run("faults", "add", "status:99").exit_code
    assert (2, True) == _refusal(cli.run("faults", "add", "explode"), "status:503")


def _refusal(done, message):
    return done.exit_code, message in done.stderr
