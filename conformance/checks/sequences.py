"""Checks that are too long or too wide to be data: many calls at once, and long runs of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.check import Check


def checks() -> list[Check]:
    """Return them, by id."""
    return []
