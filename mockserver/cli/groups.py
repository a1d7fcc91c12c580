"""Groups of commands that answer a typing error with the nearest command."""

from __future__ import annotations

import click


class NearestGroup(click.Group):
    """A group that names the command nearest to one that it does not have."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command meant. An unknown one is a usage error."""
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            ctx.fail(f"No such command {args[0]!r}.{_hint(args[0], known)}")
        return super().resolve_command(ctx, args)


class ShowingGroup(NearestGroup):
    """A group that means its command ``show`` when none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what is left of the arguments once the group's own are taken."""
        asks_for_help = bool(set(args[:1]) & set(ctx.help_option_names))
        if not asks_for_help and (not args or args[0].startswith("-")):
            args = ["show", *args]
        return super().parse_args(ctx, args)


def _hint(word: str, known: list[str]) -> str:
    # Imported here: a command that is spelled right does not pay for it.
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
