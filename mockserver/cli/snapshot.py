"""``mockserver snapshot``: named states of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.client import segment
from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world
from mockserver.cli.tables import plain, table_of

if TYPE_CHECKING:
    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {"name": "snapshot", "at": "at", "position": "commands before it"}
_name = click.argument("name", metavar="NAME")


@click.group(cls=NearestGroup)
def snapshot() -> None:
    """Save, list, restore and fork states of the world."""


@snapshot.command()
@_name
@on_world
def save(session: Session, name: str) -> None:
    """Give the present state a name to come back to."""
    saved = session.world.post("/snapshots", {"name": name})
    session.output.show(saved, lambda: plain(f"saved {saved['name']} at {saved['at']}"))


@snapshot.command("list")
@on_world
def list_snapshots(session: Session) -> None:
    """List snapshots, oldest first."""
    session.output.rows(session.world.get("/snapshots")["snapshots"], _COLUMNS, nothing="no snapshots")


@snapshot.command()
@_name
@on_world
def restore(session: Session, name: str) -> None:
    """Go back to a snapshot; later ones are forgotten."""
    restored = session.world.post(f"/snapshots/{segment(name)}/restore")
    session.output.show(restored, lambda: plain(f"back at {restored['name']}, {restored['at']}"))


@snapshot.command()
@_name
@on_world
def fork(session: Session, name: str) -> None:
    """Make a new world from a snapshot, with credentials of its own."""
    created = session.world.post(f"/snapshots/{segment(name)}/fork")
    session.output.show(created, lambda: _credentials(created))


def _credentials(created: Json) -> Any:
    rows = [{"what": "world", "is": created["id"]}]
    rows += [{"what": "Order Manager token", "is": token} for token in created["order_manager"]["tokens"]]
    rows += [
        {"what": f"Marketplacer key of seller {seller}", "is": key}
        for seller, key in created["marketplacer"]["api_keys"].items()
    ]
    return table_of(rows, {"what": "new", "is": "is"})
