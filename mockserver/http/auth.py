"""Who calls: bearer tokens of Order Manager, API keys of Marketplacer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.http.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.http.exchange import Call
    from mockserver.worlds import HostedWorld, Token, Worlds

_LEVELS: Final = {"GET": "read", "PUT": "write", "POST": "write", "DELETE": "manage"}
_RANKS: Final = ("read", "write", "manage")


def bearer(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token; a blank after it is forgiven, as the vendor forgives it (OM-API)."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def order_manager_caller(worlds: Worlds, headers: Mapping[str, str]) -> tuple[HostedWorld, Token]:
    """
    Return the world and the token of an Order Manager request.

    Raises:
        Failure: ``unauthorized``.
    """
    token = bearer(headers)
    found = worlds.by_token(token) if token else None
    if found is None:
        what = "the access token is unknown" if token else "an Authorization header with a bearer token is missing"
        raise Failure("unauthorized", what)
    return found


def marketplacer_caller(worlds: Worlds, headers: Mapping[str, str]) -> tuple[HostedWorld, int]:
    """
    Return the world and the seller of a Marketplacer request; the key comes in either of two headers (MP-API-01).

    Raises:
        Failure: ``unauthorized``.
    """
    own, other = headers.get("marketplacer-api-key", "").strip() or None, bearer(headers)
    key = own or other
    found = worlds.by_api_key(key) if key else None
    if found is None:
        what = "the API key is unknown" if key else "an API key is missing"
        raise Failure("unauthorized", f"{what}: send it as Authorization: Bearer or as MARKETPLACER-API-KEY")
    if own and other:
        refused = found[0].world.readings["mp.two-auth-headers"] == "refused"
        if refused or own != other:
            raise Failure("unauthorized", "the two headers give two keys" if own != other else "send the key once")
    return found


def check_scope(call: Call, wanted: str) -> None:
    """
    Let an access token pass that has a scope, or is not limited to any.

    Raises:
        Failure: ``insufficient_scope``.
    """
    scopes = call.token.scopes if call.token else None
    if wanted != "none" and scopes is not None and not {wanted, "all"} & scopes:
        raise Failure("insufficient_scope", f"the access token lacks the scope {wanted}")


def check_level(call: Call) -> None:
    """
    Let a marketplace key pass whose level covers the method: read, write, and manage for deletion.

    Raises:
        Failure: ``forbidden``, or ``not_found`` under the reading mp.missing-scope.
    """
    assert call.seller is not None  # noqa: S101 - the gateway has found the seller
    seller = call.world.world.marketplace.sellers[call.seller]
    needed = _LEVELS.get(call.request.method, "manage")
    if _RANKS.index(seller.scope) < _RANKS.index(needed):
        kind = "forbidden" if call.option("mp.missing-scope") == "forbidden" else "not_found"
        raise Failure(kind, f"the API key lacks the level {needed}")
