"""``mockserver clock``: the virtual time of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mockserver.cli.groups import ShowingGroup
from mockserver.cli.session import on_world
from mockserver.cli.tables import plain
from mockserver.cli.values import duration

if TYPE_CHECKING:
    from mockserver.cli.client import Json
    from mockserver.cli.session import Session


@click.group(cls=ShowingGroup)
def clock() -> None:
    """Show or move virtual time; `mockserver clock` alone shows it."""


@clock.command()
@on_world
def show(session: Session) -> None:
    """Show the world's present instant."""
    _tell(session, session.world.get("/clock"))


@clock.command()
@click.argument("by", required=False, type=duration, metavar="[DURATION]")
@click.option("--to", metavar="INSTANT", help="Move to an instant instead, such as 2026-01-05T10:00:00Z.")
@on_world
def advance(session: Session, by: str | None, to: str | None) -> None:
    """
    Move virtual time on by a duration such as PT15M or P1D.

    Everything that falls due on the way has happened when this returns.
    """
    if (by is None) == (to is None):
        raise click.UsageError("give either a duration such as PT15M or --to an instant")
    _tell(session, session.world.post("/clock/advance", {"by": by} if to is None else {"to": to}))


def _tell(session: Session, answer: Json) -> None:
    session.output.show(answer, lambda: plain(answer["now"]))
