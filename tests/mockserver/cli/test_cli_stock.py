"""`mockserver stock`: rows set, units received, rows listed."""

from __future__ import annotations

ROW = ("TEE-BLUE-S", "--warehouse", 1, "--location", "A-01")


def test_a_count_is_set_and_the_figure_follows(cli, world):
    """50 on hand less 2 locked is 48; the listing shows half (OM-ALLOC-08)."""
    assert {"type": "stock.set", "status": "done", "reason": None} == cli.json("stock", "set", *ROW, "--on-hand", 50)
    assert 24 == world.figure(501)


def test_everything_of_a_row_can_be_set(cli, world):
    """Each option sets one field, the others stay."""
    cli.run("stock", "set", *ROW, "--locked", 3, "--minimum", 7, "--inactive", "--not-pickable")

    row = cli.json("stock", "list", "TEE-BLUE-S")[0]
    wanted = {"on_hand": 20, "locked": 3, "minimum": 7, "active": False, "pickable": False}
    assert wanted == {name: row[name] for name in wanted}


def test_received_units_lie_on_the_shelf(cli):
    """20 and 5 are 25."""
    cli.json("stock", "receive", *ROW, "--units", 5)

    assert [25] == [row["on_hand"] for row in cli.json("stock", "list", "TEE-BLUE-S")]


def test_nothing_to_set_is_a_mistake_in_the_call(cli, world):
    """Nobody means that; the world does not hear of it."""
    done = cli.run("stock", "set", *ROW)

    assert 2 == done.exit_code
    assert "--on-hand" in done.stderr
    assert [] == cli.json("journal")["entries"]


def test_an_unknown_sku_is_refused_with_the_nearest(cli):
    """Exit code 1, the reason on stderr, and the result for programs on stdout."""
    done = cli.run("stock", "set", "TEE-BLUE", "--warehouse", 1, "--on-hand", 1)

    assert 1 == done.exit_code
    assert "no master SKU 'TEE-BLUE'" in done.stderr
    assert "nearest valid: 'TEE-BLUE-S'" in done.stderr
    assert '"status": "refused"' in done.stdout


def test_a_count_that_is_none_is_a_mistake_in_the_call(cli):
    """The world's limits are named, the place without the number of the command in its batch."""
    done = cli.run("stock", "set", *ROW, "--on-hand", -1)

    assert 2 == done.exit_code
    assert "Error: on_hand: -1 is less than the minimum of 0" in done.stderr
    assert "" == done.stdout


def test_rows_are_a_table_on_a_terminal(cli):
    """What keeps a row from counting stands in its last column; other warehouses are left out."""
    shown = cli.text("stock", "list", "LAMP-OAK", "--warehouse", 1)

    assert ["master", "SKU", "warehouse", "location"] == shown.splitlines()[0].split()[:4]
    assert ["LAMP-OAK", "1", "L-09", "7", "0", "0", "0", "inactive"] in [line.split() for line in shown.splitlines()]
    assert ["LAMP-OAK", "1", "QC", "6", "0", "0", "0", "not", "pickable"] in [
        line.split() for line in shown.splitlines()
    ]


def test_no_row_is_said_in_words(cli):
    """An empty table would look like a failure."""
    assert "no stock row fits" == cli.text("stock", "list", "TEE")
    assert [] == cli.json("stock", "list", "TEE")
