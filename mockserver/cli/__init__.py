"""The `mockserver` command: a folder of small commands, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from mockserver import __version__

_COMMANDS: Final = {
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


class LazyGroup(click.Group):
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
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command meant; an unknown one is answered with the nearest."""
        from difflib import get_close_matches

        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            near = get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup, context_settings={"auto_envvar_prefix": "MOCKSERVER", "help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """A deterministic double of Order Manager and Marketplacer for inventory integrations."""
