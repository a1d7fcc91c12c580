"""
Wire dialects: the names that an account uses on the acknowledge endpoint, whose real ones are not public.

Checks are written with the names of the default dialect. On their way to a server that speaks another one, the names in
the query and the body are put into its words, and those in its answer back into ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema

from conformance.resources import schemas_dir

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class BadDialect(ValueError):
    """A dialect file that cannot be used."""


@cache
def default() -> Mapping[str, Any]:
    """Return the default dialect (schemas/dialects/acknowledge.json)."""
    return _read(schemas_dir() / "dialects" / "acknowledge.json")


def read_dialect(path: Path) -> Mapping[str, Any]:
    """
    Return the dialect of a JSON file; names that it leaves out are the default dialect's.

    Raises:
        BadDialect: when it cannot be read, or is not one (schemas/harness/dialect.json).
    """
    try:
        found = _read(path)
        schema = _read(schemas_dir() / "harness" / "dialect.json")
        jsonschema.Draft202012Validator(schema).validate(found)
    except (OSError, ValueError) as error:
        raise BadDialect(f"{path}: {error}") from error
    except jsonschema.ValidationError as error:
        raise BadDialect(f"{path}: {error.json_path}: {error.message}") from error
    return _over_default(found)


def _over_default(found: Mapping[str, Any]) -> Mapping[str, Any]:
    groups = {key: {**default()[key], **found.get(key, {})} for key in ("parameters", "row")}
    return {**default(), **found, **groups}


def _read(path: Path) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Puts the names of the default dialect into another one's, and back."""

    spoken: Mapping[str, Any]

    def out(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a request to the acknowledge endpoint in the words of the target; any other one as it is."""
        if not request["path"].partition("?")[0].endswith("/inventory/acknowledge"):
            return request
        names = {ours: self.spoken["parameters"][key] for key, ours in default()["parameters"].items()}
        renamed = {key: _renamed(request[key], names) for key in ("query", "body") if key in request}
        return {**request, **renamed}

    def home(self, request: Mapping[str, Any], body: object) -> object:
        """Return the body of its answer in the words of the default dialect."""
        if not request["path"].partition("?")[0].endswith("/inventory/acknowledge"):
            return body
        rows = {self.spoken["row"][key]: ours for key, ours in default()["row"].items() if key in self.spoken["row"]}
        if isinstance(body, list):
            return [_renamed(row, rows) for row in body]
        if isinstance(body, dict) and self.spoken["envelope_key"] in body:
            kept = {key: value for key, value in body.items() if key != self.spoken["envelope_key"]}
            return {**kept, default()["envelope_key"]: self.home(request, body[self.spoken["envelope_key"]])}
        return body


def _renamed(value: object, names: Mapping[str, str]) -> object:
    return {names.get(key, key): each for key, each in value.items()} if isinstance(value, dict) else value
