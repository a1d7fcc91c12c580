"""OAuth code exchange of Order Manager: authorize, then token. Tokens do not expire and are not refreshed."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from mockserver.core.errors import Refused
from mockserver.http.exchange import Answer, json_answer
from mockserver.http.failures import Failure
from mockserver.http.query import raw_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.http.exchange import Call
    from mockserver.worlds import App, HostedWorld


def world_of(call: Call) -> HostedWorld | None:
    """Return the world of the app that a request names, whether its secret is right or not."""
    try:
        given = _parameters(call)
    except Failure:
        return None
    basic = _basic(call.request.headers.get("authorization", ""))
    return call.worlds.by_app(basic[0] if basic else given.get("client_id", ""))


def authorize(call: Call) -> Answer:
    """
    Grant a code at once and send the browser back with ``code`` and ``cid``, as an installed app would get them.

    Raises:
        Failure: 400 for an unknown client or a missing or foreign redirect address.
    """
    query = raw_query(call.request.query)
    hosted = call.worlds.by_app(query.get("client_id", ""))
    if hosted is None:
        raise Failure("invalid_request", "client_id is no known app")
    app = hosted.credentials.apps[query["client_id"]]
    if query.get("response_type", "code") != "code":
        raise Failure("invalid_request", "response_type must be code")
    target = query.get("redirect_uri") or app.redirect_uri
    if target is None or not _is_web_address(target):
        raise Failure("invalid_request", "redirect_uri must be an http or https address in ASCII, without a fragment")
    if app.redirect_uri is not None and target != app.redirect_uri:
        raise Failure("invalid_request", "redirect_uri is not the app's")
    code = call.worlds.grant_code(hosted, app, _scopes(query.get("scope", ""), app), target)
    return Answer(302, media_type=None, headers=(("Location", _with_query(target, {"code": code, "cid": hosted.id})),))


def _is_web_address(text: str) -> bool:
    """Whether a browser may be sent there; a blank or a control character would break the Location header."""
    if not (text.isascii() and text.isprintable()) or " " in text or "#" in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _scopes(asked: str, app: App) -> tuple[str, ...]:
    """
    Return the scopes asked for, by default all of the app's; an app that names none may have any.

    Raises:
        Failure: ``invalid_request`` for a scope that the app does not have.
    """
    wanted = tuple(asked.replace("+", " ").split())
    beyond = [scope for scope in wanted if app.scopes and "all" not in app.scopes and scope not in app.scopes]
    if beyond:
        raise Failure("invalid_request", f"the app does not have the scope {beyond[0][:40]}")
    return wanted or app.scopes


def _with_query(target: str, added: Mapping[str, str]) -> str:
    parts = urlsplit(target)
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))


def exchange_code(call: Call) -> Answer:
    """
    Exchange a code for an access token; a code works once.

    Parameters may stand in the query or in a form body.

    Raises:
        Failure: 401 for wrong app credentials, 400 for anything else that is wrong.
    """
    given = _parameters(call)
    hosted, app = _client(call, given)
    if given.get("grant_type") != "authorization_code":
        raise Failure("unsupported_grant_type", "grant_type must be authorization_code")
    if not given.get("code"):
        raise Failure("invalid_request", "the parameter code is missing")
    try:
        secret, token = call.worlds.exchange_code(hosted, app, given["code"], given.get("redirect_uri"))
    except Refused as refusal:
        raise Failure("invalid_grant", refusal.message) from None
    scope = " ".join(sorted(token.scopes)) if token.scopes else "all"
    return json_answer({"access_token": secret, "token_type": "bearer", "scope": scope})


def _parameters(call: Call) -> dict[str, str]:
    form = {}
    if call.request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = raw_query(call.request.body.decode("utf-8", "replace"), kind="invalid_request")
    return raw_query(call.request.query, kind="invalid_request") | form


def _client(call: Call, given: Mapping[str, str]) -> tuple[HostedWorld, App]:
    app_key, app_secret = _basic(call.request.headers.get("authorization", "")) or (
        given.get("client_id", ""),
        given.get("client_secret", ""),
    )
    hosted = call.worlds.by_app(app_key)
    app = hosted.credentials.apps[app_key] if hosted else None
    if hosted is None or app is None or not hmac.compare_digest(app.app_secret.encode(), app_secret.encode()):
        raise Failure("invalid_client", "the app's key and secret are wrong")
    return hosted, app


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return key, secret
