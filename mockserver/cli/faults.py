"""``mockserver faults``: what goes wrong on purpose in a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli import fault_plans
from mockserver.cli.client import segment
from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world
from mockserver.cli.tables import plain, table_of

if TYPE_CHECKING:
    from typing import IO

    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {
    "id": "fault",
    "state": "state",
    "what": "does",
    "whom": "to",
    "matched": "matched",
    "fired_times": "fired",
    "left": "left",
}
_FIRINGS: Final = {"call": "call", "at": "at", "request": "request"}
_METHODS: Final = ["GET", "PUT", "POST", "DELETE", "PATCH"]


@click.group(cls=NearestGroup)
def faults() -> None:
    """Add, list, show and remove faults."""


@faults.command()
@click.argument("action", type=fault_plans.action, metavar="ACTION")
@click.option("--api", type=click.Choice(["order-manager", "marketplacer"]), help="Only this API.")
@click.option("--operation", "operation_id", metavar="ID", help="Only this operation, such as putInventories.")
@click.option("--route", metavar="PATH", help="Only this path of the served contract, with its placeholders.")
@click.option("--method", type=click.Choice(_METHODS, case_sensitive=False), help="Only this method.")
@click.option(
    "--token", type=int, metavar="N", help="Only this access token, by its place in the world; 0 is the first."
)
@click.option("--seller", type=int, metavar="ID", help="Only this seller's key.")
@click.option(
    "--calls", type=fault_plans.calls, metavar="1,3|2-4", help="Only these of the calls that match otherwise."
)
@click.option("--from", "start", metavar="INSTANT", help="Not before this virtual instant.")
@click.option("--to", "end", metavar="INSTANT", help="Not from this virtual instant on.")
@click.option("--probability", type=float, metavar="0-1", help="By chance, drawn from the world's seed.")
@click.option("--times", type=int, metavar="N", help="At most so often.")
@click.option("--id", "fault_id", metavar="NAME", help="Its name; else one is made up.")
@on_world
def add(session: Session, *, action: Json, times: int | None, fault_id: str | None, **conditions: Any) -> None:
    """
    Make requests to the imitated APIs go wrong.

    ACTION is status:503, delay:2 (seconds), delay:PT5M (virtual time), reset:before or reset:after (the effect),
    truncate, lose-reply, duplicate or stale. Without options it meets every request.
    """
    window = {"from": conditions.pop("start"), "to": conditions.pop("end")}
    match = _given(conditions) | _given({"window": _given(window) or None})
    plan = _given({"id": fault_id, "match": match or None, "times": times, "action": action})
    made = session.world.post("/faults", plan)
    session.output.show(made, lambda: plain(_summary(made)))


def _given(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


@faults.command()
@click.argument("file", type=click.File(encoding="utf-8"), metavar="FILE")
@on_world
def load(session: Session, file: IO[str]) -> None:
    """Add the plans of a fault plan file, YAML or JSON; - is stdin. The first that is refused stops it."""
    made = [session.world.post("/faults", plan) for plan in fault_plans.plans_in(file)]
    session.output.show(made, lambda: plain("\n".join(map(_summary, made)) or "no plans in the file"))


@faults.command("list")
@on_world
def list_faults(session: Session) -> None:
    """List faults with what has become of each; 0 fired is one that never happened."""
    found = session.world.get("/faults")["faults"]
    session.output.show(found, lambda: table_of(map(_row, found), _COLUMNS) if found else plain("no faults"))


@faults.command()
@click.argument("fault_id", metavar="NAME")
@on_world
def show(session: Session, fault_id: str) -> None:
    """Show one fault and the requests that it met."""
    found = session.world.get(f"/faults/{segment(fault_id)}")
    session.output.show(found, lambda: _account(found))


@faults.command()
@click.argument("fault_ids", nargs=-1, required=True, metavar="NAME...")
@on_world
def remove(session: Session, fault_ids: tuple[str, ...]) -> None:
    """Remove faults."""
    _remove(session, list(fault_ids))


@faults.command()
@on_world
def clear(session: Session) -> None:
    """Remove all faults."""
    _remove(session, [each["id"] for each in session.world.get("/faults")["faults"]])


def _remove(session: Session, fault_ids: list[str]) -> None:
    for fault_id in fault_ids:
        session.world.delete(f"/faults/{segment(fault_id)}")
    session.output.show({"removed": fault_ids}, lambda: plain(f"removed {', '.join(fault_ids) or 'nothing'}"))


def _account(fault: Json) -> Any:
    from rich.console import Group

    met = table_of(fault["fired"], _FIRINGS) if fault["fired"] else plain("it never fired")
    return Group(plain(_summary(fault), "bold"), "", met)


def _summary(fault: Json) -> str:
    row = _row(fault)
    return f"{row['id']} is {row['state']}: {row['what']} to {row['whom']}"


def _row(fault: Json) -> Json:
    plan = fault["plan"]
    left = "no end" if fault["left"] is None else fault["left"]
    return {
        **fault,
        "what": fault_plans.words(plan["action"]),
        "whom": fault_plans.words(plan.get("match", {})),
        "left": left,
    }
