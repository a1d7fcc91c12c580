"""Every vector and every probe against the mock, through its HTTP surface; and that the runner sees what is wrong."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.probes import load_probes, run_option
from conformance.target import Target
from conformance.vectors import Figure, Vector, load_vectors, run_vector, run_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.probes import Probe

MOCK = "mockserver.http.app:create_app()"
VECTORS = load_vectors()
OPTIONS = [(probe, option) for probe in load_probes() for option in probe.expect]


@pytest.fixture(scope="module")
def mock() -> Iterator[Target]:
    with Target.open(MOCK) as target:
        yield target


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_mock_agrees_with_the_vector(mock: Target, vector: Vector) -> None:
    """What the mock answers over HTTP is what was worked out by hand."""
    assert run_vector(mock, vector).differences == ()


@pytest.mark.parametrize(("probe", "option"), OPTIONS, ids=[f"{probe.reading}={option}" for probe, option in OPTIONS])
def test_option_of_a_reading_shows(mock: Target, probe: Probe, option: str) -> None:
    """A world with the option switched on shows what the probe expects of it, and so no other option."""
    verdict = run_option(mock, probe, option)

    assert (verdict.differences, verdict.harness_error) == ((), None)


@pytest.mark.parametrize("probe", load_probes(), ids=lambda probe: probe.reading)
def test_probe_of_one_option_refutes_the_others(mock: Target, probe: Probe) -> None:
    """Held against another option's expectation, every option fails: the probe tells them apart."""
    options = list(probe.expect)
    for option, other in zip(options, options[1:] + options[:1], strict=True):
        swapped = replace(probe, expect={**probe.expect, option: probe.expect[other]})
        assert run_option(mock, swapped, option).status == "failed"


def figure_changes() -> list[Vector]:
    return [
        replace(vector, id=f"{vector.id} {each.listing_id}", figures=wrong_at(vector, index))
        for vector in VECTORS
        for index, each in enumerate(vector.figures)
    ]


def wrong_at(vector: Vector, index: int) -> tuple[Figure, ...]:
    right = vector.figures[index]
    wrong = Figure(right.listing_id, 1 if right.figure is None else right.figure + 1)
    return (*vector.figures[:index], wrong, *vector.figures[index + 1 :])


def test_runner_notices_every_wrong_figure(mock: Target) -> None:
    """No expected figure stands in a vector without being looked at."""
    run = run_vectors(mock, figure_changes())

    assert [verdict.id for verdict in run.of("passed")] == []
    assert len(run.verdicts) > len(VECTORS) / 2


def test_runner_notices_every_wrong_row_of_the_feed(mock: Target) -> None:
    """No expected row stands in a vector without being looked at, and none may be missing or too many."""
    changed = []
    for vector in [each for each in VECTORS if each.kind == "feed"]:
        for index, step in enumerate(vector.feed):
            if "acknowledge" in step:
                changed += [with_step(vector, index, {**step, "rows": rows}) for rows in wrong_rows(step["rows"])]

    assert [verdict.id for verdict in run_vectors(mock, changed).of("passed")] == []


def wrong_rows(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield [*rows, {"listing_id": 999_999, "figure": 1}]
    for index, row in enumerate(rows):
        yield [*rows[:index], *rows[index + 1 :]]
        yield [*rows[:index], {**row, "figure": row["figure"] + 1}, *rows[index + 1 :]]
    if len(rows) > 1:
        yield rows[::-1]


def with_step(vector: Vector, index: int, step: dict[str, Any]) -> Vector:
    return replace(vector, feed=(*vector.feed[:index], step, *vector.feed[index + 1 :]))


def test_runner_notices_every_wrong_answer_of_an_exchange(mock: Target) -> None:
    """No expected status, value or outcome stands in a vector without being looked at."""
    changed = []
    for vector in [each for each in VECTORS if each.kind == "exchange"]:
        for index, step in enumerate(vector.exchanges):
            for wrong in wrong_steps(step):
                steps = (*vector.exchanges[:index], wrong, *vector.exchanges[index + 1 :])
                changed.append(replace(vector, id=f"{vector.id} {index} {wrong.get('body')}", exchanges=steps))

    assert [verdict.id for verdict in run_vectors(mock, changed).of("passed")] == []


def wrong_steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "request" not in step:
        yield {**step, "outcomes": ["refused" if outcome == "done" else "done" for outcome in step["outcomes"]]}
        return
    yield {**step, "status": 299}
    for body in wrong_values(step["body"]) if "body" in step else ():
        yield {**step, "body": body}


def wrong_values(value: object) -> Iterator[object]:
    """Every way to make one leaf wrong, an array longer, or an object ask for more."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: wrong} for wrong in wrong_values(inner))
    elif isinstance(value, list):
        yield [*value, {"one": "more"}]
        for index, inner in enumerate(value):
            yield from ([*value[:index], wrong, *value[index + 1 :]] for wrong in wrong_values(inner))
    elif isinstance(value, bool):
        yield not value
    else:
        yield 98_765 if not isinstance(value, str) else f"{value}1"


def test_suite_knows_the_mock_by_its_surface_only() -> None:
    """`conformance` never imports `mockserver`: two oracles, so that one bug cannot agree with itself."""
    code = (
        "import sys, conformance.cli.vectors, conformance.cli.readings; "
        "conformance.vectors.load_vectors(); conformance.probes.load_probes(); "
        "sys.exit('mockserver' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
