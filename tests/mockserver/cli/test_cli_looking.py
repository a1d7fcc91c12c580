"""`mockserver requests`, `clock`, `journal` and `snapshot`: time, and what happened."""

from __future__ import annotations

import json

import requests

from mockserver.cli import client


def put(world, count, variant=1):
    record = {"type": "inventories", "attributes": {"seller_id": 1, "count_on_hand": count}}
    headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": "application/vnd.api+json"}
    url = f"{world.url}/api/v2/client/variants/{variant}/inventories"
    return requests.put(url, json={"data": [record]}, headers=headers, timeout=10)


def acknowledge(world, channel=5394):
    url = f"{world.url}/v1.2/inventory/acknowledge"
    headers = {"Authorization": f"Bearer {world.tokens[0]}"}
    return requests.post(url, params={"salesChannelId": channel}, headers=headers, timeout=10)


def test_requests_are_filtered_by_status_method_and_path(cli, world):
    """One good PUT, one bad one, one read of the feed."""
    put(world, 3), put(world, "x"), acknowledge(world)

    bad = cli.json("requests", "--status", 422, "--method", "put", "--path", "/variants/1/")["requests"]
    assert [("PUT", 422)] == [(each["method"], each["status"]) for each in bad]
    feed = cli.json("requests", "--api", "order-manager", "--operation", "acknowledgeInventoryV12")["requests"]
    assert ["salesChannelId=5394"] == [each["query"] for each in feed]


def test_the_newest_requests_come_last(cli, world):
    """A limit keeps the newest; `after` leaves out what was seen before."""
    for count in (1, 2, 3):
        put(world, count)

    told = [each["request_body"]["data"][0]["attributes"]["count_on_hand"] for each in _told(cli, "--limit", 2)]
    assert [2, 3] == told
    assert 1 == len(_told(cli, "--after", _told(cli)[1]["id"]))


def test_more_requests_than_one_page_are_read_through(cli, world, monkeypatch):
    """The control API answers in pages; the newest are on the last one."""
    monkeypatch.setattr(client, "_MOST_EXCHANGES", 2)
    for count in range(5):
        put(world, count)

    assert [2, 3, 4, 5] == [each["id"] - _told(cli)[0]["id"] + 1 for each in _told(cli, "--limit", 4)]


def test_a_refused_request_shows_what_was_wrong(cli, world):
    """The vendor's message in the table; credentials are in neither form."""
    put(world, "x")

    shown = " ".join(cli.text("requests").split())
    assert "PUT" in shown
    assert "is not of type" in shown
    assert world.api_keys[1] not in shown + cli.run("requests").stdout


def _told(cli, *options):
    return cli.json("requests", *options)["requests"]


def test_no_request_is_said_in_words(cli):
    """Nothing was asked yet."""
    assert "no request fits" == cli.text("requests")


def test_the_clock_is_shown_without_a_subcommand(cli):
    """`clock` means `clock show`, with its options."""
    assert "2026-01-05T09:00:00Z" == cli.text("clock")
    assert {"now": "2026-01-05T09:00:00Z"} == cli.json("clock", "--json")


def test_the_clock_is_moved_by_a_duration_or_to_an_instant(cli):
    """The new instant is printed."""
    assert "2026-01-05T09:15:00Z" == cli.text("clock", "advance", "PT15M")
    assert "2026-01-06T00:00:00Z" == cli.text("clock", "advance", "--to", "2026-01-06T00:00:00Z")


def test_time_does_not_run_backwards(cli):
    """The world refuses: exit code 1."""
    done = cli.run("clock", "advance", "--to", "2025-01-01T00:00:00Z")

    assert 1 == done.exit_code
    assert "time does not run backwards" in done.stderr


def test_a_duration_is_written_as_iso_8601(cli):
    """Anything else, nothing or both are mistakes in the call."""
    assert "'soon' is not a duration such as PT15M" in cli.run("clock", "advance", "soon").stderr
    assert 2 == cli.run("clock", "advance").exit_code
    assert 2 == cli.run("clock", "advance", "PT1M", "--to", "2026-01-06T00:00:00Z").exit_code
    assert 2 == cli.run("clock", "advance", "--to", "tomorrow").exit_code


def test_the_journal_lists_commands_in_order(cli):
    """In a pipe as the control API has them, on a terminal with their fields."""
    cli.json("stock", "receive", "MUG-WHITE", "--warehouse", 1, "--units", 4)
    cli.json("order", "create", "--channel", 5394, "--number", "A-1", "MUG-WHITE-MP:1")

    assert [0, 1] == [entry["position"] for entry in cli.json("journal")["entries"]]
    shown = " ".join(cli.text("journal").split())
    assert "stock.receive" in shown
    assert "units=4" in shown
    assert "lines=[{listing_sku=MUG-WHITE-MP quantity=1}]" in shown


def test_the_order_of_options_does_not_matter(cli):
    """The same call typed in two ways leaves the same entry, byte for byte."""
    cli.run("stock", "receive", "MUG-WHITE", "--warehouse", 1, "--units", 4)
    cli.run("stock", "receive", "--units", 4, "--warehouse", 1, "MUG-WHITE")

    first, second = (json.dumps(entry["command"]) for entry in cli.json("journal")["entries"])
    assert first == second


def test_an_empty_journal_is_said_in_words(cli):
    """A fresh world has done nothing."""
    assert "no commands yet" == cli.text("journal")


def test_the_session_is_saved_as_a_scenario(cli):
    """It is a file, so it is JSON on a terminal too."""
    cli.json("stock", "receive", "MUG-WHITE", "--warehouse", 1, "--units", 4)

    assert "stockproof/scenario/1" == cli.json("journal", "--format", "scenario")["format"]
    assert cli.text("journal", "--format", "scenario").startswith("{")


def test_a_snapshot_is_saved_listed_and_come_back_to(cli, world):
    """What was done since is undone."""
    assert "saved before at 2026-01-05T09:00:00Z" == cli.text("snapshot", "save", "before")
    cli.json("rule", "set", "TEE-BLUE-S", "--channel", 5394, "--max", 1)
    assert "before" in cli.text("snapshot", "list")

    assert "back at before, 2026-01-05T09:00:00Z" == cli.text("snapshot", "restore", "before")
    assert 9 == world.figure(501)
    assert ["before"] == [each["name"] for each in cli.json("snapshot", "list")]


def test_a_fork_is_a_world_with_credentials_of_its_own(cli, world):
    """The new world's id can be given to the next call; the old one does not notice."""
    cli.json("snapshot", "save", "before")
    forked = cli.json("snapshot", "fork", "before")
    cli.json("stock", "receive", "TEE-BLUE-S", "--warehouse", 1, "--units", 4, "--world", forked["id"])

    assert 11 == cli.json("explain", 501, "--world", forked["id"])["figure"]
    assert 9 == world.figure(501)
    assert not set(forked["order_manager"]["tokens"]) & set(world.tokens)
    assert "Marketplacer key of seller 4" in cli.text("snapshot", "fork", "before")


def test_snapshot_names_are_minded(cli):
    """Taken: 1. Unknown: 1, with the nearest. No name at all: 2."""
    cli.json("snapshot", "save", "before")

    assert (1, True) == _refusal(cli.run("snapshot", "save", "before"), "there is a snapshot 'before' already")
    assert (1, True) == _refusal(cli.run("snapshot", "restore", "befor"), "the nearest is 'before'")
    assert 2 == cli.run("snapshot", "save", "a b").exit_code


def _refusal(done, message):
    return done.exit_code, message in done.stderr
