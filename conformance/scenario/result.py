"""The verdict on a replay: which expectations of which row did not hold; the published JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import clock_text, text_of
from conformance.scenario.expected import satisfied
from conformance.scenario.log import digest
from conformance.scenario.problems import BadScenario, Problem
from conformance.scenario.run import run_plan
from conformance.scenario.world import BadWorld, open_sim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.scenario.model import Plan, Scenario
    from conformance.scenario.run import Outcome
    from conformance.scenario.world import World


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was to be and was not; ``at`` is a duration since the start, None for the end."""

    what: str
    at: str | None
    expected: object
    actual: object
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        keys = ("what", "at", "expected", "actual", "text")
        return {key: getattr(self, key) for key in keys}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what came of it, and what was to be and was not."""

    outcome: Outcome
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as the file says."""
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is published."""
        return {
            "name": self.outcome.plan.name,
            "passed": self.passed,
            "metrics": dict(self.outcome.metrics),
            "failures": [failure.as_json() for failure in self.failures],
        }


# How far a run repeats.
TIERS: Final = {
    "D0": "tier D0: a simulated connector; a second run gives the same bytes",
    "D1": "tier D1: a real integration, its requests let through one at a time; a second run gives the same order",
}


@dataclass(frozen=True, slots=True)
class Replay:
    """A scenario, replayed; ``tier`` says how far the run repeats."""

    scenario: Scenario
    rows: tuple[Row, ...]
    log_sha256: str
    tier: str = "D0"

    @property
    def passed(self) -> bool:
        """Whether every expectation of every row holds."""
        return all(row.passed for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """Return the replay as it is published."""
        rows = [row.as_json() for row in self.rows]
        return {"scenario": self.scenario.id, "rows": rows, "log_sha256": self.log_sha256}


def replay(
    scenario: Scenario,
    open_world: Callable[[Mapping[str, Any]], World] = open_sim,
    run: Callable[[Plan, Callable[[Mapping[str, Any]], World]], Outcome] = run_plan,
) -> Replay:
    """
    Run every row of a scenario and judge it; ``run`` runs one row.

    Raises:
        BadScenario: when no world can be made of it, or a fault waits for something that never happens.
    """
    try:
        outcomes = [run(plan, open_world) for plan in scenario.plans]
    except BadWorld as error:
        raise BadScenario([Problem(scenario.source, f"no world can be made of this: {error}", ("given",))]) from None
    _check_faults(scenario, outcomes)
    rows = tuple(Row(outcome, tuple(_failures(outcome))) for outcome in outcomes)
    return Replay(scenario, rows, digest((outcome.plan.name, outcome.log) for outcome in outcomes))


def _check_faults(scenario: Scenario, outcomes: list[Outcome]) -> None:
    """Refuse a fault that no row ever came to: a slip of the pen, or a run that is too short."""
    never = {event.index for event in outcomes[0].unmet}.intersection(
        *({event.index for event in outcome.unmet} for outcome in outcomes[1:])
    )
    problems = []
    for event in outcomes[0].unmet:
        if event.index in never:
            path = ("when", event.index, "during")
            problems.append(Problem(scenario.source, f"{event.during} never happens", path, scenario.line_of(*path)))
    if problems:
        raise BadScenario(problems)


def _failures(outcome: Outcome) -> Iterator[Failure]:
    plan = outcome.plan
    for name in plan.always:
        found = outcome.breaks.get(name)
        if found is not None:
            at = text_of(found.t)
            text = f"{name} was to hold always and broke at {clock_text(found.t)}: {found.why}"
            yield Failure(name, at, "holds", f"broken at {at}", text)
    for name, wanted_ms in plan.breaks.items():
        found = outcome.breaks.get(name)
        if found is None or found.t != wanted_ms:
            actual = "holds" if found is None else f"broken at {text_of(found.t)}"
            text = f"{name} was to break first at {clock_text(wanted_ms)}; it {actual.replace('broken', 'broke')}"
            yield Failure(name, text_of(wanted_ms), f"broken at {text_of(wanted_ms)}", actual, text)
    for expectation, actual_value in outcome.seen.items():
        if not satisfied(actual_value, expectation.wanted):
            instant = None if expectation.at_ms is None else text_of(expectation.at_ms)
            when = "at the end" if expectation.at_ms is None else f"at {clock_text(expectation.at_ms)}"
            text = f"{expectation.name} {when}: expected {expectation.wanted!r}, actual {actual_value!r}"
            yield Failure(expectation.name, instant, expectation.wanted, actual_value, text)
