"""`mockserver explain`: a figure a person can add up."""

from __future__ import annotations

import pytest


def lines_of(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_figure_is_explained_from_shelf_to_number(cli):
    """20 on hand less 2 locked is 18, above the minimum of 5: half of it is 9."""
    shown = lines_of(cli.text("explain", 501))

    assert "TEE-BLUE-S-MP (listing 501) shows 9 on sales channel 5394" == shown[0]
    assert "1 East A-01 20 2 0 18 yes" in shown
    assert "regime 18 available is above the minimum level 5: the normal pair" in shown
    assert "rule 50 % of available; at the minimum level at most 2 (the product's own on this channel)" in shown
    assert "rounding 50 % of 18, down to whole units, is 9" in shown
    assert "figure 9" in shown


def test_the_minimum_pair_shows_when_it_applies(cli):
    """10 available at a minimum of 10: at most 4."""
    shown = lines_of(cli.text("explain", 504))

    assert "regime 10 available is at or below the minimum level 10: the minimum pair" in shown
    assert "rounding at most 4 of 10, down to whole units, is 4" in shown


def test_what_does_not_count_says_why(cli):
    """A closed location, one that cannot be picked from, and warehouses left out."""
    lamp, teapot = lines_of(cli.text("explain", 507)), lines_of(cli.text("explain", 506))

    assert "1 East L-09 7 0 0 7 no: inactive location" in lamp
    assert "1 East QC 6 0 0 6 no: not pickable" in lamp
    assert "2 West 3PL 50 0 0 50 no: excluded for the product" in teapot
    assert "3 Furniture vendor 50 0 0 50 no: excluded for the sales channel" in teapot


def test_a_bundle_is_explained_by_its_components(cli):
    """50 teapots and 36 mugs, two a set, make 18 sets; 5 ready-made ones lie in West."""
    shown = lines_of(cli.text("explain", 509))

    assert "1 East M-02 MUG-BLACK 40 0 4 36 yes" in shown
    assert "2 West 3PL TEAPOT 50 0 0 50 no: bundles are not made up here" in shown
    assert "made up 18 in East, from 50 TEAPOT (1 each), 36 MUG-BLACK (2 each)" in shown
    assert "available 18 East + 5 West 3PL = 23" in shown


def test_silence_is_explained_first(cli):
    """A listing that is not told has a figure all the same."""
    shown = lines_of(cli.text("explain", 607))

    assert "lamp-oak (listing 607) is not told to sales channel 5401: inventory push is off for the listing" == shown[0]
    assert "shown nothing: inventory push is off for the listing" in shown


def test_a_product_without_stock_has_no_table(cli):
    """The parent of variations."""
    assert "No warehouse has a stock row of TEE." in cli.text("explain", 513)


def test_a_divided_figure_says_so(server, cli, world, monkeypatch):
    """Under the reading `divided`, 14 on the third channel are 7 for each of the two listings."""
    with server.world("demo", readings={"alloc.listings-share": "divided"}) as other:
        shown = lines_of(cli.text("explain", 701, "--world", other.id))

    assert "share 7 of 14, divided among the product's listings" in shown
    assert "figure 7" in shown


def test_a_listing_is_found_by_its_sku(cli):
    """The document in a pipe is the control API's own."""
    found = cli.json("explain", "--listing-sku", "TEE-BLUE-S-MP", "--channel", 5394)

    assert (501, 9) == (found["listing_id"], found["figure"])


def test_a_sku_on_two_channels_asks_which(cli):
    """Listing SKUs are unique on one channel only."""
    cli.json("listing", "set", "TEE-BLUE-S-MP", "--channel", 5401, "--master-sku", "MUG-WHITE")
    done = cli.run("explain", "--listing-sku", "TEE-BLUE-S-MP")

    assert 2 == done.exit_code
    assert "on the sales channels 5394, 5401: name one with --channel" in done.stderr
    assert "MUG-WHITE" == cli.json("explain", "--listing-sku", "TEE-BLUE-S-MP", "--channel", 5401)["master_sku"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--listing-sku", "TEE-BLU-S-MP"], "no listing 'TEE-BLU-S-MP'; nearest valid: 'TEE-BLUE-S-MP'"),
        (["--listing-sku", "zzzzz", "--channel", 5401], "no listing 'zzzzz' on sales channel 5401\n"),
        ([599], "no listing 599; nearest valid: '601'"),
    ],
    ids=str,
)
def test_an_unknown_listing_is_answered_with_the_nearest(cli, arguments, message):
    """Exit code 1: the world has none."""
    done = cli.run("explain", *arguments)

    assert 1 == done.exit_code
    assert message in done.stderr


@pytest.mark.parametrize("arguments", [[], [501, "--listing-sku", "A"], [501, "--channel", 5394]], ids=str)
def test_a_listing_is_named_in_one_way(cli, arguments):
    """By id, or by SKU with or without a channel."""
    assert 2 == cli.run("explain", *arguments).exit_code
