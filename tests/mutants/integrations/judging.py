"""Certifying broken integrations on one server, several at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from conformance.certify import server
from conformance.certify.checks import all_checks, checks_of
from conformance.certify.runner import certify
from conformance.certify.stage import Mode, Setting
from conformance.target import Target
from conformance.verdict import Verdict
from tests.mutants.integrations import Broken

REFERENCE = {
    "order-manager-to-marketplacer": "conformance.reference.order_manager_to_marketplacer",
    "warehouse-to-order-manager": "conformance.reference.warehouse_to_order_manager",
}


@dataclass(frozen=True)
class Judged:
    """What the judge said of one broken integration; ``others`` are the checks that failed beside the one meant."""

    integration: Broken
    own: Verdict
    others: tuple[str, ...]
    seconds: float

    @property
    def outcome(self) -> str:
        if self.own.status == "failed":
            return "failed by its check"
        return (
            f"{self.own.status}, failed by others"
            if self.others
            else f"survived ({self.own.status}: {self.own.reason})"
        )


def certified(
    target: Target, module: str, ids: Iterable[str], *, mode: Mode = "once", workers: int = 2
) -> list[Verdict]:
    """Return the verdicts of these checks on a module that is a program."""
    wanted = set(ids)
    command = [sys.executable, "-m", module, f"--{mode}"]
    checks = [check for check in all_checks() if check.id in wanted]
    run = certify(Setting(target, command, mode), checks, again=lambda _check: "", workers=workers)
    return list(run.verdicts)


def judge(target: Target, broken: Broken, *, everything: bool = False, mode: Mode = "once") -> Judged:
    """Certify one broken integration, by its own check or by all of its profile."""
    began = time.monotonic()
    ids = [check.id for check in checks_of(broken.profile)] if everything else [broken.breaks]
    verdicts = {each.id: each for each in certified(target, broken.module, ids, mode=mode)}
    failed = (id_ for id_, each in verdicts.items() if each.status in ("failed", "errored") and id_ != broken.breaks)
    return Judged(broken, verdicts[broken.breaks], tuple(failed), time.monotonic() - began)


def judge_all(
    chosen: Iterable[Broken],
    *,
    everything: bool = False,
    mode: Mode = "once",
    workers: int = 2,
    heard: Callable[[Judged], object] = lambda _judged: None,
) -> list[Judged]:
    """Certify broken integrations, in any order; ``heard`` is told each result when it is there."""
    done = []
    with server.started() as url, Target.open(url) as target, ThreadPoolExecutor(workers) as pool:
        tasks = [pool.submit(judge, target, each, everything=everything, mode=mode) for each in chosen]
        for task in as_completed(tasks):
            done.append(task.result())
            heard(done[-1])
    return sorted(done, key=lambda each: each.integration.name)
