"""What holds always, whatever the scenario: looked at in the recorded traffic and the output afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.certify.contracts import broken
from conformance.certify.history import last
from conformance.certify.stage import Finding
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.certify.history import Exchange
    from conformance.certify.stage import Stage

BEARER: Final = "Bearer "
KEY_HEADER: Final = "marketplacer-api-key"
MOST_DIFFERENCES: Final = 10
NOT_CALLED: Final = "the integration called nothing"


def found(check: str, broken_at: list[tuple[Difference, Exchange]]) -> Finding:
    """Return a finding from differences and the exchanges that show them."""
    exchanges = {exchange.number: exchange for _, exchange in broken_at}
    return Finding(check, tuple(each for each, _ in broken_at)[:MOST_DIFFERENCES], last(list(exchanges.values())))


# -- credentials ---------------------------------------------------------------------------------------


def authenticates(stage: Stage, check: str) -> Finding:
    """Judge where credentials stand: in the right header of every request, and nowhere else."""
    exchanges = stage.history.all()
    wanted = {"order_manager"} if "warehouse" in check else {"order_manager", "marketplacer"}
    if missing := sorted(wanted - {each.api for each in exchanges}):
        return Finding(check, missing=f"never called: {', '.join(missing)}")
    return found(check, [(each, exchange) for exchange in exchanges for each in _misplaced(exchange)])


def _misplaced(exchange: Exchange) -> Iterator[Difference]:
    name = f"request {exchange.number}, {exchange.method} {exchange.path}"
    seen = set(exchange.credentials)
    allowed = {("authorization", exchange.api)}
    if exchange.api == "marketplacer":
        allowed.add((KEY_HEADER, "marketplacer"))
    if not seen & allowed or not _is_bearer(exchange):
        yield Difference(f"{name}, credential", "the one of this API, in its header", "missing, or not as documented")
    for place, whose in sorted(seen - allowed):
        yield Difference(f"{name}, {place}", "no credential", f"the credential of {whose}")
    if exchange.status in (401, 403) and exchange.spoiled is None:
        yield Difference(f"{name}, status", "let in", exchange.status)


def _is_bearer(exchange: Exchange) -> bool:
    value = next((text for key, text in exchange.headers.items() if key.lower() == "authorization"), None)
    return value is None or value.lower().startswith(BEARER.lower())


def no_credential_in_output(stage: Stage, check: str) -> Finding:
    """Judge what the integration printed."""
    printed = stage.integration.printed
    if not stage.history.length:
        return Finding(check, missing=NOT_CALLED)
    shown = [
        Difference("output of the integration", "no credential", f"the credential of {whose}: {_line(printed, secret)}")
        for whose, secret in stage.secrets.items()
        if secret.encode() in printed
    ]
    return Finding(check, tuple(shown), last(stage.history.all(), 3) if shown else ())


def _line(printed: bytes, secret: str) -> str:
    line = next(each for each in printed.splitlines() if secret.encode() in each)
    return line.decode("utf-8", "replace").replace(secret, "[credential]")[:300]


# -- requests ------------------------------------------------------------------------------------------


def valid_requests(stage: Stage, check: str) -> Finding:
    """Judge every request by its contract."""
    exchanges = stage.history.all()
    if not any(each.changes_marketplace or each.method in ("PUT", "POST") for each in exchanges):
        return Finding(check, missing="nothing was written")
    return found(check, [(each, exchange) for exchange in exchanges for each in broken(exchange)])


def whole_numbers(stage: Stage, check: str) -> Finding:
    """Judge every count that was sent: whole, not negative, a JSON integer."""
    sent = [(exchange, path, value) for exchange in stage.history.all() for path, value in counts_of(exchange)]
    if not sent:
        return Finding(check, missing="no count was sent")
    wrong = [
        (
            Difference(f"request {exchange.number}, {exchange.method} {exchange.path}, {path}", WHOLE, shown(value)),
            exchange,
        )
        for exchange, path, value in sent
        if not is_count(value)
    ]
    return found(check, wrong)


WHOLE: Final = "a whole number from 0, written without a point"


def is_count(value: object) -> bool:
    """Return whether a value is a count; numbers with a point came as Decimal, which is none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def shown(value: object) -> object:
    """Return a value as a report can write it."""
    return value if isinstance(value, int | str | None) else str(value)


def counts_of(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    """Yield every count in a request with its place."""
    if exchange.is_push:
        for number, record in enumerate(exchange.records):
            if "count_on_hand" in record:
                yield f"data/{number}/attributes/count_on_hand", record["count_on_hand"]
    elif exchange.api == "marketplacer" and exchange.path.rstrip("/").endswith("/stock_on_hand"):
        body = exchange.sent
        counts = body.get("count_on_hand") if isinstance(body, dict) else None
        for variant, value in (counts or {}).items() if isinstance(counts, dict) else ():
            if value != "INFINITE":
                yield f"count_on_hand/{variant}", value
    elif exchange.api == "order_manager":
        yield from _quantities(exchange)


def _quantities(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    body = exchange.sent if "/inventory" in exchange.path and not exchange.is_acknowledge else None
    for number, row in enumerate(body if isinstance(body, list) else ()):
        for name in ("onHandQuantity", "quantity"):
            if isinstance(row, dict) and name in row:
                yield f"{number}/{name}", row[name]


# -- other sellers' records ------------------------------------------------------------------------------


def own_record_only(stage: Stage, check: str) -> Finding:
    """Judge whose records were named, and whether another seller's has changed."""
    if not stage.history.pushes():
        return Finding(check, missing="no record was written")
    wrong = [(each, exchange) for exchange in stage.history.all() for each in _foreign(stage, exchange)]
    changed = list(_changed(stage))
    finding = found(check, wrong)
    if not changed:
        return finding
    return Finding(check, (*changed, *finding.differences)[:MOST_DIFFERENCES], finding.exchanges or _last_pushes(stage))


def _last_pushes(stage: Stage) -> tuple[Exchange, ...]:
    return last([each for each in stage.history.all() if each.changes_marketplace])


def _foreign(stage: Stage, exchange: Exchange) -> Iterator[Difference]:
    name = f"request {exchange.number}, {exchange.method} {exchange.path}"
    if exchange.api == "marketplacer" and exchange.method == "DELETE":
        yield Difference(name, "no record is deleted", "DELETE")
    for record in exchange.records if exchange.is_push else ():
        seller = record.get("seller_id")
        if seller is not None and str(seller) != str(stage.account.seller):
            yield Difference(f"{name}, seller_id", stage.account.seller, shown(seller))


def _changed(stage: Stage) -> Iterator[Difference]:
    now = stage.records()
    for key, before in stage.at_first.items():
        variant, seller = key
        if seller != stage.account.seller and now.get(key) != before:
            yield Difference(f"marketplace, variant {variant}, record of seller {seller}", before, now.get(key))
    for variant, seller in now.keys() - stage.at_first.keys():
        if seller != stage.account.seller:
            yield Difference(f"marketplace, variant {variant}, record of seller {seller}", None, now[variant, seller])


WATCHES: Final = {
    "certify.authenticates": authenticates,
    "certify.valid-requests": valid_requests,
    "certify.whole-numbers": whole_numbers,
    "certify.no-credential-in-output": no_credential_in_output,
    "certify.own-record-only": own_record_only,
    "certify.own-record-only.member": own_record_only,
    "certify.warehouse.authenticates": authenticates,
    "certify.warehouse.valid-requests": valid_requests,
    "certify.warehouse.no-credential-in-output": no_credential_in_output,
    "certify.warehouse.whole-numbers": whole_numbers,
}
