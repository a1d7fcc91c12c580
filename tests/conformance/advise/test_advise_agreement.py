"""Engines that contradict each other give no answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asked import HALVES, asked
from click.testing import CliRunner

from conformance.advise import engines as engines_module
from conformance.advise.agreement import Comparison, Disagreement, compare
from conformance.advise.engines import Engines, run_simulation
from conformance.advise.law import expected_oversold
from conformance.advise.programme import solve
from conformance.advise.rules import Rule
from conformance.cli import main

SOUND = Engines(runs=4_000)
QUESTION = asked(HALVES, 15, 15)


def test_sound_engines_agree():
    """Law and programme to four digits, the simulation within three standard errors of both."""
    made = compare(QUESTION, [Rule("buffer", 2), Rule("red-zone", 4)], SOUND)

    assert all(each.agrees for each in made)
    assert {each.engines for each in made} == {("law", "programme"), ("simulation", "programme"), ("simulation", "law")}


def biased_law(question):
    return expected_oversold(question) * 1.001


def biased_programme(table, demand):
    exact = solve(table, demand)
    return replace(exact, oversold=exact.oversold * 1.001)


def programme_with_a_wrong_chance(table, demand):
    exact = solve(table, demand)
    return replace(exact, chance=min(1.0, exact.chance + 0.03))


def forgetful_simulation(question, tables, runs, seed):
    """Takes a sync interval for a tenth shorter than it is."""
    return run_simulation(replace(question, sync_interval=question.sync_interval * 0.9), tables, runs, seed)


def simulation_that_loses_an_oversell(question, tables, runs, seed):
    sample = run_simulation(question, tables, runs, seed)
    return replace(sample, oversold=np.maximum(sample.oversold - 1, 0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": biased_law},
        {"programme": biased_programme},
        {"programme": programme_with_a_wrong_chance},
        {"simulation": forgetful_simulation},
        {"simulation": simulation_that_loses_an_oversell},
        {"law": lambda _question: float("nan")},
    ],
    ids=["law", "programme units", "programme chance", "simulation time", "simulation units", "not a number"],
)
def test_one_wrong_engine_is_enough_to_refuse(wrong):
    """Whichever of the three is biased, another one contradicts it."""
    with pytest.raises(Disagreement) as refused:
        compare(QUESTION, [], Engines(**wrong))

    assert refused.value.missed
    assert "may differ by" in str(refused.value)


def test_a_miss_by_chance_is_looked_at_again_with_more_runs():
    """The first sample is off, the second one, four times as large and of another seed, decides."""
    calls = []

    def once_unlucky(question, tables, runs, seed):
        calls.append((runs, seed))
        sample = run_simulation(question, tables, runs, seed)
        return replace(sample, oversold=sample.oversold + (runs == 4_000))

    assert all(each.agrees for each in compare(QUESTION, [], replace(SOUND, simulation=once_unlucky)))
    assert (4_000, 1) in calls
    assert (16_000, 2) in calls


def test_what_is_no_number_agrees_with_nothing():
    """Not even with itself."""
    assert not Comparison("x", ("law", "programme"), (float("nan"), float("nan")), 1.0).agrees


@pytest.mark.parametrize("write", ["cas", "never-raise"])
def test_what_the_law_does_not_cover_is_held_against_a_watermark(write):
    """The timing is checked all the same."""
    made = compare(replace(QUESTION, write=write), [Rule("cap", 50)], SOUND)

    assert any("watermark" in each.what for each in made)


def test_the_command_refuses_with_exit_code_4(tmp_path, monkeypatch):
    """No answer on stdout, both numbers on stderr."""
    file = tmp_path / "question.yaml"
    file.write_text(
        "format: stockproof/advice/1\nstock: 50\ndemand: 12/h\nchannels: [a, b]\nsync: {every: 15m, push_takes: 5m}\n"
    )
    monkeypatch.setattr(engines_module.Engines, "__init__", _with_a_biased_law(engines_module.Engines.__init__))
    done = CliRunner().invoke(main, ["advise", str(file)])

    assert done.exit_code == 4
    assert done.stdout == ""
    assert "no answer" in done.stderr
    assert "law" in done.stderr


def _with_a_biased_law(make):
    def made(self, **given):
        make(self, **{"law": biased_law, **given})

    return made
