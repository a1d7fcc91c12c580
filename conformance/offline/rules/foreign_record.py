"""An integration writes its own seller's records, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.offline.rules.base import Breach, Outcome, Rule, decided
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.offline.history import Exchange, History


def judge(history: History) -> Outcome:
    """Judge whose records were written and deleted; whose they may be is given, told by memberships, or inferred."""
    writes = [*_written(history), *_deleted(history)]
    named = {seller for _, _, seller in writes if seller is not None}
    if not writes:
        judged, nothing = history.idle, "nothing is written or deleted in the recording"
        return decided((), (), judged=judged, nothing=nothing)
    if history.seller is not None:
        return decided(_others(writes, {history.seller}), _unknown(writes), judged=True, nothing="")
    members = _members(history)
    if named & members:
        return decided(_others(writes, named - members), (), judged=True, nothing="")
    if len(named) > 1:
        told = ", ".join(str(seller) for seller in sorted(named))
        return Outcome("undecided", because=f"records of sellers {told} are written; say whose is its own (--seller)")
    return decided((), _unknown(writes), judged=True, nothing="")


Write = tuple["Exchange", str, int | None]


def _written(history: History) -> Iterator[Write]:
    for push in history.pushes:
        yield push.exchange, f"{push.exchange.where}/request/body/{push.path}", push.seller


def _deleted(history: History) -> Iterator[Write]:
    """Yield the deletions; a record's seller is the one that an answer gave for its id, 0 when none did."""
    sellers: dict[str, int] = {}
    for each in history.exchanges:
        sellers |= _sellers(each)
        if each.operation is not None and each.operation.id == "deleteInventory":
            yield each, f"{each.where}/request", sellers.get(each.values["inventory_id"], 0)


def _sellers(exchange: Exchange) -> dict[str, int]:
    return {
        str(record["id"]): record["attributes"]["seller_id"]
        for record in _data(exchange)
        if record.get("type") == "inventories" and "id" in record and _has_seller(record)
    }


def _members(history: History) -> set[int]:
    """Return the sellers that the multi-store's owner was told are its members: none of them is itself."""
    return {
        record["attributes"]["seller_id"]
        for each in history.exchanges
        for record in _data(each)
        if record.get("type") == "multi_store_memberships" and _has_seller(record)
    }


def _data(exchange: Exchange) -> list[dict[str, Any]]:
    data = exchange.response_body.get("data") if isinstance(exchange.response_body, dict) else None
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) and exchange.succeeded else []


def _has_seller(record: dict[str, Any]) -> bool:
    attributes = record.get("attributes")
    return isinstance(attributes, dict) and isinstance(attributes.get("seller_id"), int)


def _others(writes: list[Write], own: set[int]) -> list[Breach]:
    mine = ", ".join(str(seller) for seller in sorted(own)) or "its own"
    return [
        Breach(Difference(path, f"records of seller {mine} only", f"a record of seller {seller}"), (exchange,))
        for exchange, path, seller in writes
        if seller and seller not in own
    ]


def _unknown(writes: list[Write]) -> list[str]:
    return [
        f"{exchange.where}: no answer says whose record was deleted" for exchange, _, seller in writes if seller == 0
    ]


RULE: Final = Rule(
    id="history.foreign-record",
    title="No other seller's record is written or deleted",
    requirements=("MP-INV-02", "MP-INV-04", "MP-INV-06"),
    source="requirements MP-INV-02: an inventory is one seller's holding; design section 8",
    grade="D",
    why="another seller's stock is another seller's business, even where an owner's key would open it",
    judge=judge,
)
