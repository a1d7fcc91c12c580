"""Readings files: reading to option, alone or under the key ``readings``; what `mockserver serve --readings` takes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import yaml

from conformance import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class BadReadings(ValueError):
    """A readings file that cannot be used; the text says why."""


def read_readings(path: Path) -> dict[str, str]:
    """
    Return the options that a YAML or JSON file chooses.

    Raises:
        BadReadings: when it cannot be read, or names a reading or an option that there is not.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadReadings(f"{path}: {error}") from error
    chosen = document.get("readings", document) if isinstance(document, dict) else None
    if not isinstance(chosen, dict):
        raise BadReadings(f"{path}: expected readings with the options chosen")
    known = catalogue.readings()
    for reading, option in chosen.items():
        if reading not in known:
            raise BadReadings(f"{path}: no reading {reading!r}{_nearest(reading, known)}")
        if option not in known[reading].options:
            raise BadReadings(f"{path}: {reading} has no option {option!r}{_nearest(option, known[reading].options)}")
    return chosen


def _nearest(given: object, known: Iterable[str]) -> str:
    near = get_close_matches(str(given), list(known), n=1, cutoff=0.4)
    return f"; nearest: {near[0]!r}" if near else ""
