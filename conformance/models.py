"""The JSON Schemas of the bodies on the wire, each made ready once."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from conformance.resources import schemas_dir
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

# A root that resolves nowhere: the schemas are told apart by it, never fetched.
BASE: Final = "https://stockproof.invalid/schemas/"


def violations(model: str, body: object, path: str) -> Iterator[Difference]:
    """Yield where a body breaks a schema of schemas/models, named by its file; none means that it is valid."""
    for error in sorted(_validator(model).iter_errors(body), key=lambda each: each.json_path):
        yield Difference(f"{path}{error.json_path[1:]}", f"{model}: {_rule(error)}", error.instance)


def _rule(error: jsonschema.ValidationError) -> str:
    wanted = json.dumps(error.validator_value, ensure_ascii=False)
    return f"{error.validator} {wanted}" if len(wanted) < 200 else str(error.validator)


@cache
def _validator(model: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"{BASE}models/{model}"}, registry=registry())


@cache
def registry() -> Registry[Any]:
    """Return every shipped schema of bodies and of our own files, by an address below one root."""
    return Registry().with_resources(
        (
            f"{BASE}{folder}/{path.name}",
            Resource.from_contents(json.loads(path.read_text(encoding="utf-8")), default_specification=DRAFT202012),
        )
        for folder in ("models", "harness")
        for path in sorted((schemas_dir() / folder).glob("*.json"))
    )
