"""The request journal, as ``GET /_mock/worlds/{id}/requests`` gives it."""

from __future__ import annotations

from typing import Any, Final

from conformance.offline.contracts import NotJson
from conformance.offline.parts import BadPart, Row, member, method_of

LONGEST_KEPT: Final = 64 * 1024  # a longer body is cut, and told as text


def read(document: Any) -> list[Row]:
    """
    Return the requests of a journal by their numbers; it may be the whole answer or only its list.

    Raises:
        BadPart: when it is none, with the place.
    """
    listed = document if isinstance(document, list) else _page(document)
    rows = [(_number(each, index), _row(each, f"requests/{index}")) for index, each in enumerate(listed)]
    return [row for _, row in sorted(rows, key=lambda numbered: numbered[0])]


def _page(document: Any) -> list[Any]:
    """Return the requests of one answer; a part of a journal would be judged as if the rest had never been."""
    listed: list[Any] = member(document, "requests", list, "")
    count = member(document, "count", int, "", optional=True)
    if count is not None and count > len(listed):
        raise BadPart(
            f"requests: {len(listed)} of {count} are here; ask with a limit, and join the lists of more pages"
        )
    return listed


def _number(entry: Any, index: int) -> int:
    number = member(entry, "id", int, f"requests/{index}", optional=True)
    return index if number is None else int(number)


def _row(entry: Any, where: str) -> Row:
    path = member(entry, "path", str, where)
    query = member(entry, "query", str, where, optional=True)
    fault = member(entry, "fault", dict, where, optional=True) or {}
    status = member(entry, "status", int, where, optional=True)
    sent, answered = _body(entry.get("request_body")), _body(entry.get("response_body"))
    return Row(
        where=where,
        url=f"{path}?{query}" if query else path,
        method=method_of(member(entry, "method", str, where), f"{where}/method"),
        request_headers=_headers(entry, "request_headers", where),
        request_body=None,
        # What a fault kept from arriving never reached the caller.
        status=None if fault.get("delivered") is False else status,
        response_headers=_headers(entry, "response_headers", where),
        response_body=None,
        cut=_is_cut(answered),
        request_cut=_is_cut(sent),
        parsed_bodies=(sent, answered),
    )


def _headers(entry: dict[str, Any], name: str, where: str) -> dict[str, str]:
    headers = member(entry, name, dict, where, optional=True) or {}
    for key, value in headers.items():
        if not isinstance(value, str):
            raise BadPart(f"{where}/{name}/{key}: must be text")
    return dict(headers)


def _body(value: Any) -> object:
    """Return the body: what was no JSON stands there as text."""
    return NotJson(value) if isinstance(value, str) else value


def _is_cut(body: object) -> bool:
    return isinstance(body, NotJson) and len(body.text.encode("utf-8", "replace")) >= LONGEST_KEPT - 4
