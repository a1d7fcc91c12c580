"""Certifying broken and harmless integrations on one server, several at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from conformance import server
from conformance.certify.checks import all_checks, checks_of
from conformance.certify.runner import certify
from conformance.certify.stage import Mode, Setting
from conformance.target import Target
from conformance.verdict import Verdict
from tests.mutants.integrations import Broken


@dataclass(frozen=True)
class Judged:
    """
    What the judge said of one integration.

    ``others`` are the checks that failed beside the one meant, ``unverified`` those that could not be judged.
    """

    integration: Broken
    own: Verdict | None
    others: tuple[str, ...]
    unverified: tuple[str, ...]
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether it was failed by the check that is meant for it; a harmless one, by none."""
        return not self.others if self.own is None else self.own.status == "failed"

    @property
    def outcome(self) -> str:
        """What became of it, in words."""
        if self.own is None:
            return "false alarm" if self.others else "no alarm"
        if self.own.status == "failed":
            return "killed by name"
        return "killed by another" if self.others else "survived"


def certified(
    target: Target, module: str, ids: Iterable[str], *, mode: Mode = "once", workers: int = 4
) -> list[Verdict]:
    """Return the verdicts of these checks on a module that is a program."""
    wanted = set(ids)
    command = [sys.executable, "-m", module, f"--{mode}"]
    checks = [check for check in all_checks() if check.id in wanted]
    run = certify(Setting(target, command, mode), checks, again=lambda _check: "", workers=workers)
    return list(run.verdicts)


def judge(target: Target, broken: Broken, *, everything: bool = False, mode: Mode = "once") -> Judged:
    """Certify one integration by the check that is meant for it, or by all of its profile."""
    began = time.monotonic()
    every = [check.id for check in checks_of(broken.profile)]
    ids = every if everything or not broken.breaks else [broken.breaks]
    verdicts = {each.id: each for each in certified(target, broken.module, ids, mode=mode)}
    others = _with(verdicts, "failed", "errored", but=broken.breaks)
    unverified = _with(verdicts, "not-run", but=broken.breaks)
    return Judged(broken, verdicts.get(broken.breaks), others, unverified, time.monotonic() - began)


def _with(verdicts: Mapping[str, Verdict], *statuses: str, but: str) -> tuple[str, ...]:
    return tuple(id_ for id_, each in verdicts.items() if each.status in statuses and id_ != but)


def judge_all(
    chosen: Iterable[Broken],
    *,
    everything: bool = False,
    mode: Mode = "once",
    workers: int = 2,
    heard: Callable[[Judged], object] = lambda _judged: None,
) -> list[Judged]:
    """Certify integrations, in any order; ``heard`` is told each result when it is there."""
    done = []
    with server.started() as url, Target.open(url) as target, ThreadPoolExecutor(workers) as pool:
        tasks = [pool.submit(judge, target, each, everything=everything, mode=mode) for each in chosen]
        for task in as_completed(tasks):
            done.append(task.result())
            heard(done[-1])
    return sorted(done, key=lambda each: each.integration.name)
