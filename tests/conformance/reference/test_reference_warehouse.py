"""The reference integration of a warehouse: orders out, shipments and levels in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reference_runs import environment, sync

from mockserver.testing.remote import ServedWorld

WEST = 2
PROGRAM = "warehouse_to_order_manager"


class Files:
    """The files between the program and its warehouse."""

    def __init__(self, world: ServedWorld, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.orders = folder / "out.json"
        names = {"WAREHOUSE_LEVELS": "levels", "WAREHOUSE_SHIPMENTS": "shipments", "WAREHOUSE_ORDERS": "out"}
        paths = {name: str(folder / f"{file}.json") for name, file in names.items()}
        self.settings = environment(world, WAREHOUSE_ID=str(WEST), **paths)

    def sync(self) -> tuple[int, str]:
        return sync(self.folder, self.settings, program=PROGRAM)

    def levels(self, **units: int) -> None:
        rows = [{"sku": sku.replace("_", "-"), "available": level} for sku, level in units.items()]
        (self.folder / "levels.json").write_text(json.dumps(rows))

    def shipped(self, *numbers: str) -> None:
        rows = [
            {"order_number": number, "sales_channel_id": 5401, "carrier": "UPS", "tracking_number": f"1Z{number}"}
            for number in numbers
        ]
        (self.folder / "shipments.json").write_text(json.dumps(rows))

    def given(self) -> Any:
        return json.loads(self.orders.read_text())

    def on_hand(self) -> dict[str, int]:
        rows = self.world.document()["order_manager"]["stock"]
        return {row["master_sku"]: row["on_hand"] for row in rows if row["warehouse"] == WEST}


@pytest.fixture
def files(stockproof_world: ServedWorld, tmp_path: Path) -> Files:
    return Files(stockproof_world, tmp_path)


def order(world: ServedWorld, number: str, sku: str = "teapot", units: int = 1) -> None:
    lines = [{"listing_sku": sku, "quantity": units}]
    world.run({"type": "order.create", "sales_channel": 5401, "order_number": number, "lines": lines})


def test_levels_come_on_top_of_locked_units_and_a_repeat_keeps_them(files: Files) -> None:
    """IM-OM-06: 10 locked and 10 in the warehouse are 20. GIFT-SET has none locked; LAMP-OAK no stock there."""
    files.world.run({"type": "stock.set", "master_sku": "TEE-RED-L", "warehouse": WEST, "on_hand": 10, "locked": 10})
    files.levels(TEE_RED_L=10, GIFT_SET=0, LAMP_OAK=9, NOBODY=3)
    before = files.on_hand()
    assert files.sync()[0] == 0
    assert files.on_hand() == {**before, "TEE-RED-L": 20, "GIFT-SET": 0}

    writes = len(files.world.requests(operation_id="adjustStock"))
    assert files.sync()[0] == 0
    assert files.on_hand() == {**before, "TEE-RED-L": 20, "GIFT-SET": 0}
    assert len(files.world.requests(operation_id="adjustStock")) == writes


def test_orders_are_given_once_withdrawn_and_confirmed_once(files: Files) -> None:
    """IM-OM-01: the orders of the warehouse; what is on hold stays, what is cancelled is withdrawn."""
    files.world.run({"type": "exclusion.set", "master_sku": "TEE-RED-L", "warehouses": [1]})
    for number in ("S-1", "S-2", "S-3"):
        order(files.world, number, "tee-red-l")
    files.world.run({"type": "order.hold", "sales_channel": 5401, "order_number": "S-3"})
    given = {"sales_channel_id": 5401, "lines": [{"sku": "TEE-RED-L", "quantity": 1}]}
    files.sync()
    assert files.given() == [{"order_number": number, **given, "cancelled": False} for number in ("S-1", "S-2")]

    files.world.run({"type": "order.cancel", "sales_channel": 5401, "order_number": "S-2"})
    files.shipped("S-1")
    assert files.sync()[0] == 0
    assert files.sync()[0] == 0

    assert [each["cancelled"] for each in files.given()] == [False, True]
    (told,) = files.world.requests(operation_id="shipExternally")
    assert told["request_body"]["shipments"] == [
        {"orderId": 4, "trackingNumber": "1ZS-1", "shipMethod": {"shippingCarrier": "UPS"}}
    ]


def test_a_confirmation_whose_answer_was_lost_is_not_sent_again(files: Files) -> None:
    """IM-OM-01: the next sync looks what became of it first."""
    files.world.run({"type": "exclusion.set", "master_sku": "TEE-RED-L", "warehouses": [1]})
    order(files.world, "S-1", "tee-red-l")
    files.sync()
    files.shipped("S-1")
    files.world.add_fault(
        {"match": {"operation_id": "shipExternally"}, "times": 1, "action": {"type": "reset", "when": "after"}}
    )
    assert files.sync()[0] == 1
    assert files.sync()[0] == 0
    assert len(files.world.requests(operation_id="shipExternally")) == 1


def test_a_failed_write_of_levels_is_made_good(files: Files) -> None:
    """IM-OM-02: a level that did not arrive is still the level."""
    files.levels(GIFT_SET=8)
    fault = files.world.add_fault(
        {"match": {"operation_id": "adjustStock"}, "action": {"type": "status", "status": 503}}
    )
    assert files.sync()[0] == 1
    files.world.remove_fault(fault)
    assert files.sync()[0] == 0
    assert files.on_hand()["GIFT-SET"] == 8
