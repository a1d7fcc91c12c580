"""
The checks as tests of your own pytest: ``pytest --conformance-target URL``.

It is loaded into every test run of every project that has Stockproof installed. So it imports pytest and the standard
library only, and does nothing at all until that option is given.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import NoReturn

    from conformance.check import Check, Expecting
    from conformance.target import Target
    from conformance.verdict import Verdict

_MARKER_HELP: Final = (
    "requirement(id): the test is about this requirement of the registry (`conformance show ID` tells it). Every check "
    "of --conformance-target has it, so that -m 'requirement(id=\"OM-ALLOC-06\")' selects what looks at that one"
)
_opened: Final = pytest.StashKey["_Judge"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that turn checks into tests."""
    group = parser.getgroup("stockproof-conformance", "checks of Stockproof's conformance suite as tests")
    group.addoption("--conformance-target", metavar="URL|MODULE:APP", help="judge this server; each check is a test")
    group.addoption(
        "--conformance-select",
        action="append",
        default=[],
        metavar="ID",
        help="only these: checks, requirements, families, readings, patterns; may be repeated",
    )
    group.addoption(
        "--conformance-level",
        choices=["documented", "all"],
        default="all",
        help="documented: only what a vendor says, in words or by example",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER_HELP)


# Before -k, -m and whoever shuffles or spreads the tests.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add a test for each check that is selected, after the tests that were found."""
    where = config.getoption("--conformance-target")
    if where is None:
        if config.getoption("--conformance-select"):
            raise pytest.UsageError("--conformance-select needs a --conformance-target")
        return
    checks = _selected(config)
    config.stash[_opened] = _Judge(_open(where))
    items.extend(CheckCollector.from_parent(session, name="conformance", nodeid="conformance", checks=checks).collect())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the target."""
    judge = config.stash.get(_opened, None)
    if judge is not None:
        judge.close()


def _selected(config: pytest.Config) -> Sequence[Check]:
    from conformance.checks import load_checks
    from conformance.runner import UnknownName, selected

    names, documented = config.getoption("--conformance-select"), config.getoption("--conformance-level")
    try:
        checks = selected(load_checks(), names=names, documented_only=documented == "documented")
    except UnknownName as error:
        raise pytest.UsageError(f"--conformance-select: {error}") from error
    if not checks:
        raise pytest.UsageError("the --conformance options select no check")
    return checks


def _open(where: str) -> Target:
    from conformance.target import BadTarget, Target

    try:
        return Target.open(where, control_token=os.environ.get("CONFORMANCE_CONTROL_TOKEN"))
    except BadTarget as error:
        raise pytest.UsageError(f"--conformance-target: {error}") from error
    except Exception as error:  # an application is whatever the user's code makes
        raise pytest.UsageError(f"--conformance-target: {where}: {type(error).__name__}: {error}") from error


class _Judge:
    """One target for all checks of a session, and why it cannot be asked any more, once there is a reason."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lost_because: str | None = None

    def verdict(self, check: Check) -> Verdict:
        """
        Return the verdict on one check.

        Raises:
            Unjudged: when nothing can be said about the target at all.
        """
        from conformance.check import judge
        from conformance.verdict import Inconclusive

        if self._lost_because is None:
            try:
                return judge(self.target, check, _expecting())
            except Inconclusive as lost:
                self._lost_because = str(lost)
        raise Unjudged(f"inconclusive: {self._lost_because}")

    def close(self) -> None:
        self.target.close()


def _expecting() -> Expecting:
    from conformance import catalogue
    from conformance.check import Expecting

    return Expecting(readings=catalogue.defaults())


class Unjudged(Exception):
    """Nothing can be said about the target; that is no success."""


class NotConformant(Exception):
    """A check failed, or the harness did; the text is all that is to be said of it."""


class CheckCollector(pytest.Collector):
    """Where the checks hang in the tree of tests."""

    def __init__(self, *, checks: Sequence[Check], **more: Any) -> None:
        super().__init__(**more)
        self._checks = checks

    def collect(self) -> Iterable[pytest.Item]:
        """Return a test for each check."""
        return [CheckItem.from_parent(self, name=check.id, check=check) for check in self._checks]


class CheckItem(pytest.Item):
    """One check as a test."""

    def __init__(self, *, check: Check, **more: Any) -> None:
        super().__init__(**more)
        self._check = check
        for requirement in check.requirements:
            self.add_marker(pytest.mark.requirement(id=requirement))
            self.extra_keyword_matches.add(requirement)
        self.user_properties += [
            ("title", check.title),
            *(("requirement", each) for each in check.requirements),
            ("grade", check.grade),
            ("source", check.source),
        ]

    def runtest(self) -> None:
        """Carry the check out: pass, skip with the reason, or fail with all that is to be said."""
        verdict = self.config.stash[_opened].verdict(self._check)
        if verdict.followed is not None:
            self.user_properties.append(("reading", f"{verdict.followed.reading}={verdict.followed.option}"))
        if verdict.status in ("failed", "errored"):
            self._fail(verdict)
        if verdict.status != "passed":
            pytest.skip(f"{_LABELS[verdict.status]}: {verdict.reason}")

    def _fail(self, verdict: Verdict) -> NoReturn:
        from conformance.report.text import failure_lines

        target = self.config.stash[_opened].target.name
        again = shlex.join(["pytest", "--conformance-target", target, "--conformance-select", verdict.id])
        lines = [f"{verdict.status.upper()} {verdict.id}", *failure_lines(verdict), f"again: {again}"]
        raise NotConformant("\n".join(lines))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is to be said, without a traceback: the fault is not in the code of the test."""
        if isinstance(excinfo.value, NotConformant | Unjudged):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what the report calls it."""
        return self.path, None, self.name


_LABELS: Final = {"skipped": "skipped", "not-run": "not verified"}
