"""The server behind the recording proxy: the one that is named, or one of our own that is started for the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP: Final = "conformance.targets"
NAME: Final = "server"
ROOT: Final = Path(__file__).resolve().parents[1]
STOP_SECONDS: Final = 5.0


class NoServer(LookupError):
    """Nothing that is installed serves worlds."""


def module_of_server() -> str:
    """
    Return the package that ``python -m`` serves worlds with: that of the entry point ``server`` of the group.

    Raises:
        NoServer: when nothing installed, nor this checkout, offers one.
    """
    for point in metadata.entry_points(group=GROUP, name=NAME):
        return _package(point.value)
    value = _of_checkout()
    if value is None:
        raise NoServer(
            f"no installed package offers the entry point {NAME!r} in {GROUP!r}; name a server with --target"
        )
    return _package(value)


def _package(value: str) -> str:
    """Return the package of ``package.module:attribute``, which runs with ``python -m``."""
    return value.partition(":")[0].partition(".")[0]


def _of_checkout() -> str | None:
    """Return what the project file of a checkout offers; nothing is installed there."""
    path = ROOT / "pyproject.toml"
    if not path.is_file():
        return None
    project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    value = project.get("entry-points", {}).get(GROUP, {}).get(NAME)
    return value if isinstance(value, str) else None


@contextmanager
def started() -> Iterator[str]:
    """
    Start a server on a port of its own, yield its URL, and stop it.

    Raises:
        NoServer: when there is none to start.
        Inconclusive: when it does not start.
    """
    command = [sys.executable, "-m", module_of_server(), "serve", "--port", "0", "--threads", "2"]
    process = subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE)  # noqa: S603 - our own module
    try:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        line = process.stdout.readline()
        if not line:
            raise Inconclusive(f"the server that was to stand behind the integration ended with {process.wait()}")
        yield json.loads(line)["url"]
    finally:
        _stop(process)


def _environment() -> dict[str, str]:
    """Return the caller's environment without settings meant for other servers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    paths = [str(ROOT), *([kept["PYTHONPATH"]] if kept.get("PYTHONPATH") else [])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
