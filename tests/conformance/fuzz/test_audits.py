"""Each audit on steps made by hand: one that is right, one that is wrong."""

import copy
from typing import Any

import pytest

from conformance.fuzz import audits
from conformance.fuzz.stage import Step, world_document
from conformance.fuzz.wire import Caller, WireRequest
from conformance.offline.contracts import named
from conformance.target import Answer
from conformance.verdict import Difference

JSON = {"content-type": "application/json"}


def step(
    operation_id: str,
    *,
    status: int = 200,
    body: bytes = b"[]",
    sent: bytes = b"",
    caller: Caller | None = None,
    change: Any = None,
    neighbour: Any = None,
) -> Step:
    """One step in which ``change`` was done to the world and ``neighbour`` to the one beside it."""
    operation = named(operation_id)
    assert operation is not None
    before = world_document()
    media_type = next(iter(operation.written.get("requestBody", {}).get("content", {})), None)
    request = WireRequest(operation, operation.template, media_type, sent, caller or Caller(token=0))
    return Step(request, Answer(status, JSON, body), before, changed(before, change), changed(before, neighbour))


def changed(document: dict[str, Any], change: Any) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    if change is not None:
        change(copied)
    return copied


def paths(found: Any) -> list[str]:
    return [each.path for each in found]


def on_hand(document: dict[str, Any]) -> None:
    document["order_manager"]["stock"][0]["on_hand"] -= 1


def shipped(document: dict[str, Any]) -> None:
    """Five cups of WEB-1 went out: off the shelf, and no longer held."""
    document["order_manager"]["stock"][0]["on_hand"] -= 5
    document["order_manager"]["stock"][0]["allocated"] -= 5
    document["order_manager"]["orders"][0]["allocations"] = []


def freed(document: dict[str, Any]) -> None:
    """The order lets go of its cups, the shelf does not know."""
    document["order_manager"]["orders"][0]["allocations"] = []


def below_zero(document: dict[str, Any]) -> None:
    document["marketplacer"]["inventories"][0]["count_on_hand"] = -1


def record_of(index: int) -> Any:
    def change(document: dict[str, Any]) -> None:
        document["marketplacer"]["inventories"][index]["count_on_hand"] = 99

    return change


@pytest.mark.parametrize(
    ("operation", "change", "found"),
    [
        ("cancelOrder", None, []),
        ("cancelOrder", on_hand, ["stock/CUP/1/A/on_hand"]),
        ("adjustStock", on_hand, []),
        ("shipStandard", shipped, []),
        ("shipStandard", on_hand, ["stock/CUP/1/A"]),
        ("cancelOrder", freed, ["stock/CUP/1/A/allocated"]),
        ("putInventories", below_zero, ["marketplacer/inventories/1/count_on_hand"]),
    ],
)
def test_conservation(operation, change, found):
    """Stock moves by a count or a shipment only, and what is allocated is what orders hold."""
    assert paths(audits.of_conservation(step(operation, change=change))) == found


@pytest.mark.parametrize(
    ("seller", "index", "found"),
    [
        (1, 0, []),  # its own
        (1, 1, []),  # an owner may write its members' stock
        (2, 1, []),  # a member its own
        (2, 0, ["marketplacer/inventories/1"]),  # not the owner's
        (2, 2, ["marketplacer/inventories/3"]),  # nor another member's
        (4, 0, ["marketplacer/inventories/1"]),  # a stranger nothing
    ],
)
def test_isolation_of_sellers(seller, index, found):
    """A key reaches its seller's records, an owner's its members' stock too."""
    one = step("putInventories", caller=Caller(seller=seller), change=record_of(index))

    assert paths(audits.of_isolation(one, world_document())) == found


def test_isolation_of_worlds_and_halves():
    """The world beside stays as it was, and stock writes leave the marketplace alone."""
    one = step("adjustStock", change=record_of(0), neighbour=on_hand)

    assert paths(audits.of_isolation(one, world_document())) == [
        "other world/order_manager/stock/0/on_hand",
        "marketplacer/inventories/0/count_on_hand",
    ]


@pytest.mark.parametrize(
    ("operation", "status", "count"),
    [("listOrders", 200, 1), ("acknowledgeInventoryV12", 200, 1), ("adjustStock", 400, 1), ("adjustStock", 200, 0)],
)
def test_reading_and_refusing_change_nothing(operation, status, count):
    """Only a write that was taken may change the world."""
    assert len(list(audits.of_nothing_changed(step(operation, status=status, change=on_hand)))) == count


def test_a_request_without_a_credential():
    """401 and nothing else, unless the operation is open to all."""
    assert list(audits.of_credentials(step("listOrders", status=401, caller=Caller()))) == []
    assert list(audits.of_credentials(step("authorize", status=302, caller=Caller()))) == []
    assert list(audits.of_credentials(step("listOrders", caller=Caller()))) == [
        Difference("response/status", "401: no credential was given", 200)
    ]


def test_a_broken_body_must_be_refused():
    """An adjustment without its quantity breaks the model."""
    sent = b'[{"masterSku": "CUP", "warehouseId": 1}]'

    assert list(audits.of_refusal(step("adjustStock", status=400, sent=sent))) == []
    assert paths(audits.of_refusal(step("adjustStock", sent=sent))) == ["response/status"]


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, b"[]", []),
        (500, b"{}", ["response/status"]),
        (418, b"{}", ["response/status"]),
        (200, b"oops", ["response/body"]),
        (200, b"[{}]", ["response/body/0"] * 7),
        (200, b"", ["response/body"]),
    ],
)
def test_answers_keep_to_the_document(status, body, found):
    """Status, JSON and model; a listing has seven members that must be there."""
    assert paths(audits.of_contract(step("listListings", status=status, body=body))) == found
