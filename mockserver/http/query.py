"""Query parameters by the served contract: present, of the right kind, in range."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from mockserver.core.instants import parse_instant
from mockserver.http.failures import Failure

if TYPE_CHECKING:
    from mockserver.contracts import Operation, Parameter

_MOST_FIELDS: Final = 100
_LONGEST_NUMBER: Final = 15
_WHOLE: Final = re.compile(rf"[+-]?[0-9]{{1,{_LONGEST_NUMBER}}}")


def raw_query(text: str, *, kind: str = "bad_request") -> dict[str, str]:
    """
    Return the query as a mapping; of a repeated parameter the values are joined by commas.

    Raises:
        Failure: when there are more than a hundred fields.
    """
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Failure(kind, f"more than {_MOST_FIELDS} query parameters") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]},{value}" if name in values else value
    return values


def parsed_query(
    operation: Operation, text: str, *, kind: str = "bad_request", only: str | None = None
) -> dict[str, Any]:
    """
    Return the values of the operation's query parameters; defaults where absent, None without default.

    Integers come as int, booleans as bool, instants as milliseconds, lists of ids as text. Unknown parameters are
    ignored, as the vendors ignore them. With ``only``, just that parameter is looked at.

    Raises:
        Failure: of the given kind, naming the parameter.
    """
    given = raw_query(text, kind=kind)
    return {
        parameter.name: _value(parameter, given[parameter.name], kind)
        if given.get(parameter.name, "") != ""
        else _absent(parameter, kind)
        for parameter in operation.parameters
        if parameter.place == "query" and only in (None, parameter.name)
    }


def _absent(parameter: Parameter, kind: str) -> Any:
    if parameter.required:
        raise Failure(kind, f"the parameter {parameter.name} is missing", source=parameter.name)
    return parameter.default


def _value(parameter: Parameter, text: str, kind: str) -> Any:
    if parameter.type == "integer":
        return _integer(parameter, text, kind)
    if parameter.type == "boolean":
        if text.lower() not in ("true", "false"):
            raise Failure(kind, f"{parameter.name} must be true or false, not {text[:40]!r}", source=parameter.name)
        return text.lower() == "true"
    if parameter.format == "date-time":
        return _instant(parameter, text, kind)
    if parameter.enum and text not in parameter.enum:
        choices = ", ".join(parameter.enum)
        raise Failure(kind, f"{parameter.name} must be one of {choices}, not {text[:40]!r}", source=parameter.name)
    if parameter.pattern is not None and re.search(parameter.pattern, text) is None:
        raise Failure(kind, f"{parameter.name} does not have the form {parameter.pattern}", source=parameter.name)
    return text


def _integer(parameter: Parameter, text: str, kind: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise Failure(kind, f"{parameter.name} must be a whole number, not {text[:40]!r}", source=parameter.name)
    number = int(text)
    too_small = parameter.minimum is not None and number < parameter.minimum
    if too_small or (parameter.maximum is not None and number > parameter.maximum):
        least, most = parameter.minimum, parameter.maximum
        limits = f"at least {least}" if most is None else f"at most {most}" if least is None else f"{least} to {most}"
        raise Failure(kind, f"{parameter.name} must be {limits}, not {number}", source=parameter.name)
    return number


def _instant(parameter: Parameter, text: str, kind: str) -> int:
    try:
        # A plus that was not percent-encoded arrives as a blank.
        return parse_instant(text.replace(" ", "+"))
    except ValueError:
        message = f"{parameter.name} must be an instant such as 2026-01-05T09:00:00Z, not {text[:40]!r}"
        raise Failure(kind, message, source=parameter.name) from None


def ids(text: str | None) -> frozenset[int] | None:
    """Return a comma-separated list of ids, or None when there is none."""
    return None if text is None else frozenset(int(each) for each in text.split(",") if each)
