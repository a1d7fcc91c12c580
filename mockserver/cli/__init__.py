"""The `mockserver` command: a folder of small commands, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from mockserver import __version__
from mockserver.cli.groups import NearestGroup

_HERE: Final = {
    "serve": ("mockserver.cli.serve", "serve", "Serve a world over HTTP until stopped."),
    "demo": (
        "mockserver.cli.demo",
        "demo",
        "Drive one stock change through acknowledge to Marketplacer, and say what happens.",
    ),
    "world": ("mockserver.cli.world", "world", "Check, make and fill world files."),
    "behaviours": (
        "mockserver.cli.behaviours",
        "behaviours",
        "What is documented, and what is a reading that can be switched.",
    ),
}
_ON_A_SERVER: Final = {
    "stock": ("mockserver.cli.stock", "stock", "Set, receive and list stock."),
    "order": ("mockserver.cli.order", "order", "Create, cancel, hold, release, ship and list orders."),
    "sell": ("mockserver.cli.sell", "sell", "Let a shopper buy on the marketplace."),
    "listing": ("mockserver.cli.listing", "listing", "Set and list listings."),
    "rule": ("mockserver.cli.rule", "rule", "Set, clear and list allocation rules."),
    "exclusion": ("mockserver.cli.exclusion", "exclusion", "Set, clear and list excluded warehouses."),
    "explain": ("mockserver.cli.explain", "explain", "Say step by step why a listing shows its number."),
    "requests": ("mockserver.cli.requests", "requests", "Show what was asked and answered."),
    "clock": ("mockserver.cli.clock", "clock", "Show or move virtual time."),
    "faults": ("mockserver.cli.faults", "faults", "Make things go wrong, and see what became of it."),
    "journal": ("mockserver.cli.journal", "journal", "Show the commands so far, or save them as a scenario."),
    "snapshot": ("mockserver.cli.snapshot", "snapshot", "Save, list, restore and fork states of the world."),
}
_COMMANDS: Final = {**_HERE, **_ON_A_SERVER}


class LazyGroup(NearestGroup):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        for heading, commands in (("Commands", _HERE), ("Commands on a running server", _ON_A_SERVER)):
            with formatter.section(heading):
                formatter.write_dl([(name, text) for name, (_, _, text) in commands.items()])


@click.group(
    cls=LazyGroup, context_settings={"auto_envvar_prefix": "MOCKSERVER", "help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """A deterministic double of Order Manager and Marketplacer for inventory integrations."""
