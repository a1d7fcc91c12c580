"""`mock_world`: code that uses `requests` reaches a world of its own, without a socket."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
from contextlib import ExitStack
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

from mockserver.testing import MockWorld, mock_world
from mockserver.world_problems import WorldFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACKNOWLEDGE = "/v1.2/inventory/acknowledge"
JSON_API = "application/vnd.api+json"
DEMO_WORLD = Path(__file__).parents[2] / "fixtures" / "worlds" / "demo.yaml"


def world_with(units: int, token: str = "one-token") -> dict[str, Any]:
    """One product with so many units, one listing 1 on channel 1."""
    return {
        "format": "stockproof/world/1",
        "order_manager": {
            "tokens": [{"token": token}],
            "warehouses": [{"id": 1, "name": "Only"}],
            "sales_channels": [{"id": 1, "name": "Only"}],
            "products": [{"master_sku": "CUP"}],
            "stock": [{"master_sku": "CUP", "warehouse": 1, "on_hand": units}],
            "listings": [{"id": 1, "listing_sku": "CUP-1", "master_sku": "CUP", "sales_channel": 1}],
        },
    }


def ask(token: str, host: str = "https://api.skubana.com", channel: int = 5394, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{host}{ACKNOWLEDGE}"
    return requests.post(url, params={"salesChannelId": channel}, headers=headers, timeout=5, **options)


def figures_told(token: str, channel: int = 1) -> dict[str, int]:
    return {row["listingSku"]: row["availableQuantity"] for row in ask(token, channel=channel).json()}


def in_thread(work: Callable[[], None]) -> None:
    """Run work in a new thread and raise what it raised."""
    errors: list[BaseException] = []

    def caught() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=caught)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


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
        assert 12 == len(ask(world.tokens[0], host).json())


@pytest.mark.parametrize("address", [None, "https://shop.example", "http://market.test:8443/"])
def test_marketplacer_answers_at_the_chosen_address(address: str | None):
    """The handle knows the address; both authorization headers lead in."""
    chosen = {} if address is None else {"marketplacer_url": address}
    with mock_world(**chosen) as world:
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"
        answer = requests.get(url, headers={"MARKETPLACER-API-KEY": world.api_keys[1]}, timeout=5)

    assert [10, 3] == [record["attributes"]["count_on_hand"] for record in answer.json()["data"]]
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

    assert 404 == answer.status_code


def test_what_passthrough_names_is_asked_for_real(local_server: str):
    """A host without a port stands for all its ports."""
    with mock_world(passthrough=["http://127.0.0.1"]):
        assert 299 == requests.get(f"{local_server}/any", timeout=5).status_code


def test_passthrough_ends_where_the_path_or_the_port_does(local_server: str):
    """A beginning is a whole path segment and, when given, one port."""
    with mock_world(passthrough=[f"{local_server}/open", "http://127.0.0.1:1"]):
        assert 299 == requests.get(f"{local_server}/open/door", timeout=5).status_code
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{local_server}/opened", timeout=5)


def test_passthrough_never_lets_an_imitated_address_out():
    """The world comes first."""
    with mock_world(passthrough=["https://api.skubana.com"]) as world:
        assert 200 == ask(world.tokens[0]).status_code


@pytest.mark.parametrize("address", ["localhost", "ftp://localhost", "", "http://"])
def test_an_address_that_is_none_is_refused_at_once(address: str):
    """passthrough and marketplacer_url want http or https and a host."""
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

        assert "theirs" == requests.get("https://hooks.example/a", timeout=5).text
        assert 200 == ask(world.tokens[0]).status_code


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

    assert 200 == answer.status_code
    assert "Zürich" in [record["attributes"]["fulfilment_provider"] for record in answer.json()["data"]]


def test_a_body_that_is_no_text_is_the_worlds_to_judge():
    """Bytes that are not UTF-8 are a bad request, not an error of the mock."""
    with mock_world() as world:
        headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": JSON_API}
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"

        assert 400 == requests.put(url, data=b"\xff\xfe\x00[", headers=headers, timeout=5).status_code


def test_a_body_over_the_limit_is_413():
    """8 MiB a body, as on the server."""
    with mock_world() as world:
        headers = {"Authorization": f"Bearer {world.api_keys[1]}", "Content-Type": JSON_API}
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories"

        assert 413 == requests.put(url, data=b" " * (8 * 1024**2 + 1), headers=headers, timeout=5).status_code


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

        assert ACKNOWLEDGE == world.requests()[0]["path"]


def test_deletion_answers_204_without_a_body():
    """No content, no media type, no length."""
    with mock_world() as world:
        url = f"{world.marketplacer_url}/api/v2/client/variants/1/inventories/2"
        answer = requests.delete(url, headers={"Authorization": f"Bearer {world.api_keys[1]}"}, timeout=5)

    assert (204, b"") == (answer.status_code, answer.content)
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

        assert 302 == sent_back.status_code
        assert bought == world.tokens[-1]
        assert 200 == ask(bought).status_code


def test_a_redirect_that_is_followed_leaves_the_mocked_addresses():
    """The app's own address is not mocked, so following fails unless passthrough names it."""
    with mock_world() as world, pytest.raises(requests.ConnectionError, match="127.0.0.1:8099"):
        query = {"client_id": next(iter(world.apps)), "response_type": "code"}
        requests.get("https://app.skubana.com/oauth/authorize", params=query, timeout=5)


def test_a_session_with_retries_retries():
    """Adapters with a Retry of urllib3 send again, and the journal shows each try."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[401], allowed_methods=None)))
    with mock_world() as world:
        with pytest.raises(requests.exceptions.RetryError):
            session.post(f"https://api.skubana.com{ACKNOWLEDGE}", timeout=5)

        assert [401, 401, 401] == [asked["status"] for asked in world.requests()]


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

    assert (1, 200) == (adapter.sent, answer.status_code)


def test_what_a_request_without_credential_was_answered_is_in_the_journal():
    """In this process everything belongs to the one world."""
    with mock_world() as world:
        requests.get("https://api.skubana.com/v1/listings", timeout=5)

        assert [("listListings", 401)] == [(asked["operation_id"], asked["status"]) for asked in world.requests()]


# -- which world -------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["demo", str(DEMO_WORLD), DEMO_WORLD])
def test_a_world_is_a_shipped_name_or_a_file(source: str | Path):
    """By name, path text or Path."""
    with mock_world(source) as world:
        assert ("demo", "om-demo-token") == (world.id, world.tokens[0])


def test_a_world_is_a_document_that_stays_as_it_was():
    """A dict of the world file; nothing is shared with the test."""
    document = world_with(5)
    with mock_world(document, readings={"ack.first-call": "nothing"}) as world:
        assert {} == figures_told("one-token")
        world.run({"type": "stock.set", "master_sku": "CUP", "warehouse": 1, "on_hand": 4})

    assert world_with(5) == document


def test_readings_given_here_come_before_those_of_the_world():
    """The document's other readings stay."""
    document = world_with(5) | {"readings": {"ack.first-call": "nothing", "ack.nothing-new": "no-content"}}
    with mock_world(document, readings={"ack.first-call": "all-active"}):
        assert {"CUP-1": 5} == figures_told("one-token")
        assert 204 == ask("one-token", channel=1).status_code


@pytest.mark.parametrize(
    ("world", "readings", "told"),
    [
        ("demoo", None, "'demo'"),
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


def test_a_dialect_renames_the_wire():
    """An account with other names has a file for them."""
    with pytest.raises(Exception, match="nowhere"):
        mock_world(dialect="nowhere.json").__enter__()


# -- context manager and decorator -------------------------------------------------------------------


def test_each_use_of_one_mock_has_a_fresh_world():
    """Also when the same object is entered again, inside itself too."""
    mocking = mock_world(world_with(5))
    with mocking as first, mocking as second:
        assert first is not second
    with mocking:
        assert {"CUP-1": 5} == figures_told("one-token")
    with mocking:
        assert {"CUP-1": 5} == figures_told("one-token")


def test_the_patch_is_gone_afterwards_also_after_an_error():
    """What was there before is back."""
    before = HTTPAdapter.send
    with pytest.raises(KeyError), mock_world():
        assert before is not HTTPAdapter.send
        raise KeyError

    assert before is HTTPAdapter.send


def test_a_handle_can_be_looked_at_afterwards():
    """The world stays as it was at the end."""
    with mock_world(world_with(5)) as world:
        figures_told("one-token")

    assert (5, 1) == (world.figure("CUP-1"), len(world.requests()))


def test_a_decorated_function_gets_the_handle_as_its_parameter_named_world():
    """That is the rule: by name, by keyword, whatever else it takes."""

    @mock_world(world_with(5))
    def asked(factor: int, world: MockWorld, *, extra: int = 0) -> int:
        return world.figure("CUP-1") * factor + extra

    assert (10, 16) == (asked(2), asked(factor=3, extra=1))


def test_a_decorated_function_without_that_parameter_gets_nothing():
    """The world is there all the same."""

    @mock_world
    def asked(*arguments: int) -> tuple[int, ...]:
        return (len(ask("om-demo-token").json()), *arguments)

    assert (12, 1, 2) == asked(1, 2)


def test_each_call_of_a_decorated_function_has_a_fresh_world():
    """A marker moved in one call is not moved in the next."""

    @mock_world(world_with(5))
    def told() -> dict[str, int]:
        return figures_told("one-token")

    assert [{"CUP-1": 5}, {"CUP-1": 5}] == [told(), told()]


class TestMethods:
    """A decorated method of a test class; pytest must not look for a fixture named world."""

    @pytest.mark.parametrize("number", [1])
    @mock_world(world_with(5))
    def test_a_decorated_test_method_works_with_fixtures(self, number: int, tmp_path: Path, world: MockWorld):
        """self, parameters and fixtures come from pytest, the handle from mock_world."""
        assert (1, True, 5) == (number, tmp_path.is_dir(), world.figure("CUP-1"))


async def coroutine() -> None: ...


def generator() -> Iterator[None]:
    yield


@pytest.mark.parametrize("wrong", [coroutine, generator, TestMethods])
def test_only_plain_functions_can_be_decorated(wrong: Any):
    """For the others the world would end before their body has run."""
    with pytest.raises(TypeError, match="with mock_world"):
        mock_world()(wrong)


# -- worlds beside each other ------------------------------------------------------------------------


def test_the_inner_of_two_worlds_answers_and_the_outer_sees_nothing():
    """Same credentials, same addresses: two registries all the same."""
    with mock_world(world_with(5)) as outer:
        with mock_world(world_with(7)) as inner:
            assert {"CUP-1": 7} == figures_told("one-token")
        assert {"CUP-1": 5} == figures_told("one-token")

    assert (1, 1) == (len(outer.requests()), len(inner.requests()))


def test_the_token_of_an_outer_world_is_unknown_to_the_inner():
    """Worlds never see each other."""
    with mock_world(world_with(5, "outer")), mock_world(world_with(7, "inner")):
        assert 401 == ask("outer", channel=1).status_code


def test_two_marketplaces_are_two_addresses():
    """An address that the inner world does not answer reaches the outer one."""
    with mock_world(marketplacer_url="https://a.example") as a, mock_world(marketplacer_url="https://b.example") as b:
        for address in ("https://a.example", "https://b.example"):
            requests.get(f"{address}/api/v2/client/variants/1/inventories", timeout=5)

    assert (1, 1) == (len(a.requests()), len(b.requests()))


def test_worlds_may_end_in_any_order():
    """The patch is taken off with the last one."""
    before = HTTPAdapter.send
    first, second = mock_world(world_with(5, "first")), mock_world(world_with(7, "second"))
    with ExitStack() as rest:
        first.__enter__()
        rest.enter_context(second)
        first.__exit__(None, None, None)
        assert {"CUP-1": 7} == figures_told("second")

    assert before is HTTPAdapter.send


def test_threads_with_worlds_of_their_own_do_not_meet():
    """Each thread reaches what it has entered, though all send the same token to the same address."""
    ready, seen = threading.Barrier(4), {}

    def work(units: int) -> None:
        with mock_world(world_with(units)) as world:
            ready.wait(10)
            for spare in range(20):
                seen[units, spare] = figures_told("one-token")
                world.run({"type": "stock.set", "master_sku": "CUP", "warehouse": 1, "on_hand": units + spare + 1})
            ready.wait(10)

    threads = [threading.Thread(target=work, args=(1000 * number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    expected = {(1000 * number, spare): {"CUP-1": 1000 * number + spare} for number in range(1, 5) for spare in range(20)}
    assert expected == seen


def test_a_thread_that_has_entered_nothing_reaches_the_world_of_the_others():
    """A pool inside the code under test works."""
    told = []
    with mock_world(world_with(5)), mock_world(world_with(7)):
        in_thread(lambda: told.append(figures_told("one-token")))

    assert [{"CUP-1": 7}] == told


def test_a_credential_decides_where_several_threads_have_worlds():
    """A thread without a world of its own reaches the one whose token it sends."""
    told = []

    def in_second_thread() -> None:
        with mock_world(world_with(7, "second")):
            in_thread(lambda: told.extend([figures_told("first"), figures_told("second")]))

    with mock_world(world_with(5, "first")):
        in_thread(in_second_thread)

    assert [{"CUP-1": 5}, {"CUP-1": 7}] == told


@pytest.mark.parametrize("token", ["one-token", "nobodys"])
def test_a_request_that_could_mean_several_worlds_is_refused(token: str):
    """Loudly, instead of by chance: equal credentials, or none that is known."""

    def in_second_thread() -> None:
        with mock_world(world_with(7)):
            in_thread(lambda: figures_told(token))

    with mock_world(world_with(5)), pytest.raises(requests.ConnectionError, match="several threads"):
        in_thread(in_second_thread)


def test_tasks_and_their_threads_reach_the_world_around_them():
    """asyncio.to_thread carries the world along."""

    async def main() -> list[dict[str, int]]:
        return [figures_told("one-token"), await asyncio.to_thread(figures_told, "one-token")]

    with mock_world(world_with(5)):
        assert [{"CUP-1": 5}, {}] == asyncio.run(main())


def test_the_patch_holds_for_the_whole_process():
    """The documented limit: threads that know nothing of the world are refused other addresses too."""
    with mock_world(), pytest.raises(requests.ConnectionError, match="mock_world"):
        in_thread(lambda: requests.get("https://elsewhere.example/", timeout=5))


# -- other clients -----------------------------------------------------------------------------------


def test_httpx_reaches_the_same_world_as_a_wsgi_application():
    """State is shared with what requests sees; the control API is there."""
    with mock_world() as world, httpx.Client(transport=httpx.WSGITransport(world.wsgi_app)) as client:
        first = client.post(
            f"https://app.skubana.com/service{ACKNOWLEDGE}?salesChannelId=5394",
            headers={"Authorization": f"Bearer {world.tokens[0]}"},
        )
        second = ask(world.tokens[0])
        clock = client.get(f"https://any.example/_mock/worlds/{world.id}/clock").json()

    assert (12, []) == (len(first.json()), second.json())
    assert {"now": "2026-01-05T09:00:00Z"} == clock
    assert 2 == len(world.requests())


def test_other_clients_are_not_touched(local_server: str):
    """The documented limit: only requests is patched."""
    with mock_world():
        assert 299 == httpx.get(local_server, trust_env=False).status_code


def test_the_module_is_light():
    """Neither Flask nor a server nor a client is imported until it is used."""
    code = (
        "import sys, mockserver.testing as t;"
        "heavy = {'flask', 'granian', 'responses', 'requests', 'httpx', 'pytest'};"
        "print(sorted(heavy & set(sys.modules)));"
        "t.mock_world().__enter__(); print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ["[]", "['requests', 'responses']"] == done.stdout.splitlines()
