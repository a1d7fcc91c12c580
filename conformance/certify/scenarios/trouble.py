"""Syncing in trouble: pushes that fail, a crash, lost and refused acknowledges, quotas, duplicates, another order."""

from __future__ import annotations

import itertools
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.certify import plan
from conformance.certify.history import last
from conformance.certify.scenarios import refusals
from conformance.certify.scenarios.scene import Scene
from conformance.certify.stage import Finding
from conformance.certify.world import PLAIN, lite
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.certify.history import Exchange
    from conformance.certify.plan import Act, Fault
    from conformance.certify.stage import Stage
    from conformance.certify.world import Item

HURT: Final = PLAIN[1]
ALSO_HURT: Final = PLAIN[2]
MOST_TRIES: Final = 10
SECONDS_APART: Final = 0.1


# -- pushes that fail --------------------------------------------------------------------------------------


def failed_push(
    stage: Stage, check: str, spoil: Callable[[Stage], list[Fault]], judged: Sequence[str] = ()
) -> Iterator[Finding]:
    """Let the pushes of one listing fail for a run, see whether the others are held up, and whether it is lost."""
    others = [item for item in PLAIN if item not in (HURT, ALSO_HURT)]
    stage.sync()
    _change(stage)
    since = stage.history.length
    faults = spoil(stage)
    stage.sync()
    if "blocked" in judged:
        yield _blocked(stage, others, faults, since)
    stage.plan.clear()
    stage.settle(stage.all_right(PLAIN))
    if not any(fault.fired for fault in faults):
        yield Finding(check, missing="no write of the listing met the fault")
        return
    hurt = stage.wrong([HURT, ALSO_HURT])
    yield Finding(check, hurt, stage.evidence([HURT, ALSO_HURT], since))
    if "retries" in judged:
        yield retries(stage, since)


def _change(stage: Stage) -> None:
    stage.change(*(stage.stock(item, item.on_hand + 7) for item in PLAIN))


def _blocked(stage: Stage, others: Sequence[Item], faults: Sequence[Fault], since: int) -> Finding:
    """Judge the listings beside the one that cannot be written, after two runs at most."""
    check = "certify.failed-push-blocks-nobody"
    if stage.wrong(others):
        stage.sync()
    if not any(fault.fired for fault in faults):
        return Finding(check, missing="no write of the listing met the fault")
    return Finding(check, stage.wrong(others), stage.evidence([HURT, *others], since))


def _push_of(stage: Stage, item: Item) -> Callable[[Exchange], bool]:
    variant = stage.account.variant_id(item)
    return lambda exchange: exchange.is_push and exchange.variant == variant


def _spoil(act: Act, stage: Stage) -> list[Fault]:
    return [stage.plan.add("the harness refused it", _push_of(stage, HURT), act)]


def _hold(stage: Stage) -> list[Fault]:
    return [stage.plan.add("the harness held it", _push_of(stage, HURT), plan.holding(), times=1)]


def _break(stage: Stage) -> list[Fault]:
    before = stage.plan.add(
        "the harness reset the connection before it took effect", _push_of(stage, HURT), plan.resetting_before
    )
    after = stage.plan.add(
        "the harness reset the connection after it took effect", _push_of(stage, ALSO_HURT), plan.resetting_after
    )
    return [before, after]


def retries(stage: Stage, since: int) -> Finding:
    """Judge how often and how quickly requests that were answered with 503 came again."""
    check = "certify.retries-bounded"
    refused = [each for each in stage.history.all(since) if each.spoiled and each.status == 503]
    if not refused:
        return Finding(check, missing="no request was refused")
    found, shown = [], []
    for series in _series(stage, refused):
        name = f"{series[0].method} {series[0].path}, run {series[0].run}"
        quick = [
            pair
            for pair in itertools.pairwise(series)
            if pair[1].at - pair[0].at < SECONDS_APART - refusals.TOLERANCE_SECONDS
        ]
        if len(series) > MOST_TRIES:
            found.append(Difference(f"{name}, tries", f"at most {MOST_TRIES}", len(series)))
        if quick:
            gap = round(min(later.at - earlier.at for earlier, later in quick), 3)
            found.append(Difference(f"{name}, seconds between tries", f"at least {SECONDS_APART}", gap))
        if len(series) > MOST_TRIES or quick:
            shown += series
    return Finding(check, tuple(found), last(shown))


def _series(stage: Stage, refused: Iterable[Exchange]) -> list[list[Exchange]]:
    """Return tries of one request that belong together: of one run, for a daemon those without another read between."""
    series: dict[tuple[str, str, int, int], list[Exchange]] = {}
    reads = [each.number for each in stage.history.acknowledges() if not each.spoiled]
    daemon = stage.setting.mode == "daemon"
    for each in refused:
        lap = sum(number < each.number for number in reads) if daemon else 0
        series.setdefault((each.method, each.path, each.run, lap), []).append(each)
    return list(series.values())


# -- reading that fails --------------------------------------------------------------------------------------


def crash(stage: Stage) -> Iterator[Finding]:
    """Kill the integration at the first marketplace request after an acknowledge with rows."""
    stage.sync()
    _change(stage)
    since = stage.history.length

    def has_read(exchange: Exchange) -> bool:
        return exchange.api == "marketplacer" and any(each.rows for each in stage.history.acknowledges(since))

    fault = stage.plan.add(
        "the harness killed the integration", has_read, plan.signalling(stage.integration.kill), times=1
    )
    stage.sync()
    stage.plan.clear()
    stage.require(fault.fired, "no marketplace request followed an acknowledge with rows")
    stage.settle(stage.all_right(PLAIN))
    yield Finding("certify.crash-recovered", stage.wrong(PLAIN), (*fault.fired, *stage.evidence(PLAIN, since)))


def lost_acknowledge(stage: Stage) -> Iterator[Finding]:
    """Lose the answer of an acknowledge that had rows."""
    check = "certify.lost-acknowledge-reply"
    stage.sync()
    _change(stage)
    since = stage.history.length
    fault = stage.plan.add("its answer was lost", lambda each: each.is_acknowledge, plan.losing_rows, times=1)
    stage.sync()
    stage.plan.clear()
    stage.require(fault.fired, "no acknowledge with rows was made")
    stage.settle(stage.all_right(PLAIN))
    wrong = stage.wrong(PLAIN)
    if wrong and _is_hopeless(stage):
        yield Finding(check, missing="the server's readings give no second marker to read it from")
        return
    yield Finding(check, wrong, (*fault.fired, *stage.evidence(PLAIN, since)))


def _is_hopeless(stage: Stage) -> bool:
    """Return whether the server tells nothing twice, not even over the other version of the endpoint."""
    readings = stage.document().get("readings", {})
    shared = readings.get("ack.marker-scope") == "token-channel"
    return bool(shared or readings.get("ack.first-call") == "nothing")


def failed_acknowledge(stage: Stage) -> Iterator[Finding]:
    """Answer every acknowledge of a run with 503."""
    stage.sync()
    _change(stage)
    since = stage.history.length
    act = refusals.unavailable()
    fault = stage.plan.add("the harness refused it", lambda each: each.is_acknowledge, act)
    _run_for_a_while(stage)
    stage.plan.clear()
    stage.require(fault.fired, "no acknowledge was made")
    stage.settle(stage.all_right(PLAIN))
    shown = (*last(fault.fired, 5), *stage.evidence(PLAIN, since, 5))
    yield Finding("certify.failed-acknowledge", stage.wrong(PLAIN), shown)
    yield retries(stage, since)


def _run_for_a_while(stage: Stage) -> None:
    """Let it run into refused acknowledges: a daemon that reads nothing never becomes quiet."""
    if stage.setting.mode == "once":
        stage.sync()
        return
    stage.history.run += 1
    time.sleep(3)


def quota(stage: Stage) -> Iterator[Finding]:
    """Answer an acknowledge with 429 and a wait in milliseconds."""
    stage.sync()
    _change(stage)
    fault = refusals.quota(stage, lambda each: each.is_acknowledge)
    stage.sync()
    stage.require(fault.fired, "no acknowledge was made")
    refused = fault.fired[0]
    early, differences = refusals.too_early(stage, refused)
    stage.settle(stage.all_right(PLAIN))
    yield Finding("certify.quota-waited-out", (*differences, *stage.wrong(PLAIN)), (refused, *early))


# -- twice, and in another order ---------------------------------------------------------------------------


def duplicates(stage: Stage) -> Iterator[Finding]:
    """Tell every row twice, and deliver every push twice."""
    rows = plan.rearranging(lambda rows: [row for row in rows for _ in (1, 2)])
    told = stage.plan.add("its rows were repeated", lambda each: each.is_acknowledge, rows)
    pushed = stage.plan.add("it was delivered twice", lambda each: each.is_push, plan.twice)
    yield from _unharmed(stage, "certify.duplicates-harmless", [told, pushed])


def reordering(stage: Stage) -> Iterator[Finding]:
    """Tell the rows backwards."""
    rows = plan.rearranging(lambda rows: rows[::-1])
    told = stage.plan.add("its rows came in another order", lambda each: each.is_acknowledge, rows)
    yield from _unharmed(stage, "certify.reordering-harmless", [told])


def _unharmed(stage: Stage, check: str, faults: Sequence[Fault]) -> Iterator[Finding]:
    stage.sync()
    wrong = stage.wrong(PLAIN)
    _change(stage)
    stage.sync()
    stage.require(all(fault.fired for fault in faults), "nothing of that kind happened")
    yield Finding(check, wrong or stage.wrong(PLAIN), stage.evidence(PLAIN))


def _pushes(name: str, check: str, spoil: Callable[[Stage], list[Fault]], *judged: str) -> Scene:
    return Scene(name, lite, partial(failed_push, check=check, spoil=spoil, judged=judged))


SCENES: Final = (
    _pushes(
        "failed-push-503",
        "certify.failed-push-503",
        partial(_spoil, refusals.unavailable()),
        "blocked",
        "retries",
    ),
    _pushes("failed-push-422", "certify.failed-push-422", partial(_spoil, refusals.unprocessable()), "blocked"),
    _pushes("failed-push-timeout", "certify.failed-push-timeout", _hold),
    _pushes("failed-push-reset", "certify.failed-push-reset", _break),
    Scene("crash", lite, crash),
    Scene("lost-acknowledge-reply", lite, lost_acknowledge),
    Scene("failed-acknowledge", lite, failed_acknowledge),
    Scene("quota", lite, quota),
    Scene("duplicates", lite, duplicates),
    Scene("reordering", lite, reordering),
)
