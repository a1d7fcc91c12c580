"""How far a run is: a bar on a terminal, nothing in a pipe. It goes to stderr, since stdout is for the report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from conformance.verdict import Verdict


class Progress:
    """Counts verdicts. Use it as a context manager."""

    def __init__(self, total: int, what: str) -> None:
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._failed = 0
        if sys.stderr.isatty():
            self._draw(total, what)

    def _draw(self, total: int, what: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        failed = TextColumn("{task.fields[failed]}")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), failed)
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(what, total=total, failed="")

    def heard(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self._failed += verdict.status in ("failed", "errored")
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, failed=f"{self._failed} failed" if self._failed else "")

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, _a: type[BaseException] | None, _b: BaseException | None, _c: TracebackType | None) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.stop()
