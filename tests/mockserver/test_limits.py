"""Token buckets on virtual time, and the figures that are known."""

from __future__ import annotations

import json

import jsonschema
import pytest

from mockserver import contracts
from mockserver.core.errors import InvalidWorld
from mockserver.limits import Bucket, Limit, Limits, known
from mockserver.resources import schemas_dir

CALLER = ("token", 0)


def waits(limit, *instants):
    """Call at these instants in milliseconds and return what each call is told to wait."""
    bucket = Bucket(limit, limit.burst * limit.every_ms, 0)
    return [bucket.wait_ms(at_ms) for at_ms in instants]


@pytest.mark.parametrize(
    ("limit", "instants", "expected"),
    [
        (Limit("a", 1, 1, 10_000), (0, 0, 9_999, 10_000, 10_000), [0, 10_000, 1, 0, 10_000]),
        (Limit("a", 3, 3, 10_000), (0, 0, 0, 0, 3_333, 3_334), [0, 0, 0, 3_334, 1, 0]),
        (Limit("a", 5, 1, 1_000), (0, 0, 0, 0, 0, 0, 1_000), [0, 0, 0, 0, 0, 1_000, 0]),
        (Limit("a", 2, 2, 1_000), (0, 3_600_000, 3_600_000, 3_600_000), [0, 0, 0, 500]),
        (Limit("a", 5, 5, 1_000, hourly=2), (0, 1_000, 2_000, 3_600_000, 3_600_000), [0, 0, 3_598_000, 0, 1_000]),
    ],
)
def test_a_bucket_tells_how_long_to_wait(limit, instants, expected):
    """Full at first, refilled with time, never beyond its size; a refused call costs nothing."""
    assert waits(limit, *instants) == expected


def test_every_caller_has_a_bucket_of_its_own():
    """One token's haste is not another's wait."""
    limits = Limits({"listProducts": Limit("listProducts", 1, 1, 1_000)})

    assert [limits.wait_ms("listProducts", ("token", number), 0) for number in (0, 1, 0)] == [0, 0, 1_000]
    assert limits.wait_ms("listListings", ("token", 0), 0) == 0
    limits.clear()
    assert limits.wait_ms("listProducts", ("token", 0), 0) == 0


def test_without_a_section_there_are_none():
    """Off by default."""
    assert Limits.of({}) is None
    assert Limits.of({"profile": "off"}) is None
    assert Limits.of({"profile": "off", "routes": {"listProducts": None}}) is None


def test_a_route_of_the_world_file_comes_before_the_profile():
    """Also none at all; `restore` is `burst` where left out."""
    one = {"burst": 2, "every": "PT1S"}
    limits = Limits.of({"profile": "known", "routes": {"listProducts": one, "listWarehouses": None}})

    assert limits is not None
    assert [limits.wait_ms("listProducts", CALLER, 0) for _ in range(3)] == [0, 0, 500]
    assert [limits.wait_ms("listWarehouses", CALLER, 0) for _ in range(20)] == [0] * 20
    assert [limits.wait_ms("listInventory", CALLER, 0) for _ in range(6)] == [0, 0, 0, 0, 0, 200]


def test_an_unknown_route_is_refused_with_the_nearest():
    """A limit of nothing would be silence."""
    with pytest.raises(InvalidWorld) as refused:
        Limits.of({"routes": {"listProduct": {"burst": 1, "every": "PT1S"}}})

    assert refused.value.problems[0].nearest == "listProducts"


def test_the_known_figures_keep_their_schema():
    """Each with its grade and its source."""
    document = json.loads((schemas_dir() / "limits" / "known.json").read_text())
    schema = json.loads((schemas_dir() / "harness" / "limits.json").read_text())

    jsonschema.Draft202012Validator(schema).validate(document)
    assert {row["grade"] for row in document["limits"]} == {"C", "D", "G"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("acknowledgeInventoryV12", (1, 1, 10_000, 0)),
        ("listStockTotals", (10, 10, 1_000, 0)),
        ("listProducts", (3, 3, 10_000, 0)),
        ("listWarehouses", (5, 5, 1_000, 0)),
        ("listInventory", (5, 5, 1_000, 0)),
        ("listListings", (5, 1, 1_000, 360)),
        ("listInventories", (750, 750, 10_000, 0)),
    ],
)
def test_the_known_figures_are_those_of_the_public_clients(operation, expected):
    """Requests in seconds; the default names initial requests, restore rate and hourly limit."""
    assert known()[operation][1:] == expected


def test_the_routes_of_marketplacer_share_one_quota():
    """The figure is a key's."""
    operations = [each.operation_id for each in contracts.operations("marketplacer")]

    assert {known()[each].name for each in operations} == {"mp-key"}
