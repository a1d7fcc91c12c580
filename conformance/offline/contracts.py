"""The shipped OpenAPI documents: which operation a request is, and where an exchange breaks what they say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import jsonschema
from referencing import Resource
from referencing.jsonschema import DRAFT202012

from conformance.models import BASE, registry
from conformance.resources import schemas_dir
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

APIS: Final = ("order-manager", "marketplacer")
METHODS: Final = ("get", "put", "post", "patch", "delete")
MOST_DIFFERENCES: Final = 20
# Statuses that any server may answer before it looks at what was asked.
GATE_STATUSES: Final = frozenset({413, 429, 431, 500, 502, 503, 504})
_BOOLEANS: Final = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document; ``written`` is its text there, with shared parameters and answers put in place."""

    api: str
    id: str
    method: str
    template: str
    written: Mapping[str, Any]
    secured: bool

    @property
    def title(self) -> str:
        """What it does, in the document's words."""
        return str(self.written.get("summary", self.id))

    @property
    def requirements(self) -> tuple[str, ...]:
        """The behaviours that it rests on, readings left out."""
        return tuple(each for each in self.written.get("x-behaviours", ()) if each[:1].isupper())

    @property
    def source(self) -> str:
        """Where it is written down."""
        return f"schemas/openapi/{self.api}.json, {self.method} {self.template}"

    @property
    def grade(self) -> str:
        """How well it is known: the first letter where its parts differ."""
        found = re.search(r"\b[DECIG]\b", self.written.get("x-grade", "D"))
        return found.group() if found else "G"

    @property
    def safe(self) -> bool:
        """Whether asking must not change anything."""
        return self.method == "GET"

    def parameters(self, place: str) -> Iterator[Mapping[str, Any]]:
        """Yield the declared parameters of one place: path, query or header."""
        return (each for each in self.written.get("parameters", ()) if each["in"] == place)


@cache
def document(api: str) -> Mapping[str, Any]:
    """Return one OpenAPI document as it is shipped, its models behind references."""
    text = (schemas_dir() / "openapi" / f"{api}.json").read_text(encoding="utf-8")
    written: Mapping[str, Any] = json.loads(text)
    return written


@cache
def operations(api: str) -> tuple[Operation, ...]:
    """Return the operations of one API in document order."""
    whole = document(api)
    return tuple(
        _operation(api, whole, method, template, item[method])
        for template, item in whole["paths"].items()
        for method in METHODS
        if method in item
    )


def _operation(api: str, whole: Mapping[str, Any], method: str, template: str, entry: Mapping[str, Any]) -> Operation:
    written = {
        **entry,
        "parameters": [_resolved(whole, each) for each in entry.get("parameters", ())],
        "responses": {status: _resolved(whole, each) for status, each in entry["responses"].items()},
    }
    security = entry.get("security", whole.get("security", ()))
    return Operation(api, entry["operationId"], method.upper(), template, written, secured=bool(security))


def _resolved(whole: Mapping[str, Any], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = entry
    if "$ref" in entry:
        found = whole
        for part in entry["$ref"].split("/")[1:]:
            found = found[part]
    return found  # type: ignore[no-any-return]


def named(operation_id: str) -> Operation | None:
    """Return the operation of an id, None when no document has it."""
    return next((each for api in APIS for each in operations(api) if each.id == operation_id), None)


def operation_of(method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
    """
    Return the operation that a request means and its path values, None when it is none of ours.

    Whatever stands before a server's own path is taken for a proxy's or a gateway's; the longest template wins.
    """
    tidy = "/" + "/".join(part for part in path.split("/") if part)
    for pattern, operation in _patterns():
        match = pattern.search(tidy)
        if match is not None and operation.method == method.upper():
            return operation, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Operation], ...]:
    found = []
    for api in APIS:
        # Order Manager's paths may stand alone; Marketplacer's always stand behind its own.
        base = "" if api == "order-manager" else document(api)["servers"][0]["url"].rstrip("/")
        for operation in operations(api):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(base + operation.template))
            found.append((re.compile(f"{pattern}$"), operation))
    # A fixed word before a placeholder, a longer path before a shorter one.
    return tuple(sorted(found, key=lambda row: (row[1].template.count("{"), -len(row[1].template))))


def request_differences(
    operation: Operation, query: Mapping[str, str], media_type: str | None, body: object, path: str
) -> Iterator[Difference]:
    """Yield where a request breaks the document: a parameter, the media type, the body; None stands for no body."""
    yield from _query_differences(operation, query, f"{path}/query")
    content = operation.written.get("requestBody", {}).get("content", {})
    if body is None or not content:
        if body is None and operation.written.get("requestBody", {}).get("required"):
            yield Difference(f"{path}/body", "a body", None)
        return
    plain = _plain(media_type)
    if plain is not None and plain not in content:
        yield Difference(f"{path}/headers/content-type", " or ".join(content), plain)
    elif not isinstance(body, NotJson):
        yield from schema_differences(operation.api, next(iter(content.values()))["schema"], body, f"{path}/body")
    elif any(name.endswith("json") for name in content):
        yield Difference(f"{path}/body", "JSON", body.text[:200])


@dataclass(frozen=True, slots=True)
class NotJson:
    """A body that is no JSON, as text."""

    text: str


def response_differences(
    operation: Operation, status: int, media_type: str | None, body: object, path: str
) -> Iterator[Difference]:
    """
    Yield where an answer breaks the document: its status, its media type, its body.

    None stands for no body, and for a media type that was not recorded.
    """
    written = operation.written["responses"].get(str(status))
    if written is None:
        if status not in GATE_STATUSES:
            yield Difference(f"{path}/status", " or ".join(operation.written["responses"]), status)
        return
    content = written.get("content", {})
    if not content:
        if body is not None and status == 204:
            yield Difference(f"{path}/body", "no body", _excerpt(body))
        return
    plain = _plain(media_type)
    if body is None:
        yield Difference(f"{path}/body", f"a body of {' or '.join(content)}", None)
    elif plain is not None and plain not in content:
        yield Difference(f"{path}/headers/content-type", " or ".join(content), plain)
    elif isinstance(body, NotJson):
        yield Difference(f"{path}/body", "JSON", body.text[:200])
    else:
        yield from schema_differences(
            operation.api, content[plain or next(iter(content))]["schema"], body, f"{path}/body"
        )


def schema_differences(api: str, schema: Mapping[str, Any], body: object, path: str) -> Iterator[Difference]:
    """Yield where a body breaks a schema of a document, the first ones when there are many."""
    try:
        errors = sorted(_validator(api, json.dumps(schema)).iter_errors(body), key=lambda each: each.json_path)
    except RecursionError:
        yield Difference(path, "JSON of a sane depth", "nested too deeply to be judged")
        return
    for error in errors[:MOST_DIFFERENCES]:
        pointer = "".join(f"/{part}" for part in error.absolute_path)
        yield Difference(f"{path}{pointer}", _rule(error), _excerpt(error.instance))


@cache
def _validator(api: str, schema: str) -> jsonschema.Draft202012Validator:
    home = f"{BASE}openapi/{api}.json"
    whole = Resource.from_contents({**document(api), "$id": home}, default_specification=DRAFT202012)
    return jsonschema.Draft202012Validator(
        {"$id": f"{BASE}openapi/one-of-{api}", **json.loads(schema)}, registry=registry().with_resource(home, whole)
    )


def _rule(error: jsonschema.ValidationError) -> str:
    if error.validator in ("required", "additionalProperties"):
        return error.message[:200]
    wanted = json.dumps(error.validator_value, ensure_ascii=False)
    return f"{error.validator} {wanted}" if len(wanted) < 200 else str(error.validator)


def _excerpt(value: object) -> object:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= 300 else f"{text[:300]}…"


def _query_differences(operation: Operation, query: Mapping[str, str], path: str) -> Iterator[Difference]:
    for parameter in operation.parameters("query"):
        name, schema = parameter["name"], parameter["schema"]
        if name in query:
            broken = _broken_rule(schema, query[name])
            if broken is not None:
                yield Difference(f"{path}/{name}", broken, query[name][:200])
        elif parameter.get("required"):
            yield Difference(f"{path}/{name}", "given", "left out")


def _broken_rule(schema: Mapping[str, Any], text: str) -> str | None:
    """Return the rule that the text of a parameter breaks; how dates are written is left to the server."""
    if schema["type"] == "integer":
        if re.fullmatch(r"-?[0-9]+", text) is None:
            return "a whole number"
        low, high = schema.get("minimum"), schema.get("maximum")
        outside = (low is not None and int(text[:30]) < low) or (high is not None and int(text[:30]) > high)
        return f"{low}..{high}" if outside else None
    if schema["type"] == "boolean":
        return None if text.lower() in _BOOLEANS else "true or false"
    if "enum" in schema and text not in schema["enum"]:
        return f"one of {schema['enum']}"
    pattern = schema.get("pattern")
    return f"pattern {pattern}" if pattern and re.search(pattern, text) is None else None


def _plain(media_type: str | None) -> str | None:
    return None if media_type is None else media_type.partition(";")[0].strip().lower()


@cache
def bundled(api: str) -> Mapping[str, Any]:
    """Return the document with every model put under components/schemas, so that it needs no other file."""
    models: dict[str, Any] = {}
    whole: dict[str, Any] = _inlined(document(api), "", models)
    return {**whole, "components": {**whole.get("components", {}), "schemas": models}}


def _inlined(node: Any, home: str, models: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(each, home, models) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _inlined_reference(value, home, models)
        if key == "$ref" and isinstance(value, str)
        else _inlined(value, home, models)
        for key, value in node.items()
    }


def _inlined_reference(reference: str, home: str, models: dict[str, Any]) -> str:
    file, _, fragment = reference.partition("#")
    name = PurePosixPath(file).stem if file else home
    if not name:
        return reference
    if name not in models:
        models[name] = {}  # taken already when it comes round to itself
        text = (schemas_dir() / "models" / f"{name}.json").read_text(encoding="utf-8")
        model = {key: value for key, value in json.loads(text).items() if key != "$schema"}
        models[name] = _inlined(model, name, models)
    return f"#/components/schemas/{name}{fragment}"
