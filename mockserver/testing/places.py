"""Addresses: which ones a world answers at, and which ones are let through."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

DEFAULT_MARKETPLACER_URL: Final = "https://marketplace.example"

# The API hosts serve Order Manager at their root; on the others it is one part of a web site (OM-API).
_API_HOSTS: Final = ("api.skubana.com", "api.demo.skubana.com")
_SITES: Final = ("app.skubana.com", "demo.skubana.com")
_SITE_PARTS: Final = ("/service", "/oauth")
_MARKETPLACER_PART: Final = "/api"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Place(NamedTuple):
    """Every address below one path of one origin; a ``port`` of None is any."""

    scheme: str
    host: str
    port: int | None
    path: str = ""
    without: str | None = None

    @classmethod
    def of(cls, address: str) -> Place:
        """
        Return the place that begins at an address; without a port it is every port of that host.

        Raises:
            ValueError: when it is no http or https address.
        """
        parts = urlsplit(address)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError(f"not an address that begins with http:// or https:// and a host: {address!r}")
        return cls(parts.scheme, parts.hostname, parts.port, parts.path.rstrip("/"))

    def covers(self, url: SplitResult) -> bool:
        """Whether an address lies here."""
        if (url.scheme, url.hostname) != (self.scheme, self.host):
            return False
        if self.port is not None and (url.port or _DEFAULT_PORTS[self.scheme]) != self.port:
            return False
        return _is_below(url.path, self.path) and not (self.without and _is_below(url.path, self.without))

    def __str__(self) -> str:
        """Return it as an address."""
        port = "" if self.port in (None, _DEFAULT_PORTS[self.scheme]) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"


def _is_below(path: str, start: str) -> bool:
    return not start or path == start or path.startswith(f"{start}/")


def checked_origin(address: str) -> str:
    """
    Return an address that is an origin, without a slash at its end.

    Raises:
        ValueError: when it has a path or is no http or https address.
    """
    if Place.of(address).path or urlsplit(address).query:
        raise ValueError(f"an origin such as {DEFAULT_MARKETPLACER_URL} is wanted, without a path: {address!r}")
    return address.rstrip("/")


def imitated_places(marketplacer_url: str) -> tuple[Place, ...]:
    """Return where Order Manager and Marketplacer are answered."""
    market = Place.of(marketplacer_url)
    return (
        *(Place("https", host, 443, without=_MARKETPLACER_PART) for host in _API_HOSTS),
        *(Place("https", host, 443, part) for host in _SITES for part in _SITE_PARTS),
        market._replace(port=market.port or _DEFAULT_PORTS[market.scheme], path=_MARKETPLACER_PART),
    )
