"""Carrying out scenarios, several at once, and turning what they found into one verdict for each check."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from conformance.certify.history import redactor
from conformance.certify.process import CannotStart, TookTooLong
from conformance.certify.scenarios import SCENES
from conformance.certify.stage import Finding, staged
from conformance.certify.watch import WATCHES
from conformance.exchange import recording
from conformance.verdict import Difference, Inconclusive, NotVerified, Run, UnexpectedAnswer, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from conformance.certify.checks import CertifyCheck
    from conformance.certify.stage import Setting, Stage

NOT_REACHED: Final = "the scenario ended before the situation arose"
MOST_EXCHANGES: Final = 12
LAST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, with its exchanges as a report shows them."""

    check: str
    differences: tuple[Difference, ...] = ()
    exchanges: tuple[Mapping[str, object], ...] = ()
    missing: str | None = None
    broken: str | None = None


@dataclass(slots=True)
class Played:
    """
    What came of one scenario.

    ``seconds`` of real time; ``ending`` how the integration's runs ended; ``look`` the harness's own last look.
    """

    told: list[Told] = field(default_factory=list)
    seconds: float = 0.0
    ending: str = ""
    look: tuple[Mapping[str, object], ...] = ()


def certify(
    setting: Setting,
    checks: Sequence[CertifyCheck],
    *,
    again: Callable[[CertifyCheck], str],
    listener: Callable[[Verdict], object] = lambda _verdict: None,
    begun: Callable[[str], object] = lambda _scenario: None,
    workers: int = 4,
    stop_at_first: bool = False,
) -> Run:
    """
    Return the verdicts on an integration, in the order of the checks.

    ``listener`` hears each verdict when it is there, ``begun`` each scenario that begins.

    Raises:
        CannotStart: when the command names no program.
    """
    names = list(dict.fromkeys(name for check in checks for name in check.scenarios))
    wanted = {check.id for check in checks}
    with ThreadPoolExecutor(workers) as pool, _broken_off_with(setting, pool):
        futures = {name: pool.submit(_play, setting, name, wanted, begun) for name in _longest_first(names)}
        judging = _Judging(setting, futures, stop_at_first=stop_at_first)
        verdicts = []
        for check in checks:
            verdicts.append(replace(judging.verdict(check), again=again(check)))
            listener(verdicts[-1])
    return Run(tuple(verdicts), judging.lost_because)


class _Judging:
    """Turns scenarios into verdicts, check after check; nothing more is begun once there is a reason to end."""

    def __init__(self, setting: Setting, futures: Mapping[str, Future[Played]], *, stop_at_first: bool) -> None:
        self._setting, self._futures, self._stop_at_first = setting, futures, stop_at_first
        self._ended_because: str | None = None
        self.lost_because: str | None = None

    def verdict(self, check: CertifyCheck) -> Verdict:
        """Return the verdict on one check, as soon as its scenarios are over."""
        if self._ended_because is not None:
            return _not_run(check, self._ended_because)
        try:
            verdict = _verdict(check, self._futures)
        except Inconclusive as gone:
            self.lost_because = str(gone)
            self._end(self.lost_because)
            return _not_run(check, self.lost_because)
        if self._stop_at_first and verdict.status in ("failed", "errored"):
            self._end(f"the run ended at the first failure, {check.id}")
        return verdict

    def _end(self, reason: str) -> None:
        self._ended_because = reason
        for future in self._futures.values():
            future.cancel()
        self._setting.break_off()


@contextmanager
def _broken_off_with(setting: Setting, pool: ThreadPoolExecutor) -> Iterator[None]:
    """End the integrations when the run is broken off, and begin nothing more, so that nobody waits for them."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        setting.break_off()
        raise


def _longest_first(names: Sequence[str]) -> list[str]:
    slow = ("failed-push-timeout", "first-sync", "many-rows", "first-sync-member")
    return sorted(names, key=lambda name: slow.index(name) if name in slow else len(slow))


# -- one scenario ----------------------------------------------------------------------------------------


def _play(setting: Setting, name: str, wanted: set[str], begun: Callable[[str], object]) -> Played:
    """
    Carry out one scenario and return what it found on its checks.

    Raises:
        Inconclusive: when the server cannot be reached or driven.
        CannotStart: when the integration cannot be started.
    """
    scene = SCENES[name]
    played = Played()
    began = time.monotonic()
    begun(name)
    with recording() as looks, staged(setting, scene.account(), scene.variables) as stage:
        redact = redactor(stage.secrets.values())
        _through(stage, name, played, redact)
        played.told += [_watched(stage, check, redact) for check in WATCHES if check in wanted]
        played.ending = redact(_ending(stage))
        played.look = looks.exchanges()[-1:]
    played.seconds = time.monotonic() - began
    return played


def _ending(stage: Stage) -> str:
    codes = ", ".join(map(str, stage.integration.codes)) or "none, it was stopped"
    lines = stage.integration.tail.strip().splitlines()[-LAST_LINES:]
    return f"exit codes {codes}; last printed: " + (" / ".join(lines) if lines else "nothing")


def _through(stage: Stage, name: str, played: Played, redact: Callable[[str], str]) -> None:
    """Go through the scenario; what ends it early is a finding for every check that it did not come to."""
    try:
        for finding in SCENES[name].play(stage):
            played.told.append(_told(finding, redact))
    except NotVerified as reason:
        played.told.append(Told("*", missing=str(reason)))
    except TookTooLong as reason:
        shown = tuple(each.as_json(redact) for each in stage.history.all()[-MOST_EXCHANGES:])
        wanted = f"it ends within {stage.setting.longest_run:g} s"
        played.told.append(Told("*", (Difference(f"run {stage.history.run}", wanted, str(reason)),), shown))
    except (Inconclusive, CannotStart):
        raise
    except UnexpectedAnswer as answer:
        played.told.append(Told("*", broken=f"the server: {answer.difference}"))
    except Exception as error:
        played.told.append(Told("*", broken=f"{type(error).__name__}: {error}"))


def _watched(stage: Stage, check: str, redact: Callable[[str], str]) -> Told:
    try:
        return _told(WATCHES[check](stage, check), redact)
    except Inconclusive:
        raise
    except Exception as error:
        return Told(check, broken=f"{type(error).__name__}: {error}")


def _told(finding: Finding, redact: Callable[[str], str]) -> Told:
    exchanges = {each.number: each for each in finding.exchanges}
    shown = [exchanges[number].as_json(redact) for number in sorted(exchanges)] if finding.differences else []
    differences = tuple(
        Difference(each.path, _plain(each.expected, redact), _plain(each.actual, redact))
        for each in finding.differences
    )
    return Told(finding.check, differences, tuple(shown[-MOST_EXCHANGES:]), finding.missing)


def _plain(value: object, redact: Callable[[str], str]) -> object:
    return redact(value) if isinstance(value, str) else value


# -- one verdict -----------------------------------------------------------------------------------------


def _verdict(check: CertifyCheck, futures: Mapping[str, Future[Played]]) -> Verdict:
    played = [futures[name].result() for name in check.scenarios]
    told = [each for one in played for each in _about(check, one)]
    broken = next((each.broken for each in told if each.broken), None)
    every = [difference for each in told for difference in each.differences]
    differences = tuple(each for number, each in enumerate(every) if each not in every[:number])
    judged = [each for each in told if each.missing is None]
    missing = next((each.missing for each in told if each.missing), NOT_REACHED)
    return Verdict(
        id=check.id,
        title=check.title,
        source=check.source,
        grade=check.grade,
        why=check.statement,
        differences=differences,
        harness_error=broken if not differences else None,
        requirements=check.requirements,
        not_run_because=_reason(check, played, judged=bool(judged), missing=missing, failed=bool(differences)),
        exchanges=_shown(told, played) if differences else (),
        seconds=sum(each.seconds for each in played),
    )


def _shown(told: Sequence[Told], played: Sequence[Played]) -> tuple[Mapping[str, object], ...]:
    """Return the integration's exchanges that show it; where it sent nothing, what the harness saw instead."""
    own = tuple(each for one in told for each in one.exchanges)
    return own[:MOST_EXCHANGES] or tuple(each for one in played for each in one.look)


def _reason(check: CertifyCheck, played: Sequence[Played], *, judged: bool, missing: str, failed: bool) -> str | None:
    """Return why it was not judged; of a failure, how the integration ended; nothing of a pass."""
    if failed:
        return "; ".join(each.ending for each in played if each.ending) or None
    return None if judged else f"{missing} (wanted: {check.situation})"


def _about(check: CertifyCheck, played: Played) -> list[Told]:
    """Return what a scenario told on a check, or how it ended where it did not come to it."""
    own = [each for each in played.told if each.check == check.id]
    if own:
        return own
    return [each for each in played.told if each.check == "*"] or [Told(check.id, missing=NOT_REACHED)]


def _not_run(check: CertifyCheck, reason: str) -> Verdict:
    return Verdict(
        check.id,
        check.title,
        check.source,
        check.grade,
        check.statement,
        requirements=check.requirements,
        not_run_because=reason,
    )
