"""Settings, log and main loop: what every integration needs around its sync."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

from conformance.reference.api import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

log = logging.getLogger(__name__)

DEFAULT_INTERVAL = 60.0
OK, INCOMPLETE, USAGE = 0, 1, 2


def setting(name: str) -> str:
    """Return a setting from the environment; without it the program ends and says so."""
    value = os.environ.get(name)
    if not value:
        sys.stderr.write(f"{name} is not set\n")
        raise SystemExit(USAGE)
    return value


class NoSecrets(logging.Filter):
    """Keeps credentials out of the log, whoever writes them there."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        self.secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Blank out the secrets in a record."""
        text = record.getMessage()
        for secret in self.secrets:
            text = text.replace(secret, "***")
        record.msg, record.args = text, None
        return True


def log_to_stderr(*secrets: str) -> None:
    """Write the log to stderr, without these secrets."""
    handler = logging.StreamHandler()
    handler.addFilter(NoSecrets(list(secrets)))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)


def run(sync: Callable[[], bool], stop: Event) -> int:
    """
    Sync once, or with --daemon every SYNC_INTERVAL_SECONDS until SIGTERM or SIGINT; return the exit code.

    ``sync`` returns whether everything was delivered. ``stop`` is set by the signals; a call under way is finished.
    """
    parser = argparse.ArgumentParser()
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--once", action="store_true", help="sync once and end (the default)")
    mode.add_argument("--daemon", action="store_true", help="sync again and again until told to stop")
    daemon = parser.parse_args().daemon
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    interval = float(os.environ.get("SYNC_INTERVAL_SECONDS", DEFAULT_INTERVAL))
    complete = guarded(sync)
    while daemon and not stop.wait(interval):
        complete = guarded(sync)
    return OK if daemon or complete else INCOMPLETE


def guarded(sync: Callable[[], bool]) -> bool:
    """Sync; whatever goes wrong is logged, and the next sync goes on from what is on disk."""
    try:
        return sync()
    except Stopped:
        log.info("told to stop; what is left goes out with the next sync")
    except Exception:
        log.exception("this sync broke off")
    return False
