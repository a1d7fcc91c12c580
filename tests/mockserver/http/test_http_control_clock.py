"""Virtual time over the control API."""

from __future__ import annotations

import pytest
from wsgi_mock import Mock, shipped

from mockserver.clock import RealClock


def clock(mock, body=None, world="demo"):
    if body is None:
        return mock.control("GET", f"/worlds/{world}/clock")
    return mock.control("POST", f"/worlds/{world}/clock/advance", body)


@pytest.fixture
def lagging():
    """A server whose link imports sales after a quarter of an hour."""
    world = dict(shipped("demo"))
    world["links"] = [{"sales_channel": 5394, "seller": 1, "import_lag": "PT15M"}]
    return Mock(world)


def test_time_stands_still_by_itself(demo):
    """A manual clock moves when it is told to."""
    assert clock(demo).json == clock(demo).json == {"now": "2026-01-05T09:00:00Z"}


def test_time_goes_on_by_a_duration_or_to_an_instant(demo):
    """ISO 8601; milliseconds are the finest."""
    assert clock(demo, {"by": "PT15M"}).json == {"now": "2026-01-05T09:15:00Z"}
    assert clock(demo, {"by": "P1DT0.5S"}).json == {"now": "2026-01-06T09:15:00.500Z"}
    assert clock(demo, {"to": "2026-02-01T00:00:00Z"}).json == {"now": "2026-02-01T00:00:00Z"}
    assert clock(demo, {"to": "2026-02-01T00:00:00Z"}).status == 200
    assert clock(demo, {"by": "PT0S"}).json == {"now": "2026-02-01T00:00:00Z"}


def test_time_never_runs_backwards(demo):
    """422, and the clock stays."""
    before = demo.state()

    reply = clock(demo, {"to": "2026-01-05T08:59:59Z"})

    assert (reply.status, "backwards" in reply.json["message"]) == (422, True)
    assert demo.state() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"by": "PT1M", "to": "2026-01-06T00:00:00Z"},
        {"by": 60},
        {"by": "15m"},
        {"by": "-PT1M"},
        {"by": "P"},
        {"to": "soon"},
        {"to": "2026-02-30T00:00:00Z"},
        {"to": "2026-01-06T00:00:00"},
        {"by": "PT1M", "fast": True},
        [],
        "PT1M",
        None,
    ],
)
def test_a_way_to_go_that_makes_no_sense_is_422(demo, body):
    """And nothing is journalled."""
    before = demo.state()

    reply = clock(demo, body if body is not None else b"null")

    assert reply.status == 422
    assert demo.state() == before


def test_the_calendar_ends_where_json_readers_do(demo):
    """The year 9999; beyond it is refused, not an error of the server."""
    assert clock(demo, {"to": "9999-12-31T23:59:59Z"}).status == 200
    assert clock(demo, {"by": "PT1S"}).status == 422


def test_a_sale_becomes_an_order_when_its_import_is_due(lagging):
    """A link's import lag is an effect at a later instant; advancing fires it and answers when all is settled."""
    lagging.ack()
    lagging.done({"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 5, "order_number": "S-1"})
    numbers = lambda: [order["order_number"] for order in lagging.state()[0]["order_manager"]["orders"]]  # noqa: E731

    clock(lagging, {"by": "PT14M59.999S"})
    assert "S-1" not in numbers()
    assert lagging.told() == {}
    clock(lagging, {"by": "PT0.001S"})
    assert "S-1" in numbers()
    assert lagging.told() == {"TEE-BLUE-M-MP": 30}


def test_effects_fire_in_the_order_in_which_they_are_due(lagging):
    """Whether the clock goes in one step or in many, the outcome is the same."""
    for each in (lagging.make(world=lagging.state()[0])["id"], "demo"):
        lagging.done({"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 20}, world=each)
        clock(lagging, {"by": "PT5M"}, world=each)
        lagging.done({"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 15}, world=each)
        steps = ["PT1H"] if each == "demo" else ["PT10M", "PT5M", "PT45M"]
        for step in steps:
            clock(lagging, {"by": step}, world=each)

    orders = [
        lagging.control("GET", f"/worlds/{each}").json["order_manager"]["orders"]
        for each in ("demo", *lagging.worlds._worlds)
    ]
    created = [(order["order_number"], order["created_at"]) for order in orders[0][-2:]]
    assert created == [("MP-1", "2026-01-05T09:15:00Z"), ("MP-2", "2026-01-05T09:20:00Z")]
    assert all(each == orders[0] for each in orders)


def test_reading_lets_a_real_clock_catch_up(lagging):
    """With a running clock an effect that has come due is seen by whoever looks next."""
    seconds = [0.0]
    mock = Mock(
        {**shipped("demo"), "links": lagging.state()[0]["links"]}, clock=RealClock(monotonic=lambda: seconds[0])
    )
    mock.ack()
    mock.done({"type": "marketplace.sell", "variant": 2, "seller": 1, "quantity": 5})

    seconds[0] += 15 * 60

    row = mock.om("GET", "/v1/inventory?sku=TEE-BLUE-M").json[0]
    assert row["warehouseStockTotals"]["allocatedQuantity"] == 5
    assert clock(mock).json == {"now": "2026-01-05T09:15:00Z"}
    seconds[0] += 1.25
    assert clock(mock).json == {"now": "2026-01-05T09:15:01.250Z"}
