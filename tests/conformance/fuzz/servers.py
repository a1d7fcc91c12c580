"""Servers that are wrong in one way each: the mock behind a filter that spoils its answers."""

import json
from collections.abc import Callable, Iterable
from itertools import count

from mockserver.http.app import create_app

Headers = list[tuple[str, str]]
Spoil = Callable[[str, str, int, bytes], tuple[int, bytes]]


def spoiled(spoil: Spoil) -> Callable[..., Iterable[bytes]]:
    """Return the mock with every answer put through ``spoil(method, path, status, body)``."""
    inner = create_app()

    def app(environ, start_response):
        kept = {}

        def keep(status, headers, _error=None):
            kept["status"], kept["headers"] = status, headers
            return lambda _: None

        body = b"".join(inner(environ, keep))
        was = int(kept["status"].split()[0])
        status, body = spoil(environ["REQUEST_METHOD"], environ["PATH_INFO"], was, body)
        headers = [(name, value) for name, value in kept["headers"] if name.lower() != "content-length"]
        start_response(f"{status} OK" if status != was else kept["status"], headers)
        return [body]

    return app


def failing():
    """Sales channels cannot be listed."""
    return spoiled(lambda _, path, status, body: (500, body) if path.endswith("/saleschannels") else (status, body))


def misshapen():
    """Sales channels are told without their names."""

    def spoil(_method, path, status, body):
        return status, body.replace(b'"name"', b'"label"') if path.endswith("/saleschannels") else body

    return spoiled(spoil)


def forgetful():
    """The feed forgets every row that has a figure of two digits."""

    def spoil(_method, path, status, body):
        if not path.endswith("/acknowledge") or status != 200:
            return status, body
        rows = [row for row in json.loads(body) if row["availableQuantity"] < 10]
        return status, json.dumps(rows).encode()

    return spoiled(spoil)


def restless():
    """Every look at a world finds one more unit on its first shelf."""
    looks = count()

    def spoil(method, path, status, body):
        if method != "GET" or path.count("/") != 3 or not path.startswith("/_mock/worlds/"):
            return status, body
        world = json.loads(body)
        world["order_manager"]["stock"][0]["on_hand"] += next(looks)
        return status, json.dumps(world).encode()

    return spoiled(spoil)


def open_to_all():
    """Warehouses are told to everybody."""

    def spoil(_method, path, status, body):
        return (200, b"[]") if path.endswith("/warehouses") and status == 401 else (status, body)

    return spoiled(spoil)
