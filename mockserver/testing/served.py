"""What runs in the process of a `StockproofServer`."""

from __future__ import annotations

import os
import signal
import threading
from typing import Final

from mockserver.serving import run
from mockserver.settings import Settings

_STDIN: Final = 0


def main() -> None:
    """Serve without a world of its own on a free port until stdin is closed or SIGTERM comes."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    run(Settings(world=None), host="127.0.0.1", port=0)


def _stop_with_parent() -> None:
    # Read without a buffer: a buffer's lock, held by this thread, would upset the interpreter when it ends.
    while os.read(_STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
