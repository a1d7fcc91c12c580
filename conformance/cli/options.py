"""Options of the command line, each with its twin in the environment, as --allow-writes is CONFORMANCE_ALLOW_WRITES."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable

FILE: Final = click.Path(dir_okay=False, path_type=Path)


class OutputFile(click.Path):
    """A file that will be written: its folder must be there, so that a long run does not end in losing its report."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or refuse it before anything is done."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r} to write {path.name!r} in", param, ctx)
        return path


OUTPUT: Final = OutputFile(dir_okay=False, writable=True, path_type=Path)


def option(*names: str, **more: Any) -> Callable[[Any], Any]:
    """Return a click option with its twin in the environment."""
    long = next(name for name in names if name.startswith("--"))
    return click.option(*names, envvar="CONFORMANCE_" + long[2:].replace("-", "_").upper(), **more)


def flag(*names: str, **more: Any) -> Callable[[Any], Any]:
    """Return a click flag with its twin in the environment."""
    return option(*names, is_flag=True, **more)


LEVEL: Final = option(
    "--level",
    type=click.Choice(["documented", "all"]),
    default="all",
    help="documented: only what a vendor says, in words or by example.",
)
EXCLUDE: Final = option("--exclude", multiple=True, metavar="ID", help="Leave these out; may be repeated.")
WORKERS: Final = option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many are carried out at once."
)
AS_JSON: Final = flag("--json", "as_json", help="Print one JSON document.")
NAMES: Final = click.argument("names", nargs=-1, metavar="[ID]...")
