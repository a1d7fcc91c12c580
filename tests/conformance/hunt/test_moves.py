"""What a search keeps: numbers for things, answers by question, and one state for all that are alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.hunt.books import Books
from conformance.hunt.moves import Moves
from conformance.hunt.question import question_of
from conformance.hunt.search import search
from conformance.hunt.symmetry import Alike
from conformance.hunt.tables import Numbers, Table
from conformance.scenario.loading import load

HUNTS = Path(__file__).resolve().parents[3] / "fixtures" / "hunts"


def question(name, *, on_change):
    return replace(question_of(load(HUNTS / f"{name}.yaml", needs_events=False)), on_change=on_change)


def states_of(moves, count):
    """Return the first states met breadth first, in the order of being met."""
    met = [moves.start()]
    for state in met:
        if len(met) >= count:
            break
        met += dict.fromkeys(after for _, after, _ in moves.after(state) if after not in met)
    return met[:count]


def test_an_answer_is_worked_out_once():
    """And kept under what was asked."""
    asked = []
    table = Table(lambda key: asked.append(key) or key * 2)

    assert [6, 6, 8] == [table[3], table[3], table[4]]
    assert [3, 4] == asked


def test_equal_things_have_one_number():
    """Counted from 0 in the order of being met, and a number leads back to its thing."""
    numbers = Numbers()

    assert [0, 1, 0] == [numbers["a", 1], numbers["b", 1], numbers["a", 1]]
    assert [("a", 1), ("b", 1)] == numbers.things


@pytest.mark.parametrize("name", ["safe-fence-watermark", "b4-raise-before-cut", "safe-fence-watermark-guard"])
def test_a_state_and_its_mirror_image_have_one_stand_in(name):
    """Both channels are alike, so it makes no difference which of them is called the first."""
    asked = question(name, on_change=True)
    moves = Moves(asked, Books(asked))
    alike = Alike(moves)

    for state in states_of(moves, 300):
        mirrored = moves.in_order(state, (1, 0))
        assert moves.sellers(mirrored) == moves.sellers(state)[::-1]
        assert moves.tally(mirrored).sold == moves.tally(state).sold[::-1]
        assert alike.canonical(mirrored) == alike.canonical(state) in (state, mirrored)


def test_what_can_happen_does_not_depend_on_what_was_asked_before():
    """A search that has met much sees the same events, and the same states after them, as one that has met nothing."""
    asked = question("safe-fence-watermark-guard", on_change=False)
    used, fresh = Moves(asked, Books(asked)), Moves(asked, Books(asked))
    states_of(used, 1_000)
    state, other = used.start(), fresh.start()
    for _ in range(12):
        steps, others = used.after(state), fresh.after(other)
        assert [(move, used.sellers(after), used.tally(after), broken) for move, after, broken in steps] == [
            (move, fresh.sellers(after), fresh.tally(after), broken) for move, after, broken in others
        ]
        (_, state, _), (_, other, _) = steps[-1], others[-1]


def test_the_largest_safe_configuration_is_gone_through_as_the_feed_sees_it():
    """Fence, watermark and guard hold under every fault once and any order; the long way is in benchmarks/."""
    result = search(question("safe-fence-watermark-guard", on_change=False), max_states=1_000_000)

    assert result.found is None
    assert result.exhausted
    assert result.states > 100_000
