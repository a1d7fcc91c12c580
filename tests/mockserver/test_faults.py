"""Which requests a plan hits, and what is told of it afterwards: no HTTP, no clock."""

from __future__ import annotations

import pytest

from mockserver.faults import (
    MOST_FAULTS,
    Asked,
    DuplicateFault,
    Faults,
    TooManyFaults,
    UnknownFault,
    UselessPlan,
    operations_of,
)

KNOWN = {
    "listListings": ("order-manager", "GET", "/v1/listings"),
    "acknowledge": ("order-manager", "POST", "/v1.2/inventory/acknowledge"),
    "putInventories": ("marketplacer", "PUT", "/client/variants/{variant_id}/inventories"),
}
READ = frozenset({"listListings"})
NOON = 1_767_614_400_000  # 2026-01-05T12:00:00Z


def asked(operation="listListings", *, token=0, seller=None, at_ms=NOON):
    return Asked(operation, token, seller, at_ms)


def plan(times=None, fault_id=None, **match):
    given = {"match": match, "action": {"type": "status", "status": 503}}
    return given | ({"times": times} if times else {}) | ({"id": fault_id} if fault_id else {})


def struck(faults, count, **request):
    """Ask so many times and return the numbers of the calls that were hit."""
    return [number for number in range(1, count + 1) if faults.strike(asked(**request)) is not None]


def with_plan(*plans, seed=1):
    faults = Faults(seed)
    for each in plans:
        faults.add(each, READ)
    return faults


@pytest.mark.parametrize(
    ("given", "hit"),
    [
        (plan(), [1, 2, 3, 4, 5, 6]),
        (plan(times=2), [1, 2]),
        (plan(calls=[3, 5]), [3, 5]),
        (plan(calls={"from": 2, "to": 4}), [2, 3, 4]),
        (plan(calls={"from": 5}), [5, 6]),
        (plan(calls={"to": 2}), [1, 2]),
        (plan(times=1, calls={"from": 4}), [4]),
    ],
)
def test_a_plan_fires_on_the_calls_that_it_names(given, hit):
    """Calls count from 1 since the plan was made; `times` bounds the firing."""
    assert struck(with_plan(given), 6) == hit


@pytest.mark.parametrize(
    ("match", "request_", "covered"),
    [
        ({"token": 1}, {"token": 1}, True),
        ({"token": 1}, {"token": 0}, False),
        ({"seller": 2}, {"token": None, "seller": 2}, True),
        ({"seller": 2}, {"token": None, "seller": 1}, False),
        ({"window": {"from": "2026-01-05T12:00:00Z"}}, {}, True),
        ({"window": {"from": "2026-01-05T12:00:00.001Z"}}, {}, False),
        ({"window": {"to": "2026-01-05T12:00:00Z"}}, {}, False),
        ({"window": {"to": "2026-01-05T12:00:00.001Z"}}, {}, True),
        ({}, {"operation": "acknowledge"}, False),
    ],
)
def test_what_a_plan_does_not_cover_is_no_call(match, request_, covered):
    """Route, caller and a window that is open at its end decide what counts."""
    faults = with_plan(plan(**match))

    assert (faults.strike(asked(**request_)) is not None) is covered
    assert faults.get("fault-1").matched == int(covered)


def test_a_chance_is_the_same_for_the_same_seed_and_id():
    """The stream belongs to the seed and the id alone."""
    half = plan(probability=0.5, fault_id="half")

    first = struck(with_plan(half, seed=7), 1000)

    assert first == struck(with_plan(half, seed=7), 1000)
    assert first != struck(with_plan(half, seed=8), 1000)
    assert first != struck(with_plan(plan(probability=0.5, fault_id="other"), seed=7), 1000)
    assert 430 < len(first) < 570


def test_another_fault_does_not_move_the_chances_of_one():
    """A plan that is added, fires first or is removed leaves every other plan's own draws alone."""
    half = plan(probability=0.5, fault_id="half")
    alone, beside = with_plan(half), with_plan(plan(fault_id="first", times=3, calls=[2, 4, 6]), half)

    hits = struck(alone, 50)

    assert struck(beside, 50) == sorted({*hits, 2, 4, 6})
    assert [each.call for each in beside.get("half").fired] == [hit for hit in hits if hit not in (2, 4, 6)]


def test_the_first_plan_made_comes_first_and_the_other_only_counts():
    """One fault a request; the one that loses spends nothing."""
    faults = with_plan(plan(times=1), plan(times=1))

    assert [faults.strike(asked())[0].id, faults.strike(asked())[0].id] == ["fault-1", "fault-2"]
    assert faults.get("fault-2").matched == 2


@pytest.mark.parametrize(
    ("given", "calls", "at_ms", "told"),
    [
        (plan(), 2, NOON, ("active", 2, 2, None)),
        (plan(times=3), 2, NOON, ("active", 2, 2, 1)),
        (plan(times=2), 5, NOON, ("spent", 5, 2, 0)),
        (plan(calls=[1, 4]), 2, NOON, ("active", 2, 1, 1)),
        (plan(calls=[1, 4]), 4, NOON, ("spent", 4, 2, 0)),
        (plan(calls={"from": 3, "to": 5}), 1, NOON, ("active", 1, 0, 3)),
        (plan(calls={"to": 2}, times=5), 3, NOON, ("spent", 3, 2, 0)),
        (plan(window={"from": "2026-01-05T13:00:00Z"}), 2, NOON, ("waiting", 0, 0, None)),
        (plan(window={"to": "2026-01-05T13:00:00Z"}), 0, NOON + 3_600_000, ("expired", 0, 0, 0)),
        (plan(window={"to": "2026-01-05T13:00:00Z"}, times=2), 1, NOON + 3_600_000, ("expired", 1, 1, 0)),
        (plan(calls=[1], probability=1e-9), 1, NOON, ("expired", 1, 0, 0)),
    ],
)
def test_a_fault_tells_what_has_become_of_it(given, calls, at_ms, told):
    """Matched, fired, left, and whether more can come: a plan that never fired is seen."""
    faults = with_plan(given)
    struck(faults, calls)

    fault = faults.get("fault-1").told(at_ms)

    assert (fault["state"], fault["matched"], fault["fired_times"], fault["left"]) == told


def test_a_firing_says_which_call_when_and_which_request():
    """So that it is found in the request journal."""
    faults = with_plan(plan(calls=[2]))
    faults.strike(asked())
    _, firing = faults.strike(asked())
    firing.request = 12

    assert faults.get("fault-1").told(NOON)["fired"] == [{"call": 2, "at": "2026-01-05T12:00:00Z", "request": 12}]


def test_a_firing_that_came_to_nothing_can_be_withdrawn():
    """A stale answer that there is none of."""
    faults = with_plan(plan(times=1))
    fault, firing = faults.strike(asked())

    fault.withdraw(firing)

    assert (fault.told(NOON)["state"], fault.told(NOON)["fired"]) == ("active", [])


def test_ids_are_given_in_order_and_not_twice():
    """fault-1, fault-2 …, past those that were named so."""
    faults = with_plan(plan(fault_id="fault-1"), plan(), plan())

    assert [fault.id for fault in faults] == ["fault-1", "fault-2", "fault-3"]
    with pytest.raises(DuplicateFault):
        faults.add(plan(fault_id="fault-2"), READ)
    faults.remove("fault-2")
    with pytest.raises(UnknownFault) as unknown:
        faults.get("fault-2")
    assert unknown.value.known == ["fault-1", "fault-3"]
    assert len(faults) == 2


@pytest.mark.parametrize(
    "match",
    [
        {"calls": {"from": 3, "to": 2}},
        {"window": {"from": "2026-01-05T12:00:00Z", "to": "2026-01-05T12:00:00Z"}},
    ],
)
def test_an_empty_range_is_refused(match):
    """A plan that could never fire is a mistake."""
    with pytest.raises(UselessPlan):
        with_plan(plan(**match))


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ({}, set(KNOWN)),
        ({"api": "order-manager"}, {"listListings", "acknowledge"}),
        ({"method": "POST"}, {"acknowledge"}),
        ({"route": "/v1/listings"}, {"listListings"}),
        ({"operation_id": "putInventories"}, {"putInventories"}),
        ({"token": 0}, {"listListings", "acknowledge"}),
        ({"seller": 1}, {"putInventories"}),
    ],
)
def test_a_match_means_operations(match, found):
    """All parts must hold; a token is Order Manager's, a seller Marketplacer's."""
    assert operations_of(match, KNOWN, lambda *_: None) == found


@pytest.mark.parametrize(
    ("match", "place"),
    [
        ({"operation_id": "listListing"}, "/match/operation_id"),
        ({"route": "/v2/listings"}, "/match/route"),
        ({"route": "/v1/listings", "method": "PUT"}, "/match"),
        ({"token": 0, "seller": 1}, "/match"),
        ({"token": 0, "api": "marketplacer"}, "/match"),
    ],
)
def test_a_match_that_fits_no_route_is_refused(match, place):
    """A plan for an unknown route would wait for ever."""
    with pytest.raises(UselessPlan) as refused:
        operations_of(match, KNOWN, lambda value, _: f"near {value}")

    assert refused.value.place == place


def test_a_world_has_a_thousand_faults_at_most():
    """Every one costs every request a look; taking one away makes room."""
    faults = Faults(1)
    for _ in range(MOST_FAULTS):
        faults.add({"action": {"type": "stale"}}, frozenset({"listListings"}))

    with pytest.raises(TooManyFaults, match="at most 1000 faults"):
        faults.add({"action": {"type": "stale"}}, frozenset({"listListings"}))

    faults.remove("fault-7")
    assert faults.add({"action": {"type": "stale"}}, frozenset({"listListings"})).id == f"fault-{MOST_FAULTS + 1}"
