"""Taking the steps of a vector or a probe on a world of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.target import Answer, TargetWorld


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step gave: the answer of a request, or the results of commands; neither for the clock."""

    answer: Answer | None = None
    results: tuple[Mapping[str, Any], ...] = ()

    @property
    def outcomes(self) -> list[object]:
        """The status of each command: done or refused."""
        return [result.get("status") for result in self.results]


def take(world: TargetWorld, step: Mapping[str, Any]) -> StepResult:
    """
    Take one step: ``commands``, ``request`` or ``advance``.

    Raises:
        UnexpectedAnswer: when the control API does not do what it must.
        Inconclusive: when no answer comes.
    """
    if "commands" in step:
        return StepResult(results=tuple(world.run(list(step["commands"]))))
    if "request" in step:
        return StepResult(answer=world.call(step["request"]))
    world.advance(step["advance"])
    return StepResult()


def take_all(world: TargetWorld, steps: Iterable[Mapping[str, Any]]) -> list[StepResult]:
    """Take steps in order and return one result each."""
    return [take(world, step) for step in steps]
