"""Values <-> JSON where speed or a dialect asks for more than a dump: the rows of the acknowledge endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.core.errors import nearest
from mockserver.resources import schemas_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mockserver.core.feed import Row
    from mockserver.core.model import Listing

# Encoded rows are a cache: dropped as a whole rather than let it outgrow the world.
_MOST_FRAGMENTS: Final = 50_000
# As schemas/harness/dialect.json has it: what goes into an address or a field's name without being escaped.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9._\[\]-]{0,99}")
_NO_NAMES: Final = ("format", "title")


class DialectError(ValueError):
    """A wire dialect file that cannot be used: what is wrong, and the nearest valid name."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an account's acknowledge endpoint names things; the names are not public (OM-ACK-06)."""

    channel: str
    limit: str
    acknowledged: str
    envelope_key: str
    row: Mapping[str, str]


@cache
def default_dialect() -> Dialect:
    """Return the shipped dialect, in the style of the neighbouring endpoints."""
    return _dialect(_shipped(), "the shipped dialect")


def read_dialect(path: Path) -> Dialect:
    """
    Return the dialect of a file, which may give only what differs from the shipped one.

    Raises:
        DialectError: when the file is unreadable or names something unknown.
    """
    try:
        given = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise DialectError(f"{path}: {error}") from None
    if not isinstance(given, dict) or given.get("format") != _shipped()["format"]:
        raise DialectError(f"{path}: format must be {_shipped()['format']!r}")
    return _dialect(_merged(_shipped(), given, str(path)), str(path))


@cache
def _shipped() -> dict[str, Any]:
    return dict(orjson.loads((schemas_dir() / "dialects" / "acknowledge.json").read_bytes()))


def _merged(base: Mapping[str, Any], given: Mapping[str, Any], place: str) -> dict[str, Any]:
    merged = dict(base)
    for key, value in given.items():
        if key not in base and key != "title":
            raise DialectError(f"{place}: unknown key {key!r}; nearest valid: {nearest(key, base)!r}")
        if isinstance(base.get(key), dict) and isinstance(value, dict):
            merged[key] = _merged(base[key], value, f"{place}: {key}")
        elif isinstance(base.get(key), dict):
            raise DialectError(f"{place}: {key} must be an object of names, not {value!r}")
        elif isinstance(value, str) and (key in _NO_NAMES or _NAME.fullmatch(value)):
            merged[key] = value
        else:
            raise DialectError(f"{place}: {key} must be a name of letters, digits and . _ - [ ], not {value!r}")
    return merged


def _dialect(written: Mapping[str, Any], place: str) -> Dialect:
    names = written["parameters"]
    for group in ("parameters", "row"):
        taken = list(written[group].values())
        if len(set(taken)) != len(taken):
            raise DialectError(f"{place}: {group}: two of them have one name")
    return Dialect(names["channel"], names["limit"], names["acknowledged"], written["envelope_key"], written["row"])


class RowEncoder:
    """Encodes answered rows in a dialect, keeping what never changes of a row encoded."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._figure = dialect.row["figure"]
        self._key = orjson.dumps(dialect.envelope_key).decode()

    def rows(self, rows: Sequence[Row], fragments: dict[int, str], *, envelope: bool) -> bytes:
        """Return the JSON body for some rows; ``fragments`` is the world's cache by listing id."""
        # Text joined and encoded once costs two thirds of bytes formatted row by row.
        parts = [f"{fragments.get(row[0].id) or self._kept(row[0], fragments)}{row[1]}" for row in rows]
        body = f"[{'},'.join(parts)}}}]" if parts else "[]"
        return (f"{{{self._key}:{body}}}" if envelope else body).encode()

    def _kept(self, listing: Listing, fragments: dict[int, str]) -> str:
        if len(fragments) >= _MOST_FRAGMENTS:
            fragments.clear()
        fragment = fragments[listing.id] = self._fragment(listing)
        return fragment

    def _fragment(self, listing: Listing) -> str:
        values = {
            "listing_id": listing.id,
            "listing_sku": listing.listing_sku,
            "master_sku": listing.product.master_sku,
            "product_id": listing.product.id,
            "sales_channel_id": listing.channel.id,
        }
        named = {name: values[field] for field, name in self._dialect.row.items() if field in values}
        opened = orjson.dumps(named)[:-1] + (b"," if named else b"")
        return (opened + orjson.dumps(self._figure) + b":").decode()
