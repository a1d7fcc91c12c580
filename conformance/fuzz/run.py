"""A whole run: every operation alone, then sequences along the links, within the time there is."""

from __future__ import annotations

import shlex
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.fuzz.findings import AUDITS, Findings, of_audit, of_operation
from conformance.fuzz.judge import Judge
from conformance.fuzz.known import known_values
from conformance.fuzz.maker import Callers, Enough, Maker
from conformance.fuzz.shorten import shortened
from conformance.fuzz.stage import Stage, world_document
from conformance.fuzz.wire import Caller
from conformance.offline.contracts import APIS, operations
from conformance.verdict import Inconclusive, Run, UnexpectedAnswer, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.fuzz.wire import WireRequest
    from conformance.offline.contracts import Operation
    from conformance.target import Answer, Target, TargetWorld

STEPS: Final = 12
FEWEST: Final = 3  # requests of one operation, however slow the target
# The owner of a multi-store, one of its members; a stranger meets little but 404.
SELLERS: Final[dict[str, tuple[int | None, ...]]] = {"order-manager": (None,), "marketplacer": (1, 2)}
SECONDS_TO_SHORTEN: Final = 2.0
SHARE_ALONE: Final = 0.6  # of the time, for the operations one by one


@dataclass(frozen=True, slots=True)
class Options:
    """What to fuzz and how long: requests an operation, and seconds in all."""

    apis: tuple[str, ...] = APIS
    ids: tuple[str, ...] = ()
    seed: int = 1
    examples: int = 30
    seconds: float = 50.0

    def again(self, target: str) -> str:
        """Return the command line of the same run, an id to be put behind."""
        words = ["conformance", "fuzz", "--target", target, "--seed", str(self.seed), "--examples", str(self.examples)]
        return shlex.join([*words, "--seconds", f"{self.seconds:g}"])


def known_ids(apis: Sequence[str] = APIS) -> list[str]:
    """Return what can be asked for: the operations, then our own checks."""
    return [each.id for api in apis for each in operations(api)] + [each.id for each in AUDITS]


def run_fuzz(target: Target, options: Options, progress: Callable[[str], None] = lambda _: None) -> Run:
    """Fuzz the target, and judge each operation and each of our own checks."""
    return _Fuzzing(target, options, progress).run()


class _Fuzzing:
    """One run; its parts share the clock, the findings and the stage."""

    def __init__(self, target: Target, options: Options, progress: Callable[[str], None]) -> None:
        self._target = target
        self._options = options
        self._progress = progress
        self._findings = Findings()
        self._seconds: dict[str, float] = {}
        self._ends = time.monotonic() + options.seconds

    def run(self) -> Run:
        """Return the verdicts, as far as the target could be reached."""
        try:
            with ExitStack() as stack:
                world = stack.enter_context(self._target.world(world_document()))
                stage = Stage(world, stack.enter_context(self._target.world(world_document())))
                self._play(stage)
                return Run(tuple(self._verdicts(world)))
        except Inconclusive as reason:
            return Run(tuple(self._verdicts(None)), str(reason))
        except UnexpectedAnswer as answer:
            return Run(tuple(self._verdicts(None)), f"the control API did not do what it must: {answer.difference}")

    def _play(self, stage: Stage) -> None:
        judge = Judge(stage, self._findings)
        known = known_values(stage.start)
        app = stage.start["order_manager"]["apps"][0]
        makers = [Maker(api, self._options.seed, known) for api in self._options.apis]
        started = time.monotonic()
        self._alone(makers, judge, f"{app['app_key']}:{app['app_secret']}", started)
        shows = [(maker, seller) for maker in makers for seller in SELLERS[maker.api]]
        for left, (maker, seller) in zip(range(len(shows), 0, -1), shows, strict=True):
            self._in_sequence(maker, judge, seller, (self._ends - time.monotonic()) / left)
        for check, finding in list(self._findings.found.items()):
            if not self._options.ids or check in self._options.ids:
                self._findings.found[check] = shortened(finding, stage, SECONDS_TO_SHORTEN)

    def _alone(self, makers: Sequence[Maker], judge: Judge, app: str, started: float) -> None:
        wanted = [(maker, each) for maker in makers for each in maker.operations.values() if self._is_wanted(each.id)]
        ends = started + (self._ends - started) * SHARE_ALONE
        for left, (maker, operation) in zip(range(len(wanted), 0, -1), wanted, strict=True):
            self._progress(operation.id)
            now = time.monotonic()
            player = _Alone(judge, now + max(0.2, (ends - now) / left))
            with suppress(Enough):
                maker.alone(operation, self._options.examples, player.one, Callers(app))
            self._seconds[operation.id] = time.monotonic() - now

    def _is_wanted(self, operation_id: str) -> bool:
        operations_named = [each for each in self._options.ids if not each.startswith("fuzz.")]
        # Our own checks alone look at every operation.
        return not operations_named or operation_id in operations_named

    def _in_sequence(self, maker: Maker, judge: Judge, seller: int | None, seconds: float) -> None:
        self._progress(f"sequences of {maker.api}" + (f" by seller {seller}" if seller else ""))
        player = _InSequence(judge, time.monotonic() + max(1.0, seconds))
        with suppress(Enough):
            maker.sequences(player, self._options.examples, STEPS, Callers("", seller))

    def _verdicts(self, world: TargetWorld | None) -> list[Verdict]:
        again = self._options.again(self._target.name)
        chosen = [each for api in self._options.apis for each in operations(api) if self._is_asked_for(each)]
        audits = [each for each in AUDITS if not self._options.ids or each.id in self._options.ids]
        return [
            *(of_operation(each, self._findings, world, again, self._seconds.get(each.id, 0.0)) for each in chosen),
            *(of_audit(each, self._findings, world, again) for each in audits),
        ]

    def _is_asked_for(self, operation: Operation) -> bool:
        return not self._options.ids or operation.id in self._options.ids


class _Alone:
    """
    Plays one request at a time, each from the world's start, until the time is up; a few in any case.

    The first one is played without a credential, too.
    """

    def __init__(self, judge: Judge, ends: float) -> None:
        self._judge = judge
        self._ends = ends
        self._played = 0

    def one(self, request: WireRequest) -> None:
        """Play one request."""
        if self._played >= FEWEST and time.monotonic() > self._ends:
            raise Enough
        if not self._played and request.operation.secured:
            self._play(replace(request, caller=Caller()))
        self._played += 1
        self._play(request)

    def _play(self, request: WireRequest) -> None:
        self._judge.begin()
        self._judge.play(request)
        self._judge.end()


class _InSequence:
    """Plays sequences until the time is up."""

    def __init__(self, judge: Judge, ends: float) -> None:
        self._judge = judge
        self._ends = ends

    def begin(self) -> None:
        """A sequence begins."""
        if time.monotonic() > self._ends:
            raise Enough
        self._judge.begin()

    def play(self, request: WireRequest) -> Answer:
        """Play the next request of the sequence."""
        return self._judge.play(request)

    def end(self) -> None:
        """A sequence is over."""
        self._judge.end()
