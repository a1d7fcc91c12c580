"""The recording proxy on real sockets: what it forwards, records and spoils."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import httpx
import pytest

from conformance.certify import plan
from conformance.certify.history import Exchange
from conformance.certify.proxy import Proxy

SECRETS = {"order_manager": "om-secret-1", "marketplacer": "mp-secret-2"}
SKUS = ["TEE-BLUE", "TEE", "tee", "Ü&/X", *(f"MANY-{number:03}" for number in range(120))]


class Upstream(BaseHTTPRequestHandler):
    """Echoes requests; answers a fixed list of variants, in pages of at most 50, and rows to acknowledge."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    seen: ClassVar[list[tuple[str, str, bytes]]] = []

    def log_message(self, *_arguments: object) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, body))
        content = json.dumps(self.content(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the base class's names

    def content(self, body: bytes) -> Any:
        url = httpx.URL(f"http://upstream{self.path}")
        if url.path.endswith("/acknowledge"):
            return [{"listingId": 1}, {"listingId": 2}]
        if url.path.endswith("/client/variants"):
            first = (int(url.params["page[number]"]) - 1) * 50
            page = [{"id": id_, "attributes": {"sku": sku}} for id_, sku in enumerate(SKUS, start=1)][
                first : first + 50
            ]
            return {"data": page, "links": {"next": "more"} if first + 50 < len(SKUS) else {}}
        return {"method": self.command, "path": self.path, "body": body.decode()}


@pytest.fixture
def upstream() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    handler = type("Handler", (Upstream,), {"seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler.seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(upstream: tuple[str, Any]) -> Iterator[Proxy]:
    with Proxy({"order_manager": upstream[0], "marketplacer": upstream[0]}, SECRETS) as running:
        yield running


@contextmanager
def client(proxy: Proxy, api: str = "marketplacer") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.origins[api], timeout=5, trust_env=False) as made:  # type: ignore[index]
        yield made


def everything(_exchange: Exchange) -> bool:
    return True


def test_requests_and_answers_pass_unchanged(proxy: Proxy):
    """Method, path, query, body and answer are those that were sent."""
    with client(proxy) as caller:
        answer = caller.put("/a%20b?x=1&x=2", content=b'{"n": 1}')

    assert answer.json() == {"method": "PUT", "path": "/a%20b?x=1&x=2", "body": '{"n": 1}'}


def test_a_chunked_body_arrives_whole(proxy: Proxy):
    """Clients that do not know the length beforehand send chunks."""
    with client(proxy) as caller:
        answer = caller.post("/chunks", content=iter([b"ab", b"", b"cde"]))

    assert answer.json()["body"] == "abcde"


def test_an_exchange_is_recorded_without_credentials(proxy: Proxy):
    """What a report shows holds no credential, wherever it stood; that it was there is known."""
    headers = {"Authorization": "Bearer mp-secret-2", "X-Other": "om-secret-1"}
    with client(proxy) as caller:
        caller.get("/path/om-secret-1?key=mp-secret-2", headers=headers)
    exchange = proxy.history.all()[0]
    from conformance.certify.history import redactor

    shown = json.dumps(exchange.as_json(redactor(SECRETS.values())))

    assert "secret-" not in shown
    assert {("authorization", "marketplacer"), ("x-other", "order_manager")} <= set(exchange.credentials)
    assert {("address", "order_manager"), ("address", "marketplacer")} <= set(exchange.credentials)


def test_the_address_is_an_origin(proxy: Proxy):
    """The integration appends its paths: there is no path, and each system has its own."""
    assert len(set(proxy.origins.values())) == 2
    assert all(httpx.URL(origin).path == "/" for origin in proxy.origins.values())


def test_an_answer_can_be_made_up(proxy: Proxy, upstream: tuple[str, list[Any]]):
    """Nothing is forwarded, and the header arrives as it was given."""
    proxy.plan.add("quota", everything, plan.answering(429, {"a": 1}, {"x-skubana-quota-retryAfter": "1500"}), times=1)
    with client(proxy) as caller:
        first, second = caller.get("/x"), caller.get("/x")

    assert (first.status_code, first.headers["x-skubana-quota-retryAfter"], first.json()) == (429, "1500", {"a": 1})
    assert second.status_code == 200
    assert len(upstream[1]) == 1
    assert [each.spoiled for each in proxy.history.all()] == ["quota", None]


@pytest.mark.parametrize(("act", "forwarded"), [(plan.resetting_before, 0), (plan.resetting_after, 1)])
def test_a_connection_can_be_reset(proxy: Proxy, upstream: tuple[str, list[Any]], act: plan.Act, forwarded: int):
    """A real reset, before or after the effect."""
    proxy.plan.add("reset", everything, act)
    connection = http.client.HTTPConnection(proxy.origins["marketplacer"].removeprefix("http://"), timeout=5)
    connection.request("PUT", "/x", body=b"{}")

    with pytest.raises(ConnectionResetError):
        connection.getresponse()
    connection.close()
    assert len(upstream[1]) == forwarded
    assert proxy.history.all()[0].status is None


def test_a_held_request_holds_no_other_and_ends_with_its_client(proxy: Proxy):
    """The client gives up after a moment; meanwhile others are answered."""
    fault = proxy.plan.add("held", lambda each: each.path == "/held", plan.holding())
    with client(proxy) as caller:
        began = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            caller.get("/held", timeout=0.2)
        assert caller.get("/free").status_code == 200
    deadline = time.monotonic() + 5
    while fault.fired[0].answered_at is None and time.monotonic() < deadline:
        time.sleep(0.01)

    assert fault.fired[0].answered_at is not None
    assert time.monotonic() - began < 3


def test_a_hold_ends_by_itself(proxy: Proxy):
    """A client without a limit of its own gets a broken connection in the end."""
    proxy.plan.add("held", everything, plan.holding(0.1))
    with client(proxy) as caller, pytest.raises(httpx.TransportError):
        caller.get("/held")


def test_an_answer_can_be_cut(proxy: Proxy):
    """The announced length is the whole one."""
    proxy.plan.add("cut", everything, plan.truncating)
    with client(proxy) as caller, pytest.raises(httpx.TransportError):
        caller.get("/x")


def test_a_request_can_be_delivered_twice(proxy: Proxy, upstream: tuple[str, list[Any]]):
    """Both arrive, one answer comes back."""
    proxy.plan.add("twice", everything, plan.twice)
    with client(proxy) as caller:
        assert caller.put("/x", content=b"1").status_code == 200

    assert [each[2] for each in upstream[1]] == [b"1", b"1"]
    assert proxy.history.length == 1


def test_rows_can_be_rearranged_and_an_answer_without_rows_does_not_count(proxy: Proxy):
    """Only what was touched counts as fired."""
    fault = proxy.plan.add("backwards", everything, plan.rearranging(lambda rows: [*reversed(rows), rows[-1]]))
    with client(proxy, "order_manager") as caller:
        rows = caller.post("/v1.2/inventory/acknowledge").json()
        caller.get("/no-rows")

    assert [row["listingId"] for row in rows] == [2, 1, 2]
    assert [each.path for each in fault.fired] == ["/v1.2/inventory/acknowledge"]
    assert len(proxy.history.all()[0].rows) == 3


def test_an_answer_with_rows_can_be_lost(proxy: Proxy, upstream: tuple[str, list[Any]]):
    """The call takes effect; its answer does not come."""
    fault = proxy.plan.add("lost", lambda each: each.is_acknowledge, plan.losing_rows, times=1)
    with client(proxy, "order_manager") as caller:
        with pytest.raises(httpx.TransportError):
            caller.post("/service/v1.2/inventory/acknowledge")
        again = caller.post("/service/v1.2/inventory/acknowledge")

    assert len(again.json()) == 2
    assert len(upstream[1]) == 2
    assert len(fault.fired) == 1


def test_a_signal_is_given_before_the_request_takes_effect(proxy: Proxy, upstream: tuple[str, list[Any]]):
    """So that a crash stands between two requests."""
    heard: list[int] = []
    proxy.plan.add("crash", everything, plan.signalling(lambda: heard.append(1)), times=1)
    with client(proxy) as caller, pytest.raises(httpx.TransportError):
        caller.get("/x")

    assert heard == [1]
    assert upstream[1] == []


def test_a_cleared_plan_does_nothing(proxy: Proxy):
    """Faults end with the run that they were for."""
    proxy.plan.add("no", everything, plan.answering(503))
    proxy.plan.clear()
    with client(proxy) as caller:
        assert caller.get("/x").status_code == 200


@pytest.mark.parametrize(
    ("sku", "found"),
    [("TEE", ["TEE-BLUE", "TEE", "tee"]), ("tee-b", ["TEE-BLUE"]), ("Ü&/X", ["Ü&/X"]), ("NOBODY", [])],
)
def test_the_sku_filter_answers_what_contains_the_text(proxy: Proxy, sku: str, found: list[str]):
    """Case is ignored; all pages of the server are looked through."""
    with client(proxy) as caller:
        bodies = [caller.get("/api/v2/client/variants", params={"sku": sku}).json() for _ in (1, 2)]

    assert [[each["attributes"]["sku"] for each in body["data"]] for body in bodies] == [found, found]


def test_the_sku_filter_makes_pages(proxy: Proxy):
    """120 variants contain MANY: 50 a page by default, the last page has no next."""
    with client(proxy) as caller:
        first = caller.get("/api/v2/client/variants", params={"sku": "many"}).json()
        third = caller.get("/api/v2/client/variants", params={"sku": "many", "page[number]": 3}).json()

    assert (len(first["data"]), len(third["data"])) == (50, 20)
    assert "page[number]=2&page[size]=50" in first["links"]["next"]
    assert "next" not in third["links"]


def test_a_server_that_is_gone_is_told_as_a_bad_gateway():
    """The integration meets what it would meet behind a real gateway."""
    with (
        Proxy({"order_manager": "http://127.0.0.1:9", "marketplacer": "http://127.0.0.1:9"}, {}) as running,
        client(running) as caller,
    ):
        assert caller.get("/x").status_code == 502
