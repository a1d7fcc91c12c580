"""
Comparing JSON by meaning: what an integration could not notice is no difference.

Tolerated always: unknown extra fields, the order of keys, ids as number or text, prices that are equal as numbers.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

PRICES: Final = frozenset({"price", "sale_price"})
ABSENT: Final = "(absent)"


def differences(expected: object, actual: object, path: str) -> Iterator[Difference]:
    """Yield every place where ``actual`` means something else than ``expected``; none means equal."""
    if isinstance(expected, dict):
        yield from _of_objects(expected, actual, path)
    elif isinstance(expected, list):
        yield from _of_arrays(expected, actual, path)
    elif not _same_scalar(expected, actual, path.rsplit("/", 1)[-1]):
        yield Difference(path, expected, actual)


def _of_objects(expected: dict[str, object], actual: object, path: str) -> Iterator[Difference]:
    if not isinstance(actual, dict):
        yield Difference(path, expected, actual)
        return
    for key, value in expected.items():
        yield from differences(value, actual.get(key, ABSENT), f"{path}/{key}")


def _of_arrays(expected: list[object], actual: object, path: str) -> Iterator[Difference]:
    if not isinstance(actual, list):
        yield Difference(path, expected, actual)
        return
    if len(expected) != len(actual):
        yield Difference(f"{path} (length)", len(expected), len(actual))
    for index, (wanted, given) in enumerate(zip(expected, actual, strict=False)):
        yield from differences(wanted, given, f"{path}/{index}")


def _same_scalar(expected: object, actual: object, key: str) -> bool:
    if key in PRICES:
        return _same_number(expected, actual)
    if key == "id" or key.endswith(("_id", "Id")):
        return _same_id(expected, actual)
    # True == 1 in Python, but not in JSON.
    return isinstance(expected, bool) == isinstance(actual, bool) and expected == actual


def _same_id(expected: object, actual: object) -> bool:
    plain = isinstance(actual, int | str) and not isinstance(actual, bool)
    return str(expected) == str(actual) if plain else expected is actual


def _same_number(expected: object, actual: object) -> bool:
    if expected is None or actual is None or isinstance(actual, bool):
        return expected is actual
    try:
        return Decimal(str(expected)) == Decimal(str(actual))
    except InvalidOperation:
        return False


def at_pointer(document: object, pointer: str, default: object = None) -> object:
    """Return what a JSON pointer (RFC 6901) leads to, or the default where there is nothing."""
    found = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            return default
    return found
