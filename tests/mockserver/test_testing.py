"""`mock_world`: code that uses `requests` reaches a world of its own, without a socket."""

from __future__ import annotations

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from mockserver.files.world_problems import WorldFileError
from mockserver.http.wire import DialectError
from mockserver.testing import mock_world
from tests.mockserver.asking import ACKNOWLEDGE, ask, figures_told, world_with

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON_API = "application/vnd.api+json"
DEMO_WORLD = Path(__file__).parents[2] / "fixtures" / "worlds" / "demo.yaml"


@pytest.fixture
def local_server() -> Iterator[str]:
    """A real server on this machine that answers 299 to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(299)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


# -- what is answered, what is refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "https://api.skubana.com",
        "https://api.skubana.com:443",
        "https://API.Skubana.com",
        "https://api.skubana.com/service",
        "https://api.demo.skubana.com",
        "https://app.skubana.com/service",
        "https://demo.skubana.com/service",
    ],
)
def test_order_manager_answers_at_the_vendors_addresses(host: str):
    """Production and demo, the API hosts and the sites with /service."""
    with mock_world() as world:
        assert len(ask(world.tokens[0], host).json()) == 12


@pytest.mark.parametrize("address", [None, "https://shop.example", "http://market.test:8443/"])
def test_marketplacer_answers_at_the_chosen_address(address: str | None):
    """The handle knows the address; both authorization headers lead in."""
    chosen = {} if address is None else {"marketplacer_url": address}
    with mock_world(**chosen) as world:
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"
        answer = requests.get(url, headers={"MARKETPLACER-API-KEY": world.api_keys[1]}, timeout=5)

    assert [record["attributes"]["count_on_hand"] for record in answer.json()["data"]] == [10, 3]
    assert JSON_API in answer.headers["content-TYPE"]


@pytest.mark.parametrize(
    "url",
    [
        "https://app.skubana.com/v1.2/inventory/acknowledge",
        "https://app.skubana.com/services/v1.2/inventory/acknowledge",
        "http://api.skubana.com/v1.2/inventory/acknowledge",
        "https://api.skubana.com:8443/v1/listings",
        "https://api.skubana.com.evil.example/v1/listings",
        "https://api.skubana.com/api/v2/client/variants",
        "https://marketplace.example/v1.2/inventory/acknowledge",
        "https://marketplace.example/",
        "http://127.0.0.1:9/",
    ],
)
def test_any_other_address_is_refused_and_told_what_is_mocked(url: str):
    """Nothing leaves the process; the message names the addresses and the way out."""
    with mock_world(), pytest.raises(requests.ConnectionError) as refused:
        requests.get(url, timeout=5)

    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    assert "https://app.skubana.com/service, " in str(refused.value)
    assert "https://marketplace.example/api" in str(refused.value)
    assert f'passthrough=["{origin}"]' in str(refused.value)


def test_an_unknown_route_of_an_imitated_host_is_answered_as_the_server_would():
    """404 from the vendor's side is part of the imitation."""
    with mock_world() as world:
        answer = requests.get(
            "https://api.skubana.com/v9/nothing", headers={"Authorization": f"Bearer {world.tokens[0]}"}, timeout=5
        )

    assert answer.status_code == 404


def test_what_passthrough_names_is_asked_for_real(local_server: str):
    """A host without a port stands for all its ports."""
    with mock_world(passthrough=["http://127.0.0.1"]):
        assert requests.get(f"{local_server}/any", timeout=5).status_code == 299


def test_passthrough_ends_where_the_path_or_the_port_does(local_server: str):
    """A beginning is a whole path segment and, when given, one port."""
    with mock_world(passthrough=[f"{local_server}/open", "http://127.0.0.1:1"]):
        assert requests.get(f"{local_server}/open/door", timeout=5).status_code == 299
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{local_server}/opened", timeout=5)


def test_passthrough_never_lets_an_imitated_address_out():
    """The world comes first."""
    with mock_world(passthrough=["https://api.skubana.com"]) as world:
        assert ask(world.tokens[0]).status_code == 200


@pytest.mark.parametrize("address", ["localhost", "ftp://localhost", "", "http://"])
def test_an_address_that_is_none_is_refused_at_once(address: str):
    """Passthrough and marketplacer_url want http or https and a host."""
    with pytest.raises(ValueError, match="http"):
        mock_world(passthrough=[address])
    with pytest.raises(ValueError, match="http"):
        mock_world(marketplacer_url=address)


def test_a_marketplacer_address_with_a_path_is_refused():
    """/api/v2 belongs to the requests, not to the address."""
    with pytest.raises(ValueError, match="origin"):
        mock_world(marketplacer_url="https://marketplace.example/api/v2")


def test_what_is_let_through_goes_to_mocks_that_were_there_before():
    """mock_world and one's own `responses` go together."""
    with responses.RequestsMock() as others, mock_world(passthrough=["https://hooks.example"]) as world:
        others.get("https://hooks.example/a", body="theirs")

        assert requests.get("https://hooks.example/a", timeout=5).text == "theirs"
        assert ask(world.tokens[0]).status_code == 200


# -- what requests can send --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bytes", "text", "file", "text file", "chunks", "bytearray"])
def test_every_kind_of_body_arrives(kind: str):
    """Whatever requests sends over a socket arrives here."""
    text = '{"data": [{"attributes": {"seller_id": 1, "count_on_hand": 7, "fulfilment_provider": "Zürich"}}]}'
    body: Any = {
        "bytes": text.encode(),
        "text": text,
        "file": io.BytesIO(text.encode()),
        "text file": io.StringIO(text),
        "chunks": iter([text.encode()[:20], text.encode()[20:]]),
        "bytearray": bytearray(text.encode()),
    }[kind]
    with mock_world() as world:
        headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": JSON_API}
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"
        answer = requests.put(url, data=body, headers=headers, timeout=5)

    assert answer.status_code == 200
    assert "Zürich" in [record["attributes"]["fulfilment_provider"] for record in answer.json()["data"]]


def test_a_body_that_is_no_text_is_the_worlds_to_judge():
    """Bytes that are not UTF-8 are a bad request, not an error of the mock."""
    with mock_world() as world:
        headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": JSON_API}
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"

        assert requests.put(url, data=b"\xff\xfe\x00[", headers=headers, timeout=5).status_code == 400


def test_a_body_over_the_limit_is_413():
    """8 MiB a body, as on the server."""
    with mock_world() as world:
        headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": JSON_API}
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"

        assert requests.put(url, data=b" " * (8 * 1024**2 + 1), headers=headers, timeout=5).status_code == 413


def test_query_strings_arrive_as_they_were_encoded():
    """Percent-encoding, plus signs and reserved characters in a SKU."""
    sku = "A&B +é/#1"
    document = world_with(3)
    document["order_manager"]["products"][0]["master_sku"] = sku
    document["order_manager"]["stock"][0]["master_sku"] = sku
    document["order_manager"]["listings"][0]["master_sku"] = sku
    with mock_world(document) as world:
        headers = {"authorization": "bearer one-token"}
        answer = requests.get(
            "https://api.skubana.com/v1.1/products", params={"masterSku": sku}, headers=headers, timeout=5
        )
        asked = world.requests(path="/products")[0]

    assert [sku] == [product["masterSku"] for product in answer.json()]
    assert sku == parse_qs(asked["query"])["masterSku"][0]


def test_a_percent_encoded_path_is_decoded_as_a_server_would():
    """%61 is an a."""
    with mock_world() as world:
        url = "https://api.skubana.com/v1.2/inventory/%61cknowledge"
        requests.post(url, headers={"Authorization": b"Bearer om-demo-token"}, timeout=5)

        assert world.requests()[0]["path"] == ACKNOWLEDGE


def test_deletion_answers_204_without_a_body():
    """No content, no media type, no length."""
    with mock_world() as world:
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories/2"
        answer = requests.delete(url, headers={"Authorization": f"Bearer {world.api_keys[1]}"}, timeout=5)

    assert (answer.status_code, answer.content) == (204, b"")
    assert not {"content-type", "content-length"} & {name.lower() for name in answer.headers}


def test_a_streamed_answer_can_be_read_in_pieces():
    """stream=True, iter_content and raw work as on a socket."""
    with mock_world() as world:
        whole = ask(world.tokens[0])
        world.reset()
        streamed = ask(world.tokens[0], stream=True)

    assert whole.content == b"".join(streamed.iter_content(7))
    assert len(whole.content) == int(whole.headers["Content-Length"])


def test_authorization_redirects_and_its_code_can_be_exchanged():
    """The browser part ends at the app's address with a code; the code buys a token that works."""
    with mock_world() as world:
        app_key, app_secret = next(iter(world.apps.items()))
        query = {"client_id": app_key, "response_type": "code", "scope": "read_inventory"}
        sent_back = requests.get(
            "https://app.skubana.com/oauth/authorize", params=query, allow_redirects=False, timeout=5
        )
        code = parse_qs(urlsplit(sent_back.headers["Location"]).query)["code"][0]
        bought = requests.post(
            "https://app.skubana.com/oauth/token",
            params={"grant_type": "authorization_code", "code": code},
            auth=(app_key, app_secret),
            timeout=5,
        ).json()["access_token"]

        assert sent_back.status_code == 302
        assert bought == world.tokens[-1]
        assert ask(bought).status_code == 200


def test_a_redirect_that_is_followed_leaves_the_mocked_addresses():
    """The app's own address is not mocked, so following fails unless passthrough names it."""
    with mock_world() as world:
        query = {"client_id": next(iter(world.apps)), "response_type": "code"}
        with pytest.raises(requests.ConnectionError, match=r"127\.0\.0\.1:8099"):
            requests.get("https://app.skubana.com/oauth/authorize", params=query, timeout=5)


def test_a_session_with_retries_retries():
    """Adapters with a Retry of urllib3 send again, and the journal shows each try."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[401], allowed_methods=None)))
    with mock_world() as world:
        with pytest.raises(requests.exceptions.RetryError):
            session.post(f"https://api.skubana.com{ACKNOWLEDGE}", timeout=5)

        assert [asked["status"] for asked in world.requests()] == [401, 401, 401]


def test_an_adapter_of_ones_own_is_answered_too():
    """Adapters that extend HTTPAdapter.send call the patched one."""

    class Counting(HTTPAdapter):
        sent = 0

        def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
            self.sent += 1
            return super().send(request, *arguments, **options)

    adapter = Counting()
    with mock_world() as world, requests.Session() as session:
        session.mount("https://", adapter)
        url = "https://api.skubana.com/v1/warehouses"
        answer = session.get(url, headers={"Authorization": f"Bearer {world.tokens[0]}"})

    assert (adapter.sent, answer.status_code) == (1, 200)


def test_what_a_request_without_credential_was_answered_is_in_the_journal():
    """In this process everything belongs to the one world."""
    with mock_world() as world:
        requests.get("https://api.skubana.com/v1/listings", timeout=5)

        assert [(asked["operation_id"], asked["status"]) for asked in world.requests()] == [("listListings", 401)]


# -- which world -------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["demo", str(DEMO_WORLD), DEMO_WORLD])
def test_a_world_is_a_shipped_name_or_a_file(source: str | Path):
    """By name, path text or Path."""
    with mock_world(source) as world:
        assert (world.id, world.tokens[0]) == ("demo", "om-demo-token")


def test_a_world_is_a_document_that_stays_as_it_was():
    """A dict of the world file; nothing is shared with the test."""
    document = world_with(5)
    with mock_world(document, readings={"ack.first-call": "nothing"}) as world:
        assert figures_told("one-token") == {}
        world.run({"type": "stock.set", "master_sku": "CUP", "warehouse": 1, "on_hand": 4})

    assert world_with(5) == document


def test_readings_given_here_come_before_those_of_the_world():
    """The document's other readings stay."""
    document = world_with(5) | {"readings": {"ack.first-call": "nothing", "ack.nothing-new": "no-content"}}
    with mock_world(document, readings={"ack.first-call": "all-active"}):
        assert figures_told("one-token") == {"CUP-1": 5}
        assert ask("one-token", channel=1).status_code == 204


@pytest.mark.parametrize(
    ("world", "readings", "told"),
    [
        ("demoo", None, "nearest valid: demo"),
        ({"format": "stockproof/world/1", "orders": []}, None, "orders"),
        (world_with(1), {"ack.first-cal": "nothing"}, "ack.first-call"),
        (world_with(-2_000_000_000), None, "on_hand"),
    ],
)
def test_a_world_that_cannot_be_used_is_told_on_entering(world: Any, readings: Any, told: str):
    """With the place and the nearest valid value; nothing is patched then."""
    before = HTTPAdapter.send
    with pytest.raises(WorldFileError, match=told):
        mock_world(world, readings=readings).__enter__()

    assert before is HTTPAdapter.send


def test_a_dialect_renames_the_wire(tmp_path: Path):
    """An account with other names has a file for them."""
    path = tmp_path / "ours.json"
    path.write_text(json.dumps({"format": "stockproof/dialect/1", "row": {"figure": "qty"}}))
    with mock_world(world_with(5), dialect=path):
        assert [row["qty"] for row in ask("one-token", channel=1).json()] == [5]


def test_a_dialect_file_that_cannot_be_read_is_told_on_entering(tmp_path: Path):
    """With its name."""
    with pytest.raises(DialectError, match="nowhere"):
        mock_world(dialect=tmp_path / "nowhere.json").__enter__()


def test_other_clients_are_not_touched(local_server: str):
    """The documented limit: only requests is patched."""
    with mock_world():
        assert httpx.get(local_server, trust_env=False).status_code == 299
