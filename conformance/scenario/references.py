"""Named occurrences: ``connector.poll#1`` is the connector's first poll, ``mkt.push#2`` the second update to mkt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.scenario.problems import Wrong, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.scenario.problems import Path

# What each actor does that can be named. A channel's steps are those of `channel`.
STEPS: Final = {
    "connector": ("poll", "push", "full_sync"),
    "channel": ("poll", "push", "full_sync", "order"),
    "om": ("import", "receive", "adjust", "count", "cancel", "ship"),
    "staging": ("poll",),
}
FAULTS: Final = {
    "poll": ("crash", "lose", "reject", "delay"),
    "push": ("crash", "lose", "duplicate", "delay", "reorder", "reject", "throttle"),
    "full_sync": ("crash", "lose", "delay"),
    "import": ("lose", "duplicate", "delay"),
    "receive": ("duplicate", "lose"),
    "adjust": ("duplicate", "lose"),
    "cancel": ("duplicate", "lose"),
    "count": ("duplicate", "lose", "delay"),
    "ship": ("lose",),
    "order": (),
}
_FORM: Final = re.compile(r"(.+)\.([a-z_]+)#([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Reference:
    """The ``number``-th time, counted from 1, that an actor takes a step."""

    actor: str
    step: str
    number: int

    def __str__(self) -> str:
        """Return it as a scenario writes it."""
        return f"{self.actor}.{self.step}#{self.number}"


def reference(text: str, channels: Iterable[str], path: Path) -> Reference:
    """
    Return the occurrence that a text names; an actor is connector, staging, om, or a channel by its name.

    Raises:
        Wrong: when it is written otherwise, or names an actor or a step that there is not.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise Wrong(f"{text!r} names no occurrence; write actor.step#n, such as connector.poll#1", path)
    actor, step, number = match.group(1), match.group(2), int(match.group(3))
    names = list(channels)
    if actor not in names and actor not in ("connector", "om", "staging"):
        raise unknown("actor", actor, ["connector", "om", "staging", *names], path)
    steps = STEPS[actor if actor not in names else "channel"]
    if step not in steps:
        raise unknown(f"step of {actor}", step, steps, path)
    if number == 0:
        raise Wrong(f"{text!r}: occurrences are counted from 1", path)
    return Reference(actor, step, number)
