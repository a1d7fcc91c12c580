"""The shipped schemas, OpenAPI documents and dialects: sound in themselves and at one with each other."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
BODIES = sorted((ROOT / "tests" / "data" / "bodies").glob("*.json"))
DOCUMENTS = sorted((SCHEMAS / "openapi").glob("*.json"))
SCHEMA_FILES = sorted([*(SCHEMAS / "models").glob("*.json"), *(SCHEMAS / "harness").glob("*.json")])
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
FORMATS = jsonschema.FormatChecker(formats=())

# The names that the rest of the project is built on; a document that loses one breaks it.
OPERATION_IDS = {
    "order-manager": {
        "acknowledgeInventoryV12", "acknowledgeInventoryV11", "exchangeCode", "authorize", "listListings",
        "listSalesChannels", "listProducts", "listProductsV1", "listWarehouses", "getWarehouse", "listInventory",
        "listStockTotals", "listStockTotalsV1", "adjustStock", "createStock", "listOrders", "listOrdersV1", "getOrder",
        "createOrder", "updateOrders", "updateOrdersV1", "cancelOrder", "shipExternally", "shipStandard",
        "listShipments",
    },
    "marketplacer": {
        "listInventories", "putInventories", "deleteInventory", "listMultiStoreMemberships", "listVariants",
        "getVariant", "listAdvertVariants", "getAdvertVariant", "setStockOnHand", "listAdverts", "getAdvert",
        "listInvoices", "getInvoice", "sendInvoice", "readyInvoice", "collectInvoice", "listInvoiceShipments",
        "getInvoiceShipment", "createInvoiceShipment", "updateInvoiceShipment", "createAdvert", "updateAdvert",
        "deleteAdvert", "createVariant", "updateVariant", "deleteVariant", "updateAdvertVariant",
        "deleteAdvertVariant",
    },
    "control": {
        "health", "createWorld", "getWorld", "deleteWorld", "resetWorld", "runCommands", "readJournal", "readClock",
        "advanceClock", "explainListing", "readIntegrationManager", "listRequests", "saveSnapshot", "listSnapshots",
        "restoreSnapshot",
        "forkSnapshot", "listBehaviours", "getOpenapi", "listWebhooks",
        "createFault", "listFaults", "getFault", "deleteFault",
    },
}  # fmt: skip
COMMANDS = {
    "stock.set", "stock.receive", "rule.set", "rule.clear", "exclusion.set", "listing.set", "order.create",
    "order.cancel", "order.hold", "order.release", "order.ship", "marketplace.sell", "inventory.put",
    "inventory.delete", "inventories.put", "feed.acknowledge", "wms.report", "clock.advance",
    "wms.ship", "cart.sync", "cart.download", "integration.run", "native.push",
    "variants.set_counts", "invoice.send", "invoice.ready", "invoice.collect", "invoice.ship", "invoice.track",
    "advert.create", "advert.put", "advert.delete", "variant.create", "variant.put", "variant.delete",
    "webhook.set", "webhook.send", "webhook.result", "stock.adjust", "stock.create", "order.update",
}  # fmt: skip
ODD_VALUES = (
    None, True, 0, -1, 1.0, 0.5, 1e300, 10**9 + 1, 10**40, "", " ", "1", "😀" * 255, "😀" * 256, [], [1, 1.0], {},
)  # fmt: skip
CLOSED_MODELS = {"control-world-request", "control-clock-advance", "control-snapshot-request"}


@FORMATS.checks("date-time", raises=ValueError)
def is_instant(value: object) -> bool:
    """The validator in the suite needs an extra package for this format; the standard library does as well."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def name_of(path: Path) -> str:
    return path.stem


@cache
def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def nodes(node, pointer=""):
    """Yield every object of a document with its JSON pointer."""
    if isinstance(node, dict):
        yield pointer, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from nodes(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


def target(path: Path, ref: str):
    """Return what a reference written in `path` points to, by file location alone."""
    file, _, fragment = ref.partition("#")
    found = read((path.parent / file).resolve() if file else path)
    for step in fragment.split("/")[1:]:
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


@cache
def registry() -> Registry:
    resources = [(path.resolve().as_uri(), Resource(read(path), DRAFT202012)) for path in SCHEMA_FILES]
    return Registry().with_resources(resources).crawl()


def by_location(path: Path) -> jsonschema.Draft202012Validator:
    """Return a validator that resolves relative references by where the files are, with a library of its own."""
    schema = {"$ref": path.resolve().as_uri()}
    return jsonschema.Draft202012Validator(schema, registry=registry(), format_checker=FORMATS)


def compiled(path: Path) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": path.resolve().as_uri()}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def spoilt_copies(body):
    """Yield the body with each of its values replaced by odd ones, and with each key of an object left out."""
    yield from ODD_VALUES
    if isinstance(body, dict):
        for key, value in body.items():
            yield {other: kept for other, kept in body.items() if other != key}
            yield from ({**body, key: spoilt} for spoilt in spoilt_copies(value))
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from ([*body[:place], spoilt, *body[place + 1 :]] for spoilt in spoilt_copies(value))


def operations(document: dict):
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def parameters(document: dict, operation: dict):
    for entry in operation.get("parameters", []):
        yield document["components"]["parameters"][entry["$ref"].rpartition("/")[2]] if "$ref" in entry else entry


@pytest.mark.parametrize("path", SCHEMA_FILES, ids=name_of)
def test_every_schema_is_valid_against_the_metaschema(path):
    """A schema file is a JSON Schema of draft 2020-12 and says so."""
    schema = read(path)

    jsonschema.Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", [*SCHEMA_FILES, *DOCUMENTS], ids=name_of)
def test_every_reference_resolves_by_file_location(path):
    """References are relative to the file they stand in; nothing is fetched from anywhere."""
    refs = [node["$ref"] for _, node in nodes(read(path)) if isinstance(node.get("$ref"), str)]

    assert [ref for ref in refs if "://" in ref or not isinstance(target(path, ref), dict)] == []


@pytest.mark.parametrize("path", sorted((SCHEMAS / "models").glob("*.json")), ids=name_of)
def test_every_model_explains_itself_and_has_no_absolute_id(path):
    """A model has a title and a description; an `$id` would detach its references from its place."""
    schema = read(path)

    assert schema["title"]
    assert schema["description"]
    assert "$id" not in schema


@pytest.mark.parametrize("path", sorted((SCHEMAS / "models").glob("*.json")), ids=name_of)
def test_every_pattern_is_anchored(path):
    """JSON Schema patterns search; an unanchored one would let anything around the match through."""
    patterns = [node["pattern"] for _, node in nodes(read(path)) if isinstance(node.get("pattern"), str)]

    assert [pattern for pattern in patterns if not (pattern.startswith("^") and pattern.endswith("$"))] == []


def test_every_model_is_used():
    """A model that no document and no other model refers to is dead weight."""
    refs = [
        node["$ref"].partition("#")[0].rpartition("/")[2]
        for path in [*SCHEMA_FILES, *DOCUMENTS]
        for _, node in nodes(read(path))
        if isinstance(node.get("$ref"), str)
    ]

    assert {path.name for path in (SCHEMAS / "models").glob("*.json")} - set(refs) == set()


@pytest.mark.parametrize("path", BODIES, ids=name_of)
def test_two_validators_give_the_same_verdict_on_every_body(path):
    """The quick validator that serves and the slow one of the suite read the same files the same way."""
    file = read(path)
    model = SCHEMAS / "models" / f"{file['model']}.json"
    slow, quick = by_location(model), compiled(model)
    bodies = [*file["valid"], *(case["body"] for case in file["invalid"])]
    expected = [True] * len(file["valid"]) + [False] * len(file["invalid"])

    assert [body for body, verdict in zip(bodies, expected, strict=True) if slow.is_valid(body) is not verdict] == []
    assert [body for body, verdict in zip(bodies, expected, strict=True) if quick.is_valid(body) is not verdict] == []


@pytest.mark.parametrize("path", BODIES, ids=name_of)
def test_two_validators_agree_on_every_good_body_with_one_value_spoilt(path):
    """Whatever odd value stands anywhere in a body, or is missing, both validators say the same."""
    file = read(path)
    model = SCHEMAS / "models" / f"{file['model']}.json"
    slow, quick = by_location(model), compiled(model)
    spoilt = [body for good in file["valid"] for body in spoilt_copies(good)]

    assert [body for body in spoilt if slow.is_valid(body) is not quick.is_valid(body)] == []


def test_every_request_body_has_good_and_bad_examples():
    """A model that a request is judged by is tried with bodies of both kinds."""
    judged = {
        content["schema"]["$ref"].rpartition("/")[2].removesuffix(".json")
        for path in DOCUMENTS
        for _, _, operation in operations(read(path))
        for content in operation.get("requestBody", {}).get("content", {}).values()
    }
    tried = {read(path)["model"] for path in BODIES if read(path)["valid"] and read(path)["invalid"]}

    assert judged - tried == set()


def test_every_command_has_good_and_bad_examples():
    """Each command type is tried with a body that passes and one that does not."""
    file = read(ROOT / "tests" / "data" / "bodies" / "control-command.json")

    assert {body["type"] for body in file["valid"]} == COMMANDS
    assert {
        body.get("type") for body in (case["body"] for case in file["invalid"]) if isinstance(body, dict)
    } >= COMMANDS


def test_the_command_model_is_a_closed_choice_of_all_commands():
    """Every command is one branch, named by its `type`, and lets no unknown key through."""
    model = read(SCHEMAS / "models" / "control-command.json")
    branches = [target(SCHEMAS / "models" / "control-command.json", choice["$ref"]) for choice in model["oneOf"]]

    assert {branch["properties"]["type"]["const"] for branch in branches} == COMMANDS
    assert {branch["additionalProperties"] for branch in branches} == {False}


@pytest.mark.parametrize("name", sorted(CLOSED_MODELS))
def test_control_requests_are_closed(name):
    """A misspelt key of a control request is an error, not silence."""
    assert read(SCHEMAS / "models" / f"{name}.json")["additionalProperties"] is False


def test_value_types_of_the_control_api_are_those_of_a_world_file():
    """A SKU, an id, a count mean the same in a command as in a world file."""
    ours = read(SCHEMAS / "models" / "control-types.json")["$defs"]
    world = read(SCHEMAS / "harness" / "world.json")["$defs"]
    shared = ours.keys() & world.keys()

    assert shared >= {"id", "ids", "count", "units", "positive_units", "sku", "instant", "duration", "money"}
    assert {name: ours[name] for name in shared} == {name: world[name] for name in shared}


@pytest.mark.parametrize("api", sorted(OPERATION_IDS))
def test_each_document_has_exactly_its_operations(api):
    """Handlers are found by operationId, so the set is fixed and nothing occurs twice."""
    found = Counter(entry["operationId"] for _, _, entry in operations(read(SCHEMAS / "openapi" / f"{api}.json")))

    assert found == Counter(dict.fromkeys(OPERATION_IDS[api], 1))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_path_parameter_is_declared_and_nothing_twice(path):
    """The names in a path template and the declared path parameters are the same; (name, place) is unique."""
    document = read(path)
    for template, _, operation in operations(document):
        declared = [(entry["name"], entry["in"]) for entry in parameters(document, operation)]

        assert sorted(name for name, place in declared if place == "path") == sorted(re.findall(r"{(\w+)}", template))
        assert len(declared) == len(set(declared))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_parameter_is_described_typed_and_bounded_one_way(path):
    """A range that a reading governs stands in `x-range` with the reading beside it; a default lies inside."""
    document = read(path)
    for _, _, operation in operations(document):
        for entry in parameters(document, operation):
            low, high = entry.get("x-range", (None, None))

            assert entry["description"]
            assert entry["schema"]["type"] in {"string", "integer", "boolean"}
            assert (entry["in"] == "path") <= (entry.get("required") is True)
            assert ("x-range" in entry) <= bool(entry.get("x-readings"))
            assert low is None or low <= entry["schema"]["default"] <= high


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_operation_says_what_it_is_and_what_it_rests_on(path):
    """Each operation has a summary, a tag, a success, and a list of behaviours that names nothing twice."""
    for _, _, operation in operations(read(path)):
        behaviours = operation["x-behaviours"]

        assert operation["summary"]
        assert operation["tags"]
        assert any(status.startswith(("2", "3")) for status in operation["responses"])
        assert len(behaviours) == len(set(behaviours))
        assert bool(behaviours) is (path.stem != "control")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_security_scheme_that_is_named_exists(path):
    """Security requirements name declared schemes, and an imitated operation is never open by oversight."""
    document = read(path)
    schemes = document["components"]["securitySchemes"].keys()
    for _, _, operation in operations(document):
        for choice in operation.get("security", document["security"]):
            assert choice.keys() <= schemes


def test_behaviours_and_readings_that_are_named_exist():
    """`x-behaviours` and `x-readings` name only entries of the registry, by their full ids."""
    files = [read(path) for path in (SCHEMAS / "behaviours").glob("*.json")]
    known = {entry["id"] for file in files for entry in [*file.get("readings", []), *file.get("behaviours", [])]}
    named = {
        name
        for path in [*SCHEMA_FILES, *DOCUMENTS]
        for _, node in nodes(read(path))
        for name in [*node.get("x-readings", []), *node.get("x-behaviours", [])]
    }

    assert named - known == set()


def test_the_default_dialect_is_valid_and_complete():
    """The default dialect names every parameter and field, and gives the defaults that its schema states."""
    path = SCHEMAS / "harness" / "dialect.json"
    schema, dialect = read(path), read(SCHEMAS / "dialects" / "acknowledge.json")
    stated = {
        group: {name: entry["default"] for name, entry in schema["properties"][group]["properties"].items()}
        for group in ("parameters", "row")
    }

    assert by_location(path).is_valid(dialect)
    assert {group: dialect[group] for group in stated} == stated
    assert dialect["envelope_key"] == schema["properties"]["envelope_key"]["default"]


@pytest.mark.parametrize(
    ("dialect", "verdict"),
    [
        ({"format": "stockproof/dialect/1"}, True),
        ({"format": "stockproof/dialect/1", "row": {"figure": "qty"}}, True),
        ({"format": "stockproof/dialect/1", "parameters": {"channel": "channel_id[]"}}, True),
        ({}, False),
        ({"format": "stockproof/dialect/2"}, False),
        ({"format": "stockproof/dialect/1", "row": {"quantity": "qty"}}, False),
        ({"format": "stockproof/dialect/1", "rows": {}}, False),
        ({"format": "stockproof/dialect/1", "row": {"figure": ""}}, False),
        ({"format": "stockproof/dialect/1", "row": {"figure": "a b"}}, False),
        ({"format": "stockproof/dialect/1", "envelope_key": None}, False),
    ],
)
def test_a_dialect_gives_what_differs_and_nothing_unknown(dialect, verdict):
    """A user's dialect may be as short as one name, and a misspelt key is an error."""
    path = SCHEMAS / "harness" / "dialect.json"

    assert by_location(path).is_valid(dialect) is verdict
    assert compiled(path).is_valid(dialect) is verdict


def test_the_default_dialect_is_what_the_models_describe():
    """The acknowledge models are written in the default dialect's names."""
    dialect = read(SCHEMAS / "dialects" / "acknowledge.json")
    row = read(SCHEMAS / "models" / "om-acknowledge-row.json")
    request = read(SCHEMAS / "models" / "om-acknowledge-request.json")
    response = read(SCHEMAS / "models" / "om-acknowledge-response.json")

    assert set(dialect["row"].values()) == row["properties"].keys()
    assert set(dialect["parameters"].values()) == request["properties"].keys()
    assert [dialect["envelope_key"]] == [*response["anyOf"][1]["properties"]]
