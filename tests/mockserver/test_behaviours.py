"""The registry of behaviours and readings, its probes, its command and its page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver import behaviours as registry
from mockserver.behaviours_page import page
from mockserver.cli.behaviours import behaviours as command

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMAS = ROOT / "schemas"
BASE = "https://stockproof.invalid/schemas/"
FILES = sorted((SCHEMAS / "behaviours").glob("*.json"))
PROBES = sorted((ROOT / "fixtures" / "probes").glob("*.json"))

# The catalogue that the project is built from: id prefix and how many rows it has.
CATALOGUE = {
    "OM-ALLOC": 12, "OM-EXCL": 3, "OM-AVAIL": 9, "OM-PUSH": 4, "OM-IMP": 1, "OM-ACK": 6,
    "IM-SYNC": 10, "IM-OM": 6, "MP-INV": 13, "MP-API": 6, "MP-GQL": 1,
}  # fmt: skip
OWN_FAMILIES = {"OM-API", "OUR", "MP-HOOK"}
NOT_SERVED = {"OM-IMP-01", "MP-GQL-01"}

# Reading to options, the default first: what worlds, dialects and checks are written against.
READINGS = {
    "alloc.regime-quantity": "available on-hand channel-available",
    "alloc.minimum-scope": "included-warehouses all-warehouses any-warehouse-above largest-minimum",
    "alloc.minimum-locations": "active-pickable all",
    "alloc.absent-minimum-pair": "normal-pair everything",
    "alloc.percent-range": "up-to-100-two-decimals up-to-100-whole unbounded",
    "alloc.channel-wide-rule": "channel-default bulk-write",
    "alloc.listings-share": "each-full divided",
    "alloc.negative-available": "sum-then-clamp clamp-per-warehouse published",
    "alloc.zero-figure": "answered left-out",
    "alloc.backorders": "no-effect constant",
    "alloc.fba-stock": "own-channel-only shared",
    "alloc.wfs-stock": "shared own-channel-only",
    "alloc.fba-listings": "left-out answered",
    "avail.bundle-exclusions": "bundle-only components-too",
    "orders.routing": "across-warehouses one-warehouse",
    "orders.bundle-draw": "prepackaged-per-warehouse prepackaged-everywhere-first components-first",
    "orders.hold": "keeps frees",
    "orders.awaiting-payment": "allocates waits",
    "listing.push-off": "silence final-zero",
    "listing.inactive": "silence final-zero",
    "listing.variation-parent": "left-out zero",
    "channel.inactive": "silence zero",
    "product.inactive": "silence zero no-effect",
    "ack.channel-given": "query body either",
    "ack.channel-required-v1.2": "required optional",
    "ack.channel-required-v1.1": "optional required",
    "ack.limit-out-of-range": "refuse clamp",
    "ack.paging": "limit everything",
    "ack.envelope": "array object",
    "ack.marker-scope": "token-channel-version token-channel channel-version",
    "ack.consumption": "on-read explicit",
    "ack.due": "figure-differs figure-changed stock-changed",
    "ack.first-call": "all-active nothing",
    "ack.partial-batch": "answered-rows whole-backlog",
    "ack.row-order": "oldest-change latest-change listing-id",
    "ack.nothing-new": "empty-array no-content",
    "ack.unknown-channel": "not-found empty bad-request",
    "ack.scope": "read_inventory write_inventory none",
    "om.limit-out-of-range": "clamp refuse",
    "om.service-prefix": "both required",
    "om.error-body": "message-and-code oauth-style",
    "om.awaiting-status": "by-warehouse-type awaiting-shipment",
    "om.adjust-unknown-sku": "stock-not-found product-not-found",
    "om.adjust-locked": "total unlocked",
    "om.stock-good-items": "applied nothing",
    "om.shipment-answer": "results-and-errors rows",
    "om.shipment-again": "refused accepted",
    "om.standard-batch": "as-asked good-ones",
    "mp.id-type": "number string",
    "mp.price-text": "shortest one-decimal",
    "mp.infinite-record": "omits nulls shows",
    "mp.omitted-attribute": "kept reset",
    "mp.create-without-count": "zero refused",
    "mp.null-price": "clears refused ignored",
    "mp.bad-price": "refused accepted",
    "mp.string-price": "refused accepted",
    "mp.bad-count": "refused coerced",
    "mp.count-on-infinite": "stays-infinite becomes-finite",
    "mp.stranger": "unprocessable not-found ignored",
    "mp.owner-without-seller-id": "refused own-record",
    "mp.atomicity": "all-or-nothing good-ones",
    "mp.same-seller-twice": "last first refused",
    "mp.member-foreign-seller-id": "ignored refused",
    "mp.member-reads": "all own",
    "mp.foreign-delete": "not-found forbidden",
    "mp.single-store-get": "empty not-found",
    "mp.single-store-put": "unprocessable not-found",
    "mp.missing-scope": "forbidden not-found",
    "mp.malformed-json": "bad-request unprocessable",
    "mp.data-not-array": "unprocessable bad-request",
    "mp.list-order": "id seller-id",
    "mp.last-page-next": "absent same-as-last",
    "mp.page-size": "50-1100 50-500 100-100",
    "mp.page-size-above-maximum": "clamp refused",
    "mp.multi-store-count": "sum independent",
    "mp.variant-one": "object array",
    "mp.media-type": "vnd-api-json json",
    "mp.two-auth-headers": "accepted-when-equal refused",
    "mp.invoice-id-type": "string number",
    "mp.invoice-list-include": "in-relationships included",
    "mp.invoice-step": "refused accepted",
    "mp.stock-events": "both none",
    "mp.variant-delete": "no-content ok",
    "mp.create-published": "refused unpublished",
    "mp.owner-advert": "multi-store single-store",
    "mp.member-writes": "not-found forbidden",
    "mp.multi-store-variant-count": "refused ignored",
    "mp.count-text": "accepted refused",
    "mp.last-variant": "published unpublished refused",
    "im.recent-order-states": "all-but-cancelled until-shipped new-only",
    "im.recent-order-clock": "loaded ordered delivered",
    "im.own-orders": "included left-out",
    "im.sync-gate": "new-record new-record-of-any-sku changed-number",
    "im.step-order": "minimum-last minimum-first",
    "im.fractions": "down nearest refused",
    "im.negative": "zero published",
    "im.warehouse-clock": "per-warehouse newest oldest",
    "im.combined-channels": "refused summed",
    "im.full-sync-content": "reported zero-missing",
    "im.order-manager-locked": "added included",
    "im.order-manager-allocations": "subtracted-again added-back",
    "im.late-report": "passed-over overwrites",
}


def retrieve(uri: str) -> Resource[Any]:
    document = json.loads((SCHEMAS / uri.removeprefix(BASE)).read_text())
    return Resource.from_contents(document, default_specification=DRAFT202012)


@cache
def validator(name: str) -> Draft202012Validator:
    uri = f"{BASE}harness/{name}"
    return Draft202012Validator({"$ref": uri}, registry=Registry(retrieve=retrieve))


def broken_rules(path: Path, schema: str) -> list[str]:
    document = json.loads(path.read_text())
    return [f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(document)]


def rows(key: str) -> list[dict[str, Any]]:
    return [row for path in FILES for row in json.loads(path.read_text()).get(key, ())]


def probe_of(reading_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / registry.readings()[reading_id].probe).read_text())
    return found


def run(*arguments: str, exit_code: int = 0) -> str:
    result = CliRunner().invoke(command, arguments)
    assert exit_code == result.exit_code, result.output
    return result.output


# -- the files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_registry_file_follows_its_schema_and_is_named_after_its_family(path: Path):
    """Everything that the registry is made of is checked data."""
    document = json.loads(path.read_text())

    assert broken_rules(path, "behaviours.json") == []
    assert document["family"] == path.stem.removeprefix("readings-")


def test_no_id_is_given_twice():
    """A header, a report and a world file name behaviours and readings by id alone."""
    ids = [row["id"] for key in ("behaviours", "readings") for row in rows(key)]

    assert len(set(ids)) == len(ids)


def test_every_row_of_the_catalogue_is_a_behaviour():
    """Every row gets an id, and no family grows ids that the catalogue does not have."""
    wanted = {f"{family}-{number:02d}" for family, count in CATALOGUE.items() for number in range(1, count + 1)}
    found = {each for each in registry.behaviours() if each.rpartition("-")[0] not in OWN_FAMILIES}

    assert wanted == found


def test_the_grades_that_the_catalogue_fixes_are_kept():
    """D, E and I are findings; nothing may turn a guess into a document."""
    grades = {each.id: each.grade for each in registry.behaviours().values()}
    worked_examples = {"OM-ALLOC-05", "OM-ALLOC-06", "OM-ALLOC-07", "OM-ALLOC-08", "OM-ALLOC-09", "OM-EXCL-01"}
    inferred = {"OM-ALLOC-12", "OM-EXCL-03", "OM-AVAIL-04", "OM-ACK-05", "OM-API-04"}
    guessed = {"OM-ACK-06"} | {each for each in grades if each.startswith("OUR-")}

    assert worked_examples == {each for each, grade in grades.items() if grade == "E"}
    assert inferred == {each for each, grade in grades.items() if grade == "I"}
    assert guessed == {each for each, grade in grades.items() if grade == "G"}


def test_what_is_not_served_yet_says_so():
    """Integration Manager, throttling and GraphQL come in later versions."""
    unserved = {each.id for each in registry.behaviours().values() if not each.served}

    assert unserved == NOT_SERVED


def test_a_surface_is_an_operation_or_a_command():
    """Whoever looks a behaviour up finds the call to make."""
    documents = [json.loads(path.read_text()) for path in (SCHEMAS / "openapi").glob("*.json")]
    operations = {
        operation["operationId"]
        for document in documents
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    commands = set(json.loads((SCHEMAS / "models" / "control-command.json").read_text())["$defs"])
    surfaces = {surface for each in registry.behaviours().values() for surface in each.surface}

    assert set() == surfaces - operations - commands


def test_every_reading_bears_on_some_behaviour():
    """A reading that no behaviour leans on could never be named in a response header."""
    named = {reading for each in registry.behaviours().values() for reading in each.readings}

    assert set(READINGS) == named


def test_the_readings_have_exactly_these_options_and_defaults():
    """Worlds and checks name options; renaming one breaks them."""
    found = {each.id: " ".join(each.option_ids) for each in registry.readings().values()}

    assert found == READINGS
    assert {reading: options.split()[0] for reading, options in READINGS.items()} == registry.defaults()


# -- probes ------------------------------------------------------------------------------------------------------


def test_every_reading_has_its_probe_and_no_probe_is_left_over():
    """An option that cannot be found out from outside is no reading."""
    assert set(READINGS) == {path.stem for path in PROBES}
    assert {each.probe for each in registry.readings().values()} == {f"fixtures/probes/{one.name}" for one in PROBES}


@pytest.mark.parametrize("path", PROBES, ids=lambda path: path.stem)
def test_a_probe_follows_its_schema(path: Path):
    """Probes are language-neutral: whoever can read the schema can run them."""
    assert broken_rules(path, "probe.json") == []
    assert path.stem == json.loads(path.read_text())["reading"]


@pytest.mark.parametrize("reading_id", READINGS)
def test_a_probe_expects_something_else_of_every_option(reading_id: str):
    """One run of the probe names the option that a server follows."""
    probe = probe_of(reading_id)
    values = [json.dumps(value) for value in probe["expect"].values()]

    assert READINGS[reading_id].split() == list(probe["expect"]) == list(probe["why"])
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("reading_id", READINGS)
def test_a_probe_observes_its_requests_and_expects_values_of_that_shape(reading_id: str):
    """An observation names a request step; several observations expect as many values."""
    probe = probe_of(reading_id)
    several = isinstance(probe["observe"], list)
    observations = probe["observe"] if several else [probe["observe"]]
    requests = {number for number, step in enumerate(probe["steps"]) if "request" in step}

    assert {each["step"] for each in observations if "step" in each} <= requests
    assert all(len(value) == len(observations) for value in probe["expect"].values() if several)
    for value in probe["expect"].values():
        for each, seen in zip(observations, value if several else [value], strict=True):
            assert isinstance(seen, int if each["what"] == "status" else list if "select" in each else object)


# -- resolving ---------------------------------------------------------------------------------------------------


def test_choosing_nothing_gives_the_defaults():
    """A world that says nothing follows the default of every reading."""
    assert registry.defaults() == registry.resolve({})


def test_a_chosen_option_replaces_only_its_own_default():
    """Readings are independent of one another."""
    chosen = registry.resolve({"ack.due": "stock-changed"})

    assert {"ack.due"} == {each for each, option in chosen.items() if option != registry.defaults()[each]}
    assert chosen["ack.due"] == "stock-changed"


def test_an_unknown_reading_is_refused_with_the_nearest_one():
    """A typing error must not silently leave the default in force."""
    with pytest.raises(registry.UnknownReading) as caught:
        registry.resolve({"ack.deu": "figure-differs"})

    assert (caught.value.field, caught.value.value, caught.value.nearest) == ("readings", "ack.deu", "ack.due")
    assert str(caught.value) == "readings: unknown reading 'ack.deu'; nearest valid: 'ack.due'"


@pytest.mark.parametrize(
    ("option", "near"),
    [("stock-change", "stock-changed"), ("zzz", None), (False, None), (None, None), (["stock-changed"], None)],
    ids=repr,
)
def test_an_unknown_option_is_refused_with_the_nearest_one(option: Any, near: str | None):
    """YAML turns `off` and `no` into booleans; they are refused like any other wrong option."""
    with pytest.raises(registry.UnknownOption) as caught:
        registry.resolve({"ack.due": option})

    assert caught.value.field == "readings.ack.due"
    assert caught.value.value == option
    assert near is None or caught.value.nearest == near


def test_the_shared_mappings_cannot_be_changed():
    """One world must not be able to move another world's defaults."""
    with pytest.raises(TypeError):
        registry.defaults()["ack.due"] = "stock-changed"  # type: ignore[index]


# -- the response header -----------------------------------------------------------------------------------------


def test_the_header_names_grades_and_options_in_the_order_given():
    """`ID;grade=X` for a behaviour, with `;option=Y` for a reading, separated by a comma and a blank."""
    value = registry.header_value(["OM-ACK-01", "ack.due"], registry.defaults())

    assert value == "OM-ACK-01;grade=D, ack.due;grade=G;option=figure-differs"


def test_the_header_names_the_option_of_the_world_and_each_id_once():
    """What is named is what this world follows, not the default."""
    chosen = registry.resolve({"ack.due": "stock-changed"})

    assert registry.header_value(["ack.due", "OM-ACK-06", "ack.due"], chosen) == (
        "ack.due;grade=G;option=stock-changed, OM-ACK-06;grade=G"
    )


def test_the_header_of_nothing_is_empty():
    """An answer that rests on no behaviour names none."""
    assert registry.header_value([], registry.defaults()) == ""


def test_an_id_that_the_registry_lacks_is_no_header():
    """A handler that names a behaviour that does not exist is a mistake of ours."""
    with pytest.raises(registry.UnknownId) as caught:
        registry.header_value(["OM-ACK-99"], registry.defaults())

    assert str(caught.value.nearest).startswith("OM-ACK-")


def test_the_registry_document_holds_everything():
    """The control API serves the whole registry, with the grades spelled out."""
    document = registry.registry_document()

    assert list(document["grades"]) == ["D", "E", "C", "I", "G"]
    assert {row["id"] for row in document["behaviours"]} == set(registry.behaviours())
    assert {row["id"]: " ".join(row["options"]) for row in document["readings"]} == READINGS
    assert all(row["options"] == list(row["meanings"]) for row in document["readings"])


# -- the command and the page ------------------------------------------------------------------------------------


def test_list_writes_json_into_a_pipe():
    """Data for programs is the default where no person looks."""
    listed = json.loads(run("list"))

    assert [*registry.behaviours(), *registry.readings()] == [row["id"] for row in listed]


def test_list_can_be_narrowed_to_one_kind_and_grade():
    """`--grade G` answers what a test suite leans on that nobody has documented."""
    listed = json.loads(run("list", "--kind", "reading", "--grade", "D", "--format", "json"))

    assert {row["id"] for row in listed} == {"im.sync-gate", "listing.push-off", "mp.infinite-record", "mp.page-size"}


def test_list_writes_a_table_when_asked():
    """One line for each entry, with its id, grade and default."""
    written = run("list", "--format", "table", "--kind", "reading")

    assert "figure-differs" in written
    assert all(reading_id in written for reading_id in READINGS)


def test_show_writes_one_entry():
    """A behaviour with its evidence; a reading with what its options mean."""
    assert json.loads(run("show", "OM-ACK-05"))["grade"] == "I"
    assert json.loads(run("show", "ack.due"))["meanings"].keys() == set(READINGS["ack.due"].split())


@pytest.mark.parametrize("wanted", ["OM-ACK-05", "ack.due"])
def test_show_writes_a_table_on_a_terminal(wanted: str, monkeypatch: pytest.MonkeyPatch):
    """A person reads the grade in words."""
    monkeypatch.setattr("mockserver.cli.behaviours._form_for_stdout", lambda: "table")

    assert registry.GRADES[registry.find(wanted).grade] in run("show", wanted)


def test_show_of_an_unknown_id_names_the_nearest_and_exits_with_2():
    """Exit code 2 is bad usage."""
    assert "there is no behaviour or reading 'ack.deu'; did you mean 'ack.due'?" in run("show", "ack.deu", exit_code=2)


def test_the_generated_page_is_up_to_date():
    """docs/behaviours.md is written by `mockserver behaviours list --format markdown`."""
    assert (ROOT / "docs" / "behaviours.md").read_text() == run("list", "--format", "markdown")


def test_the_page_of_a_part_has_only_that_part():
    """The page can be narrowed like the list."""
    written = page([registry.find("OM-ACK-05")])

    assert "OM-ACK-05" in written
    assert "## Readings" not in written
