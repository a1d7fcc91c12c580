"""Carrying out a selection of checks, one after the other or several at once, with the same verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conformance.check import Check, Expecting, family, judge
from conformance.verdict import Inconclusive, Run, Verdict

if TYPE_CHECKING:
    from conformance.target import Target

Listener = Callable[[Verdict], object]


class UnknownName(ValueError):
    """A name in a selection that no check answers to; ``nearest`` may be the one that was meant."""

    def __init__(self, name: str, nearest: str | None) -> None:
        super().__init__(f"nothing is called {name!r}" + (f"; nearest: {nearest!r}" if nearest else ""))
        self.name, self.nearest = name, nearest


def selected(
    checks: Iterable[Check],
    *,
    names: Sequence[str] = (),
    exclude: Sequence[str] = (),
    documented_only: bool = False,
) -> list[Check]:
    """
    Return the checks that the names select, all without a name, less those that are excluded.

    A name is a check's id, a requirement, a family of requirements, a reading, or a pattern of ids such as ``feed/*``.

    Raises:
        UnknownName: for a name that selects none of all checks.
    """
    every = list(checks)
    wanted = _named(every, names) if names else {check.id for check in every}
    left = wanted - _named(every, exclude)
    return [each for each in every if each.id in left and (each.documented or not documented_only)]


def _named(checks: Sequence[Check], names: Sequence[str]) -> set[str]:
    answering = {check.id: answers_to(check) for check in checks}
    found: set[str] = set()
    for name in names:
        ids = {id_ for id_, known in answering.items() if name in known or fnmatchcase(id_, name)}
        if not ids:
            near = get_close_matches(name, sorted(set().union(*answering.values())), n=1)
            raise UnknownName(name, near[0] if near else None)
        found |= ids
    return found


def answers_to(check: Check) -> set[str]:
    """Return every name that selects a check."""
    files = {check.id.partition("/")[0]} if "/" in check.id else set()
    return {check.id, *files, *check.requirements, *(family(each) for each in check.requirements)}


def run_checks(
    target: Target,
    checks: Sequence[Check],
    expecting: Expecting,
    *,
    again: Callable[[Check], str],
    listener: Listener = lambda _verdict: None,
    workers: int = 1,
    stop_at_first: bool = False,
) -> Run:
    """
    Judge the target by each check and return the verdicts in the order of the checks.

    ``again`` gives the command line that repeats a check; ``listener`` hears every verdict, in that order. What could
    not be judged any more, because the target went away or ``stop_at_first`` ended the run, is not run.
    """
    run = _Running(target, expecting, stop_at_first=stop_at_first)
    verdicts: list[Verdict] = []
    for check, verdict in zip(checks, _in_order(run.judge, checks, workers), strict=True):
        verdicts.append(replace(verdict, again=again(check)))
        listener(verdicts[-1])
        run.heard(verdict)
    return Run(tuple(verdicts), run.lost_because)


def _in_order(judge_one: Callable[[Check], Verdict], checks: Sequence[Check], workers: int) -> Iterator[Verdict]:
    if workers == 1:
        yield from map(judge_one, checks)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(judge_one, checks)


class _Running:
    """What the checks of one run share: why the rest of them is not carried out, once there is a reason."""

    def __init__(self, target: Target, expecting: Expecting, *, stop_at_first: bool) -> None:
        self._target, self._expecting, self._stop_at_first = target, expecting, stop_at_first
        self.lost_because: str | None = None
        self._stopped_because: str | None = None

    def judge(self, check: Check) -> Verdict:
        reason = self.lost_because or self._stopped_because
        if reason is None:
            try:
                return judge(self._target, check, self._expecting)
            except Inconclusive as lost:
                reason = self.lost_because = str(lost)
        return not_run(check, reason)

    def heard(self, verdict: Verdict) -> None:
        if self._stop_at_first and verdict.status in ("failed", "errored"):
            self._stopped_because = f"the run ended at the first failure, {verdict.id}"


def not_run(check: Check, reason: str) -> Verdict:
    """Return the verdict on a check that was not carried out."""
    return Verdict(
        check.id,
        check.title,
        check.source,
        check.grade,
        check.why,
        requirements=check.requirements,
        not_run_because=reason,
    )
