"""
Recorded traffic as a history: every exchange in order, and what it says of listings, variants and their figures.

Nothing here judges. What the recording does not hold stays unknown, so that a rule can say that it is undecided.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from conformance.dialect import default as dialect
from conformance.offline.contracts import NotJson, operation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.offline.contracts import Operation

Key: TypeAlias = "tuple[str, int | None]"  # a variant's id, and the seller of the record; None is the caller's own
WRITES: Final = frozenset({"PUT", "POST", "PATCH", "DELETE"})
RETRIED: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Exchange:
    """
    One recorded exchange.

    ``status`` is None when no answer came; ``at`` and ``until`` are seconds, if known; ``cut`` says that the answer is
    not whole, ``request_cut`` that the request is not.
    """

    index: int
    where: str
    method: str
    path: str
    query: Mapping[str, str]
    request_type: str | None
    request_body: object
    status: int | None
    response_type: str | None
    response_body: object
    at: float | None = None
    until: float | None = None
    cut: bool = False
    request_cut: bool = False
    operation: Operation | None = field(default=None, compare=False)
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Whether an answer came that says so."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def may_be_tried_again(self) -> bool:
        """Whether it failed for a reason that may pass: no answer, a failing or busy server."""
        return self.status is None or self.status >= 500 or self.status in RETRIED

    def overlaps(self, other: Exchange) -> bool:
        """Whether the two were under way at the same time, so that nobody knows which arrived first."""
        first, second = sorted((self, other), key=lambda each: each.index)
        return first.until is not None and second.at is not None and second.at < first.until


def located(exchange: Exchange) -> tuple[Operation | None, Mapping[str, str]]:
    """Return the operation and the path values of an exchange."""
    found = operation_of(exchange.method, exchange.path)
    return (None, {}) if found is None else found


@dataclass(frozen=True, slots=True)
class Told:
    """One row of an acknowledge answer: this figure was told, and thereby acknowledged."""

    exchange: Exchange
    channel: str
    listing_sku: str
    figure: object


@dataclass(frozen=True, slots=True)
class Push:
    """One record that a request writes; ``count`` is what was sent, ABSENT when the request names none."""

    exchange: Exchange
    variant: str
    seller: int | None
    count: object
    path: str
    names_more: bool = False

    @property
    def key(self) -> Key:
        """What is written."""
        return self.variant, self.seller


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known to be shown of one record after one exchange."""

    index: int
    key: Key
    count: object
    infinite: bool = False


class _Absent:
    def __repr__(self) -> str:
        return "left out"


ABSENT: Final = _Absent()


@dataclass(frozen=True)
class History:
    """What a recording holds, in the order in which it was recorded."""

    exchanges: Sequence[Exchange]
    seller: int | None = None

    @cached_property
    def told(self) -> list[Told]:
        """The rows that were told, in order."""
        return [row for each in self.exchanges for row in _told(each)]

    @cached_property
    def pushes(self) -> list[Push]:
        """The records that were written or tried, in order; deletions are not among them."""
        return [push for each in self.exchanges for push in _pushes(each)]

    @cached_property
    def reads(self) -> list[Exchange]:
        """The acknowledge calls that were answered, with rows or without."""
        return [
            each
            for each in self.exchanges
            if each.operation is not None and each.operation.id.startswith("acknowledge") and each.succeeded
        ]

    @cached_property
    def idle(self) -> bool:
        """Whether figures were asked for and nothing was written: then no write can be wrong."""
        return bool(self.reads) and not self.pushes

    @cached_property
    def variants(self) -> dict[str, set[str]]:
        """The ids of the variants by their SKU, as answers named them."""
        found: dict[str, set[str]] = {}
        for each in self.exchanges:
            for variant in _resources(each, "variants"):
                sku = _attributes(variant).get("sku")
                if isinstance(sku, str):
                    found.setdefault(sku, set()).add(str(variant["id"]))
        return found

    @cached_property
    def missing_skus(self) -> set[str]:
        """SKUs that were looked for and that no variant has."""
        asked = {
            each.query["sku"]
            for each in self.exchanges
            if _is(each, "listVariants") and "sku" in each.query and each.succeeded
        }
        return asked - self.variants.keys()

    @cached_property
    def skus(self) -> dict[str, str]:
        """The SKU of each variant by its id."""
        return {variant: sku for sku, variants in self.variants.items() for variant in variants}

    @cached_property
    def shown(self) -> dict[str, list[Shown]]:
        """What is known to be shown of each variant, in the order in which it came to be known."""
        found: dict[str, list[Shown]] = {}
        written: dict[int, list[Push]] = {}
        for push in self.pushes:
            written.setdefault(push.exchange.index, []).append(push)
        for each in self.exchanges:
            for push in written.get(each.index, ()) if each.succeeded else ():
                found.setdefault(push.variant, []).append(Shown(each.index, push.key, push.count))
            for known in _seen(each):
                found.setdefault(known.key[0], []).append(known)
        return found

    @cached_property
    def by_variant(self) -> dict[str, list[Push]]:
        """The writes of the caller's own records by the variant's id."""
        found: dict[str, list[Push]] = {}
        for push in self.pushes:
            if self.own(push.key):
                found.setdefault(push.variant, []).append(push)
        return found

    @cached_property
    def told_of(self) -> dict[str, list[Told]]:
        """The rows by listing SKU."""
        found: dict[str, list[Told]] = {}
        for row in self.told:
            found.setdefault(row.listing_sku, []).append(row)
        return found

    def own(self, key: Key) -> bool:
        """Whether a record is the caller's own, as far as is known."""
        return key[1] is None or self.seller is None or key[1] == self.seller

    def pushes_to(self, listing_sku: str) -> list[Push]:
        """Return the writes of the caller's own records that show a listing's figure, in order."""
        found = [push for each in self.variants.get(listing_sku, ()) for push in self.by_variant.get(each, ())]
        return sorted(found, key=lambda push: push.exchange.index)


def _seen(exchange: Exchange) -> Iterator[Shown]:
    """Yield what an answer says is shown."""
    variant = exchange.values.get("variant_id")
    for record in _resources(exchange, "inventories"):
        attributes = _attributes(record)
        seller = attributes.get("seller_id")
        if variant is not None and isinstance(seller, int):
            count, infinite = attributes.get("count_on_hand"), attributes.get("infinite") is True
            yield Shown(exchange.index, (variant, seller), count, infinite)
    for each in _resources(exchange, "variants"):
        attributes = _attributes(each)
        count, infinite = attributes.get("count_on_hand"), attributes.get("infinite") is True
        yield Shown(exchange.index, (str(each["id"]), None), count, infinite)


def _is(exchange: Exchange, operation_id: str) -> bool:
    return exchange.operation is not None and exchange.operation.id == operation_id


def _told(exchange: Exchange) -> Iterator[Told]:
    operation = exchange.operation
    if operation is None or not operation.id.startswith("acknowledge") or not exchange.succeeded:
        return
    names = dialect()["row"]
    for row in _rows(exchange.response_body):
        sku, figure = row.get(names["listing_sku"]), row.get(names["figure"])
        if isinstance(sku, str):
            yield Told(exchange, str(row.get(names["sales_channel_id"], "")), sku, figure)


def _rows(body: object) -> list[dict[str, Any]]:
    if isinstance(body, dict):
        body = next((value for value in body.values() if isinstance(value, list)), [])
    return [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []


def _pushes(exchange: Exchange) -> Iterator[Push]:
    body, operation = exchange.request_body, exchange.operation
    if operation is None or isinstance(body, NotJson) or not isinstance(body, dict):
        return
    if operation.id == "putInventories" and isinstance(body.get("data"), list):
        yield from _of_inventories(exchange, body["data"])
    elif operation.id == "setStockOnHand" and isinstance(body.get("count_on_hand"), dict):
        for variant, count in body["count_on_hand"].items():
            if count != "INFINITE":
                yield Push(exchange, variant, None, count, f"count_on_hand/{variant}")
    elif operation.id in ("updateVariant", "updateAdvertVariant") and isinstance(body.get("data"), dict):
        attributes = _attributes(body["data"])
        if "count_on_hand" in attributes:
            more = bool(attributes.keys() - {"count_on_hand"})
            variant = exchange.values["variant_id"]
            yield Push(exchange, variant, None, attributes["count_on_hand"], "data/attributes/count_on_hand", more)


def _of_inventories(exchange: Exchange, data: list[object]) -> Iterator[Push]:
    for index, record in enumerate(data):
        attributes = _attributes(record)
        seller = attributes.get("seller_id")
        number = int(seller) if isinstance(seller, int) or (isinstance(seller, str) and seller.isdecimal()) else None
        yield Push(
            exchange,
            exchange.values["variant_id"],
            number,
            attributes.get("count_on_hand", ABSENT),
            f"data/{index}/attributes/count_on_hand",
            bool(attributes.keys() - {"count_on_hand", "seller_id"}),
        )


def _resources(exchange: Exchange, kind: str) -> list[dict[str, Any]]:
    body = exchange.response_body
    if not exchange.succeeded or not isinstance(body, dict):
        return []
    data = body.get("data")
    found = [*(data if isinstance(data, list) else [data]), *_listed(body.get("included"))]
    return [each for each in found if isinstance(each, dict) and each.get("type") == kind and "id" in each]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _attributes(record: object) -> dict[str, Any]:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    return attributes if isinstance(attributes, dict) else {}
