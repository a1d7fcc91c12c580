"""JUnit XML: a parser of its own kind loads it, and its structure is the one that CI servers expect."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import junitparser
import pytest

from conformance.report import render
from conformance.verdict import Verdict
from tests.conformance.report import samples

# What the common schema of the format allows, in this order.
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase"],
    "testcase": ["properties", "skipped", "error", "failure"],
    "properties": ["property"],
}
REQUIRED = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "testcase": {"name", "classname", "time"},
    "property": {"name", "value"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
}


def loaded(*verdicts: Verdict) -> junitparser.JUnitXml:
    return junitparser.JUnitXml.fromstring(render(samples.raw_run(*verdicts), "junit").encode())


def parsed(*verdicts: Verdict) -> ET.Element:
    return ET.fromstring(render(samples.raw_run(*verdicts), "junit"))  # noqa: S314 - our own text


def cases(*verdicts: Verdict) -> dict[str, junitparser.TestCase]:
    return {case.name: case for suite in loaded(*verdicts) for case in suite}


def test_a_junit_parser_loads_it_and_counts_the_same() -> None:
    """Failed is a failure, errored an error; skipped and not run are both skipped."""
    xml = loaded(*samples.ALL)

    assert (7, 3, 1, 2) == (xml.tests, xml.failures, xml.errors, xml.skipped)
    assert 1.5 == xml.time
    assert sorted(suite.name for suite in xml)[:4] == ["MP-HOOK", "MP-INV", "OM-ACK", "OM-ALLOC"]
    assert [(suite.tests, suite.failures) for suite in xml if suite.name == "OM-ALLOC"] == [(2, 1)]


@pytest.mark.parametrize(
    ("verdict", "kind", "message"),
    [
        (samples.FAILED, junitparser.Failure, "figures/501: expected 0, actual 1 (and 1 more)"),
        (samples.ERRORED, junitparser.Error, "ZeroDivisionError: division by zero in the harness"),
        (samples.SKIPPED, junitparser.Skipped, "skipped: the target declares that it lacks MP-HOOK"),
        (samples.NOT_RUN, junitparser.Skipped, "not verified: needs --allow-writes"),
    ],
)
def test_each_status_has_its_element_and_message(verdict: Verdict, kind: type, message: str) -> None:
    """What a dashboard shows in its list says what differed, or why nothing was judged."""
    (result,) = cases(verdict)[verdict.id].result

    assert (kind, message) == (type(result), result.message)


def test_a_failure_holds_all_that_is_to_be_said() -> None:
    """Source, expected, actual, exchange, and the command line that shows it again."""
    (failure,) = cases(samples.FAILED)[samples.FAILED.id].result

    for part in (samples.FAILED.source, "expected 0", "actual   1", "POST http", "no answer", samples.FAILED.again):
        assert part in failure.text


def test_properties_name_requirements_grade_source_and_reading() -> None:
    """A CI server can group by them."""
    inside = cases(samples.READING)["ack.paging"].child(junitparser.Properties)
    properties = [(each.name, each.value) for each in inside]

    assert ("requirement", "OM-ACK-05") in properties
    assert ("grade", "G") in properties
    assert ("source", "reading ack.paging") in properties
    assert ("reading", "ack.paging=everything") in properties


def test_the_structure_is_that_of_the_format() -> None:
    """Only elements of the format, in its order, with the attributes that it demands, one outcome a case at most."""
    for element in parsed(*samples.ALL).iter():
        allowed = CHILDREN.get(element.tag, [])
        places = [allowed.index(child.tag) for child in element]
        assert sorted(places) == places, element.tag
        assert REQUIRED.get(element.tag, set()) <= set(element.keys())
        if element.tag == "testcase":
            assert len(element) <= 2
        for count in {"tests", "failures", "errors", "skipped"} & set(element.keys()):
            assert element.get(count, "").isdecimal()


def test_sums_of_the_suites_are_the_sums_of_the_whole() -> None:
    """Counted once each."""
    root = parsed(*samples.ALL)

    for count in ("tests", "failures", "errors", "skipped"):
        assert int(root.get(count, "")) == sum(int(suite.get(count, "")) for suite in root)


def test_what_xml_cannot_hold_is_spelled_out() -> None:
    """Control characters and halves of characters are no XML; markup in them stays text."""
    (case,) = (case for suite in loaded(samples.HOSTILE) for case in suite)
    (failure,) = case.result

    assert "<script>alert(1)</script>" in failure.text
    assert "\\x1b[31m\\x00\\u202e\\ud83d" in failure.text
    assert case.name.startswith("hostile/<script>")


def test_every_character_that_xml_forbids_is_kept_out() -> None:
    """All of them, in every place."""
    forbidden = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]))
    failed = replace(samples.FAILED, id=forbidden, title=forbidden, why=forbidden, source=forbidden, again=forbidden)

    assert 1 == loaded(failed).failures


def test_a_run_of_nothing_is_an_empty_document() -> None:
    """Still XML, still a parser's food."""
    assert 0 == loaded().tests
