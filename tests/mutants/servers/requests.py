"""Wrong looks at what is asked: bodies, query parameters, credentials that are missing."""

from __future__ import annotations

from tests.mutants.mutation import Mutant

MUTANTS = [
    Mutant(
        "errors/bodies-unjudged",
        "a body is not judged by its model",
        "http.bodies",
        "return [] if compiled.is_valid(body) else compiled.violations(body)",
        "return []",
        ("om-api-orders/create-without-shipname", "om-api-stock/adjust-no-sku"),
    ),
    Mutant(
        "errors/no-token-asked",
        "Order Manager's lists need no token",
        "http.auth",
        "found = worlds.by_token(token) if token else None",
        "found = worlds.by_token(token) if token else next(reversed(worlds._by_token.values()), None)",
        ("om-api-lists/listings-no-token", "om-api-stock/adjust-no-token"),
    ),
    Mutant(
        "errors/any-token-lists",
        "Order Manager takes any token",
        "http.auth",
        "found = worlds.by_token(token) if token else None",
        "found = (worlds.by_token(token) or next(reversed(worlds._by_token.values()), None)) if token else None",
        ("om-api-lists/list-wrong-token",),
    ),
    Mutant(
        "errors/no-key-asked",
        "Marketplacer needs no key",
        "http.auth",
        "found = worlds.by_api_key(key) if key else None",
        "found = worlds.by_api_key(key) if key else next(reversed(worlds._by_api_key.values()), None)",
        ("mp-errors/read-no-key", "mp-errors/put-no-key"),
    ),
    Mutant(
        "errors/any-key",
        "Marketplacer takes any key",
        "http.auth",
        "found = worlds.by_api_key(key) if key else None",
        "found = (worlds.by_api_key(key) or next(reversed(worlds._by_api_key.values()), None)) if key else None",
        ("mp-errors/wrong-key",),
    ),
    Mutant(
        "errors/parameters-break",
        "a parameter that makes no sense breaks the server",
        "http.query",
        "    if _WHOLE.fullmatch(text) is None:\n",
        "    if False:\n",
        ("om-api-lists/page-word", "mp-discovery/page-word"),
    ),
    Mutant(
        "errors/flags-unjudged",
        "a flag that is neither true nor false counts as false",
        "http.query",
        'if text.lower() not in ("true", "false"):',
        "if False:",
        ("om-api-lists/listings-flag",),
    ),
    Mutant(
        "errors/dates-unjudged",
        "a date that is none counts as the beginning of time",
        "http.query",
        "        raise Failure(kind, message, source=parameter.name) from None\n",
        "        return 0\n",
        ("om-api-lists/listings-date", "mp-invoices/since-word"),
    ),
    Mutant(
        "errors/words-unjudged",
        "a word that a filter does not know finds everything",
        "http.query",
        "if parameter.enum and text not in parameter.enum:",
        "if parameter.enum and text not in parameter.enum:\n        return None\n    if False:",
        ("mp-invoices/status-unknown",),
    ),
    Mutant(
        "errors/media-type-of-members",
        "members send any media type",
        "http.gateway",
        "    if given != JSON_API:\n",
        "    if given != JSON_API and call.seller == 1:\n",
        ("mp-errors/media-type-member",),
    ),
    Mutant(
        "errors/unknown-404-without-body",
        "what is not there is 404 without a word",
        "http.failures",
        '    return json_answer({"errors": [error]}, kind.status, media_type)',
        '    if kind.status == 404:\n        return Answer(404, b"", None)\n    return json_answer({"errors": [error]}, kind.status, media_type)',
        ("mp-errors/unknown-variant", "mp-errors/stranger-reads"),
    ),
    Mutant(
        "errors/unknown-path-200",
        "a path that is not served is 200",
        "http.failures",
        '"not_found": Kind(404,',
        '"not_found": Kind(200,',
        ("om-api-lists/unknown-path", "mp-errors/unknown-variant"),
    ),
]
