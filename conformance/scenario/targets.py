"""Where the world of a replay is: in this process, or on a server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.scenario.world import open_sim, sim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.scenario.world import World


class BadTarget(ValueError):
    """The text that names a target names none."""


@contextmanager
def opener(target: str, control_token: str | None = None) -> Iterator[Callable[[Mapping[str, Any]], World]]:
    """
    Yield the function that makes a world at a target: ``sim``, or the address of a server.

    Raises:
        BadTarget: when it is neither.
        Inconclusive: when nothing provides worlds in this process.
    """
    if target == "sim":
        sim()
        yield open_sim
        return
    if not target.startswith(("http://", "https://")):
        raise BadTarget(f"{target!r} is neither sim nor a URL")
    from conformance.scenario.served import served_by
    from conformance.target import Target

    with Target.open(target, control_token=control_token) as server:
        yield served_by(server)
