"""The request journal as the control API tells it: filtered, counted, in either order, with differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.http.differences import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = dict[str, Any]


def journal_page(exchanges: Iterable[Json], query: Mapping[str, Any]) -> Json:
    """Return the entries that a query lets through, how many those are, and a row for each kind of them."""
    found = [exchange for exchange in exchanges if _fits(exchange, query)]
    ordered = found[::-1] if query["order"] == "newest" else found
    told = [] if query["count_only"] else ordered[: query["limit"]]
    return {"count": len(found), "summary": _summary(found), "requests": [_with_differences(each) for each in told]}


def _fits(exchange: Json, query: Mapping[str, Any]) -> bool:
    names = ("api", "operation_id", "method", "status")
    return (
        all(query[name] is None or exchange[name] == query[name] for name in names)
        and (query["path"] or "") in exchange["path"]
        and exchange["id"] > (query["after"] or 0)
    )


def _summary(found: Iterable[Json]) -> list[Json]:
    rows: dict[tuple[Any, ...], Json] = {}
    for each in found:
        kind = {name: each[name] for name in ("operation_id", "method", "status")}
        row = rows.setdefault(tuple(kind.values()), {**kind, "count": 0, "first": each["id"], "last": each["id"]})
        row["count"] += 1
        row["last"] = each["id"]
    return list(rows.values())


def _with_differences(exchange: Json) -> Json:
    found = differences(exchange)
    return exchange if found is None else {**exchange, "differences": found}
