"""What the words of a scenario mean, one clause a test; the numbers are worked out beside it."""

from __future__ import annotations

import pytest

from conformance.scenario.loading import load
from conformance.scenario.run import run_plan
from tests.conformance.scenario.scenes import metrics, order, played, read, scene

MINUTE = 60_000


def log_of(document, what):
    (row,) = played(document).rows
    return [entry for entry in row.outcome.log.entries if entry["what"] == what]


def instants(document, what):
    return [entry["t"] // MINUTE for entry in log_of(document, what)]


# -- schedules ------------------------------------------------------------------------------------------


def test_the_first_poll_comes_one_period_after_the_start():
    """15, 30, 45 … minutes, not 0."""
    assert instants(scene(until="50m"), "poll") == [15, 30, 45]


def test_first_poll_moves_the_first_one():
    """5, 20, 35 and so on."""
    assert instants(scene(until="50m", connector={"poll": "every 15m", "first_poll": "5m"}), "poll") == [5, 20, 35, 50]


def test_a_full_sync_comes_one_period_after_the_start_and_sends_everything():
    """Two listings at 20 and at 40 minutes, though nothing has changed."""
    document = scene(until="50m", connector={"poll": "never", "full_sync": "every 20m"})

    assert instants(document, "full sync") == [20, 40]
    assert instants(document, "push") == [20, 20, 40, 40]


def test_a_channel_may_have_a_schedule_of_its_own():
    """The shop every 20 minutes, the marketplace every 15; at 60 both."""
    connector = {"poll": "every 15m", "channels": {"shop": {"poll": "every 20m"}}}
    polls = log_of(scene(until="1h", connector=connector), "poll")

    assert [(entry["t"] // MINUTE, entry["channels"]) for entry in polls] == [
        (15, ["mkt"]), (20, ["shop"]), (30, ["mkt"]), (40, ["shop"]), (45, ["mkt"]), (60, ["shop"]), (60, ["mkt"]),
    ]  # fmt: skip


def test_nothing_is_pending_at_the_start():
    """Both channels show something else than is allocated; until a figure changes nobody is told."""
    document = scene(shown={"MUG-M": 3, "MUG-S": 12})

    assert log_of(document, "push") == []
    assert [entry["rows"] for entry in log_of(document, "poll")][:2] == [[], []]


def test_what_channels_show_at_the_start_is_what_the_connector_would_push():
    """Half of ten, less a buffer of one: four."""
    document = scene(
        rules=[{"channel": "*", "type": "percent", "value": 50}],
        connector={"buffer": 1},
        then={"at": {"0s": {"shown.MUG-M": 4, "shown.MUG-S": 4, "allocated.MUG-M": 4}}},
    )

    assert played(document).passed


def test_at_one_instant_what_is_due_comes_before_what_the_file_says():
    """The update that lands at 16 minutes is there before the order of 16 minutes, which it leaves nothing."""
    document = scene(order("1m", "A", 10, "shop"), order("16m", "B", 1))

    assert metrics(document)["oversold_units"] == 0
    assert metrics(document)["refused_units"] == 1


# -- orders ---------------------------------------------------------------------------------------------


def test_an_order_is_refused_whole_when_less_is_shown():
    """Eleven of ten: nothing is sold, and eleven are refused."""
    found = metrics(scene(order("1m", "A", 11)))

    assert (found["accepted_units"], found["refused_units"], found["refused_orders"]) == (0, 11, 1)


def test_refused_units_that_could_be_delivered_are_lost_sales():
    """Half each of ten: five are shown, seven are asked for, and all seven are on the shelf."""
    document = scene(order("1m", "A", 7), rules=[{"channel": "*", "type": "percent", "value": 50}])

    assert metrics(document)["lost_sales_units"] == 7


def test_an_order_is_promised_from_the_instant_it_is_accepted():
    """It reaches Order Manager an hour later, and is promised at once."""
    channels = {"mkt": {"listings": {"MUG-M": "MUG"}, "orders_reach_om": "1h"}}
    document = scene(
        order("1m", "A", 4),
        channels=channels,
        then={"at": {"1m": {"promised_units": 4, "free.MUG.W1": 10}}, "finally": {"free.MUG.W1": 6}},
    )

    assert played(document).passed


def test_a_cancellation_reaches_order_manager_at_once_and_the_channel_by_the_feed():
    """Four sold at 1, imported at 2, three cancelled at 20: free at once, shown after the poll at 30 and the push."""
    document = scene(
        order("1m", "A", 4),
        {"at": "20m", "cancel": {"order": "A", "qty": 3}},
        then={
            "at": {
                "20m": {"free.MUG.W1": 9, "shown.MUG-M": 6},
                "29m": {"shown.MUG-M": 6},
                "31m": {"shown.MUG-M": 9},
            }
        },
    )

    assert played(document).passed


def test_an_order_cancelled_before_it_was_imported_never_takes_stock():
    """Sold at 1, cancelled at 2, would be imported at 6: nothing is taken, and the channel gets the units back."""
    channels = {"mkt": {"listings": {"MUG-M": "MUG"}, "orders_reach_om": "5m"}}
    document = scene(
        order("1m", "A", 4),
        {"at": "2m", "cancel": {"order": "A"}},
        channels=channels,
        connector={"full_sync": "every 15m"},
        then={"at": {"10m": {"free.MUG.W1": 10, "order.A": "cancelled"}}, "finally": {"shown.MUG-M": 10}},
    )

    assert played(document).passed


def test_hold_and_release_and_ship_take_the_keys_of_their_commands():
    """By sales channel and order number, or by the order's id; what has shipped is off the shelf and delivered."""
    some = [{"listing_sku": "MUG-M", "quantity": 3}]
    document = scene(
        order("1m", "A", 4),
        {"at": "5m", "hold": {"sales_channel": "mkt", "order_number": "A"}},
        {"at": "6m", "expect": {"locked.MUG.W1": 4, "om_total.MUG.W1": 10}},
        {"at": "7m", "release": {"sales_channel": 1, "order_number": "A"}},
        {"at": "8m", "ship": {"sales_channel": "mkt", "order_number": "A", "lines": some}},
        then={
            "always": ["ledger", "books_match", "no_oversell"],
            "finally": {"shelf.MUG.W1": 7, "on_hand.MUG.W1": 7, "promised_units": 1},
        },
    )  # fmt: skip

    assert [failure.text for row in played(document).rows for failure in row.failures] == []


# -- stock ------------------------------------------------------------------------------------------------


def test_receipts_and_adjustments_change_the_shelf_and_the_books():
    """Ten, three more, then five by hand."""
    document = scene(
        {"at": "1m", "receive": {"master_sku": "MUG", "warehouse": "W1", "units": 3}},
        {"at": "2m", "expect": {"shelf.MUG.W1": 13, "on_hand.MUG.W1": 13}},
        {"at": "3m", "adjust": {"master_sku": "MUG", "warehouse": 1, "on_hand": 5}},
        then={"always": ["ledger", "books_match"], "finally": {"shelf.MUG.W1": 5, "shown.MUG-M": 5}},
    )

    assert played(document).passed


def test_a_count_takes_the_shelf_at_its_own_instant():
    """Ten are counted at 5; at 6 two more come; at 15 the count lands: free is ten, twelve are there."""
    document = scene(
        {"at": "5m", "count": {"warehouse": "W1", "product": "MUG", "arrives": "10m"}},
        {"at": "6m", "receive": {"product": "MUG", "warehouse": "W1", "units": 2}},
        then={
            "breaks": {"books_match": "15m"},
            "finally": {"free.MUG.W1": 10, "shelf.MUG.W1": 12},
        },
    )

    assert played(document).passed


def test_a_count_forgets_what_was_allocated_since_and_leaves_held_units_locked():
    """A (2) is held before, B (3) comes after: at landing free is ten, A's two stay locked, B's three are forgotten."""
    first = order("1m", "A", 2)
    first["order"]["hold"] = True
    document = scene(
        first,
        {"at": "5m", "count": {"id": "K", "warehouse": "W1", "product": "MUG", "arrives": "10m"}},
        order("6m", "B", 3),
        {"at": "14m", "expect": {"free.MUG.W1": 5, "om_total.MUG.W1": 7}},
        {"at": "15m", "expect": {"free.MUG.W1": 10, "om_total.MUG.W1": 12, "locked.MUG.W1": 2}},
        then={"always": ["ledger"], "breaks": {"books_match": "15m", "monotone_knowledge": "15m"}},
    )

    assert [failure.text for row in played(document).rows for failure in row.failures] == []


def test_the_minimum_level_of_a_rule_is_the_stocks():
    """Nine are above three, so everything; at three the shop gets nothing and the marketplace the rest."""
    rules = [
        {"channel": "mkt", "product": "MUG", "type": "percent", "value": 100, "min_level": 3},
        {"channel": "shop", "product": "MUG", "type": "percent", "value": 100, "min_level": 3, "min_type": "max",
         "min_value": 0},
    ]  # fmt: skip
    document = scene(
        order("1m", "A", 1),
        order("20m", "B", 6),
        rules=rules,
        then={
            "at": {"17m": {"shown.MUG-M": 9, "shown.MUG-S": 9}, "32m": {"shown.MUG-M": 3, "shown.MUG-S": 0}},
        },
    )

    assert read(document).plans[0].document["order_manager"]["stock"][0]["minimum"] == 3
    assert played(document).passed


def test_warehouses_of_the_short_form_have_strict_fifo():
    """An order that cannot be filled keeps what it got: eight and five of ten leave nothing free."""
    document = scene(order("1m", "A", 8), order("2m", "B", 5, "shop"), then={"finally": {"free.MUG.W1": 0}})

    assert read(document).plans[0].document["order_manager"]["warehouses"][0]["strict_fifo"] is True
    assert played(document).passed


# -- pushes and acknowledgements ----------------------------------------------------------------------------


@pytest.mark.parametrize(("push", "shown"), [("set", 9), ("cas", 8), ("watermark", 8)])
def test_what_a_channel_makes_of_a_number_that_lacks_an_order(push, shown):
    """One sold and imported before the read at 15, one sold before it lands at 16: blind 9, else 8."""
    connector = {"poll": "every 15m", "push_takes": "1m", "push": push}
    document = scene(
        order("1m", "A", 1), order("15m30s", "B", 1), connector=connector, then={"at": {"16m": {"shown.MUG-M": shown}}}
    )

    assert played(document).passed


def test_a_write_refused_by_compare_and_set_is_read_again_at_the_next_poll():
    """Refused at 16, read at 30 with both orders in it, shown at 31; nothing is lost."""
    connector = {"poll": "every 15m", "push_takes": "1m", "push": "cas", "ack": "when-read"}
    document = scene(order("1m", "A", 1), order("15m30s", "B", 1), connector=connector)
    pushes = [entry for entry in log_of(document, "push") if entry["listing"] == "MUG-M"]

    assert [(entry["t"] // MINUTE, entry["value"]) for entry in pushes] == [(15, 9), (30, 8)]
    assert metrics(document)["lost_updates"] == 0


@pytest.mark.parametrize(("ack", "lost", "shown"), [("when-read", 1, 10), ("after-push", 0, 4)])
def test_a_lost_push_is_lost_when_read_and_pending_again_after_push(ack, lost, shown):
    """Six sold in the shop; the marketplace's only update is lost."""
    document = scene(
        order("1m", "A", 6, "shop"),
        {"during": "mkt.push#1", "fault": "lose"},
        connector={"poll": "every 15m", "push_takes": "1m", "push": "watermark", "ack": ack},
        then={"finally": {"lost_updates": lost, "shown.MUG-M": shown}},
    )

    assert played(document).passed


def test_a_row_under_way_is_not_sent_again():
    """Polls every minute, pushes that take five: one change is one push."""
    connector = {"poll": "every 1m", "push_takes": "5m", "push": "set", "ack": "after-push"}

    assert len(log_of(scene(order("1m", "A", 1), connector=connector, until="20m"), "push")) == 2


def test_the_second_push_of_a_channel_is_its_second_listing_update():
    """Two listings of one channel: push#1 and push#2 are theirs, in one poll."""
    channels = {"mkt": {"listings": {"MUG-A": "MUG", "MUG-B": "MUG"}}}
    document = scene(
        {"at": "1m", "adjust": {"product": "MUG", "warehouse": "W1", "on_hand": 4}},
        {"during": "mkt.push#2", "fault": "lose"},
        channels=channels,
        then={"at": {"20m": {"shown.MUG-A": 4, "shown.MUG-B": 10}}},
    )

    assert played(document).passed


def test_a_full_sync_does_not_undo_a_lost_update():
    """The number is right again, and one update stays lost."""
    document = scene(
        order("1m", "A", 6, "shop"),
        {"during": "mkt.push#1", "fault": "lose"},
        connector={"poll": "every 15m", "push_takes": "1m", "ack": "when-read", "full_sync": "every 60m"},
        then={"finally": {"lost_updates": 1, "shown.MUG-M": 4, "converged": True}},
    )

    assert played(document).passed


@pytest.mark.parametrize(("ack", "lost"), [("when-read", 2), ("after-push", 0)])
def test_a_crash_over_the_first_push_costs_the_second_too(ack, lost):
    """Two listings are read at 15; the connector dies over the first push and never sends the second."""
    document = scene(
        order("1m", "A", 6, "shop"),
        {"during": "mkt.push#1", "fault": "crash", "back_after": "5m"},
        connector={"poll": "every 15m", "push_takes": "1m", "push": "set", "ack": ack},
        then={"at": {"20m": {"shown.MUG-M": 10}}, "finally": {"lost_updates": lost}},
    )

    assert played(document).passed
    assert instants(document, "push")[:1] == [15]
    assert len(instants(document, "push")) == (1 if ack == "when-read" else 3)


def test_a_duplicate_lands_twice_and_a_blind_set_brings_units_back():
    """Read 9 at 15, shown at 16, two sold at 17, shown 9 again at 21: bounded by nobody."""
    document = scene(
        order("1m", "A", 1),
        {"during": "mkt.push#1", "fault": "duplicate", "by": "5m"},
        order("17m", "B", 2),
        connector={"poll": "every 15m", "push_takes": "1m", "push": "set"},
        then={"at": {"18m": {"shown.MUG-M": 7}, "21m": {"shown.MUG-M": 9}}, "breaks": {"no_erased_sale": "21m"}},
    )

    assert played(document).passed


def test_a_reordered_update_lands_after_the_next_one():
    """Nine and then five are read; five lands first, nine on top of it."""
    document = scene(
        order("1m", "A", 1, "shop"),
        {"during": "mkt.push#1", "fault": "reorder"},
        order("20m", "B", 4, "shop"),
        then={"at": {"31m": {"shown.MUG-M": 9}}, "breaks": {"no_stale_overwrite": "31m"}},
    )

    assert played(document).passed
    assert metrics(document)["reordered_updates"] == 1


def test_a_throttled_channel_takes_nothing_for_a_while():
    """The update of 15 minutes would land at 16 and lands at 40."""
    document = scene(
        order("1m", "A", 4, "shop"),
        {"at": "10m", "fault": "throttle", "channel": "mkt", "lasts": "30m"},
        then={"at": {"39m": {"shown.MUG-M": 10, "shown.MUG-S": 6}, "40m": {"shown.MUG-M": 6}}},
    )

    assert played(document).passed


# -- chance -----------------------------------------------------------------------------------------------


def test_shoppers_come_by_their_own_stream_of_chance():
    """Another shopper more does not move the first one's orders; another seed does."""
    first = {
        "orders": {"id": "one", "poisson": "12/h", "channel": "mkt", "listing": "MUG-M", "qty": {1: "80%", 2: "20%"}}
    }
    second = {"orders": {"id": "two", "poisson": "12/h", "channel": "shop"}}
    document = scene(first, products={"MUG": {"on_hand": {"W1": 1000}}}, seed=None)
    both = scene(first, second, products={"MUG": {"on_hand": {"W1": 1000}}})

    def orders(found):
        return [(entry["t"], entry["qty"]) for entry in log_of(found, "order") if entry["order"].startswith("one")]

    del document["given"]["seed"]
    alone = orders(document)
    assert alone == orders(both)
    assert alone != orders({**document, "seed": 2})
    assert {qty for _, qty in alone} == {1, 2}
    assert 10 < len(alone) < 45  # 24 are expected in two hours  # fmt: skip


# -- worlds -----------------------------------------------------------------------------------------------


def test_a_shipped_world_and_a_file_beside_the_scenario_can_be_given(tmp_path):
    """``world: demo``; and ``world: shop.yaml``, found beside the scenario and not in the present folder."""
    (tmp_path / "shop.yaml").write_text(
        "format: stockproof/world/1\n"
        "order_manager:\n"
        "  warehouses: [{name: W}]\n"
        "  sales_channels: [{name: mkt}]\n"
        "  products: [{id: 1, master_sku: MUG}]\n"
        "  stock: [{master_sku: MUG, warehouse: 1, on_hand: 10}]\n"
        "  listings: [{listing_sku: MUG-M, master_sku: MUG, sales_channel: 1}]\n"
    )
    text = """
format: stockproof/scenario/1
clock: {start: 2026-01-05T09:00:00Z, until: 1h}
given: {world: shop.yaml, connector: {poll: every 15m}}
when: [{at: 1m, order: {id: A, channel: mkt, listing: MUG-M, qty: 4}}]
then: {at: {5m: {shown.MUG-M: 6}}, finally: {free.MUG.W: 6, shown.MUG-M: 6}}
"""
    (tmp_path / "s.yaml").write_text(text)
    (tmp_path / "d.yaml").write_text(
        text.replace("shop.yaml", "demo").replace("mkt", "Marketplacer AU").replace("MUG-M", "TEE-BLUE-S-MP")
        .replace("free.MUG.W: 6, ", "").replace("{shown.TEE-BLUE-S-MP: 6}", "{order.A: accepted}")
        .replace("shown.TEE-BLUE-S-MP: 6", "oversold_units: 0")
    )  # fmt: skip

    shop, demo = load(tmp_path / "s.yaml"), load(tmp_path / "d.yaml")

    assert [failure for row in played_of(shop).rows for failure in row.failures] == []
    assert [failure for row in played_of(demo).rows for failure in row.failures] == []
    assert shop.id == "s"


def played_of(scenario):
    from conformance.scenario.result import replay

    return replay(scenario)


def test_a_fork_of_a_world_goes_its_own_way():
    """What a search needs: a copy changes and the original does not."""
    from conformance.scenario.world import open_sim

    world = open_sim(read(scene()).plans[0].document)
    other = world.copy()
    other.execute({"type": "stock.receive", "master_sku": "MUG", "warehouse": 1, "units": 5})

    assert (world.figures([1]), other.figures([1])) == ([10], [15])


def test_a_run_leaves_its_plan_as_it_was():
    """The same plan, run twice, gives the same log."""
    plan = read(scene(order("1m", "A", 4))).plans[0]

    assert run_plan(plan).log.entries == run_plan(plan).log.entries
