"""What a case cannot hold as data: credentials that are made on the way, a second account, and very large bodies."""

from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from conformance import acknowledge, exchange
from conformance.checks.worlds import CHANNEL, order_manager_world
from conformance.meaning import at_pointer
from conformance.verdict import Difference, Inconclusive, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.target import Answer, Target, TargetWorld

LARGEST_BODY: Final = 8 * 1024 * 1024
BACK: Final = "https://app.invalid/back"
UNITS, LEFT = 20, 5
INVENTORIES: Final = "/api/v2/client/variants/1/inventories"

WORLD_OF_ONE: Final = order_manager_world({"LAMP": UNITS})
WORLD_OF_BOTH: Final[dict[str, Any]] = {
    **WORLD_OF_ONE,
    "marketplacer": {
        "sellers": [{"id": 1, "name": "Owner"}, {"id": 2, "name": "Member"}],
        "multi_stores": [{"owner": 1, "members": [2]}],
        "variants": [{"id": 1, "advert_id": 10, "sku": "LAMP", "multi_store_owner": 1}],
        "inventories": [{"variant": 1, "seller": 1, "count_on_hand": UNITS}],
    },
}
WORLD_OF_APPS: Final[dict[str, Any]] = {
    **WORLD_OF_ONE,
    "order_manager": {
        **WORLD_OF_ONE["order_manager"],
        "apps": [
            {"app_key": "an-app", "app_secret": "its-secret", "redirect_uri": BACK, "scopes": ["read_orders"]},
            {"app_key": "another-app", "app_secret": "another-secret", "redirect_uri": BACK},
        ],
    },
}


# -- a code for a token ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class App:
    """An OAuth client of an account of its own."""

    target: Target
    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)

    def asked(self, scope: str) -> Answer:
        """Return where the account's owner is sent when the app asks for a scope."""
        query = {"client_id": self.key, "response_type": "code", "redirect_uri": BACK, "scope": scope}
        return self.target.send("GET", f"{self.url}/oauth/authorize", params=query)

    def granted(self) -> str:
        """Return the code that the account's owner is sent back with."""
        answer = self.asked("read_orders")
        where = answer.headers.get("location", "")
        given = parse_qs(urlsplit(where).query)
        for code in given.get("code", ()):
            exchange.hide(code)
        if answer.status != 302 or not where.startswith(f"{BACK}?") or not {"code", "cid"} <= given.keys():
            wanted = f"302 to {BACK} with code and cid"
            raise UnexpectedAnswer("GET /oauth/authorize", wanted, f"{answer.status} {where.partition('?')[0]}")
        return given["code"][0]

    def exchanged(self, code: str) -> Answer:
        """Return the answer to the exchange of a code; the token in it is kept out of every report."""
        basic = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        query = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": code}
        answer = self.target.send(
            "POST", f"{self.url}/oauth/token", params=query, headers={"Authorization": f"Basic {basic}"}
        )
        for token in _texts([at_pointer(answer.json, "/access_token")]):
            exchange.hide(token)
        return answer

    def token(self) -> str:
        """Return a token that may read orders."""
        token = at_pointer(self.exchanged(self.granted()).json, "/access_token")
        if not isinstance(token, str):
            raise UnexpectedAnswer("POST /oauth/token", "an access_token", token)
        return token


def code_for_a_token(world: TargetWorld) -> Iterator[Difference]:
    """Yield where an app does not get a code, or not just one token for it."""
    with _apps(world.target) as (app, _):
        code = app.granted()
        first, second = app.exchanged(code), app.exchanged(code)
        unknown = app.exchanged("no-such-code")
    yield from _status("first exchange", 200, first)
    yield from _status("second exchange of the same code", 400, second)
    yield from _status("exchange of an unknown code", 400, unknown)
    for name in ("access_token", "token_type", "scope"):
        value = at_pointer(first.json, f"/{name}")
        if not isinstance(value, str):
            yield Difference(f"first exchange/{name}", "text", value)


def token_lets_in(world: TargetWorld) -> Iterator[Difference]:
    """Yield where a token that was got for a code does not read what its scope allows, or writes."""
    with _apps(world.target) as (app, _):
        headers = {"Authorization": f"Bearer {app.token()}"}
        listed = app.target.send("GET", f"{app.url}/v1.1/orders", headers=headers)
        written = app.target.send("POST", f"{app.url}/v1.1/orders", headers=headers, json=[])
    yield from _status("orders with scope read_orders", 200, listed)
    yield from _status("an edit of orders without scope write_orders", 403, written)


def code_of_another(world: TargetWorld) -> Iterator[Difference]:
    """Yield where a code can be used by whom it was not given to, or an app gets a scope that it does not have."""
    with _apps(world.target) as (app, another):
        stolen = another.exchanged(app.granted())
        guessed = replace(app, secret=another.secret).exchanged(app.granted())
        beyond = app.asked("write_inventory")
    yield from _status("exchange of another app's code", 400, stolen)
    yield from _status("exchange with a wrong secret", 401, guessed)
    where = beyond.headers.get("location", "")
    if beyond.status != 400 and "code=" in where:
        yield Difference("a scope beyond the app's", "no code", f"{beyond.status} with a code")


@contextmanager
def _apps(target: Target) -> Iterator[tuple[App, App]]:
    """Make a world with two apps, hand the apps out, and drop the world in the end."""
    made = target.control("POST", "/worlds", {"world": WORLD_OF_APPS}).json
    for each in _texts(at_pointer(made, "/order_manager/tokens")):
        exchange.hide(each)
    try:
        yield _made_app(target, made, 0), _made_app(target, made, 1)
    finally:
        with suppress(Inconclusive):
            target.control("DELETE", f"/worlds/{at_pointer(made, '/id')}")


def _made_app(target: Target, made: object, place: int) -> App:
    paths = ("/url", f"/apps/{place}/app_key", f"/apps/{place}/app_secret")
    url, key, secret = (at_pointer(made, f"/order_manager{path}") for path in paths)
    if not isinstance(url, str) or not isinstance(key, str) or not isinstance(secret, str):
        raise UnexpectedAnswer("POST /_mock/worlds", "order_manager with url and apps {app_key, app_secret}", None)
    exchange.hide(secret)
    return App(target, url.rstrip("/"), key, secret)


def _texts(values: object) -> Iterator[str]:
    yield from (each for each in values if isinstance(each, str)) if isinstance(values, list) else ()


# -- two accounts ----------------------------------------------------------------------------------


def accounts_apart(world: TargetWorld) -> Iterator[Difference]:
    """Yield what is seen of one account in another that was made from the same file."""
    with world.target.world(WORLD_OF_BOTH) as other:
        world.run([{"type": "stock.set", "master_sku": "LAMP", "warehouse": 1, "on_hand": LEFT}])
        _put(world, {"seller_id": 1, "count_on_hand": LEFT})
        for name, place, units in (("changed account", world, LEFT), ("other account", other, UNITS)):
            yield from _figure(name, place, units)
            yield from _count(name, place, units)


def _figure(name: str, world: TargetWorld, units: int) -> Iterator[Difference]:
    figures = [row["figure"] for row in acknowledge.read(world, [CHANNEL])]
    if figures != [units]:
        yield Difference(f"{name}: figures", [units], figures)


def _count(name: str, world: TargetWorld, units: int) -> Iterator[Difference]:
    listed = world.call({"api": "marketplacer", "as": {"seller": 1}, "method": "GET", "path": INVENTORIES}).json
    count = at_pointer(listed, "/data/0/attributes/count_on_hand")
    if count != units:
        yield Difference(f"{name}: count_on_hand", units, count)


def _put(world: TargetWorld, attributes: Mapping[str, Any]) -> None:
    body = {"data": [{"type": "inventories", "attributes": dict(attributes)}]}
    world.call({"api": "marketplacer", "as": {"seller": 1}, "method": "PUT", "path": INVENTORIES, "body": body})


# -- large bodies ----------------------------------------------------------------------------------


def body_too_large(world: TargetWorld) -> Iterator[Difference]:
    """Yield where a body of 8 MiB is not taken, or one of a byte more is not refused with 413 or changes something."""
    put = {"api": "marketplacer", "as": {"seller": 1}, "method": "PUT", "path": INVENTORIES}
    body = '{"data": [{"attributes": {"seller_id": 1, "count_on_hand": %d}}]}'
    yield from _status("a body of 8 MiB", 200, world.call({**put, "text": (body % LEFT).ljust(LARGEST_BODY)}))
    yield from _status("a body of 8 MiB and 1", 413, world.call({**put, "text": (body % 1).ljust(LARGEST_BODY + 1)}))
    yield from _count("after the refusal", world, LEFT)
    adjust = {"api": "order_manager", "as": {"token": 0}, "method": "POST", "path": "/v1.1/inventory/adjust"}
    yield from _status("an adjustment of 8 MiB and 1", 413, world.call({**adjust, "text": " " * (LARGEST_BODY + 1)}))
    yield from _figure("after both", world, UNITS)


def _status(what: str, wanted: int, answer: Answer) -> Iterator[Difference]:
    if answer.status != wanted:
        yield Difference(f"{what}/status", wanted, f"{answer.status} {answer.excerpt}".rstrip())
