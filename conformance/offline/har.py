"""HAR 1.2, as browsers, proxies and HTTP clients write it."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from conformance.offline.parts import BadPart, Row, member, method_of


def read(document: Any) -> list[Row]:
    """
    Return the entries of a HAR document in the order in which they began.

    Raises:
        BadPart: when it is none, with the place.
    """
    log = member(document, "log", dict, "")
    rows = [_row(entry, f"log/entries/{index}") for index, entry in enumerate(member(log, "entries", list, "log"))]
    # A proxy writes an entry when it is over, so a slow one may stand behind one that began later.
    return sorted(rows, key=lambda row: row.at) if all(row.at is not None for row in rows) else rows  # type: ignore[arg-type, return-value]


def _row(entry: Any, where: str) -> Row:
    request, response = member(entry, "request", dict, where), member(entry, "response", dict, where)
    status = member(response, "status", int, f"{where}/response")
    body, cut = _content(member(response, "content", dict, f"{where}/response", optional=True) or {}, where)
    seconds = member(entry, "time", float, where, optional=True)
    return Row(
        where=where,
        url=_url(request, f"{where}/request"),
        method=method_of(member(request, "method", str, f"{where}/request"), f"{where}/request/method"),
        request_headers=_headers(request, f"{where}/request"),
        request_body=_posted(request, f"{where}/request"),
        status=status or None,  # 0 where no answer came
        response_headers=_headers(response, f"{where}/response"),
        response_body=body,
        at=_instant(member(entry, "startedDateTime", str, where, optional=True), f"{where}/startedDateTime"),
        seconds=None if seconds is None or seconds < 0 else seconds / 1000,
        cut=cut,
    )


def _url(request: dict[str, Any], where: str) -> str:
    url: str = member(request, "url", str, where)
    if "?" in url:
        return url
    pairs = _pairs(request, "queryString", where)
    return f"{url}?{urlencode(pairs)}" if pairs else url


def _headers(message: dict[str, Any], where: str) -> dict[str, str]:
    return dict(_pairs(message, "headers", where))


def _pairs(message: dict[str, Any], name: str, where: str) -> list[tuple[str, str]]:
    listed = member(message, name, list, where, optional=True) or []
    places = [(each, f"{where}/{name}/{index}") for index, each in enumerate(listed)]
    return [(member(each, "name", str, place), member(each, "value", str, place)) for each, place in places]


def _posted(request: dict[str, Any], where: str) -> str | None:
    posted = member(request, "postData", dict, where, optional=True)
    if posted is None:
        return None
    text: str | None = member(posted, "text", str, f"{where}/postData", optional=True)
    return text if text is not None else urlencode(_pairs(posted, "params", f"{where}/postData")) or None


def _content(content: dict[str, Any], where: str) -> tuple[str | None, bool]:
    """Return the body, and whether there was one that the recording does not hold."""
    place = f"{where}/response/content"
    text: str | None = member(content, "text", str, place, optional=True)
    if text is None:
        return None, member(content, "size", int, place, optional=True) != 0
    if content.get("encoding") != "base64":
        return text, False
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace"), False
    except (binascii.Error, ValueError) as error:
        raise BadPart(f"{place}/text: no base64") from error


def _instant(text: str | None, where: str) -> float | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise BadPart(f"{where}: {text[:40]!r} is no instant") from error
