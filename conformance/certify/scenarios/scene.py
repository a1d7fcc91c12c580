"""One scenario: where it is set, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.certify.stage import Finding, Stage
    from conformance.certify.world import Account


@dataclass(frozen=True, slots=True)
class Scene:
    """
    A scenario by name.

    ``account`` makes its world; ``play`` drives it and yields a finding for each of its checks; ``variables`` are added
    to the integration's environment, ``{folder}`` in them is the scenario's own folder.
    """

    name: str
    account: Callable[[], Account]
    play: Callable[[Stage], Iterator[Finding]]
    variables: Mapping[str, str] = field(default_factory=dict)
