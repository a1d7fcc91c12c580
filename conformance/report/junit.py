"""
JUnit XML for CI servers: a test suite for each family of checks, a test case for each check.

Failed is a failure, errored an error; skipped and not run are both skipped, each with its reason, because the format
has one word for the two.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # only written here, never read

from conformance.report.text import LABELS, failure_lines, family, one_line, safe, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.raw import RawRun
    from conformance.verdict import Verdict


def render(run: RawRun) -> str:
    """Return the XML document."""
    root = ET.Element("testsuites", {"name": f"conformance {run.header['command']}", **_counts(run.verdicts)})
    root.set("time", f"{run.footer['seconds']:.3f}")
    ordered = sorted(run.verdicts, key=family)  # stable: within a family in the order of the run
    for name, verdicts in groupby(ordered, key=family):
        root.append(_suite(name, list(verdicts), run))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(verdicts: Sequence[Verdict]) -> dict[str, str]:
    statuses = [verdict.status for verdict in verdicts]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count("failed")),
        "errors": str(statuses.count("errored")),
        "skipped": str(statuses.count("skipped") + statuses.count("not-run")),
    }


def _suite(name: str, verdicts: Sequence[Verdict], run: RawRun) -> ET.Element:
    suite = ET.Element("testsuite", {"name": safe(name), **_counts(verdicts)})
    suite.set("time", f"{sum(verdict.seconds for verdict in verdicts):.3f}")
    # The format has no time zone; it is UTC.
    suite.set("timestamp", run.header["started_at"].rstrip("Z"))
    _properties(suite, [("target", run.header["target"]), ("stockproof", run.header["version"])])
    suite.extend(_case(verdict, name, run) for verdict in verdicts)
    return suite


def _case(verdict: Verdict, name: str, run: RawRun) -> ET.Element:
    case = ET.Element("testcase", {"classname": f"{run.header['command']}.{safe(name)}", "name": safe(verdict.id)})
    case.set("time", f"{verdict.seconds:.3f}")
    _properties(case, properties(verdict))
    outcome = _outcome(verdict)
    if outcome is not None:
        case.append(outcome)
    return case


def _properties(parent: ET.Element, pairs: Sequence[tuple[str, str]]) -> None:
    inside = ET.SubElement(parent, "properties")
    for name, value in pairs:
        ET.SubElement(inside, "property", {"name": name, "value": one_line(value)})


def properties(verdict: Verdict) -> list[tuple[str, str]]:
    """Return what JUnit properties say of a check: title, requirements, grade, source, and the reading followed."""
    pairs = [("title", verdict.title), *(("requirement", each) for each in verdict.requirements)]
    pairs += [("grade", verdict.grade), ("source", verdict.source), ("status", LABELS[verdict.status])]
    if verdict.followed is not None:
        pairs.append(("reading", f"{verdict.followed.reading}={verdict.followed.option or '(none of the options)'}"))
    return pairs


def _outcome(verdict: Verdict) -> ET.Element | None:
    text = "\n".join(failure_lines(verdict))
    if verdict.status == "failed":
        return _element("failure", _first_difference(verdict), "nonconformance", text)
    if verdict.status == "errored":
        return _element("error", verdict.reason or "", "harness", text)
    if verdict.status in {"skipped", "not-run"}:
        return _element("skipped", f"{LABELS[verdict.status]}: {verdict.reason}", verdict.status, None)
    return None


def _element(tag: str, message: str, kind: str, text: str | None) -> ET.Element:
    element = ET.Element(tag, {"message": one_line(message), "type": kind})
    element.text = None if text is None else safe(text)
    return element


def _first_difference(verdict: Verdict) -> str:
    first, *others = verdict.differences
    more = f" (and {len(others)} more)" if others else ""
    return f"{first.path}: expected {shown(first.expected, 120)}, actual {shown(first.actual, 120)}{more}"
