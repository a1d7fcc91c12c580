"""Reading a channel allocation rule from a command or a world file. Sources: OM-ALLOC-02, 03; reading A-6."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import Refused, nearest
from mockserver.core.model import MAX_ALLOCATION, PERCENT_OF_AVAILABLE, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES: Final = (PERCENT_OF_AVAILABLE, MAX_ALLOCATION)
_MOST: Final = 1_000_000_000


def rule_from(given: Mapping[str, Any], readings: Mapping[str, str]) -> Rule:
    """
    Return the rule that a command or a world file gives.

    Raises:
        Refused: when a type is unknown, a value out of range, or half a pair is missing.
    """
    rule_type, value = _pair(given, "rule_type", "value", readings)
    if given.get("min_rule_type") is None and given.get("min_value") is None:
        return Rule(rule_type, value)
    min_rule_type, min_value = _pair(given, "min_rule_type", "min_value", readings)
    return Rule(rule_type, value, min_rule_type, min_value)


def rule_to(rule: Rule) -> dict[str, Any]:
    """Return the rule as a world file writes it."""
    written: dict[str, Any] = {"rule_type": rule.rule_type, "value": _written(rule.rule_type, rule.value)}
    if rule.min_rule_type is not None:
        written |= {"min_rule_type": rule.min_rule_type, "min_value": _written(rule.min_rule_type, rule.min_value)}
    return written


def _written(rule_type: str, value: int) -> int | float:
    if rule_type == MAX_ALLOCATION or value % 100 == 0:
        return value if rule_type == MAX_ALLOCATION else value // 100
    return float(Decimal(value) / 100)


def _pair(given: Mapping[str, Any], type_key: str, value_key: str, readings: Mapping[str, str]) -> tuple[str, int]:
    rule_type, value = given.get(type_key), given.get(value_key)
    if rule_type not in _TYPES:
        hint = nearest(rule_type, _TYPES)
        raise Refused("bad_rule", f"{type_key} is not a rule type", field=type_key, value=rule_type, nearest=hint)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("bad_rule", f"{value_key} must be a number", field=value_key, value=value)
    if rule_type == MAX_ALLOCATION:
        return rule_type, _units(value, value_key)
    return rule_type, _hundredths(value, value_key, readings)


def _units(value: float, field: str) -> int:
    if not 0 <= value <= _MOST or value != int(value):
        raise Refused("bad_rule", f"{field} must be a whole number from 0 to {_MOST}", field=field, value=value)
    return int(value)


def _hundredths(value: float, field: str, readings: Mapping[str, str]) -> int:
    how = readings["alloc.percent-range"]
    most = _MOST if how == "unbounded" else 100
    if not 0 <= value <= most:
        raise Refused("bad_rule", f"{field} must be a percentage from 0 to {most}", field=field, value=value)
    hundredths = Decimal(str(value)) * 100
    finest = 100 if how == "up-to-100-whole" else 1
    if hundredths % finest:
        allowed = "must be whole" if finest == 100 else "may have two decimals"
        raise Refused("bad_rule", f"{field}: a percentage {allowed}", field=field, value=value)
    return int(hundredths)
