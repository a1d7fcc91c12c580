"""How many orders a seller may cancel: the marketplaces' own limits, dated data in fixtures/marketplaces.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from conformance.resources import fixtures_dir


@dataclass(frozen=True, slots=True)
class Limit:
    """The cancel rate that a marketplace allows, and when its page was read."""

    id: str
    name: str
    percent: float
    must_be: str
    window: str
    source: str
    read_on: str
    note: str

    @property
    def text(self) -> str:
        """The limit as a marketplace words it."""
        return f"{self.must_be} {self.percent:g} %"

    def is_kept_by(self, rate: float) -> bool:
        """Return whether a cancel rate (part of 1) keeps within it."""
        return rate * 100 < self.percent if self.must_be == "below" else rate * 100 <= self.percent


@cache
def load_limits() -> tuple[Limit, ...]:
    """Return the shipped limits in file order."""
    document = json.loads((fixtures_dir() / "marketplaces.json").read_text(encoding="utf-8"))
    keys = ("id", "name", "percent", "must_be", "window", "source", "note")
    return tuple(Limit(**{key: row[key] for key in keys}, read_on=document["read_on"]) for row in document["limits"])
