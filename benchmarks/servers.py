"""Start and stop the two servers that are compared, as processes of their own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
OURS: Final = ("-m", "mockserver", "serve", "--port")
FLOOR: Final = ("-m", "benchmarks.floor_app")
_LONGEST_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.001
_LONGEST_STOP_SECONDS: Final = 15.0


class NotStarted(RuntimeError):
    """A server did not answer in time, or ended before it did."""


@dataclass(frozen=True)
class Running:
    """A server that answers, its processes, and the seconds from its start to its first 200, by the clock and used."""

    port: int
    pids: tuple[int, ...]
    seconds_to_first_200: float
    processor_seconds: float


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], health_path: str) -> Iterator[Running]:
    """
    Run ``python COMMAND... PORT`` until the block ends; ready when ``health_path`` answers 200.

    Raises:
        NotStarted: when it does not get that far.

    """
    port, environment = free_port(), _environment()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command, str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for_200(process, port, health_path)
        seconds = time.perf_counter() - started
        pids = (process.pid, *_children(process.pid))
        yield Running(port, pids, seconds, processor_seconds(pids))
    finally:
        _stop(process)


@cache
def _bytecode() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="benchmarks-")


def _environment() -> dict[str, str]:
    """Return this environment with a place for compiled modules: an installed package has its own compiled, too."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": _bytecode().name}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _wait_for_200(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.perf_counter() + _LONGEST_START_SECONDS
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise NotStarted(f"the server ended with code {process.returncode}")
        if _answers_200(port, path):
            return
        time.sleep(_POLL_SECONDS)
    raise NotStarted(f"no answer after {_LONGEST_START_SECONDS:.0f} s")


def _answers_200(port: int, path: str) -> bool:
    try:
        return call(port, "GET", path)[0] == 200
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    """Return the processes that a process has started: the server's worker is one."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def processor_seconds(pids: Iterable[int]) -> float:
    """Return the processor time that some processes have had, to the nanosecond; 0 where the kernel does not tell."""
    files = (file for pid in pids for file in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_LONGEST_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def call(port: int, method: str, path: str, body: object = None, headers: Mapping[str, str] = {}) -> tuple[int, bytes]:
    """Return status and body of one request on a connection of its own; ``body`` is sent as JSON."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=120)) as connection:
        content = None if body is None else json.dumps(body)
        typed = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, content, {**typed, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()


def control(port: int, method: str, path: str, body: object = None) -> Any:
    """
    Return what the control API answers.

    Raises:
        RuntimeError: for any answer that is an error.

    """
    status, content = call(port, method, f"/_mock{path}", body)
    if status >= 400:
        raise RuntimeError(f"{method} {path}: {status} {content[:300]!r}")
    return json.loads(content) if content else None
