"""A server of one's own in another process, for as long as the tests run."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.testing.remote import ControlApi, ServedWorld
from mockserver.testing.sources import given_world

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import IO, Self

    from mockserver.testing.sources import WorldSource

_LONGEST_START_SECONDS: Final = 30.0
_LONGEST_STOP_SECONDS: Final = 5.0
_IMPORT_ROOT: Final = Path(__file__).resolve().parents[2]
# The process imports what this one has imported, also from a source tree; that comes after the standard library.
_PROGRAM: Final = """
import sys
if sys.argv[1] not in sys.path:
    installed = [place for place, entry in enumerate(sys.path) if entry.endswith("-packages")]
    sys.path.insert(installed[0] if installed else len(sys.path), sys.argv[1])
from mockserver.testing.served import main
main()
"""


class ServerNotStarted(RuntimeError):
    """The server's process did not get ready; the text is what it wrote on stderr."""


class StockproofServer:
    """
    A `mockserver` on a free port of this machine, in a process of its own. Use it with ``with``.

    The process holds no world until one is asked for, and ends when this process ends, however it ends.
    """

    def __init__(self) -> None:
        self._log: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by stop
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-c", _PROGRAM, str(_IMPORT_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self._api = ControlApi(self._announced_url())

    @property
    def url(self) -> str:
        """The server's address, such as http://127.0.0.1:40123."""
        return self._api.url

    def world(self, world: WorldSource = "demo", *, readings: Mapping[str, str] | None = None) -> ServedWorld:
        """
        Return a fresh world on this server; ``readings`` come before those that it names.

        Raises:
            UnusableFile, WorldFileError: when the world cannot be used.
            ControlRefused: when its parts contradict each other.
            ServerGone: when the server does not answer.
        """
        return ServedWorld(self._api, given_world(world, readings).document)

    def stop(self) -> None:
        """Stop the process; it is gone when this returns."""
        with suppress(OSError):
            self._pipe("stdin").close()
        try:
            self._process.wait(_LONGEST_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pipe("stdout").close()
        self._log.close()

    def __enter__(self) -> Self:
        """Return the server, which is ready."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def _pipe(self, name: str) -> Any:
        return getattr(self._process, name)

    def _announced_url(self) -> str:
        """Return the address on the server's first line; it is ready then."""
        lines: list[bytes] = []
        # Waiting for a thread, not with a clock: tests are fond of freezing that.
        reader = threading.Thread(target=lambda: lines.append(self._pipe("stdout").readline()), daemon=True)
        reader.start()
        reader.join(_LONGEST_START_SECONDS)
        if not lines or not lines[0]:
            self._process.kill()
            reader.join()
            raise ServerNotStarted(self._last_words())
        return str(orjson.loads(lines[0])["url"])

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        log = self._log.read().decode("utf-8", "replace").strip()
        self.stop()
        return log or f"the mock server said nothing for {_LONGEST_START_SECONDS:.0f} seconds"
