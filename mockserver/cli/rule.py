"""``mockserver rule``: allocation rules of a running server's world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.cli.groups import NearestGroup
from mockserver.cli.session import on_world
from mockserver.cli.values import percentage

if TYPE_CHECKING:
    from mockserver.cli.client import Json
    from mockserver.cli.session import Session

_COLUMNS: Final = {
    "sales_channel": "channel",
    "product": "master SKU",
    "normally": "normally",
    "at_minimum": "at the minimum level",
}
_PERCENT: Final = "PERCENT_OF_AVAILABLE"
_MAXIMUM: Final = "MAX_ALLOCATION"
_product = click.argument("master_sku", metavar="[MASTER_SKU]", required=False)
_channel = click.option("--channel", "sales_channel", type=int, required=True, metavar="ID", help="The sales channel.")


@click.group(cls=NearestGroup)
def rule() -> None:
    """Set, clear and list allocation rules."""


@rule.command("set")
@_product
@_channel
@click.option("--percent", type=percentage, metavar="PERCENT", help="Show this share of what is available …")
@click.option("--max", "maximum", type=int, metavar="UNITS", help="… or all of it up to so many units.")
@click.option("--min-percent", type=percentage, metavar="PERCENT", help="At or below the minimum level: this share …")
@click.option("--min-max", "min_maximum", type=int, metavar="UNITS", help="… or so many units.")
@on_world
def set_rule(session: Session, master_sku: str | None, sales_channel: int, **pairs: float | None) -> None:
    """Set the rule of a product on a channel, or without a product the whole channel's."""
    fields = _pair(pairs["percent"], pairs["maximum"], "--percent", "--max")
    if fields is None:
        raise click.UsageError("give --percent or --max")
    minimum = _pair(pairs["min_percent"], pairs["min_maximum"], "--min-percent", "--min-max") or {}
    fields |= {f"min_{name}": value for name, value in minimum.items()}
    session.run("rule.set", master_sku=master_sku, sales_channel=sales_channel, **fields)


def _pair(percent: float | None, maximum: float | None, *names: str) -> Json | None:
    if percent is not None and maximum is not None:
        raise click.UsageError(f"{names[0]} and {names[1]} exclude each other")
    if percent is None and maximum is None:
        return None
    return {
        "rule_type": _MAXIMUM if percent is None else _PERCENT,
        "value": maximum if percent is None else percent,
    }


@rule.command()
@_product
@_channel
@on_world
def clear(session: Session, **fields: object) -> None:
    """Take a product's rule on a channel away, or without a product the channel's own."""
    session.run("rule.clear", **fields)


@rule.command("list")
@click.option("--channel", "sales_channel", type=int, metavar="ID", help="Only this sales channel.")
@on_world
def list_rules(session: Session, sales_channel: int | None) -> None:
    """List rules; a product without one follows its channel's, else shows all that is available."""
    rules = [
        each
        for each in session.world.document()["order_manager"]["rules"]
        if sales_channel in (None, each["sales_channel"])
    ]
    session.output.show(rules, lambda: _table(rules))


def _table(rules: list[Json]) -> Any:
    from mockserver.cli.tables import plain, table_of

    return table_of(map(_row, rules), _COLUMNS) if rules else plain("no rules")


def _row(found: Json) -> Json:
    return {
        "sales_channel": found["sales_channel"],
        "product": found.get("master_sku", "(whole channel)"),
        "normally": pair_text(found["rule_type"], found["value"]),
        "at_minimum": pair_text(found.get("min_rule_type"), found.get("min_value")) or "the same",
    }


def pair_text(rule_type: str | None, value: object) -> str:
    """Return what one pair of a rule means, empty when there is none."""
    if rule_type is None:
        return ""
    return f"{value} % of available" if rule_type == _PERCENT else f"at most {value}"
