"""A question read from a scenario: shoppers who come by chance, and a connector, say all that the advisor asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.advise.marked import BadFile
from conformance.advise.question import Question
from conformance.advise.rules import NO_RULE, Kind, Rule
from conformance.scenario.loading import load
from conformance.scenario.problems import BadScenario

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.advise.question import Write
    from conformance.scenario.model import Channel, Connector, Event, Plan

_HOUR: Final = 3_600_000
_WRITES: Final[dict[str, Write]] = {"set": "absolute", "watermark": "watermark", "cas": "cas"}
_ONE: Final = ((1, 1.0),)


def question_of(path: Path) -> Question:
    """
    Return the question that the first row of a scenario asks.

    Raises:
        BadFile: when the scenario is none, or is not about one product that sells by chance, unit by unit.
    """
    try:
        plan = load(path).plans[0]
    except BadScenario as error:
        raise BadFile(str(error)) from error
    try:
        return _question(plan)
    except _Unfit as error:
        raise BadFile(f"{path}: {error}") from None


class _Unfit(ValueError):
    """The scenario is sound, but the advisor has no answer for its kind."""


def _question(plan: Plan) -> Question:
    shoppers = [event for event in plan.events if event.verb == "orders"]
    if not shoppers or len(shoppers) < len(plan.events):
        raise _Unfit("advise needs `orders: {poisson: …}` in `when`, and nothing else there")
    rates = _rates(plan, shoppers)
    channels = [channel for channel in plan.channels if channel.id in rates]
    connector = channels[0].connector
    polls = _same("poll", [each.connector.poll_ms for each in channels])
    if polls is None:
        raise _Unfit("advise needs a connector that polls")
    total = sum(rates.values())
    shares = tuple(rates[channel.id] / total for channel in channels)
    favoured = shares.index(max(shares))
    return Question(
        rate=total,
        names=tuple(channel.name for channel in channels),
        shares=shares,
        sync_interval=polls / _HOUR,
        push_latency=_same("push_takes", [each.connector.push_takes_ms for each in channels]) / _HOUR,
        import_lag=_same("orders_reach_om", [each.import_lag_ms for each in channels]) / _HOUR,
        write=_WRITES[_same("push", [each.connector.push for each in channels])],
        staggered=len({each.connector.first_poll_ms for each in channels}) > 1,
        stock=_stock(plan, channels),
        current=_rule(plan, connector, favoured),
        favoured=favoured,
        marketplaces=(None,) * len(channels),
        title=plan.scenario,
        sku=channels[0].listings[0].product,
        seed=max(plan.seed, 0),
    )


def _rates(plan: Plan, shoppers: list[Event]) -> dict[int, float]:
    """Return the orders an hour of each channel."""
    rates: dict[int, float] = {}
    for event in shoppers:
        if event.data["gap_ms"] is None or event.during is not None:
            raise _Unfit("advise needs shoppers who come by chance: `poisson: 12/h`")
        if not _is_one(event.data["qty"]):
            raise _Unfit("advise knows orders of one unit only")
        if len(event.data["listings"]) != 1:
            raise _Unfit("advise needs shoppers of one listing each")
        channel = plan.listings[event.data["listings"][0]].channel
        rates[channel] = rates.get(channel, 0.0) + _HOUR / event.data["gap_ms"]
    return rates


def _is_one(quantities: Any) -> bool:
    pairs = quantities.items() if isinstance(quantities, dict) else quantities
    return [units for units, *_ in pairs] == [1] if not isinstance(pairs, int) else pairs == 1


def _same(key: str, values: list[Any]) -> Any:
    if len(set(values)) > 1:
        raise _Unfit(f"advise needs the same {key} for all channels")
    return values[0]


def _stock(plan: Plan, channels: list[Channel]) -> int:
    """Return the units of the one product that all these channels sell."""
    sold = {part for channel in channels for listing in channel.listings for part in listing.needs}
    if len(sold) != 1 or next(iter(sold))[1] != 1:
        raise _Unfit("advise is about one product, without bundles")
    product = next(iter(sold))[0]
    rows = [row for row in plan.document["order_manager"]["stock"] if row["master_sku"] == product]
    units = sum(int(row["on_hand"]) - int(row.get("locked", 0)) for row in rows)
    if not 1 <= units <= 5000:
        raise _Unfit(f"advise needs a stock of 1 to 5000 units, not {units}")
    return units


def _rule(plan: Plan, connector: Connector, favoured: int) -> Rule:
    """Return the rule of today: one that all channels share, by Order Manager or in the connector."""
    rules = plan.document["order_manager"].get("rules", [])
    kinds: dict[str, Kind] = {"PERCENT_OF_AVAILABLE": "percent", "MAX_ALLOCATION": "cap"}
    told = {(rule["rule_type"], rule["value"], rule.get("min_rule_type")) for rule in rules}
    if connector.buffer:
        return Rule("buffer", connector.buffer, favoured)
    if len(told) > 1 or any(least is not None for _, _, least in told):
        raise _Unfit("advise takes one rule without a minimum pair as the rule of today")
    for rule_type, value, _ in told:
        if (rule_type, value) != ("PERCENT_OF_AVAILABLE", 100):
            return Rule(kinds[rule_type], int(value), favoured)
    return NO_RULE
