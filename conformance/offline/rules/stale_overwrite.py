"""An older figure that is written after a newer one brings units back that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.offline.rules.base import Breach, Rule, decided
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.offline.history import History, Key, Push, Told
    from conformance.offline.rules.base import Outcome


def judge(history: History) -> Outcome:
    """Judge each record's writes in order: none may hold a figure told before the one that an earlier write holds."""
    written = [push for push in history.pushes if push.exchange.succeeded]
    doubts = [
        f"{push.exchange.where}: no answer says which SKU variant {push.variant} has"
        for push in written
        if push.variant not in history.skus
    ]
    breaches: list[Breach] = []
    for found in _of_history(history):
        if isinstance(found, str):
            doubts.append(found)
        else:
            breaches.append(found)
    judged = history.idle or bool(history.told and written)
    return decided(
        breaches, doubts, judged=judged, nothing="the recording holds no figure told together with its write"
    )


def _of_history(history: History) -> Iterator[Breach | str]:
    for sku in history.variants:
        records: dict[Key, list[Push]] = {}
        for push in history.pushes_to(sku):
            if push.exchange.succeeded:
                records.setdefault(push.key, []).append(push)
        for pushes in records.values():
            yield from _of_record(pushes, history.told_of.get(sku, []))


def _of_record(pushes: list[Push], rows: list[Told]) -> Iterator[Breach | str]:
    newest: tuple[int, Push] | None = None
    for push in pushes:
        version = _version(push, rows)
        if version is None:
            continue
        if newest is not None and version < newest[0]:
            if push.exchange.overlaps(newest[1].exchange):
                yield f"{push.exchange.where}: under way together with {newest[1].exchange.where}"
            else:
                yield _breach(push, newest[1], rows[version], rows[newest[0]])
        else:
            newest = version, push


def _version(push: Push, rows: list[Told]) -> int | None:
    """Return the place of the row that the write can have come from, the last one that fits; None when none does."""
    told = (
        place for place, row in enumerate(rows) if row.figure == push.count and row.exchange.index < push.exchange.index
    )
    return max(told, default=None)


def _breach(push: Push, before: Push, old: Told, new: Told) -> Breach:
    path = f"{push.exchange.where}/request/body/{push.path}"
    expected = f"{new.figure} kept, told in {new.exchange.where} and written in {before.exchange.where}"
    difference = Difference(path, expected, f"{old.figure}, told before it in {old.exchange.where}")
    return Breach(difference, (old.exchange, new.exchange, before.exchange, push.exchange))


RULE: Final = Rule(
    id="history.stale-overwrite",
    title="No older figure is written after a newer one",
    requirements=("OM-ACK-03", "OM-ACK-04"),
    source="invariant no_stale_overwrite: a write of an older version has no effect",
    grade="I",
    why="a late retry or a second worker puts back a number that the stock no longer covers",
    judge=judge,
)
