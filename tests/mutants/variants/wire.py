"""Variants in which the same answers travel in another way, or from another place."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from tests.mutants.variants import Variant, answer_of, is_control, with_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.mutants.variants import App

_PREFIX = "sk_live_"
_OTHER_HOST = "http://api.example.test:8443"


def zipped(app: App) -> App:
    """Return the application with its answers compressed, for callers that take that."""

    def called(environ: dict[str, Any], start_response: App) -> Iterable[bytes]:
        status, headers, body = answer_of(app, environ)
        if body and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and not is_control(environ):
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        start_response(status, with_length(headers, body))
        return [body]

    return called


def in_pieces(app: App) -> App:
    """Return the application with its answers in pieces of seven bytes, and no word of their length."""

    def called(environ: dict[str, Any], start_response: App) -> Iterable[bytes]:
        status, headers, body = answer_of(app, environ)
        start_response(status, [(name, value) for name, value in headers if name.lower() != "content-length"])
        return [body[at : at + 7] for at in range(0, len(body), 7)]

    return called


def other_phrase(app: App) -> App:
    """Return the application with other words behind the status number."""

    def called(environ: dict[str, Any], start_response: App) -> Iterable[bytes]:
        status, headers, body = answer_of(app, environ)
        start_response(f"{status[:3]} So It Is", headers)
        return [body]

    return called


def other_place(app: App) -> App:
    """Return the application with its APIs at another address, as the control API tells it."""

    def called(environ: dict[str, Any], start_response: App) -> Iterable[bytes]:
        status, headers, body = answer_of(app, environ)
        if _is_new_world(environ):
            world = json.loads(body)
            for api in ("order_manager", "marketplacer"):
                world[api]["url"] = world[api]["url"].replace("http://127.0.0.1", _OTHER_HOST)
            body = json.dumps(world).encode()
        start_response(status, with_length(headers, body))
        return [body]

    return called


def _is_new_world(environ: dict[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] == "POST" and bool(environ["PATH_INFO"] == "/_mock/worlds")


def other_credentials(app: App) -> App:
    """Return the application with tokens and keys of another form."""

    def called(environ: dict[str, Any], start_response: App) -> Iterable[bytes]:
        bare = {key: value.replace(_PREFIX, "") if key.startswith("HTTP_") else value for key, value in environ.items()}
        status, headers, body = answer_of(app, bare)
        if _is_new_world(environ) and status.startswith("201"):
            body = json.dumps(_prefixed(json.loads(body))).encode()
        start_response(status, with_length(headers, body))
        return [body]

    return called


def _prefixed(world: Any) -> Any:
    world["order_manager"]["tokens"] = [_PREFIX + token for token in world["order_manager"]["tokens"]]
    keys = world["marketplacer"]["api_keys"]
    world["marketplacer"]["api_keys"] = {seller: _PREFIX + key for seller, key in keys.items()}
    return world


WIRE = [
    Variant("wire/zipped", "answers are compressed", around=zipped),
    Variant("wire/in-pieces", "answers come in pieces, without a length", around=in_pieces),
    Variant("wire/other-phrase", "other words behind the status number", around=other_phrase),
    Variant("wire/other-place", "the imitated APIs at another address and port", around=other_place),
    Variant("wire/other-credentials", "tokens and keys of another form", around=other_credentials),
]
