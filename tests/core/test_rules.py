"""Channel allocation rules as they are given and written: OM-ALLOC-02, 03 and the reading of percentages."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.core.errors import Refused
from mockserver.core.rules import rule_from, rule_to

TWO_DECIMALS = {"alloc.percent-range": "up-to-100-two-decimals"}
WHOLE = {"alloc.percent-range": "up-to-100-whole"}
UNBOUNDED = {"alloc.percent-range": "unbounded"}
PERCENT = "PERCENT_OF_AVAILABLE"
CAP = "MAX_ALLOCATION"


def refusal(given: dict[str, Any], readings: dict[str, str] = TWO_DECIMALS) -> Refused:
    with pytest.raises(Refused) as caught:
        rule_from(given, readings)
    return caught.value


def test_rule_has_a_normal_and_a_minimum_pair() -> None:
    """OM-ALLOC-02: two pairs of type and value, each written back as given."""
    given = {"rule_type": PERCENT, "value": 50, "min_rule_type": CAP, "min_value": 2}

    assert rule_to(rule_from(given, TWO_DECIMALS)) == given


def test_rule_without_minimum_pair_is_written_without() -> None:
    """The minimum pair may be left out, and is not made up."""
    given = {"rule_type": CAP, "value": 200}

    assert rule_to(rule_from(given, TWO_DECIMALS)) == given


@pytest.mark.parametrize("missing", [{"min_rule_type": CAP}, {"min_value": 2}])
def test_half_a_minimum_pair_is_refused(missing: dict[str, Any]) -> None:
    """A minimum pair is given whole or not at all."""
    assert refusal({"rule_type": PERCENT, "value": 50, **missing}).code == "bad_rule"


def test_there_are_exactly_two_rule_types() -> None:
    """OM-ALLOC-03: anything else is refused with the nearest of the two."""
    wrong = refusal({"rule_type": "PERCENT_OF_AVAILABEL", "value": 10})

    assert (wrong.field, wrong.value, wrong.nearest) == ("rule_type", "PERCENT_OF_AVAILABEL", PERCENT)


@pytest.mark.parametrize("value", [True, "10", None])
def test_value_of_a_rule_is_a_number(value: object) -> None:
    """Truth values, text and nothing are no values."""
    assert refusal({"rule_type": CAP, "value": value}).field == "value"


@pytest.mark.parametrize("value", [-1, 2.5, 1_000_000_001, float("inf"), float("nan")])
def test_cap_is_a_whole_number_of_units(value: float) -> None:
    """OM-ALLOC-07: units are whole, from 0 to the largest count of a world file."""
    assert refusal({"rule_type": CAP, "value": value}).field == "value"


def test_cap_written_with_a_decimal_point_is_the_whole_number() -> None:
    """JSON writers turn 5 into 5.0; that is the same cap."""
    assert rule_to(rule_from({"rule_type": CAP, "value": 5.0}, TWO_DECIMALS)) == {"rule_type": CAP, "value": 5}


@pytest.mark.parametrize("value", [0, 100, 33.33, 0.01, 99.99])
def test_percentage_may_have_two_decimals(value: float) -> None:
    """alloc.percent-range, default: 0 to 100, exact to a hundredth of a percent."""
    assert rule_to(rule_from({"rule_type": PERCENT, "value": value}, TWO_DECIMALS))["value"] == value


@pytest.mark.parametrize("value", [-0.01, 100.01, 150, 33.333, float("nan")])
def test_percentage_out_of_range_or_too_fine_is_refused(value: float) -> None:
    """alloc.percent-range, default: below 0, above 100 or with a third decimal it is refused."""
    assert refusal({"rule_type": PERCENT, "value": value}).field == "value"


def test_percentage_must_be_whole_where_the_reading_says_so() -> None:
    """alloc.percent-range=up-to-100-whole: 33 stands, 33.5 does not."""
    assert rule_from({"rule_type": PERCENT, "value": 33}, WHOLE).value == 3_300
    assert "whole" in refusal({"rule_type": PERCENT, "value": 33.5}, WHOLE).message


def test_percentage_over_a_hundred_stands_where_the_reading_says_so() -> None:
    """alloc.percent-range=unbounded: 150.25 % is kept as it is; a third decimal is still refused."""
    assert rule_to(rule_from({"rule_type": PERCENT, "value": 150.25}, UNBOUNDED))["value"] == 150.25
    assert refusal({"rule_type": PERCENT, "value": 150.255}, UNBOUNDED).field == "value"


def test_minimum_value_is_judged_like_the_normal_one() -> None:
    """The two pairs have the same shape, so a bad minimum value is named as such."""
    assert refusal({"rule_type": CAP, "value": 1, "min_rule_type": PERCENT, "min_value": 101}).field == "min_value"
