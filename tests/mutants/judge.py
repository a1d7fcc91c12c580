"""Judging wrong servers and harmless variants, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from conformance import catalogue
from conformance.check import Expecting
from conformance.checks import load_checks
from conformance.runner import run_checks, selected
from conformance.target import Target
from tests.mutants.mutation import Mutant, install

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.pool import Pool

    from tests.mutants.variants import Variant

Fate = Literal["killed by name", "killed by another", "survived", "no alarm", "false alarm", "broken"]
MOCK = "mockserver.http.app:create_app()"
VARIED = "tests.mutants.variants:varied_app()"
FOREIGN = ("flask", "httpx", "jsonschema_rs", "orjson", "werkzeug.serving", "yaml")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of them; ``failed`` are the checks that failed, ``errors`` what broke in the harness."""

    name: str
    what: str
    fate: Fate
    failed: tuple[str, ...] = ()
    errors: tuple[str, ...] = field(default=())


def judge_all(mutants: Sequence[Mutant | Variant], *, workers: int = 2) -> Iterator[Outcome]:
    """Yield what becomes of each, in order."""
    load_what_all_need()
    _known.update({each.name: each for each in mutants})
    with pool(workers) as processes:
        yield from processes.imap(_judged, list(_known))


def load_what_all_need() -> None:
    """Read once, before the processes part, what no mutant can put wrong: the checks and other people's code."""
    load_checks()
    for name in FOREIGN:
        import_module(name)


def pool(workers: int) -> Pool:
    """Return processes that do one thing each: what a mutant leaves behind ends with it."""
    return multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=1)


# What a name stands for, in the processes too: they part from this one when it has been filled.
_known: dict[str, Mutant | Variant] = {}


def _judged(name: str) -> Outcome:
    wrong = _known[name]
    try:
        return mutant_outcome(wrong) if isinstance(wrong, Mutant) else variant_outcome(wrong)
    except Exception as error:
        return Outcome(wrong.name, wrong.what, "broken", errors=(f"{type(error).__name__}: {error}",))


def mutant_outcome(mutant: Mutant) -> Outcome:
    """Return what becomes of a wrong server: first the checks meant for it, all of them only when it passes those."""
    install(mutant)
    failed, errors = failed_checks(MOCK, mutant.killed_by)
    if failed:
        return Outcome(mutant.name, mutant.what, "killed by name", failed, errors)
    failed, errors = failed_checks(MOCK, ())
    return Outcome(mutant.name, mutant.what, "killed by another" if failed else "survived", failed, errors)


def variant_outcome(variant: Variant) -> Outcome:
    """Return what becomes of a harmless variant: any check that does not pass is a false alarm."""
    from tests.mutants import variants

    variants.chosen = variant.name
    failed, errors = failed_checks(VARIED, (), apart_from=variant.follows)
    return Outcome(variant.name, variant.what, "false alarm" if failed or errors else "no alarm", failed, errors)


def failed_checks(
    where: str, names: tuple[str, ...], *, apart_from: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the checks that fail, and what broke: a wrong server must never break the harness."""
    checks = [each for each in selected(load_checks(), names=names) if each.id not in apart_from]
    expecting = Expecting(readings=catalogue.defaults())
    with Target.open(where) as target:
        run = run_checks(target, checks, expecting, again=lambda check: check.id)
    broken: list[Any] = [f"{each.id}: {each.harness_error}" for each in run.of("errored")]
    not_run = [f"{each.id}: {each.not_run_because}" for each in run.of("not-run")]
    return tuple(each.id for each in run.of("failed")), (*broken, *([] if names else not_run[:3]))
