"""``mockserver requests``: what a running server's world was asked and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.session import on_world
from mockserver.cli.tables import plain, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {
    "id": "#",
    "at": "at",
    "method": "method",
    "target": "path",
    "status": "status",
    "said": "what was wrong",
}
_METHODS: Final = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"]


@click.command()
@click.option("--api", type=click.Choice(["order-manager", "marketplacer"]), help="Only this API.")
@click.option("--operation", "operation_id", metavar="ID", help="Only this operation, such as putInventories.")
@click.option("--method", type=click.Choice(_METHODS, case_sensitive=False), help="Only this method.")
@click.option("--path", metavar="TEXT", help="Only paths that contain this.")
@click.option("--status", type=click.IntRange(100, 599), help="Only this status.")
@click.option("--after", type=click.IntRange(0), metavar="ID", help="Only entries after this one.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="The newest so many.")
@on_world
def requests(session: Session, *, limit: int, after: int | None, **filters: object) -> None:
    """Show what the imitated APIs were asked, oldest first, credentials taken out."""
    found = session.world.exchanges(last=limit, after=after, **filters)
    session.output.show({"requests": found}, lambda: _table(found))


def _table(found: list[Json]) -> Any:
    return table_of(map(_row, found), _COLUMNS) if found else plain("no request fits")


def _row(exchange: Json) -> Json:
    query = exchange.get("query")
    return {
        **exchange,
        "target": exchange["path"] + (f"?{query}" if query else ""),
        "said": _said(exchange.get("response_body")) if exchange["status"] >= 400 else "",
    }


def _said(body: Any) -> str:
    """Return the message of an error, in whichever vendor's form it is."""
    if not isinstance(body, dict):
        return "" if body is None else str(body)[:200]
    errors: list[Mapping[str, Any]] = body.get("errors") or [body]
    return "; ".join(str(_first(error, "detail", "message", "error_description", "error")) for error in errors)


def _first(error: Mapping[str, Any], *names: str) -> object:
    return next((error[name] for name in names if error.get(name)), "")
