"""From what is typed to a fault plan of the control API, and back to a few words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from mockserver.cli.client import Json

ACTIONS: Final = (
    "status:503, delay:2, delay:PT5M, reset:before, reset:after, truncate, lose-reply, duplicate[:PT5M], stale"
)
_FORMAT: Final = "stockproof/fault-plan/1"
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_SECONDS: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_CALLS: Final = re.compile(r"(?P<from>[0-9]{1,9})?-(?P<to>[0-9]{1,9})?")


def action(text: str) -> Json:
    """
    Return the action that ``KIND`` or ``KIND:VALUE`` means.

    Raises:
        click.BadParameter: for anything else.
    """
    kind, colon, value = text.partition(":")
    make = _MAKERS.get(kind)
    made = make(value if colon else None) if make else None
    if made is None:
        raise click.BadParameter(f"{text!r} is no action; there are {ACTIONS}")
    return {"type": kind.replace("-", "_"), **made}


def _status(value: str | None) -> Json | None:
    return {"status": int(value)} if value and _WHOLE.fullmatch(value) else None


def _delay(value: str | None) -> Json | None:
    if value and value.startswith("P"):
        return {"virtual": value}
    return {"seconds": float(value)} if value and _SECONDS.fullmatch(value) else None


def _reset(value: str | None) -> Json | None:
    return {"when": value} if value in ("before", "after") else None


def _truncate(value: str | None) -> Json | None:
    if value is None:
        return {}
    return {"bytes": int(value)} if _WHOLE.fullmatch(value) else None


def _lose_reply(value: str | None) -> Json | None:
    if value is None:
        return {}
    return {"seconds": float(value)} if _SECONDS.fullmatch(value) else None


def _duplicate(value: str | None) -> Json | None:
    if value is None:
        return {}
    if value.startswith("P"):
        return {"after": value}
    return {"answer": value} if value in ("first", "second") else None


def _stale(value: str | None) -> Json | None:
    return {} if value is None else None


_MAKERS: Final[Mapping[str, Callable[[str | None], Json | None]]] = {
    "status": _status,
    "delay": _delay,
    "reset": _reset,
    "truncate": _truncate,
    "lose-reply": _lose_reply,
    "duplicate": _duplicate,
    "stale": _stale,
}


def calls(text: str) -> list[int] | dict[str, int]:
    """
    Return the call numbers that ``1,3`` or ``2-4``, ``2-``, ``-4`` mean.

    Raises:
        click.BadParameter: for anything else.
    """
    bounds = _CALLS.fullmatch(text)
    if bounds and any(bounds.groups()):
        return {name: int(number) for name, number in bounds.groupdict().items() if number}
    numbers = text.split(",")
    if not all(_WHOLE.fullmatch(number) for number in numbers):
        raise click.BadParameter(f"{text!r} names no calls; write 1,3 or 2-4 or 2-")
    return [int(number) for number in numbers]


def plans_in(stream: IO[str]) -> list[Any]:
    """
    Return the plans of a file: a fault plan file, or one plan alone.

    Raises:
        click.UsageError: when it is neither.
    """
    from mockserver.files.yaml_tree import BrokenYaml, parse

    try:
        document = parse(stream.read())
    except (BrokenYaml, UnicodeDecodeError) as error:
        raise click.UsageError(f"{stream.name}: {error}") from None
    if isinstance(document, dict) and "action" in document:
        return [document]
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise click.UsageError(f"{stream.name}: a fault plan file begins with 'format: {_FORMAT}'")
    return list(document.get("faults") or [])


def words(part: Mapping[str, Any]) -> str:
    """Return an action or a match in a few words: ``status 503``, ``operation_id putInventories``."""
    from mockserver.cli.tables import cell

    rest = {name: value for name, value in part.items() if name != "type"}
    if "type" not in part:
        return ", ".join(f"{name} {cell(value)}" for name, value in rest.items()) or "every request"
    single = len(rest) == 1 and not isinstance(next(iter(rest.values())), dict)
    return f"{part['type']} {cell(next(iter(rest.values()))) if single else cell(rest)}".strip()
