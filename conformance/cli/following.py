"""Following a run while it goes on: a bar for the person, and its raw file for every later report."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from conformance.cli.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from conformance.report.raw import Header, RawWriter
    from conformance.verdict import Run, Verdict


class Following:
    """Hears each verdict of a run. Use it as a context manager; without ``end`` the raw file has no footer."""

    def __init__(self, header: Header, raw: Path | None) -> None:
        self._header, self._path = header, raw
        self._stack = ExitStack()
        self._progress: Progress | None = None
        self._raw: RawWriter | None = None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Open the raw file, if one is wanted, and show the bar."""
        from conformance.report.raw import RawWriter

        if self._path is not None:
            self._raw = self._stack.enter_context(RawWriter(self._path, self._header))
        self._progress = self._stack.enter_context(Progress(self._header["selected"], self._header["command"]))
        return self

    def heard(self, verdict: Verdict) -> None:
        """Count a verdict and keep it."""
        if self._progress is not None:
            self._progress.heard(verdict)
        if self._raw is not None:
            self._raw.write(verdict)

    def end(self, run: Run) -> Run:
        """Write the footer, and return the run."""
        if self._raw is not None:
            self._raw.close(run, time.monotonic() - self._began)
        return run

    def __exit__(self, _a: type[BaseException] | None, _b: BaseException | None, _c: TracebackType | None) -> None:
        """Take the bar away and close the file."""
        self._stack.close()
