"""The integration as a process: started with its environment, bounded in time, killed with all it started."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_RUN_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 2.0
TAIL_BYTES: Final = 2000


class CannotStart(ValueError):
    """The command cannot be started at all."""


class Over(Exception):
    """The run was broken off: the integration is not started again."""


class TookTooLong(Exception):
    """A run was killed because it did not end in time."""


def command_of(text: str) -> list[str]:
    """
    Return the words of a command line; files named relative to the present folder are named from the root.

    The integration runs in a working folder of its own, so ``python my_sync.py`` has to find its file from there.

    Raises:
        CannotStart: when there is none.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise CannotStart(f"{text!r}: {error}") from error
    if not words:
        raise CannotStart("the command is empty")
    program = str(Path(words[0]).absolute()) if os.sep in words[0] and Path(words[0]).exists() else words[0]
    return [program, *(str(Path(word).absolute()) if _is_file(word) else word for word in words[1:])]


def _is_file(word: str) -> bool:
    try:
        return not word.startswith("-") and Path(word).is_file()
    except OSError:
        return False


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """
    Return the caller's environment with the integration's own variables.

    Modules are found where the caller is, and the recording proxy is reached without another proxy in between.
    """
    paths = [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    direct = {name: _with_local(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")}
    return {**os.environ, **direct, "PYTHONPATH": os.pathsep.join([*paths, str(Path.cwd())]), **own}


def _with_local(hosts: str) -> str:
    return ",".join([*([hosts] if hosts else []), "127.0.0.1"])


@dataclass(slots=True)
class Ended:
    """How a run of the integration ended."""

    code: int
    seconds: float


class Integration:
    """One integration with its working folder; started once for each run, or once for a daemon."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._command, self._environment, self._folder = list(command), dict(environment), folder
        self._working = folder / "work"
        self._working.mkdir()
        self.output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._is_over = False
        self._is_counted = True
        self.codes: list[int] = []

    @property
    def is_running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """
        Start it in its working folder.

        Raises:
            CannotStart: when there is no such program.
            Over: when it was ended for good.
        """
        if self._is_over:
            raise Over("the run was broken off")
        with self.output.open("ab") as output:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - starting the given command is what this is for
                    self._command,
                    cwd=self._working,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotStart(f"{self._command[0]}: {error.strerror}") from error
        self._began = time.monotonic()
        self._is_counted = False

    def wait(self, seconds: float = LONGEST_RUN_SECONDS) -> Ended:
        """
        Wait until it ends by itself, and end what it left running.

        Raises:
            TookTooLong: when it had to be killed.
        """
        process = self._process
        assert process is not None  # noqa: S101 - started before
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TookTooLong(f"killed after {seconds:g} s") from None
        self._signal(signal.SIGKILL)
        return self._ended()

    def end(self) -> None:
        """Kill it, and let it never be started again."""
        self._is_over = True
        self.kill()

    def kill(self) -> None:
        """Kill it and everything that it started."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._ended()

    def stop(self) -> None:
        """Ask it to stop, and kill it when it does not."""
        if not self.is_running:
            return
        self._signal(signal.SIGTERM)
        process = self._process
        assert process is not None  # noqa: S101 - it runs
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        self.kill()

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _ended(self) -> Ended:
        assert self._process is not None  # noqa: S101 - it ran
        code = self._process.returncode
        if not self._is_counted:
            self.codes.append(code)
            self._is_counted = True
        return Ended(code, time.monotonic() - self._began)

    @property
    def printed(self) -> bytes:
        """Everything that it has printed so far."""
        return self.output.read_bytes() if self.output.exists() else b""

    @property
    def tail(self) -> str:
        """The end of what it printed."""
        return self.printed[-TAIL_BYTES:].decode("utf-8", "replace")
