"""A raw run file of this suite: the traffic that each verdict was drawn from, a history each."""

from __future__ import annotations

import re
from typing import Any, Final

from conformance.offline.parts import BadPart, Row, member, method_of

_CUT: Final = re.compile(r"… \(\d+ bytes\)$")


def read(lines: list[Any]) -> list[tuple[str, list[Row]]]:
    """
    Return the rows of each verdict that kept its traffic, by the verdict's id.

    Raises:
        BadPart: when it is no raw run file, with the place.
    """
    if not lines or not isinstance(lines[0], dict) or lines[0].get("type") != "header":
        raise BadPart("line 1: no header of a raw run file")
    found = []
    for number, line in enumerate(lines, start=1):
        if isinstance(line, dict) and line.get("type") == "verdict":
            listed = member(line, "exchanges", list, f"line {number}")
            name = member(line, "id", str, f"line {number}")
            rows = [_row(each, f"exchanges/{index}", number) for index, each in enumerate(listed)]
            found.append((name, rows))
    return [(name, rows) for name, rows in found if rows]


def _row(exchange: Any, where: str, number: int) -> Row:
    place = f"line {number}/{where}"
    request, response = member(exchange, "request", dict, place), member(exchange, "response", dict, place)
    sent = member(request, "body", str, f"{place}/request", optional=True)
    answered = member(response, "body", str, f"{place}/response", optional=True)
    return Row(
        where=where,
        url=member(request, "url", str, f"{place}/request"),
        method=method_of(member(request, "method", str, f"{place}/request"), f"{place}/request/method"),
        request_headers=_texts(member(request, "headers", dict, f"{place}/request", optional=True)),
        request_body=sent,
        status=member(response, "status", int, f"{place}/response", optional=True),
        response_headers=_texts(member(response, "headers", dict, f"{place}/response", optional=True)),
        response_body=answered,
        at=member(exchange, "at", float, place, optional=True),
        cut=_is_cut(answered),
        request_cut=_is_cut(sent),
    )


def _texts(headers: dict[str, Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (headers or {}).items()}


def _is_cut(body: str | None) -> bool:
    return body is not None and _CUT.search(body) is not None
