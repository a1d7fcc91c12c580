"""The settings of a server. This is the only module that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX = "MOCKSERVER_"


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """
    What a server needs to know to start. ``world`` is a shipped name or a file, None for none.

    ``speed`` is that of a real clock; ``threads`` answer requests, one at a time.
    """

    world: str | None = "demo"
    readings: Mapping[str, str] = field(default_factory=dict)
    dialect: Path | None = None
    clock: str = "manual"
    speed: float = 1.0
    threads: int = 1
    control_token: str | None = None
    webhook_timeout_seconds: float = 5.0


def control_token() -> str | None:
    """Return the token that opens the control API to other machines, from MOCKSERVER_CONTROL_TOKEN."""
    return os.environ.get(f"{PREFIX}CONTROL_TOKEN") or None


def wants_colour() -> bool:
    """Whether NO_COLOR leaves colours on."""
    return not os.environ.get("NO_COLOR")
