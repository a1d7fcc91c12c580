"""`mockserver listing`, `rule` and `exclusion`: what a channel may show."""

from __future__ import annotations

import pytest

CHANNEL = ("--channel", 5394)


def test_a_listing_is_created_and_switched(cli, world):
    """With a master SKU it is made; the switches change what is there."""
    cli.json("listing", "set", "MUG-2", *CHANNEL, "--master-sku", "MUG-WHITE")
    cli.json("listing", "set", "MUG-2", *CHANNEL, "--inactive", "--no-push")

    found = next(each for each in cli.json("listing", "list", *CHANNEL) if each["listing_sku"] == "MUG-2")
    assert ("MUG-WHITE", False, False) == (found["master_sku"], found["active"], found["push_inventory"])


def test_listings_are_listed_by_channel_and_product(cli):
    """Two listings of the tee stand on the third channel."""
    shown = cli.text("listing", "list", "--channel", 5402, "--master-sku", "TEE-BLUE-S")

    assert [["701", "AMZ-TEE-BLUE-S"], ["702", "AMZ-TEE-BLUE-S-OLD"]] == [
        line.split()[:2] for line in shown.splitlines()[2:]
    ]


def test_a_listing_with_nothing_to_set_is_a_mistake_in_the_call(cli):
    """Nobody means that."""
    assert 2 == cli.run("listing", "set", "TEE-BLUE-S-MP", *CHANNEL).exit_code


def test_a_rule_has_a_pair_for_each_regime(cli):
    """A share normally, a cap at the minimum level."""
    cli.json("rule", "set", "TEAPOT", *CHANNEL, "--percent", "12.5", "--min-max", 2)

    rule = next(each for each in cli.json("rule", "list", *CHANNEL) if each.get("master_sku") == "TEAPOT")
    assert ("PERCENT_OF_AVAILABLE", 12.5, "MAX_ALLOCATION", 2) == (
        rule["rule_type"],
        rule["value"],
        rule["min_rule_type"],
        rule["min_value"],
    )


def test_a_rule_without_a_product_is_the_whole_channels(cli, world):
    """The web shop shows 18; capped at 3 it shows 3, without the rule 18 again."""
    cli.json("rule", "set", "--channel", 5401, "--max", 3)
    assert 3 == world.figure(601)
    assert "(whole channel)" in cli.text("rule", "list", "--channel", 5401)

    cli.json("rule", "clear", "--channel", 5401)
    assert 18 == world.figure(601)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--percent", 50, "--max", 2],
        ["--min-max", 2],
        ["--percent", 50, "--min-percent", 5, "--min-max", 2],
        ["--percent", "nan"],
        ["--percent", "-1"],
    ],
    ids=str,
)
def test_a_rule_needs_exactly_one_value_for_a_regime(cli, options):
    """Neither none nor two; and a number."""
    assert 2 == cli.run("rule", "set", "TEAPOT", *CHANNEL, *options).exit_code


def test_the_world_says_how_exact_a_percentage_is(cli):
    """Two decimals: its own rule, so its own words and exit code 1."""
    done = cli.run("rule", "set", "TEAPOT", *CHANNEL, "--percent", "33.333")

    assert 1 == done.exit_code
    assert "a percentage may have two decimals" in done.stderr


def test_rules_read_as_words(cli):
    """A rule without a minimum pair has the same in both regimes."""
    lines = [" ".join(line.split()) for line in cli.text("rule", "list").splitlines()]

    assert "5394 TEE-BLUE-S 50 % of available at most 2" in lines
    assert "5394 TEE-RED-L 33 % of available the same" in lines
    assert "5402 (whole channel) 80 % of available the same" in lines


def test_exclusions_are_replaced_and_cleared(cli, world):
    """The teapot is in three warehouses with 50 each; it excludes West, the marketplace the vendor."""
    assert 50 == world.figure(506)
    cli.json("exclusion", "set", 1, 2, "--master-sku", "TEAPOT")
    assert 0 == world.figure(506)

    cli.json("exclusion", "clear", "--master-sku", "TEAPOT")
    assert 100 == world.figure(506)


def test_exclusions_are_listed_with_whose_they_are(cli):
    """Sales channels first, then products; those without any are left out."""
    lines = [" ".join(line.split()) for line in cli.text("exclusion", "list").splitlines()[2:]]

    assert ["sales channel 5394 Marketplacer AU 3", "product TEAPOT Teapot 2"] == lines


@pytest.mark.parametrize("whose", [[], ["--master-sku", "TEAPOT", "--channel", 5394]], ids=str)
def test_an_exclusion_belongs_to_a_product_or_to_a_channel(cli, whose):
    """Not to both, not to none."""
    done = cli.run("exclusion", "set", 1, *whose)

    assert 2 == done.exit_code
    assert "give either --master-sku or --channel" in done.stderr
