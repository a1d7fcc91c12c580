"""POST inventory/acknowledge, v1.2 and v1.1: changed figures of listings, told once to each caller (OM-ACK)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.http.auth import check_scope
from mockserver.http.bodies import broken_rules, parse_json
from mockserver.http.exchange import Answer
from mockserver.http.failures import Failure
from mockserver.http.query import raw_query
from mockserver.http.wire import Dialect, RowEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.core.feed import Row
    from mockserver.http.exchange import Call

_DEFAULT_LIMIT: Final = 100
_LARGEST_LIMIT: Final = 1_000
_EVERYTHING: Final = 1 << 40
_LONGEST_NUMBER: Final = 15


class Acknowledge:
    """The endpoint in one wire dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._encoder = RowEncoder(dialect)

    def __call__(self, call: Call) -> Answer:
        """
        Answer the due rows and mark them as told.

        Raises:
            Failure: 400 for a missing channel or a bad parameter, 403 for a token without scope, 404 for an unknown
                channel; the readings ``ack.*`` decide.
        """
        check_scope(call, call.option("ack.scope"))
        version = "v1.2" if call.operation.operation_id.endswith("V12") else "v1.1"
        query, body = raw_query(call.request.query), self._body(call)
        channels = self._channels(call, version, query, body)
        limit = self._limit(call, query)
        confirmed = body.get(self._dialect.acknowledged, ())
        # Encoded under the lock too: a listing may be edited between being read and being written down.
        with call.world.lock:
            rows = self._rows(call, version, channels, limit, confirmed)
            if not rows and call.option("ack.nothing-new") == "no-content":
                return Answer(204, media_type=None)
            envelope = call.option("ack.envelope") == "object"
            return Answer(200, self._encoder.rows(rows, call.world.fragments, envelope=envelope))

    def _rows(
        self, call: Call, version: str, channels: list[int], limit: int, confirmed: Sequence[int]
    ) -> Sequence[Row]:
        assert call.token is not None  # noqa: S101 - check_scope needs it too
        return call.world.acknowledge(call.token.number, version, channels, limit, confirmed) if channels else ()

    def _body(self, call: Call) -> Mapping[str, Any]:
        """Return the JSON body where a reading asks for it; otherwise it is not looked at."""
        wanted = call.option("ack.channel-given") != "query" or call.option("ack.consumption") == "explicit"
        if not wanted or not call.request.body:
            return {}
        body = parse_json(call.request.body)
        if not isinstance(body, dict):
            raise Failure("bad_request", "the body must be a JSON object")
        names = {self._dialect.channel: "salesChannelId", self._dialect.acknowledged: "acknowledged"}
        judged = {names.get(key, key): value for key, value in body.items()}
        for violation in broken_rules("om-acknowledge-request", judged):
            raise Failure("bad_request", f"{violation.pointer or 'the body'}: {violation.message}")
        return body

    def _channels(self, call: Call, version: str, query: Mapping[str, str], body: Mapping[str, Any]) -> list[int]:
        given = call.option("ack.channel-given")
        found: object = query.get(self._dialect.channel) if given != "body" else None
        if not found and given != "query":
            found = body.get(self._dialect.channel)
        if not found:
            if call.option(f"ack.channel-required-{version}") == "required":
                raise Failure("bad_request", f"the parameter {self._dialect.channel} is missing")
            return list(call.world.world.channels)
        return self._known_channels(call, _ids(found, self._dialect.channel))

    def _known_channels(self, call: Call, wanted: list[int]) -> list[int]:
        known = call.world.world.channels
        unknown = [channel for channel in wanted if channel not in known]
        if not unknown:
            return list(dict.fromkeys(wanted))
        how = call.option("ack.unknown-channel")
        if how == "empty":
            return [channel for channel in dict.fromkeys(wanted) if channel in known]
        kind = "not_found" if how == "not-found" else "bad_request"
        names = ", ".join(str(channel) for channel in sorted(known)[:20])
        raise Failure(kind, f"no sales channel {unknown[0]}; there are: {names or 'none'}")

    def _limit(self, call: Call, query: Mapping[str, str]) -> int:
        name = self._dialect.limit
        text = query.get(name, "")
        limit = _whole(text, name) if text else _DEFAULT_LIMIT
        if not 1 <= limit <= _LARGEST_LIMIT:
            if call.option("ack.limit-out-of-range") == "refuse":
                raise Failure("bad_request", f"{name} must be 1 to {_LARGEST_LIMIT}, not {limit}")
            limit = min(max(limit, 1), _LARGEST_LIMIT)
        return _EVERYTHING if call.option("ack.paging") == "everything" else limit


def _ids(given: object, name: str) -> list[int]:
    if isinstance(given, list):
        return [int(each) for each in given]
    return [_whole(each, name) for each in str(given).split(",")]


def _whole(text: str, name: str) -> int:
    digits = text.strip()
    if not digits.lstrip("+-").isascii() or not digits.lstrip("+-").isdigit() or len(digits) > _LONGEST_NUMBER:
        raise Failure("bad_request", f"{name} must be a whole number, not {text[:40]!r}")
    try:
        return int(digits)
    except ValueError:
        raise Failure("bad_request", f"{name} must be a whole number, not {text[:40]!r}") from None
