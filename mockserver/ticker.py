"""Lets the world that a server starts with catch up with real time while nobody asks it anything."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mockserver.worlds import Worlds

TICK_SECONDS: Final = 0.1
_LOG: Final = logging.getLogger("mockserver")


class Ticker:
    """A thread that fires what is due: schedules, imports, webhooks, late requests. It ends with the process."""

    def __init__(self, worlds: Worlds, *, seconds: float = TICK_SECONDS) -> None:
        self._worlds = worlds
        self._seconds = seconds
        self._stopped = Event()
        self._thread = Thread(target=self._work, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a tick that is under way."""
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopped.wait(self._seconds):
            hosted = self._worlds.default
            try:
                if hosted is not None:
                    hosted.catch_up()
            except Exception:
                _LOG.exception("an effect that was due has failed")
