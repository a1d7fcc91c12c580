"""`mockserver order` and `mockserver sell`: orders come in, change and go out."""

from __future__ import annotations

import pytest

ONE = ("--channel", 5394, "--number", "A-1")


@pytest.fixture
def ordered(cli):
    cli.json("order", "create", *ONE, "TEE-BLUE-S-MP:2", "MUG-WHITE-MP:1")
    return cli


def of(cli, number="A-1"):
    return next(each for each in cli.json("order", "list") if each["order_number"] == number)


def test_an_order_takes_its_units(ordered):
    """Both lines are allocated at once (OM-AVAIL-06)."""
    found = of(ordered)

    assert [("TEE-BLUE-S-MP", 2), ("MUG-WHITE-MP", 1)] == [(e["listing_sku"], e["quantity"]) for e in found["lines"]]
    assert 3 == sum(each["units"] for each in found["allocations"])


def test_the_last_colon_of_a_line_stands_before_the_quantity(cli):
    """A listing SKU may have colons of its own."""
    cli.json("listing", "set", "TEE:BLUE", "--channel", 5394, "--master-sku", "TEE-BLUE-S")
    cli.json("order", "create", *ONE, "TEE:BLUE:4")

    assert ("TEE:BLUE", 4) == (of(cli)["lines"][0]["listing_sku"], of(cli)["lines"][0]["quantity"])


@pytest.mark.parametrize("line", ["TEE-BLUE-S-MP", ":2", "TEE-BLUE-S-MP:", "TEE-BLUE-S-MP:x", "TEE-BLUE-S-MP:-1"])
def test_a_line_without_sku_or_quantity_is_a_mistake_in_the_call(cli, line):
    """The message shows how a line is written."""
    done = cli.run("order", "create", *ONE, line)

    assert 2 == done.exit_code
    assert "TEE-BLUE-S-MP:2" in done.stderr


def test_an_order_is_held_released_shipped_in_part_and_cancelled(ordered):
    """Each command leaves its mark; what is neither shipped nor cancelled is open."""
    ordered.json("order", "hold", *ONE)
    assert of(ordered)["held"]
    assert "the order is ON_HOLD" in ordered.run("order", "ship", *ONE).stderr

    ordered.json("order", "release", *ONE)
    ordered.json("order", "ship", *ONE, "MUG-WHITE-MP:1")
    ordered.json("order", "cancel", *ONE)

    assert [(0, 2), (1, 0)] == [(line["shipped"], line["cancelled"]) for line in of(ordered)["lines"]]


def test_orders_can_come_on_hold_unpaid_or_unmapped(cli):
    """Flags of the order, and of its lines."""
    done = cli.json("order", "create", *ONE, "NOBODY-KNOWS:1", "--unmapped", "--hold", "--awaiting-payment")

    assert "done" == done["status"]
    assert (True, True) == (of(cli)["held"], of(cli)["awaiting_payment"])


def test_a_number_is_taken_once(ordered):
    """The second order of that number is refused: exit code 1."""
    done = ordered.run("order", "create", *ONE, "TEE-BLUE-S-MP:1")

    assert 1 == done.exit_code
    assert "sales channel 5394 has an order 'A-1' already" in done.stderr


def test_the_table_says_what_an_order_is(ordered):
    """Lines one below the other with what became of them; the units allocated are a sum."""
    ordered.json("order", "ship", *ONE, "MUG-WHITE-MP:1")
    lines = [line.split() for line in ordered.text("order", "list", "--channel", 5394).splitlines()]

    assert ["channel", "order", "created", "state", "lines", "allocated"] == lines[0]
    assert ["5394", "A-1", "2026-01-05T09:00:00Z", "open", "TEE-BLUE-S-MP:2", "2"] == lines[2]
    assert ["MUG-WHITE-MP:1", "(1", "shipped)"] == lines[3]


@pytest.mark.parametrize(("command", "state"), [("hold", "on hold"), ("cancel", "cancelled"), ("ship", "shipped")])
def test_each_state_has_a_word(ordered, command, state):
    """On hold, cancelled and shipped, else open or awaiting payment."""
    ordered.json("order", command, *ONE)

    assert state in ordered.text("order", "list", "--channel", 5394)


def test_a_shopper_buys(cli, world):
    """The seller shows 10; two are sold, and through the link an order stands on the channel."""
    done = cli.json("sell", "--variant", 1, "--seller", 1, "--quantity", 2)

    assert {"order_number": "MP-1", "sales_channel": 5394} == done["result"]
    assert "marketplace.sell done order_number=S-2 sales_channel=5394" == cli.text(
        "sell", "--variant", 1, "--seller", 1, "--quantity", 1, "--number", "S-2"
    )


def test_more_than_is_shown_cannot_be_bought(cli):
    """The marketplace shows 10 of seller 1."""
    done = cli.run("sell", "--variant", 1, "--seller", 1, "--quantity", 11)

    assert 1 == done.exit_code
    assert "the marketplace shows 10, 11 were wanted" in done.stderr
