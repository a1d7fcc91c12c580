"""One request at a time on a server with several threads; a request that waits on purpose lets the others go on."""

from __future__ import annotations

import time
from threading import Lock, get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Turn:
    """A lock that its holder can give away for a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        """Wait for the turn and take it."""
        self._lock.acquire()
        self._holder = get_ident()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give it back."""
        self._holder = None
        self._lock.release()

    def pause(self, seconds: float) -> None:
        """Sleep, and let others have the turn meanwhile if it is this thread's."""
        if self._holder != get_ident():
            time.sleep(seconds)
            return
        self.__exit__(None, None, None)
        try:
            time.sleep(seconds)
        finally:
            self.__enter__()
