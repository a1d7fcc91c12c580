"""A figure's explanation as a person reads it: the shelves in and out, then the steps from their sum to the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.cli.rule import pair_text
from mockserver.cli.tables import cell, empty_table, plain, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Group
    from rich.table import Table

    from mockserver.cli.client import Json

_SHELVES: Final = {
    "place": "shelf",
    "of": "stock of",
    "on_hand": "on hand",
    "locked": "locked",
    "allocated": "allocated",
    "available": "available",
    "counts": "counts",
}
_TESTED: Final = {
    "available": "available",
    "on-hand": "on hand",
    "channel-available": "available to the channel",
}
_ORIGINS: Final = {
    "product": "the product's own on this channel",
    "sales channel": "the whole sales channel's",
    "default": "none is set, so all that is available",
}


def account_of(steps: Json) -> Group:
    """Return the account of one answer of ``explain``."""
    from rich.console import Group

    return Group(plain(_headline(steps), "bold"), "", *_shelf_table(steps), _step_table(steps))


def _headline(steps: Json) -> str:
    listing = f"{steps['listing_sku']} (listing {steps['listing_id']})"
    if steps.get("silent_because"):
        return f"{listing} is not told to sales channel {steps['sales_channel']}: {steps['silent_because']}"
    return f"{listing} shows {steps['figure']} on sales channel {steps['sales_channel']}"


# -- shelves -----------------------------------------------------------------------------------------


def _shelf_table(steps: Json) -> Iterator[Any]:
    rows = [row for warehouse in steps["warehouses"] for row in _rows(warehouse, steps["master_sku"])]
    # A plain product's shelves all hold the same.
    columns = {name: heading for name, heading in _SHELVES.items() if name != "of" or _is_bundle(steps)}
    if rows:
        yield from (table_of(rows, columns), "")
    else:
        yield plain(f"No warehouse has a stock row of {steps['master_sku']}.")


def _rows(warehouse: Json, master_sku: str) -> Iterator[Json]:
    """Yield a row for each shelf of the product and, for a bundle, of its components."""
    for shelf in warehouse["locations"]:
        yield _row(warehouse, master_sku, shelf, warehouse["left_out_because"])
    for part in warehouse.get("components", ()):
        unused = [] if warehouse["use_component_inventory"] else ["bundles are not made up here"]
        for shelf in part["locations"]:
            yield _row(warehouse, part["master_sku"], shelf, [*warehouse["left_out_because"], *unused])


def _row(warehouse: Json, master_sku: str, shelf: Json, reasons: list[str]) -> Json:
    own = [text for field, text in (("active", "inactive location"), ("pickable", "not pickable")) if not shelf[field]]
    return {
        **shelf,
        "place": f"{warehouse['warehouse']} {warehouse['name']} {shelf['location']}".rstrip(),
        "of": master_sku,
        "counts": f"no: {', '.join([*reasons, *own])}" if reasons or own else "yes",
    }


def _is_bundle(steps: Json) -> bool:
    return any("components" in warehouse for warehouse in steps["warehouses"])


# -- steps -------------------------------------------------------------------------------------------


def _step_table(steps: Json) -> Table:
    table = empty_table(heading=False)
    for name, text in _steps(steps):
        table.add_row(plain(name, "bold"), plain(text))
    return table


def _steps(steps: Json) -> Iterator[tuple[str, str]]:
    yield from _bundles(steps)
    yield "available", _sum(steps)
    yield "regime", _regime(steps["regime"], has_minimum_pair="min_rule_type" in steps["rule"])
    yield "rule", _rule(steps["rule"])
    yield "pair", pair_text(steps["pair"]["type"], steps["pair"]["value"])
    yield "rounding", _rounding(steps)
    if steps["figure"] != steps["channel_figure"]:
        yield "share", f"{steps['figure']} of {steps['channel_figure']}, divided among the product's listings"
    yield "figure", str(steps["figure"])
    yield "shown", str(steps["shown"]) if not steps["silent_because"] else f"nothing: {steps['silent_because']}"
    if "native_shown" in steps:
        yield "native", _native(steps)
    yield "readings", ", ".join(f"{name}={option}" for name, option in steps["readings"].items())
    yield "behaviours", " ".join(steps["behaviours"])


def _bundles(steps: Json) -> Iterator[tuple[str, str]]:
    for warehouse in steps["warehouses"]:
        if "components" in warehouse and not warehouse["left_out_because"] and warehouse["use_component_inventory"]:
            parts = ", ".join(
                f"{part['available']} {part['master_sku']} ({part['quantity']} each)"
                for part in warehouse["components"]
            )
            yield "made up", f"{warehouse['buildable']} in {warehouse['name']}, from {parts}"


def _sum(steps: Json) -> str:
    counted = [f"{each['counts']} {each['name']}" for each in steps["warehouses"] if not each["left_out_because"]]
    if len(counted) < 2:
        return str(steps["available"])
    return f"{' + '.join(counted)} = {steps['available']}"


def _regime(regime: Json, *, has_minimum_pair: bool) -> str:
    tested = f"{regime['units']} {_TESTED.get(regime['tested'], regime['tested'])}"
    if not regime["minimum_reached"]:
        return f"{tested} is above the minimum level {regime['minimum']}: the normal pair"
    pair = "the minimum pair" if has_minimum_pair else "the rule has no pair for that (alloc.absent-minimum-pair)"
    return f"{tested} is at or below the minimum level {regime['minimum']}: {pair}"


def _rule(rule: Json) -> str:
    if rule["from"] == "default":
        return _ORIGINS["default"]
    minimum = pair_text(rule.get("min_rule_type"), rule.get("min_value"))
    text = pair_text(rule["rule_type"], rule["value"]) + (f"; at the minimum level {minimum}" if minimum else "")
    return f"{text} ({_ORIGINS.get(rule['from'], rule['from'])})"


def _native(steps: Json) -> str:
    """Return what a native channel shows by now; it is told with a delay."""
    due = f"; it hears of a change at {steps['native_push_due']}" if steps.get("native_push_due") else ""
    return f"the channel shows {cell(steps['native_shown'])}{due}"


def _rounding(steps: Json) -> str:
    pair = pair_text(steps["pair"]["type"], steps["pair"]["value"]).replace("available", str(steps["available"]))
    of_what = pair if str(steps["available"]) in pair else f"{pair} of {steps['available']}"
    return f"{of_what}, {cell(steps['rounding'])}, is {steps['channel_figure']}"
