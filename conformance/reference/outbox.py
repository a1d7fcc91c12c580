"""What has been read and not yet delivered, on disk: it survives a crash between reading and delivering."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TABLE = """
CREATE TABLE IF NOT EXISTS figures
(listing INTEGER PRIMARY KEY, sku TEXT NOT NULL, figure INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
not_before REAL NOT NULL DEFAULT 0)
"""
# A newer figure takes the place of an older one: nothing old can be delivered after something new.
KEEP = """
INSERT INTO figures (listing, sku, figure) VALUES (?, ?, ?)
ON CONFLICT (listing) DO UPDATE SET sku = excluded.sku, figure = excluded.figure, not_before = 0
"""
DUE = "SELECT listing, sku, figure FROM figures WHERE not_before <= ? ORDER BY failures, figure, listing"


class Figure(NamedTuple):
    """The number that the channel may show for one listing."""

    listing: int
    sku: str
    figure: int


class Outbox:
    """
    The figures to deliver, at most one for each listing. Every change is in the file when the method returns.

    The file stays locked while it is open: a second copy of the program fails to start rather than overtake the first.
    """

    def __init__(self, path: Path) -> None:
        self.file = sqlite3.connect(path, timeout=1)
        try:
            self.file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.file.execute("PRAGMA journal_mode = WAL")
            self.file.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise SystemExit(f"{path}: another copy of the program is at work ({error})") from error
        self.file.execute(TABLE)
        self.file.commit()

    def keep(self, figures: Iterable[Figure]) -> None:
        """Store what was read: nobody tells it again, so it is on disk even if the power fails now."""
        self.file.execute("PRAGMA synchronous = FULL")
        with self.file:
            self.file.executemany(KEEP, figures)
        # The rest need survive a crash of the program only: to deliver a figure twice does no harm.
        self.file.execute("PRAGMA synchronous = NORMAL")

    def pending(self) -> list[Figure]:
        """Return what is to be delivered now: what failed before comes last, the lowest figures first."""
        return [Figure(*row) for row in self.file.execute(DUE, (time.time(),))]

    def delivered(self, figure: Figure) -> None:
        """Forget a figure that the marketplace has."""
        with self.file:
            self.file.execute("DELETE FROM figures WHERE listing = ?", (figure.listing,))

    def failed(self, figure: Figure) -> None:
        """Keep it for the next sync, behind the others."""
        with self.file:
            self.file.execute("UPDATE figures SET failures = failures + 1 WHERE listing = ?", (figure.listing,))

    def postponed(self, figure: Figure, seconds: float) -> None:
        """Keep it for later: it is not due again for so long, unless a newer figure comes."""
        with self.file:
            later = (time.time() + seconds, figure.listing)
            self.file.execute("UPDATE figures SET not_before = ? WHERE listing = ?", later)
