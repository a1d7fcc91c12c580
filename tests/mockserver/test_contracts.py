"""The contracts as the server loads them: operations, bundled documents, compiled validators."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import orjson
import pytest
import schemathesis

from mockserver import contracts
from mockserver.contracts import UnknownContract
from mockserver.core.commands import HANDLERS
from mockserver.violations import Violation

ROOT = Path(__file__).resolve().parents[2]
BODIES = sorted((ROOT / "tests" / "data" / "bodies").glob("*.json"))


def violations(model: str, body: object) -> list[Violation]:
    return contracts.validator(model).violations(body)


def refs(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from refs(value)


def test_operations_count_as_many_as_the_documents_list():
    """Every documented operation is yielded once."""
    assert [len(contracts.operations(api)) for api in contracts.APIS] == [25, 28, 23]


def test_an_operation_carries_what_a_route_needs():
    """Method, path template, prefixes, body model and media type come from the document."""
    put = contracts.operation("marketplacer", "putInventories")

    assert (put.method, put.path) == ("PUT", "/client/variants/{variant_id}/inventories")
    assert put.prefixes == ("/api/v2",)
    assert (put.body, put.media_types, put.body_required) == ("mp-inventories-put", ("application/vnd.api+json",), True)
    assert {200, 401, 404, 415, 422} <= set(put.statuses)
    assert put.security == ("bearerKey", "apiKey")
    assert {"MP-INV-03", "mp.atomicity"} <= set(put.behaviours)


def test_order_manager_paths_are_served_with_and_without_the_service_prefix():
    """The application hosts have the prefix /service, the API hosts have not."""
    assert {("", "/service")} == {operation.prefixes for operation in contracts.operations("order-manager")}


def test_a_shared_parameter_is_resolved():
    """Parameters written once under components come out like those written in place."""
    names = {parameter.name: parameter for parameter in contracts.operation("order-manager", "listListings").parameters}

    assert names["limit"].range == (1, 1000)
    assert names["limit"].readings == ("om.limit-out-of-range",)
    assert (names["page"].minimum, names["page"].default, names["page"].type) == (1, 1, "integer")


def test_a_range_that_a_reading_governs_does_not_bind():
    """A limit outside the documented range must reach the handler, which asks the reading."""
    parameters = contracts.operation("order-manager", "acknowledgeInventoryV12").parameters
    limit = next(parameter for parameter in parameters if parameter.name == "limit")

    assert (limit.minimum, limit.maximum, limit.range) == (None, None, (1, 1000))


def test_stock_totals_never_give_more_than_200_rows():
    """No reading tolerates a limit above 200 there."""
    for operation_id in ("listStockTotals", "listStockTotalsV1"):
        parameters = contracts.operation("order-manager", operation_id).parameters
        assert [parameter.maximum for parameter in parameters if parameter.name == "limit"] == [200]


def test_open_operations_have_no_security():
    """Health and the first step of the OAuth flow ask for no credentials."""
    assert contracts.operation("control", "health").security == ()
    assert contracts.operation("order-manager", "authorize").security == ()


@pytest.mark.parametrize("api", contracts.APIS)
def test_a_bundled_document_needs_no_other_file(api):
    """Every reference in it points into the document itself, and to something that is there."""
    bundled = json.loads(contracts.bundled(api))

    for ref in set(refs(bundled)):
        found = bundled
        assert ref.startswith("#/")
        for step in ref.split("/")[1:]:
            found = found[step]


@pytest.mark.parametrize("api", contracts.APIS)
def test_a_bundled_document_is_valid_openapi_and_loads_in_schemathesis(api):
    """The served contract is one that tools of others can read."""
    loaded = schemathesis.openapi.from_dict(json.loads(contracts.bundled(api)))

    loaded.validate()

    assert len(contracts.operations(api)) == sum(1 for _ in loaded.get_all_operations())


@pytest.mark.parametrize("api", contracts.APIS)
def test_bundled_schemas_are_valid_json_schemas(api):
    """What stands under components/schemas is a JSON Schema of draft 2020-12."""
    for schema in json.loads(contracts.bundled(api))["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_the_validator_judges_every_example_as_its_author_did(path):
    """A good body has no violations; a bad one has at least one."""
    file = json.loads(path.read_text(encoding="utf-8"))

    assert [body for body in file["valid"] if violations(file["model"], body)] == []
    assert [case["why"] for case in file["invalid"] if not violations(file["model"], case["body"])] == []


def test_a_violation_points_at_the_value():
    """The pointer leads to the offending value, with / and ~ escaped."""
    [found] = violations("mp-stock-on-hand-request", {"count_on_hand": {"1": "5"}})

    assert found.pointer == "/count_on_hand/1"


def test_a_failed_choice_tells_what_the_named_type_breaks():
    """Of a command only the branch that its `type` names is reported on."""
    body = [{"type": "stock.receive", "master_sku": "MUG", "warehouse": 1, "units": 0}]

    assert [found.pointer for found in violations("control-commands-request", body)] == ["/0/units"]


def test_an_unknown_type_is_answered_with_the_nearest_one():
    """The message shows what was sent and the valid type that is spelled most like it."""
    [found] = violations("control-commands-request", [{"type": "stock.recieve"}])

    assert found.pointer == "/0/type"
    assert "'stock.recieve'" in found.message
    assert "'stock.receive'" in found.message


def test_a_message_does_not_repeat_a_large_value():
    """A body of megabytes is not sent back in the error."""
    found = violations("control-commands-request", {"junk": "x" * 100_000})

    assert all(len(violation.message) <= 300 for violation in found)


def test_every_command_that_the_world_knows_has_a_schema():
    """Commands reach the world only through the model, so one without a branch there could not be run."""
    choice = contracts.bundled_model("control-command")["$defs"]["control-command"]

    assert HANDLERS.keys() - choice["$defs"].keys() == set()


def test_violations_are_bounded():
    """A body that is wrong everywhere is reported on in part, and not by judging all of it."""
    started = time.monotonic()

    assert len(violations("control-commands-request", [3] * 50_000)) == 100
    assert time.monotonic() - started < 5


def test_a_violation_far_down_a_long_body_is_still_found():
    """The beginning being good does not make the whole good."""
    counts = {str(number): 1 for number in range(1, 5_001)} | {"3000": "none"}

    assert [found.pointer for found in violations("mp-stock-on-hand-request", {"count_on_hand": counts})] == [
        "/count_on_hand/3000"
    ]


@pytest.mark.parametrize("depth", [10, 300, 900, 1020])
def test_deep_nesting_does_not_break_the_validator(depth):
    """A body nested as deeply as the parser allows gets a verdict like any other."""
    deep = orjson.loads("[" * depth + "]" * depth)

    assert violations("control-commands-request", deep)
    assert violations("mp-inventories-put", {"data": [{"attributes": {"price": deep}}]})
    assert violations(
        "mp-stock-on-hand-request", {"count_on_hand": {str(n): 1 for n in range(1, 2_000)} | {"9999": deep}}
    )


@pytest.mark.parametrize("depth", [10, 300, 900, 1020])
def test_a_deep_value_that_no_rule_looks_at_has_one_verdict(depth):
    """The quick answer and the list of violations never contradict each other."""
    body = {"data": [], "meta": orjson.loads("[" * depth + "]" * depth)}

    assert contracts.validator("mp-inventories-put").is_valid(body) is not bool(violations("mp-inventories-put", body))


def test_formats_are_checked():
    """A day that no calendar has passes the pattern of an instant and fails its format."""
    assert not contracts.validator("control-clock-advance").is_valid({"to": "2026-02-30T00:00:00Z"})


def test_validators_are_compiled_once():
    """Asking again answers the same object."""
    assert contracts.validator("om-error") is contracts.validator("om-error")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: contracts.document("graphql"),
        lambda: contracts.operations("../models/om-error"),
        lambda: contracts.operation("control", "readMetrics"),
        lambda: contracts.bundled("graphql"),
        lambda: contracts.bundled_model("no-such-model"),
        lambda: contracts.validator("no-such-model"),
    ],
)
def test_an_unknown_name_is_an_error(ask):
    """A contract that does not exist is reported by name, never guessed."""
    with pytest.raises(UnknownContract):
        ask()


def test_importing_loads_no_validator_and_reads_no_file():
    """A server that validates nothing yet pays nothing for it."""
    code = (
        "import sys, mockserver.contracts as c;"
        "assert not {'jsonschema', 'jsonschema_rs', 'referencing'} & sys.modules.keys();"
        "assert c.document.cache_info().currsize == 0"
    )

    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
