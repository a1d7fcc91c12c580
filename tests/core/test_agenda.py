"""Effects that are due later, in one total order."""

from __future__ import annotations

from mockserver.core.agenda import Agenda


def test_effects_come_by_due_time_then_in_the_order_of_being_set() -> None:
    """Two that are due together come as they were put; what is not due stays."""
    agenda = Agenda()
    for due_ms, name in ((20, "b"), (10, "a"), (20, "c"), (30, "d")):
        agenda.put(due_ms, {"type": name})

    assert [agenda.pop_due(20) for _ in range(4)] == [
        (10, {"type": "a"}),
        (20, {"type": "b"}),
        (20, {"type": "c"}),
        None,
    ]
    assert len(agenda) == 1


def test_commands_that_cannot_be_compared_may_be_due_together() -> None:
    """The order of being set decides before the commands are looked at."""
    agenda = Agenda()
    agenda.put(10, {"type": "a", "lines": []})
    agenda.put(10, {"type": "b", "lines": None})

    assert [effect[1]["type"] for _ in range(2) if (effect := agenda.pop_due(10))] == ["a", "b"]


def test_agenda_without_effects_has_nothing_due() -> None:
    """Whatever the time."""
    assert Agenda().pop_due(10**15) is None
    assert len(Agenda()) == 0
