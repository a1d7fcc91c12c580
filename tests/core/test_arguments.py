"""Reading the arguments of commands, refusals, and the nearest valid value."""

from __future__ import annotations

import pytest

from mockserver.core.arguments import flag, identifier, required, units
from mockserver.core.errors import CoreError, Refused, nearest
from tests.core.worlds import account, refused

KNOWN = {10: "a", 20: "b"}


def test_required_argument_must_be_there() -> None:
    """Null is not there; 0 and false are."""
    assert [required({"a": 0, "b": False}, key) for key in "ab"] == [0, False]
    for command in ({}, {"a": None}):
        with pytest.raises(Refused, match="a is missing") as caught:
            required(command, "a")
        assert (caught.value.code, caught.value.field) == ("missing", "a")


def test_units_are_whole_and_within_bounds() -> None:
    """From the least to a billion; left out they are what is present, if there is such a thing."""
    assert units({"n": 1_000_000_000}, "n") == 1_000_000_000
    assert units({}, "n", 7) == 7
    for value in (-1, 1_000_000_001, 1.0, "1", True, None):
        with pytest.raises(Refused):
            units({"n": value}, "n", 7)
    with pytest.raises(Refused):
        units({}, "n")
    with pytest.raises(Refused, match="from 1 to"):
        units({"n": 0}, "n", least=1)


def test_flag_is_a_truth_value() -> None:
    """1, "true" and null are none."""
    assert flag({}, "f", present=True)
    assert not flag({"f": False}, "f", present=True)
    for value in (1, "true", None):
        with pytest.raises(Refused):
            flag({"f": value}, "f", present=True)


@pytest.mark.parametrize("value", [11, "10", True, 10.5])
def test_identifier_names_something_that_exists(value: object) -> None:
    """The refusal carries the key in its code and the nearest id."""
    assert identifier({"sales_channel": 10}, "sales_channel", KNOWN) == 10
    with pytest.raises(Refused) as caught:
        identifier({"sales_channel": value}, "sales_channel", KNOWN)
    assert (caught.value.code, caught.value.field, caught.value.value) == (
        "unknown_sales_channel",
        "sales_channel",
        value,
    )


# -- the nearest valid value -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "known", "near"),
    [
        ("TEE-BLEU", ["TEE-BLUE", "TEE-RED"], "TEE-BLUE"),
        ("tee-blue", ["TEE-RED", "TEE-BLUE"], "TEE-BLUE"),
        ("mug", ["MUG"], "MUG"),
        ("XYZ", ["MUG"], None),
        ("MUG", [], None),
        (13, [7, 12, 20], "12"),
        (15, [10, 20], "10"),
    ],
)
def test_nearest_is_spelled_alike_or_stands_next(value: object, known: list[object], near: str | None) -> None:
    """Words by spelling, then by capital letters alone; ids by their distance, the lower one of two."""
    assert nearest(value, known) == near


def test_nearest_of_very_many_looks_only_at_those_that_begin_alike() -> None:
    """A hint is not worth seconds: of 30,000 words only those with the same first two letters are compared."""
    words = [f"AB-{number:05}" for number in range(30_000)] + ["ZZ-TOP", "ZZ-TOE"]

    assert nearest("zz-top", words) == "ZZ-TOP"
    assert nearest("ZZ-TOPS", words) == "ZZ-TOP"
    assert nearest("QQ-TOP", words) is None


# -- refusals --------------------------------------------------------------------------------------


def test_refusal_is_a_sentence_with_its_hint() -> None:
    """What the control API gives as the reason."""
    assert str(Refused("bad", "no such thing", nearest="thin")) == "no such thing; nearest valid: 'thin'"
    assert str(Refused("bad", "no such thing")) == "no such thing"
    assert isinstance(Refused("bad", "no such thing"), CoreError)


@pytest.mark.parametrize(("kind", "near"), [("stock.sett", "stock.set"), ("order", None), (None, None)])
def test_unknown_command_is_refused_with_the_nearest_one(kind: str, near: str | None) -> None:
    """Names are compared exactly."""
    wrong = refused(account(), kind)

    assert (wrong.code, wrong.field, wrong.value) == ("unknown_command", "type", kind)
    assert near is None or wrong.nearest == near
