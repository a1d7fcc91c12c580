"""Reading the acknowledge endpoint with the names of the default wire dialect, which the target puts into its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.dialect import default as dialect
from conformance.verdict import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.target import Answer, TargetWorld

MOST_ROWS: Final = 1000
MOST_CALLS: Final = 20

Row = dict[str, Any]


def read(
    world: TargetWorld,
    channels: Sequence[int],
    *,
    token: int = 0,
    version: str = "v1.2",
    limit: int = MOST_ROWS,
) -> list[Row]:
    """
    Return the rows of one call, each with the dialect's own words: ``listing_id``, ``listing_sku``, ``figure`` ….

    Raises:
        UnexpectedAnswer: when the answer is not a list of rows.
    """
    names = dialect()["parameters"]
    query = {names["limit"]: str(limit)}
    if channels:
        query[names["channel"]] = ",".join(str(channel) for channel in channels)
    path = f"/{version}/inventory/acknowledge"
    request = {"api": "order_manager", "as": {"token": token}, "method": "POST", "path": path, "query": query}
    return [_row(world, path, row) for row in _rows(world, path, world.call(request))]


def drain(world: TargetWorld, channels: Sequence[int]) -> dict[int, object]:
    """
    Read each sales channel until nothing more comes; return figure by listing id, the last one told.

    Raises:
        UnexpectedAnswer: when the rows never end.
    """
    told: dict[int, object] = {}
    for channel in channels:
        for _ in range(MOST_CALLS):
            rows = read(world, [channel])
            told |= {row["listing_id"]: row["figure"] for row in rows}
            if not rows:
                break
        else:
            raise UnexpectedAnswer("acknowledge", f"empty within {MOST_CALLS} calls", "rows without end")
    return told


def _rows(world: TargetWorld, path: str, answer: Answer) -> list[object]:
    if answer.status == 204:
        return []
    body = answer.json
    if isinstance(body, dict):
        body = body.get(dialect()["envelope_key"])
    if answer.status != 200 or not isinstance(body, list):
        raise UnexpectedAnswer(f"POST {path}", "200 with rows", f"{answer.status} {world.redacted(answer.excerpt)}")
    return body


def _row(world: TargetWorld, path: str, row: object) -> Row:
    names = dialect()["row"]
    if not isinstance(row, dict) or not {names["listing_id"], names["figure"]} <= row.keys():
        wanted = f"{names['listing_id']} and {names['figure']}"
        raise UnexpectedAnswer(f"POST {path}, row", wanted, world.redacted(row))
    read_row = {ours: row.get(theirs) for ours, theirs in names.items()}
    listing_id = str(read_row["listing_id"])
    return {**read_row, "listing_id": int(listing_id) if listing_id.isdecimal() else listing_id}
