"""A place for wrong servers: tests put an application here and name it as tests.conformance.wrong:app."""

from __future__ import annotations

import json
from functools import cache

from flask import Flask

app = Flask("wrong")

text = "neither"

# Every credential that was sent to the server below.
SECRETS: list[str] = []


def nonsense(environ, start_response):
    """Answer as the mock does on the control API, and everywhere else with the caller's credentials."""
    if environ["PATH_INFO"].startswith("/_mock"):
        return mock()(environ, start_response)
    said = environ.get("HTTP_AUTHORIZATION", "") + environ.get("HTTP_MARKETPLACER_API_KEY", "")
    SECRETS.append(said.removeprefix("Bearer "))
    body = json.dumps({"nonsense": said}).encode()
    start_response("500 Nonsense", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@cache
def mock():
    """Return the one mock that worlds are made on."""
    from mockserver.http.app import create_app

    return create_app()
