"""All checks: vectors, cases, one for each reading, and the sequences that are too long or too wide to be data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.check import Check


def load_checks() -> list[Check]:
    """Return every check in a fixed order: vectors, cases, readings, sequences."""
    from conformance.checks import from_cases, from_readings, from_vectors, sequences

    return [*from_vectors.checks(), *from_cases.checks(), *from_readings.checks(), *sequences.checks()]
