"""Playing made-up requests on the stage and auditing each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.fuzz import audits
from conformance.fuzz.findings import Finding, Findings
from conformance.verdict import Difference, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.fuzz.stage import Stage, Step
    from conformance.fuzz.wire import WireRequest
    from conformance.target import Answer


class Judge:
    """Audits what is played; keeps the shortest finding of each check."""

    def __init__(self, stage: Stage, findings: Findings) -> None:
        self.findings = findings
        self._stage = stage
        self._played: list[tuple[WireRequest, Answer]] = []

    def begin(self) -> None:
        """Start from the world's beginning."""
        self._played = []
        self._stage.fresh()

    def play(self, request: WireRequest) -> Answer:
        """Send one request, audit the step and return the answer."""
        step = self._stage.play(request)
        self._played.append((request, step.answer))
        for check, found in _of_step(step, self._stage).items():
            self._judge(check, found)
        if step.before["order_manager"] != step.after["order_manager"]:
            self._judge("fuzz.feed-complete", self._feed(self._stage.missing_from_feed))
        return step.answer

    def end(self) -> None:
        """Read to its end the feed that the requests themselves have read from."""
        if self._stage.read_feed:
            self._judge("fuzz.feed-complete", self._feed(self._stage.missing_from_own_feed))

    def _feed(self, missing: object) -> list[Difference]:
        try:
            rows = missing()  # type: ignore[operator]
        except UnexpectedAnswer as answer:
            return [answer.difference]
        return [Difference(f"feed/{listing}", figure, told) for listing, (figure, told) in rows.items()]

    def _judge(self, check: str, found: Iterable[Difference]) -> None:
        self.findings.look(check)
        differences = tuple(found)
        if differences:
            self.findings.add(Finding(check, differences, tuple(self._played)))


def _of_step(step: Step, stage: Stage) -> dict[str, Iterable[Difference]]:
    return {
        step.request.operation.id: audits.of_contract(step),
        "fuzz.credentials": audits.of_credentials(step),
        "fuzz.refusal": audits.of_refusal(step),
        "fuzz.nothing-changed": audits.of_nothing_changed(step),
        "fuzz.isolation": audits.of_isolation(step, stage.neighbour_start),
        "fuzz.conservation": audits.of_conservation(step),
    }
