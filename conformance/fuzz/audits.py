"""What must hold of the worlds at every step, whatever was asked: pure functions over a step and its documents."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from conformance.offline.contracts import NotJson, request_differences, response_differences
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.fuzz.stage import Document, Step

STOCK_WRITES: Final = frozenset({"adjustStock", "createStock"})
SHIPMENTS: Final = frozenset({"shipExternally", "shipStandard"})
RECORDS: Final = ("inventories", "variants", "adverts", "invoices")
UNITS: Final = ("on_hand", "locked", "allocated")

Row = tuple[str, int, str]


def of_contract(step: Step) -> Iterator[Difference]:
    """Yield where the answer breaks the document: status, media type, body; or the server failed."""
    answer = step.answer
    if answer.status >= 500:
        yield Difference("response/status", "below 500: nobody asked it to fail", answer.status)
        return
    body = None if not answer.body else _json(step)
    yield from response_differences(
        step.request.operation, answer.status, answer.headers.get("content-type", ""), body, "response"
    )


def _json(step: Step) -> object:
    body = step.answer.json
    return NotJson(step.answer.excerpt) if body is None and step.answer.body.strip() != b"null" else body


def of_credentials(step: Step) -> Iterator[Difference]:
    """Yield an answer other than 401 where a credential was asked for and none was given."""
    nobody = not (step.request.caller.app or step.request.caller.token is not None or step.request.caller.seller)
    if nobody and step.request.operation.secured and step.answer.status not in (401, 413):
        yield Difference("response/status", "401: no credential was given", step.answer.status)


def of_refusal(step: Step) -> Iterator[Difference]:
    """Yield a broken body that was taken: what the request's model rules out must be refused."""
    request = step.request
    if not request.operation.written.get("requestBody", {}).get("required"):
        return  # a body that need not come need not be looked at
    broken = [
        each
        for each in request_differences(request.operation, request.query, request.media_type, request.json, "request")
        if each.path.startswith("request/body")
    ]
    if broken and step.answer.status < 400:
        yield Difference("response/status", f"400 to 499, for {broken[0]}", step.answer.status)


def of_nothing_changed(step: Step) -> Iterator[Difference]:
    """Yield what was changed by reading, or by a request that was refused."""
    operation, status = step.request.operation, step.answer.status
    reads = operation.safe or operation.id.startswith("acknowledge")
    if reads or status >= 400:
        why = "unchanged by reading" if reads else f"unchanged by a request that was answered {status}"
        yield from changed_parts(step.before, step.after, "world", why)


def of_isolation(step: Step, neighbour_start: Document) -> Iterator[Difference]:
    """Yield what was changed in the world beside, in the other API's half, and of other sellers."""
    yield from changed_parts(neighbour_start, step.neighbour, "other world", "unchanged by a request to this one")
    other_half = "marketplacer" if step.request.operation.api == "order-manager" else "order_manager"
    if step.before[other_half] != step.after[other_half]:
        yield from changed_parts(step.before[other_half], step.after[other_half], other_half, "unchanged")
    seller = step.request.caller.seller
    if seller is not None:
        yield from _of_other_sellers(step, seller)


def _of_other_sellers(step: Step, seller: int) -> Iterator[Difference]:
    before, after = step.before["marketplacer"], step.after["marketplacer"]
    for kind in RECORDS:
        theirs = _not_of(before, kind, seller)
        now = _not_of(after, kind, seller)
        for key in theirs.keys() | now.keys():
            if theirs.get(key) != now.get(key):
                path = f"marketplacer/{kind}/{key}"
                yield Difference(path, theirs.get(key, "no such record"), now.get(key, "no such record"))


def _not_of(marketplacer: Mapping[str, Any], kind: str, seller: int) -> dict[int, Any]:
    """Return the records that this seller may not touch: an owner may write its members' inventories."""
    mine = {seller}
    if kind == "inventories":
        mine |= {
            member
            for store in marketplacer.get("multi_stores", ())
            if store["owner"] == seller
            for member in store["members"]
        }
    owned = {each["id"] for each in marketplacer.get("variants", ()) if each.get("multi_store_owner") == seller}
    return {
        each["id"]: each
        for each in marketplacer.get(kind, ())
        if each.get("seller", each.get("multi_store_owner")) not in mine and each.get("variant") not in owned
    }


def of_conservation(step: Step) -> Iterator[Difference]:
    """Yield where units appeared or vanished, were committed to no order, or fell below zero."""
    before, after = _stock(step.before), _stock(step.after)
    for row, units in after.items():
        for name in UNITS:
            if units[name] < 0:
                yield Difference(f"stock/{_told(row)}/{name}", "not below 0", units[name])
    operation = step.request.operation.id
    if operation not in STOCK_WRITES:
        yield from _of_commitments(step.before, step.after)
        yield from _of_moves(before, after, ships=operation in SHIPMENTS)
    yield from _of_counts(step.after["marketplacer"])


def _of_commitments(before: Document, after: Document) -> Iterator[Difference]:
    """Yield where the units that are allocated and those that orders hold did not move together."""
    loose, held = _held_by_nobody(before), _held(after)
    for row, units in _stock(after).items():
        wanted = held[row] + loose.get(row, 0)
        if units["allocated"] != wanted:
            yield Difference(
                f"stock/{_told(row)}/allocated", f"{wanted}, the units that orders hold", units["allocated"]
            )


def _held_by_nobody(document: Document) -> dict[Row, int]:
    """Return the units by row that are allocated to no order we know, as a world file or a stock write may say."""
    held = _held(document)
    return {row: units["allocated"] - held[row] for row, units in _stock(document).items()}


def _of_moves(
    before: Mapping[Row, Mapping[str, int]], after: Mapping[Row, Mapping[str, int]], *, ships: bool
) -> Iterator[Difference]:
    for row in before.keys() | after.keys():
        was, now = before.get(row, {}), after.get(row, {})
        gone = was.get("on_hand", 0) - now.get("on_hand", 0)
        freed = was.get("allocated", 0) - now.get("allocated", 0)
        if was.get("locked", 0) != now.get("locked", 0):
            yield Difference(f"stock/{_told(row)}/locked", was.get("locked", 0), now.get("locked", 0))
        if gone and not ships:
            yield Difference(f"stock/{_told(row)}/on_hand", was.get("on_hand", 0), now.get("on_hand", 0))
        elif ships and gone != freed:
            yield Difference(f"stock/{_told(row)}", f"{freed} units gone, those no longer committed", gone)


def _of_counts(marketplacer: Mapping[str, Any]) -> Iterator[Difference]:
    for kind in ("variants", "inventories"):
        for each in marketplacer.get(kind, ()):
            if each.get("count_on_hand", 0) < 0:
                path = f"marketplacer/{kind}/{each['id']}/count_on_hand"
                yield Difference(path, "not below 0", each["count_on_hand"])


def _stock(document: Document) -> dict[Row, dict[str, int]]:
    return {_row(each): {name: each.get(name, 0) for name in UNITS} for each in document["order_manager"]["stock"]}


def _held(document: Document) -> Counter[Row]:
    held: Counter[Row] = Counter()
    for order in document["order_manager"].get("orders", ()):
        for each in order.get("allocations", ()):
            held[_row(each)] += each["units"]
    return held


def _row(each: Mapping[str, Any]) -> Row:
    return each["master_sku"], each["warehouse"], each.get("location", "")


def _told(row: Row) -> str:
    return "/".join(str(part) for part in row)


def changed_parts(before: Any, after: Any, path: str, why: str) -> Iterator[Difference]:
    """Yield the smallest parts of two documents that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield from changed_parts(before.get(key), after.get(key), f"{path}/{key}", why)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (was, now) in enumerate(zip(before, after, strict=True)):
            if was != now:
                yield from changed_parts(was, now, f"{path}/{index}", why)
    elif before != after:
        yield Difference(path, f"{_short(before)}, {why}", _short(after))


def _short(value: object) -> object:
    text = repr(value)
    return value if len(text) <= 200 else f"{text[:200]}…"
