"""Syncing in peace: the first read, changes, nothing new, and more rows than two pages hold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conformance.certify.history import last
from conformance.certify.process import TookTooLong
from conformance.certify.scenarios.scene import Scene
from conformance.certify.stage import Finding, staged
from conformance.certify.world import CHANNEL, GHOST, HALF, MEMBER, NEAR_MISS, PLAIN, account, crowd, haunted
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.certify.history import Exchange
    from conformance.certify.stage import Stage
    from conformance.certify.world import Account, Item

NOT_TOLD: Final = "the integration was told none of these listings"
DEFAULT_LIMIT: Final = 100
MOST_ROWS: Final = 1000
MORE_THAN_TWO_PAGES: Final = 50
MOST_IDLE_RUNS: Final = 3

# Listings that are judged by what the marketplace shows for them, under the check they are there for.
BY_FIGURE: Final = ("zero-is-sent", "channel-figure", "own-channel-only", "sku-substring", "sku-case", "sku-unicode")


def first_sync(stage: Stage) -> Iterator[Finding]:
    """Read for the first time, follow changes, and stay quiet."""
    stage.sync()
    at_first = {subject: stage.wrong(stage.account.about(subject)) for subject in ("figures-match", *BY_FIGURE)}
    changed_at = stage.history.length
    _change(stage)
    stage.sync()
    yield Finding(
        "certify.figures-match", at_first["figures-match"], stage.evidence(stage.account.about("figures-match"))
    )
    yield Finding("certify.changes-arrive", stage.wrong(PLAIN), stage.evidence(PLAIN, changed_at))
    for subject in BY_FIGURE:
        yield _by_figure(stage, subject, at_first[subject])
    yield _priced(stage)
    yield _infinite(stage)
    for subject in ("push-off-left-alone", "inactive-left-alone"):
        yield _left_alone(stage, subject)
    yield _quiet(stage)


def first_sync_as_member(stage: Stage) -> Iterator[Finding]:
    """Do the same with a member's key, as far as inventories go."""
    for finding in first_sync(stage):
        yield Finding(f"{finding.check}.member", finding.differences, finding.exchanges, finding.missing)


def _change(stage: Stage) -> None:
    """Change figures in every way there is."""
    one, two, three, four = PLAIN
    stage.change(
        stage.stock(one, 3),
        _order(two, 5),
        {"type": "rule.set", "master_sku": three.master_sku, "sales_channel": CHANNEL, **HALF},
        stage.stock(four, four.on_hand, locked=8),
        *(stage.stock(item, item.on_hand + 9) for item in stage.account.about("sku-substring")),
        *(stage.stock(item, item.on_hand + 3) for item in stage.account.about("sku-unicode")),
        *(stage.stock(item, number) for number, item in enumerate(stage.items("cap-red", "CAP-RED"), start=5)),
        stage.stock(stage.account.item("JUG-SELLS-OUT"), 0),
        stage.stock(stage.account.item("LAMP-LOCKED"), 40, locked=12),
        stage.stock(stage.account.item("RUG-HALF"), 9),
        stage.stock(stage.account.item("VASE-CAPPED"), 3),
        # Own figure 15; the other channel's is 30. The second changes for the other channel only.
        stage.stock(stage.account.item("TWO-CHANNELS-1"), 30),
        stage.stock(stage.account.item("TWO-CHANNELS-2"), 40),
        _merchants_price(stage),
        stage.stock(stage.account.item("BOOK-PRICED"), 12),
        stage.stock(stage.account.item("INK-ENDLESS"), 2),
        {"type": "exclusion.set", "sales_channel": CHANNEL, "warehouses": []},
        stage.stock(stage.account.item("POSTER-OFF"), 16),
        stage.stock(stage.account.item("CANDLE-GONE"), 17),
    )


NEW_PRICE: Final = {"price": "30.5", "sale_price": "25"}


def _order(item: Item, units: int) -> dict[str, Any]:
    lines = [{"listing_sku": item.sku, "quantity": units}]
    return {"type": "order.create", "sales_channel": CHANNEL, "order_number": f"C-{item.sku}", "lines": lines}


def _merchants_price(stage: Stage) -> dict[str, Any]:
    """Return the command by which somebody else sets new prices between two syncs."""
    variant = stage.account.variant_id(stage.account.item("BOOK-PRICED"))
    return {"type": "inventory.put", "variant": variant, "seller": stage.account.seller, **NEW_PRICE}


def _by_figure(stage: Stage, subject: str, at_first: tuple[Difference, ...]) -> Finding:
    items = stage.account.about(subject)
    check = f"certify.{subject}"
    if not _dealt_with(stage, items):
        return Finding(check, missing=NOT_TOLD)
    differences = [*at_first, *(each for each in stage.wrong(items) if each not in at_first)]
    return Finding(check, tuple(differences), stage.evidence(items))


def _dealt_with(stage: Stage, items: list[Item]) -> bool:
    """Return whether the integration was told of these items, or wrote them without being told."""
    variants = {stage.account.variant_id(item) for item in items}
    return bool(stage.told(items)) or any(each.variant in variants for each in stage.history.pushes())


def _own(stage: Stage, sku: str) -> tuple[Item, dict[str, Any]]:
    item = stage.account.item(sku)
    variant = stage.account.variant_id(item)
    assert variant is not None  # noqa: S101 - this item is on the marketplace
    return item, stage.records().get((variant, stage.account.seller), {})


def _priced(stage: Stage) -> Finding:
    item, record = _own(stage, "BOOK-PRICED")
    if not _dealt_with(stage, [item]):
        return Finding("certify.price-kept", missing=NOT_TOLD)
    differences = [
        Difference(f"marketplace, {item.sku}, {name}", wanted, record.get(name))
        for name, wanted in NEW_PRICE.items()
        if not _is_same_price(record.get(name), wanted)
    ]
    return Finding("certify.price-kept", tuple(differences), stage.evidence([item]))


def _is_same_price(found: object, wanted: str) -> bool:
    try:
        return float(str(found)) == float(wanted)
    except ValueError:
        return False


def _infinite(stage: Stage) -> Finding:
    item, record = _own(stage, "INK-ENDLESS")
    if not _dealt_with(stage, [item]):
        return Finding("certify.infinite-kept", missing=NOT_TOLD)
    still = record.get("infinite")
    differences = () if still else (Difference(f"marketplace, {item.sku}, infinite", "true", still),)
    return Finding("certify.infinite-kept", differences, stage.evidence([item]))


def _left_alone(stage: Stage, subject: str) -> Finding:
    items = stage.account.about(subject)
    check = f"certify.{subject}"
    if not stage.history.acknowledges():
        return Finding(check, missing="the integration asked for nothing")
    told = stage.told(items)
    if told:
        return Finding(check, missing="the server told such a listing: it follows another reading")
    variants = {stage.account.variant_id(item): item for item in items}
    writes = [each for each in stage.history.pushes() if each.variant in variants]
    differences = [
        Difference(
            f"request {each.number}, {each.method} {each.path}",
            f"nothing is written for {_sku(variants, each)}",
            "a write",
        )
        for each in writes
    ]
    return Finding(check, tuple(differences), last(writes))


def _sku(variants: dict[int | None, Item], exchange: Exchange) -> str:
    return variants[exchange.variant].sku


def _quiet(stage: Stage) -> Finding:
    """Judge a run in which the server told nothing; one that is told something once more may write it."""
    check = "certify.quiet-when-unchanged"
    if not stage.history.pushes():
        return Finding(check, missing="nothing was ever written")
    for _ in range(MOST_IDLE_RUNS):
        before = stage.idle()
        calls = stage.history.acknowledges(before)
        if not calls:
            return Finding(check, missing="the integration did not ask again")
        if not any(each.rows for each in calls):
            writes = [each for each in stage.history.all(before) if each.changes_marketplace]
            return Finding(check, tuple(_is_a_write(each) for each in writes[:10]), last(writes))
    return Finding(check, missing="the server told rows each time, although nothing had changed")


def _is_a_write(exchange: Exchange) -> Difference:
    return Difference(f"request {exchange.number}, {exchange.method} {exchange.path}", "no write", "a write")


# -- a listing that nobody knows ---------------------------------------------------------------------------


def unknown_sku(stage: Stage) -> Iterator[Finding]:
    """Tell a listing that the marketplace does not know, and one that it knows by another SKU, between others."""
    stage.sync()
    stage.change(*(stage.stock(item, item.on_hand + 1) for item in stage.account.items))
    stage.sync()
    stage.require(stage.told([GHOST, NEAR_MISS]), NOT_TOLD)
    made = [each for each in stage.history.all() if each.changes_marketplace and each.method == "POST"]
    created = [
        Difference(f"request {each.number}, {each.method} {each.path}", "nothing is created", "a write")
        for each in made
    ]
    yield Finding("certify.unknown-sku", (*stage.wrong(PLAIN), *created), stage.evidence([GHOST, *PLAIN]))
    yield _near_miss(stage)


def _near_miss(stage: Stage) -> Finding:
    """Judge that the variant which is only nearly the listing's was left alone."""
    variant = stage.account.variant_id(NEAR_MISS)
    assert variant is not None  # noqa: S101 - the marketplace has it, by another SKU
    key = (variant, stage.account.seller)
    before, now = _count(stage.at_first.get(key)), _count(stage.records().get(key))
    name = f"marketplace, {NEAR_MISS.variant_sku}, which is only nearly {NEAR_MISS.sku}, units shown"
    differences = () if before == now else (Difference(name, before, now),)
    return Finding("certify.sku-case", differences, stage.evidence([NEAR_MISS]))


def _count(record: dict[str, Any] | None) -> object:
    return None if record is None else record.get("count_on_hand")


# -- pages ---------------------------------------------------------------------------------------------


def many_rows(stage: Stage) -> Iterator[Finding]:
    """Have more rows due than two pages hold; an integration that asks for large pages gets a larger world."""
    check = "certify.drains-every-page"
    stage.sync()
    limit = _limit(stage)
    finding = _drained(stage, check, limit)
    if limit > DEFAULT_LIMIT and not finding.differences:
        finding = _with_large_pages(stage, check, limit)
    yield finding


def _with_large_pages(stage: Stage, check: str, limit: int) -> Finding:
    """Do it once more with more rows than two of its own pages; if that takes too long, it is too much of us."""
    rows = 2 * min(limit, MOST_ROWS) + MORE_THAN_TWO_PAGES
    with staged(stage.setting, crowd(rows, known=50)) as larger:
        try:
            larger.sync()
        except TookTooLong:
            return Finding(
                check, missing=f"it asks for {limit} rows at once, and {rows} take it too long to say anything"
            )
        return _drained(larger, check, limit)


def _limit(stage: Stage) -> int:
    """Return how many rows the integration asks for at once."""
    asked = [dict(each.query).get("limit", "") for each in stage.history.acknowledges()]
    return max([int(each) for each in asked if each.isdecimal()], default=DEFAULT_LIMIT)


def _drained(stage: Stage, check: str, limit: int) -> Finding:
    calls = stage.history.acknowledges()
    if not calls:
        return Finding(check, missing="the integration asked for nothing")
    known = [item for item in stage.account.items if item.variant_sku is not None]
    told = sum(len(each.rows) for each in calls)
    differences = stage.wrong(known)
    if not differences and len(known) and max(len(each.rows) for each in calls) > limit:
        return Finding(check, missing=f"{told} rows came at once: the server makes no pages")
    return Finding(check, differences[:10], last(calls, 5) + last(stage.history.pushes(), 2))


def _member() -> Account:
    return account(seller=MEMBER)


SCENES: Final = (
    Scene("first-sync", account, first_sync),
    Scene("first-sync-member", _member, first_sync_as_member),
    Scene("unknown-sku", haunted, unknown_sku),
    Scene("many-rows", partial(crowd, 2 * DEFAULT_LIMIT + MORE_THAN_TWO_PAGES), many_rows),
)
