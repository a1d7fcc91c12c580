"""A server in this process, asked the way a web server would ask it; every answer is held against the contracts."""

from __future__ import annotations

import copy
import io
import json
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote_to_bytes, urlencode

from mockserver import contracts
from mockserver.files.world_file import load_world
from mockserver.http.app import application
from mockserver.http.gateway import Gateway
from mockserver.http.routes import Match, Routes, is_control
from mockserver.worlds import Worlds

JSON_API = "application/vnd.api+json"
_ROUTES = Routes(contracts.APIS)


@dataclass
class Reply:
    """One answer, as it goes back to the web server."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes
    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def json(self):
        return json.loads(self.body)


class Mock:
    """A server with one default world, or none."""

    def __init__(self, document=None, *, dialect=None, control_token=None, clock=None):
        self.worlds = Worlds()
        if document is not None:
            self.world = self.worlds.serve_as_default(copy.deepcopy(document), world_id="demo", clock=clock)
        self.gateway = Gateway(self.worlds, dialect)
        self.app = application(self.gateway, control_token=control_token)

    def ask(self, method, target, *, headers=None, body=b"", app=None, **environ):
        """Send one request; ``target`` is the address as on the wire, percent-encoded."""
        path, _, query = target.partition("?")
        env = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "mock",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if body:
            env["CONTENT_LENGTH"] = str(len(body))
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            env[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        env.update(environ)
        reply = self._call(app or self.app, env)
        hold_against_contract(method, env["PATH_INFO"], reply)
        return reply

    def _call(self, app, env):
        started = []

        def start_response(status, headers, exc_info=None):
            started.append((status, headers))

        chunks = app(env, start_response)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        status, headers = started[0]
        code, _, reason = status.partition(" ")
        return Reply(int(code), reason, dict(headers), body, list(headers))

    # -- Order Manager -------------------------------------------------------------------------------

    def om(self, method, target, *, token="om-demo-token", headers=None, **rest):  # noqa: S107
        given = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.ask(method, target, headers=given | (headers or {}), **rest)

    def ack(self, channel=5394, *, token="om-demo-token", version="v1.2", prefix="/service", **query):  # noqa: S107
        given = query if channel is None else {"salesChannelId": channel} | query
        return self.om("POST", f"{prefix}/{version}/inventory/acknowledge?{urlencode(given)}", token=token)

    def told(self, channel=5394, **rest):
        """Acknowledge and return listing SKU -> figure."""
        reply = self.ack(channel, **rest)
        assert reply.status == 200, reply.body
        return {row["listingSku"]: row["availableQuantity"] for row in reply.json}

    # -- Marketplacer --------------------------------------------------------------------------------

    def mp(self, method, target, body=None, *, key="mp-owner-key", headers=None, **rest):
        given = {} if key is None else {"Authorization": f"Bearer {key}"}
        if body is not None:
            given["Content-Type"] = JSON_API
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.ask(method, f"/api/v2/client{target}", headers=given | (headers or {}), body=raw, **rest)

    def put(self, variant, *attributes, key="mp-owner-key"):
        """PUT records with these attributes."""
        body = {"data": [{"type": "inventories", "attributes": each} for each in attributes]}
        return self.mp("PUT", f"/variants/{variant}/inventories", body, key=key)

    def held(self, variant, key="mp-owner-key"):
        """Return seller id -> attributes of a variant's inventories."""
        reply = self.mp("GET", f"/variants/{variant}/inventories", key=key)
        assert reply.status == 200, reply.body
        return {row["attributes"]["seller_id"]: row["attributes"] for row in reply.json["data"]}

    # -- control -------------------------------------------------------------------------------------

    def control(self, method, target, body=None, *, headers=None, **rest):
        given = {} if body is None else {"Content-Type": "application/json"}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.ask(method, f"/_mock{target}", headers=given | (headers or {}), body=raw, **rest)

    def run(self, *commands, world="demo"):
        """Run commands and return their results."""
        reply = self.control("POST", f"/worlds/{world}/commands", list(commands))
        assert reply.status == 200, reply.body
        return reply.json

    def done(self, *commands, world="demo"):
        """Run commands that must all be done."""
        results = self.run(*commands, world=world)
        assert {result["status"] for result in results} == {"done"}, results
        return results

    def state(self, world="demo"):
        """Return everything about a world that can change."""
        journal = self.control("GET", f"/worlds/{world}/journal").json["entries"]
        return self.control("GET", f"/worlds/{world}").json, len(journal)

    def make(self, **body):
        """Create a world and return what is handed out."""
        reply = self.control("POST", "/worlds", body)
        assert reply.status == 201, reply.body
        return reply.json


# -- contracts ---------------------------------------------------------------------------------------


def hold_against_contract(method, path, reply):
    """Assert that an answer is one that the served contract promises: its status, media type and body."""
    if not is_control(path):
        assert "X-Mock-Behaviours" in reply.headers
    route = _ROUTES.match(method, path)
    if not isinstance(route, Match) or b'"no such route' in reply.body:
        return
    operation = route.operation
    promised = _responses(operation.api)[operation.operation_id]
    assert str(reply.status) in promised, f"{operation.operation_id} does not promise {reply.status}: {reply.body!r}"
    content = promised[str(reply.status)].get("content", {})
    if not content:
        assert reply.body == b""
        return
    media_type = reply.headers["Content-Type"]
    assert media_type in content
    problems = _problems(content[media_type]["schema"], reply.json)
    assert not problems, f"{operation.operation_id} {reply.status}: {problems} in {reply.body[:500]!r}"


@cache
def _responses(api):
    document = contracts.document(api)
    found = {}
    for item in document["paths"].values():
        for operation in item.values():
            found[operation["operationId"]] = {
                status: _shared(document, response) for status, response in operation["responses"].items()
            }
    return found


def _shared(document, response):
    name = response.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else response


def _problems(schema, body):
    if "$ref" in schema:
        model = schema["$ref"].rpartition("/")[2].removesuffix(".json")
        return contracts.validator(model).violations(body)
    if "anyOf" in schema:
        found = [_problems(each, body) for each in schema["anyOf"]]
        return [] if [] in found else found
    if schema.get("type") == "array":
        return [problem for each in body for problem in _problems(schema["items"], each)]
    return [] if isinstance(body, dict) else ["no object"]


@cache
def shipped(name):
    return load_world(name)
