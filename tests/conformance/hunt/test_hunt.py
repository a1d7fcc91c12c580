"""Hunts: the smallest sequence of events for each mechanism, and nothing to be found where the protocol is safe."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from conformance.cli import main
from conformance.hunt.blame import repairs, sentences
from conformance.hunt.question import BadHunt, question_of
from conformance.hunt.replay import Player
from conformance.hunt.search import search
from conformance.hunt.shrink import shrunk
from conformance.hunt.walk import walk, walk_together
from conformance.hunt.witness import as_pytest, witness
from conformance.scenario.loading import load, loads
from conformance.scenario.result import replay

HUNTS = Path(__file__).resolve().parents[3] / "fixtures" / "hunts"
# Events of the shortest way, as the table of the protocol ladder counts them.
FOUND = {
    "a1-shared-pool": ("no_oversell", 2),
    "b1-set-erases-sales": ("no_oversell", 7),
    "b2-full-sync": ("no_oversell", 5),
    "b3-reordered-updates": ("converges", 13),
    "b4-raise-before-cut": ("no_oversell", 10),
    "b5-late-count": ("no_oversell", 9),
    "c1-crash-after-acknowledge": ("converges", 7),
    "c3-acknowledged-by-listing": ("converges", 10),
    "unsafe-fence-set": ("no_oversell", 9),
}
LARGE = "safe-fence-watermark-guard"
SAFE = sorted(path.stem for path in HUNTS.glob("safe-*.yaml") if path.stem != LARGE)


def scenario_of(name):
    return load(HUNTS / f"{name}.yaml", needs_events=False)


def question(name, **how):
    return replace(question_of(scenario_of(name)), on_change=True, **how)


def hunt(*arguments):
    return CliRunner().invoke(main, ["hunt", *map(str, arguments)])


@pytest.mark.parametrize("name", FOUND)
def test_each_mechanism_has_its_smallest_sequence(name):
    """As many events as were found by hand and by another model, and no fewer."""
    result = search(question(name), max_states=100_000)

    assert FOUND[name] == (result.found.invariant, len(result.found.moves))
    assert result.found.minimal


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_protocol_is_gone_through_without_a_finding(name):
    """Every state is looked at, and none breaks anything."""
    result = search(question(name), max_states=200_000)

    assert result.found is None
    assert result.exhausted
    assert result.states > 10


@pytest.mark.parametrize("name", FOUND)
def test_the_witness_replays_to_the_same_break(name):
    """The other engine, with a clock and a log, breaks the same invariant at the last event and not before."""
    scenario, asked = scenario_of(name), question(name)
    found = search(asked, max_states=100_000).found

    played = replay(loads(witness(asked, found, scenario.document), source="witness.yaml"))

    assert [] == [failure.as_json() for row in played.rows for failure in row.failures]


@pytest.mark.parametrize("name", ["a1-shared-pool", "b4-raise-before-cut", "c3-acknowledged-by-listing"])
def test_no_shorter_sequence_is_passed_over_for_symmetry(name, monkeypatch):
    """Channels that are alike stand for each other; without that the search finds the same."""
    together = search(question(name), max_states=100_000)
    monkeypatch.setattr("conformance.hunt.search.symmetric_sellers", lambda _question: False)
    apart = search(question(name), max_states=100_000)

    assert len(together.found.moves) == len(apart.found.moves)
    assert together.states < apart.states


def test_symmetry_keeps_safe_what_is_safe(monkeypatch):
    """And leaves about half of the states."""
    together = search(question("safe-acknowledge-after-push"), max_states=100_000)
    monkeypatch.setattr("conformance.hunt.search.symmetric_sellers", lambda _question: False)
    apart = search(question("safe-acknowledge-after-push"), max_states=100_000)

    assert together.exhausted
    assert apart.exhausted
    assert together.states < apart.states <= 2 * together.states


def test_the_same_question_has_the_same_answer():
    """Same states, same events, same order."""
    first = search(question("b4-raise-before-cut"), max_states=100_000)
    second = search(question("b4-raise-before-cut"), max_states=100_000)

    assert (first.found, first.states, first.generated) == (second.found, second.states, second.generated)


def test_events_as_the_feed_sees_them_are_told_beside_it(tmp_path):
    """Where a row is due only if its figure differs, the late count needs one event more: 2, 1, 2 is no change."""
    result = hunt(HUNTS / "b5-late-count.yaml", "--json", "--out", tmp_path / "w.yaml")
    answer = json.loads(result.stdout)

    assert 1 == result.exit_code
    assert (9, True) == (answer["events"], answer["minimal"])
    assert 10 == answer["due_by_figure"]["events"]


def test_the_command_finds_writes_and_confirms(tmp_path):
    """Exit code 1, a scenario that replay confirms, a test that replays it, and what would have prevented it."""
    out, test = tmp_path / "w.yaml", tmp_path / "test_w.py"
    result = hunt(HUNTS / "b1-set-erases-sales.yaml", "--out", out, "--pytest", test)

    assert 1 == result.exit_code
    assert "no_oversell is broken by 7 events" in result.stdout
    assert "nothing with fewer than 7 events breaks it" in result.stdout
    assert "1 of 1 unit would have been saved by a watermark" in result.stdout
    assert "does not confirm" not in result.stdout
    assert 0 == CliRunner().invoke(main, ["replay", str(out)]).exit_code
    compile(test.read_text(encoding="utf-8"), str(test), "exec")


def test_nothing_to_find_is_0_and_a_bound_is_3(tmp_path):
    """A search that ends is a proof within its limits; one that is cut off is not."""
    safe = HUNTS / "safe-fence-watermark.yaml"

    assert 0 == hunt(safe).exit_code
    cut = hunt(safe, "--max-states", "50", "--seconds", "0.2", "--json", "--out", tmp_path / "w.yaml")
    assert 3 == cut.exit_code
    answer = json.loads(cut.stdout)
    assert (False, None, None) == (answer["found"], answer["events"], answer["scenario"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--max-states", "0"), "Invalid value"),
        (("--seconds", "0"), "Invalid value"),
        (("--max-states", "-5"), "Invalid value"),
    ],
)
def test_a_bound_of_nothing_is_refused(arguments, words):
    """Nothing could be said of it."""
    result = hunt(HUNTS / "a1-shared-pool.yaml", *arguments)

    assert 2 == result.exit_code
    assert words in result.output


def broken(**changes):
    document = yaml.safe_load((HUNTS / "a1-shared-pool.yaml").read_text(encoding="utf-8"))
    for key, value in changes.items():
        first, _, second = key.partition("__")
        if second:
            document[first][second] = value
        else:
            document[first] = value
    return yaml.safe_dump(document)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hunt": {"invariants": ["no_starvation"]}}, "cannot be searched for"),
        ({"hunt": {"invariants": ["no_oversel"]}}, "no_oversell"),
        ({"hunt": {"crashs": 1}}, "crashes"),
        ({"hunt": {"crashes": -1}}, "crashes"),
        ({"given__connector": {"feed": "stocks"}}, "does not know 'feed'"),
        ({"with": [{"name": "one"}, {"name": "two"}]}, "one world"),
        ({"given__products": {"MUG": {"on_hand": {"NOWHERE": 1}}}}, "NOWHERE"),
    ],
)
def test_a_hunt_that_cannot_be_made_says_why(tmp_path, changes, words):
    """With the place and the nearest name; exit code 2."""
    file = tmp_path / "hunt.yaml"
    file.write_text(broken(**changes), encoding="utf-8")

    result = hunt(file)

    assert 2 == result.exit_code, result.output
    assert words in result.output


def test_a_fence_is_known_around_one_product_only():
    """Bundles have no fence in this search."""
    text = broken(
        given__products={"CUP": {"on_hand": {"W1": 4}}, "MUG": {"bundle": {"CUP": 2}}},
        given__connector={"fence": True, "push": "cas"},
    )
    with pytest.raises(BadHunt, match="one product"):
        question_of(loads(text, source="x", needs_events=False))


def test_a_walk_finds_it_too_and_is_shortened():
    """Past the bound there is chance: seeded, and none of the events that are kept can be left out."""
    asked = question("b1-set-erases-sales")
    found, _ = walk(asked, seed=1, seconds=20, walks=2_000)
    again, _ = walk(asked, seed=1, seconds=20, walks=2_000)

    assert found == again
    assert not found.minimal
    assert 7 <= len(found.moves) <= 12
    player = Player(asked)
    for index in range(len(found.moves)):
        rest = (*found.moves[:index], *found.moves[index + 1 :])
        played = player.play(rest)
        assert not ("no_oversell" in played.broken and len(played.moves) < len(found.moves))


def test_several_walkers_find_at_least_what_the_first_one_does():
    """Each has a seed of its own; the shortest way counts."""
    asked = question("b1-set-erases-sales")
    alone, _ = walk(asked, seed=1, seconds=20, walks=300)
    together, tried = walk_together(asked, seed=1, seconds=20, workers=2, walks=300)

    assert len(together.moves) <= len(alone.moves)
    assert tried > 0


def test_events_that_cannot_happen_are_passed_over():
    """Leaving one out of a sequence leaves the rest to happen as far as it can."""
    asked = question("a1-shared-pool")
    moves = (("order", 0, 0), ("order", 0, 0), ("push", 1, 0), ("order", 1, 0))

    played = Player(asked).play(moves)

    assert (("order", 0, 0), ("order", 1, 0)) == played.moves
    assert 1 == played.oversold_units
    assert (("order", 0, 0), ("order", 1, 0)) == shrunk(asked, moves, "no_oversell")


def test_blame_names_what_would_have_prevented_it():
    """The same events under one repair at a time."""
    asked = question("c1-crash-after-acknowledge", invariants=("no_oversell", "converges"))
    found = search(question("c1-crash-after-acknowledge"), max_states=10_000).found

    was, by = repairs(asked, found.moves, "converges")
    told = {each.name: each.prevents for each in by}

    assert 0 == was
    assert told["acknowledge after push"]
    assert told["no fault"]
    assert not told["compare and set"]
    assert "acknowledge after push: prevents it" in sentences(was, by)


def test_a_fence_would_have_saved_what_was_raised_too_early():
    """Of all repairs only this one helps where one channel is raised before the other is cut."""
    asked = question("b4-raise-before-cut")
    _, by = repairs(asked, search(asked, max_states=10_000).found.moves, "no_oversell")

    assert ["a fence"] == [each.name for each in by if each.prevents]


def test_a_witness_is_a_test_as_well():
    """It can be kept in somebody's suite."""
    asked = question("a1-shared-pool")
    text = as_pytest("w.yaml", search(asked, max_states=100).found)

    assert "def test_no_oversell_is_broken_as_found" in text
    compile(text, "test_w.py", "exec")


def test_bundles_and_singles_share_components():
    """Two listings of one channel can promise the same cups: what there is to serve is a flow, not a difference."""
    text = broken(
        given__products={"CUP": {"on_hand": {"W1": 2}}, "SET": {"bundle": {"CUP": 2}}},
        given__channels={"mkt": {"listings": {"CUP-M": "CUP", "SET-M": "SET"}}},
    )
    result = search(question_of(loads(text, source="x", needs_events=False)), max_states=10_000)

    assert 2 == len(result.found.moves)
    assert {"order"} == {move[0] for move in result.found.moves}
