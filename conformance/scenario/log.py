"""The log of a run: what happened, when, and because of what. Its text is the same wherever the world is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Entry = dict[str, Any]


class Log:
    """Entries in order; each has ``t`` (milliseconds since the start), ``what``, often ``of``: the entry before it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, t: int, what: str, of: int | None = None, **facts: object) -> int:
        """Keep an entry and return its number."""
        entry: Entry = {"t": t, "what": what, **facts}
        if of is not None:
            entry["of"] = of
        self.entries.append(entry)
        return len(self.entries) - 1

    def chain(self, number: int | None) -> list[int]:
        """Return the numbers of an entry and of what led to it, the oldest first."""
        found: list[int] = []
        while number is not None and number not in found:
            found.append(number)
            number = self.entries[number].get("of")
        return found[::-1]


def digest(logs: Iterable[tuple[str, Log]]) -> str:
    """Return the SHA-256 of the logs of all rows, each under its name."""
    sha = hashlib.sha256()
    for name, log in logs:
        sha.update(line({"row": name}))
        for entry in log.entries:
            sha.update(line(entry))
    return sha.hexdigest()


def line(entry: Entry) -> bytes:
    """Return an entry as one line of canonical JSON."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
