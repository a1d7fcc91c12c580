"""
Reports of a run, each made of one raw run file and of nothing else, at once or at any later time.

A raw run file is written while the run goes on (``RawWriter``) and read back whole (``read_raw``). Every format is a
plain function from that to text: ``render(run, "html")``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from conformance.report.raw import BadRun, RawRun, RawWriter, read_raw, run_header

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMATS", "BadRun", "RawRun", "RawWriter", "read_raw", "render", "run_header"]

# Imported when asked for: who wants JSON does not wait for what draws on a terminal.
FORMATS: Final[Mapping[str, str]] = {
    "terminal": "conformance.report.terminal",
    "junit": "conformance.report.junit",
    "json": "conformance.report.json_report",
    "html": "conformance.report.html",
    "github": "conformance.report.github",
}


def render(run: RawRun, form: str) -> str:
    """
    Return the report of a run in one of ``FORMATS``, without colours.

    Raises:
        KeyError: for a format that there is none of.
    """
    text: str = import_module(FORMATS[form]).render(run)
    return text
