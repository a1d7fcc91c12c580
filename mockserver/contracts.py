"""
The served contracts: OpenAPI documents, their operations, and compiled validators of their bodies.

Nothing is read or compiled at import. A document is parsed when first asked for, a validator is built when first used,
so a server that only answers the hot routes never pays for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice
from posixpath import basename
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import orjson

from mockserver.resources import schemas_dir
from mockserver.violations import Violation, violations_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import jsonschema_rs

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, Json]

APIS: Final = ("order-manager", "marketplacer", "control")
_METHODS: Final = ("get", "put", "post", "delete")
# The library finds all errors before it tells the first: half a minute for a body that is wrong in a hundred thousand
# places. Hence only the beginning of long arrays and objects is judged in full, down to the depth of our models.
_MOST_VIOLATIONS: Final = 100
_LONGEST_OBJECT: Final = 1_000
_DEEPEST_MODEL: Final = 6


class UnknownContract(KeyError):
    """Raised for a name that no document or model of ours has; `args[0]` is that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """
    One request parameter.

    `minimum` and `maximum` always bind. `range` is what the vendor allows where one of `readings` decides what becomes
    of a number outside it; such a value must reach the handler.
    """

    name: str
    place: str
    type: str
    required: bool
    default: Json
    enum: tuple[str, ...]
    pattern: str | None
    format: str | None
    minimum: int | None
    maximum: int | None
    range: tuple[int, int] | None
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """
    One operation of a document.

    `path` is the template without a prefix, `prefixes` are the servers' ("" or like "/service"). `body` is the model
    that validates the request body and `media_types` are those it may come in; None and () where there is no body.
    `security` names the schemes any one of which lets a caller in, () for an open operation.
    """

    api: str
    operation_id: str
    method: str
    path: str
    prefixes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: str | None
    body_required: bool
    media_types: tuple[str, ...]
    statuses: tuple[int, ...]
    security: tuple[str, ...]
    behaviours: tuple[str, ...]


@cache
def document(api: str) -> JsonObject:
    """
    Return the OpenAPI document of one API as written, with references to model files. Do not change it.

    Raises:
        UnknownContract: if `api` is none of `APIS`.
    """
    if api not in APIS:
        raise UnknownContract(api)
    return _read(schemas_dir() / "openapi" / f"{api}.json")


@cache
def operations(api: str) -> tuple[Operation, ...]:
    """
    Return the operations of one API in document order.

    Raises:
        UnknownContract: if `api` is none of `APIS`.
    """
    paths = _object(document(api)["paths"])
    return tuple(
        _operation(api, path, method, _object(_object(item)[method]))
        for path, item in paths.items()
        for method in _METHODS
        if method in _object(item)
    )


@cache
def operation(api: str, operation_id: str) -> Operation:
    """
    Return one operation by its operationId.

    Raises:
        UnknownContract: if the API or the operation does not exist.
    """
    for candidate in operations(api):
        if candidate.operation_id == operation_id:
            return candidate
    raise UnknownContract(operation_id)


@cache
def bundled(api: str) -> bytes:
    """
    Return the document with every model file inlined under components/schemas, as JSON that needs no other file.

    Raises:
        UnknownContract: if `api` is none of `APIS`.
    """
    whole = _object(_rewritten(document(api), lambda ref: _inlined_ref(ref, "", "#/components/schemas/")))
    schemas = _models_behind(document(api), "#/components/schemas/")
    whole["components"] = {**_object(whole.get("components", {})), "schemas": schemas}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


@cache
def bundled_model(name: str) -> JsonObject:
    """
    Return one model as a JSON Schema that needs no other file; every model it uses stands under $defs.

    Raises:
        UnknownContract: if there is no such model.
    """
    whole = _models_behind({"$ref": f"{name}.json"}, "#/$defs/")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": f"#/$defs/{name}", "$defs": whole}


class BodyValidator:
    """Judges bodies by one compiled model, formats included."""

    def __init__(self, compiled: jsonschema_rs.Validator, schema: JsonObject) -> None:
        self._compiled = compiled
        self._schema = schema

    def is_valid(self, body: object) -> bool:
        """Return whether the body keeps every rule of the model and is not nested too deeply; the quick answer."""
        try:
            return self._compiled.is_valid(cast("dict[str, object]", body))
        except ValueError:  # nested beyond what the library follows
            return False

    def violations(self, body: object) -> list[Violation]:
        """
        Return what is wrong with the body, in the order found; [] when nothing is.

        Of a large body only the beginning is judged in full, and one violation is told when all of them lie further on.
        """
        if self.is_valid(body):
            return []
        try:
            found = self._compiled.iter_errors(cast("dict[str, object]", _beginning(body)))
        except ValueError:
            return [Violation("", "the body is nested too deeply")]
        told = list(
            islice((violation for error in found for violation in violations_of(error, self._schema)), _MOST_VIOLATIONS)
        )
        return told or self._first(body)

    def _first(self, body: object) -> list[Violation]:
        import jsonschema_rs

        try:
            self._compiled.validate(cast("dict[str, object]", body))
        except jsonschema_rs.ValidationError as error:
            return violations_of(error, self._schema)
        except ValueError:
            return [Violation("", "the body is nested too deeply")]
        return []


@cache
def validator(model: str) -> BodyValidator:
    """
    Return the compiled validator of one model; the first call compiles, later ones answer the same object.

    Raises:
        UnknownContract: if there is no such model.
    """
    # Imported here: 10 ms that a start without a validated request need not spend.
    import jsonschema_rs

    schema = bundled_model(model)
    return BodyValidator(jsonschema_rs.validator_for(schema, validate_formats=True), schema)


def _read(path: Path) -> JsonObject:
    return _object(orjson.loads(path.read_bytes()))


def _object(value: object) -> JsonObject:
    return cast("JsonObject", value)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(cast("list[str]", value))


def _operation(api: str, path: str, method: str, written: JsonObject) -> Operation:
    request = _object(written.get("requestBody", {}))
    content = _object(request.get("content", {}))
    return Operation(
        api=api,
        operation_id=str(written["operationId"]),
        method=method.upper(),
        path=path,
        prefixes=_prefixes(document(api)),
        parameters=tuple(_parameters(api, written)),
        body=_body_model(content),
        body_required=request.get("required") is True,
        media_types=tuple(content),
        statuses=tuple(int(status) for status in _object(written["responses"])),
        security=_security(written, document(api)),
        behaviours=_strings(written["x-behaviours"]),
    )


def _prefixes(whole: JsonObject) -> tuple[str, ...]:
    return tuple(str(_object(server)["url"]).rstrip("/") for server in cast("list[Json]", whole["servers"]))


def _body_model(content: JsonObject) -> str | None:
    for media_type in content.values():
        return _model_name(str(_object(_object(media_type)["schema"])["$ref"]))
    return None


def _security(written: JsonObject, whole: JsonObject) -> tuple[str, ...]:
    choices = cast("list[Json]", written.get("security", whole.get("security", [])))
    return tuple(name for choice in choices for name in _object(choice))


def _parameters(api: str, written: JsonObject) -> Iterator[Parameter]:
    for entry in cast("list[Json]", written.get("parameters", [])):
        yield _parameter(_resolved(api, _object(entry)))


def _resolved(api: str, entry: JsonObject) -> JsonObject:
    """Return a parameter written once under components/parameters, or the entry itself when it is written in place."""
    if "$ref" not in entry:
        return entry
    shared = _object(_object(document(api)["components"])["parameters"])
    return _object(shared[basename(str(entry["$ref"]))])


def _parameter(written: JsonObject) -> Parameter:
    schema = _object(written["schema"])
    bounds = cast("list[int] | None", written.get("x-range"))
    return Parameter(
        name=str(written["name"]),
        place=str(written["in"]),
        type=str(schema["type"]),
        required=written.get("required") is True,
        default=schema.get("default"),
        enum=_strings(schema.get("enum", [])),
        pattern=cast("str | None", schema.get("pattern")),
        format=cast("str | None", schema.get("format")),
        minimum=cast("int | None", schema.get("minimum")),
        maximum=cast("int | None", schema.get("maximum")),
        range=(bounds[0], bounds[1]) if bounds else None,
        readings=_strings(written.get("x-readings", [])),
    )


@cache
def _model(name: str) -> JsonObject:
    path = schemas_dir() / "models" / f"{name}.json"
    if not path.is_file():
        raise UnknownContract(name)
    return _read(path)


def _model_name(ref: str) -> str:
    """Return the model a reference points into: `../models/om-error.json#/properties/message` gives `om-error`."""
    return basename(ref.partition("#")[0]).removesuffix(".json")


def _inlined_ref(ref: str, home: str, prefix: str) -> str:
    """Return where a reference written in the model `home` ("" for a document) points once everything is inlined."""
    file, _, fragment = ref.partition("#")
    name = _model_name(file) if file else home
    return f"{prefix}{name}{fragment}" if name else ref


def _models_behind(node: Json, prefix: str) -> JsonObject:
    """Return every model that `node` uses, directly or through others, by name, with references rewritten."""
    models: JsonObject = {}
    waiting = [*_used(node)]
    while waiting:
        name = waiting.pop()
        if name not in models:
            models[name] = _inlined_model(name, prefix)
            waiting.extend(_used(_model(name)))
    return dict(sorted(models.items()))


def _inlined_model(name: str, prefix: str) -> JsonObject:
    written = {key: value for key, value in _model(name).items() if key != "$schema"}
    return _object(_rewritten(written, lambda ref: _inlined_ref(ref, name, prefix)))


def _used(node: Json) -> Iterator[str]:
    return (_model_name(ref) for ref in _refs(node) if not ref.startswith("#"))


def _refs(node: Json) -> Iterator[str]:
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str):
            yield ref
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _rewritten(node: Json, place: Callable[[str], str]) -> Json:
    if isinstance(node, dict):
        return {
            key: place(value) if key == "$ref" and isinstance(value, str) else _rewritten(value, place)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_rewritten(value, place) for value in node]
    return node


def _beginning(node: object, depth: int = 0) -> object:
    if depth == _DEEPEST_MODEL:
        return node
    if isinstance(node, dict):
        return {key: _beginning(value, depth + 1) for key, value in islice(node.items(), _LONGEST_OBJECT)}
    if isinstance(node, list):
        return [_beginning(value, depth + 1) for value in node[:_MOST_VIOLATIONS]]
    return node
