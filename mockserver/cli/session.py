"""What every command on a running server has in common: its options, and the world and the output they mean."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from mockserver import settings
from mockserver.cli.client import RefusedByWorld, Server, World
from mockserver.cli.tables import Output, cell, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.cli.client import Json

DEFAULT_URL: Final = "http://127.0.0.1:8080"


class Session:
    """One call of a command: the world that it is about, and where its result goes."""

    def __init__(self, *, url: str, world: str | None, as_json: bool) -> None:
        self.world = World(Server(url, settings.control_token()), world)
        self.output = Output(as_json=as_json)

    def run(self, kind: str, **fields: object) -> None:
        """
        Run one command of the world and print its result; fields that are None are left out.

        Raises:
            RefusedByWorld: when the world refused it, once the result is printed for programs.
        """
        result = self.world.run({"type": kind, **fields})
        if result["status"] != "done":
            self.output.for_programs(result)
            raise RefusedByWorld(result["reason"])
        self.output.show(result, lambda: plain(_told(result)))


def _told(result: Mapping[str, Any]) -> str:
    details: Json = result.get("result") or {}
    return " ".join([f"{result['type']} done", *(f"{name}={cell(value)}" for name, value in details.items())])


def on_world(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which server and world it is about; it is called with a `Session`."""

    @click.option(
        "--url", default=DEFAULT_URL, show_default=True, envvar="MOCKSERVER_URL", help="Address of the running server."
    )
    @click.option(
        "--world", envvar="MOCKSERVER_WORLD_ID", metavar="ID", help="Which of its worlds; else its default world."
    )
    @click.option("--json", "as_json", is_flag=True, help="JSON on a terminal too.")
    @wraps(function)
    def command(*, url: str, world: str | None, as_json: bool, **values: Any) -> None:
        function(Session(url=url, world=world, as_json=as_json), **_as_declared(values))

    return command


def _as_declared(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values in the order of the command's help: however a call is typed, the journal reads the same."""
    declared = [parameter.name for parameter in click.get_current_context().command.params]
    return {name: values[name] for name in declared if name in values}
