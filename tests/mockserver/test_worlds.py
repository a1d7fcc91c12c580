"""The owner of worlds: credentials lead to exactly one, and history goes back and forth."""

from __future__ import annotations

import itertools

import pytest

from mockserver.core.errors import InvalidWorld
from mockserver.worlds import DuplicateSnapshot, UnknownSnapshot, UnknownWorld, Worlds

WORLD = {
    "format": "stockproof/world/1",
    "clock": "2026-01-05T09:00:00Z",
    "order_manager": {
        "tokens": [{"token": "file-token", "scopes": ["read_inventory"], "name": "poller"}],
        "apps": [{"app_key": "file-app", "app_secret": "file-secret"}],
        "warehouses": [{"id": 1, "name": "East"}],
        "sales_channels": [{"id": 10, "name": "Shop"}],
        "products": [{"master_sku": "MUG", "name": "Mug"}],
        "stock": [{"master_sku": "MUG", "warehouse": 1, "on_hand": 8}],
        "listings": [{"id": 1, "listing_sku": "MUG-10", "master_sku": "MUG", "sales_channel": 10}],
    },
    "marketplacer": {"sellers": [{"id": 1, "name": "One", "api_key": "file-key"}]},
}


def stock(on_hand):
    return {"type": "stock.set", "master_sku": "MUG", "warehouse": 1, "on_hand": on_hand}


def rows(hosted, **rest):
    return [(row.listing.listing_sku, row.figure) for row in hosted.acknowledge(0, "v1.2", [10], 100, **rest)]


def test_a_made_world_has_credentials_of_its_own():
    """Those of the file are never used."""
    worlds = Worlds(new_secret=map("secret-{}".format, itertools.count()).__next__)
    hosted = worlds.create(WORLD)

    assert worlds.by_token("file-token") is None
    assert worlds.by_api_key("file-key") is None
    assert worlds.by_app("file-app") is None
    (token,) = hosted.credentials.tokens
    assert worlds.by_token(token) == (hosted, hosted.credentials.tokens[token])
    assert (hosted.credentials.tokens[token].scopes, hosted.credentials.tokens[token].name) == (
        {"read_inventory"},
        "poller",
    )


def test_the_default_world_keeps_the_credentials_of_its_file():
    """Integrators write them into their configuration."""
    worlds = Worlds()
    hosted = worlds.serve_as_default(WORLD, world_id="shop")

    assert worlds.default is hosted is worlds.get("shop")
    assert worlds.by_token("file-token")[0] is hosted
    assert worlds.by_api_key("file-key") == (hosted, 1)
    assert worlds.by_app("file-app") is hosted


def test_a_world_without_tokens_and_keys_gets_some():
    """Otherwise nobody could ask it anything."""
    bare = {"format": "stockproof/world/1", "marketplacer": {"sellers": [{"id": 7, "name": "S"}]}}
    hosted = Worlds().serve_as_default(bare, world_id="bare")

    assert len(hosted.credentials.tokens) == 1
    assert list(hosted.credentials.api_keys.values()) == [7]


def test_a_credential_cannot_belong_to_two_worlds():
    """The second world is refused whole, without naming the credential."""
    worlds = Worlds()
    worlds.serve_as_default(WORLD, world_id="one")

    with pytest.raises(InvalidWorld) as error:
        worlds.create(WORLD, world_id="two", own_credentials=False)

    assert "file-" not in str(error.value)
    assert [problem.path for problem in error.value.problems] == [
        "order_manager.tokens", "order_manager.apps", "marketplacer.sellers",
    ]  # fmt: skip
    with pytest.raises(UnknownWorld):
        worlds.get("two")


def test_a_broken_world_leaves_no_credential_behind():
    """It is built before anything is registered."""
    worlds = Worlds()
    broken = {**WORLD, "links": [{"sales_channel": 99, "seller": 1}]}

    with pytest.raises(InvalidWorld):
        worlds.create(broken, own_credentials=False)

    assert worlds.create(WORLD, own_credentials=False) is worlds.by_token("file-token")[0]


def test_dropping_the_default_world_leaves_none():
    """And frees its credentials for another."""
    worlds = Worlds()
    worlds.serve_as_default(WORLD, world_id="one")

    worlds.drop("one")

    assert worlds.default is None
    assert worlds.serve_as_default(WORLD, world_id="two").id == "two"
    with pytest.raises(UnknownWorld) as error:
        worlds.drop("on")
    assert (error.value.args[0], error.value.nearest) == ("on", None)


def test_the_file_that_a_world_was_made_from_is_not_touched():
    """A document can be used again."""
    before = repr(WORLD)
    hosted = Worlds().create(WORLD)
    hosted.run(stock(3))
    hosted.reset()

    assert repr(WORLD) == before


def test_the_readings_of_the_server_come_before_the_registrys_and_after_the_files():
    """--readings, the world file, the defaults."""
    worlds = Worlds(readings={"ack.nothing-new": "no-content", "ack.envelope": "object"})
    hosted = worlds.create({**WORLD, "readings": {"ack.envelope": "array"}})

    readings = hosted.world.readings
    assert (readings["ack.nothing-new"], readings["ack.envelope"], readings["ack.paging"]) == (
        "no-content",
        "array",
        "limit",
    )


def test_only_what_was_done_is_journalled():
    """A refused command changes nothing, so it is no history; nor is a poll that tells nothing."""
    hosted = Worlds().create(WORLD)
    hosted.run(stock(-1))
    assert rows(hosted) == [("MUG-10", 8)]
    assert rows(hosted) == []
    hosted.run(stock(3))

    assert [entry.command["type"] for entry in hosted.entries()] == ["feed.acknowledge", "stock.set"]


def test_a_first_poll_of_an_empty_channel_is_history():
    """It sets the marker: what comes later is news to this caller."""
    empty = {**WORLD, "order_manager": {**WORLD["order_manager"], "listings": []}}
    hosted = Worlds().create(empty)
    assert rows(hosted) == []

    assert [entry.command["type"] for entry in hosted.entries()] == ["feed.acknowledge"]


def test_history_comes_back_from_the_journal():
    """State and markers alike."""
    hosted = Worlds().create(WORLD)
    rows(hosted)
    hosted.run(stock(3))
    hosted.save_snapshot("due")
    hosted.run(stock(5))

    hosted.restore("due")

    assert rows(hosted) == [("MUG-10", 3)]
    assert len(hosted.entries()) == 3


def test_confirmed_rows_stay_confirmed_after_a_restore():
    """Reading ack.consumption=explicit: the confirmation is part of the history."""
    hosted = Worlds().create({**WORLD, "readings": {"ack.consumption": "explicit"}})
    assert rows(hosted) == rows(hosted) == [("MUG-10", 8)]
    assert rows(hosted, acknowledged=[1]) == []
    hosted.save_snapshot("confirmed")

    hosted.restore("confirmed")

    assert rows(hosted) == []


def test_snapshot_names_are_unique_and_unknown_ones_are_told():
    """With the nearest that exists."""
    hosted = Worlds().create(WORLD)
    hosted.save_snapshot("monday")

    with pytest.raises(DuplicateSnapshot):
        hosted.save_snapshot("monday")
    with pytest.raises(UnknownSnapshot) as error:
        hosted.restore("mondy")
    assert error.value.nearest == "monday"


def test_a_fork_is_a_world_of_its_own():
    """Same history, other credentials, and what happens to one does not happen to the other."""
    worlds = Worlds()
    hosted = worlds.create(WORLD)
    rows(hosted)
    hosted.run(stock(3))
    hosted.save_snapshot("due")

    fork = worlds.fork(hosted, "due")
    fork.run(stock(1))

    assert fork.id != hosted.id
    assert not set(fork.credentials.tokens) & set(hosted.credentials.tokens)
    assert (rows(hosted), rows(fork)) == ([("MUG-10", 3)], [("MUG-10", 1)])


def test_a_large_world_file_is_kept_small_and_comes_back_whole():
    """The start is compressed from a megabyte on."""
    listings = [
        {"id": n, "listing_sku": f"MUG-{n}", "master_sku": "MUG", "sales_channel": 10} for n in range(1, 20_001)
    ]
    large = {**WORLD, "order_manager": {**WORLD["order_manager"], "listings": listings}}
    hosted = Worlds().create(large)

    assert hosted.start_document() == large
    assert len(hosted._start._raw) < 400_000
