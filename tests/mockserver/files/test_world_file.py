"""World files: found by name, read strictly, checked against their schema, told apart by line and path."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
import pytest

from mockserver import resources
from mockserver.files import world_file
from mockserver.files.world_file import (
    UnusableFile,
    WorldFileError,
    build_world,
    check_world,
    find_world,
    load_world,
    read_world,
)

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "stockproof/world/1"
SHIPPED = sorted(path.stem for path in (resources.fixtures_dir() / "worlds").iterdir())


def world(**sections: Any) -> dict[str, Any]:
    return {"format": FORMAT, **sections}


def problems_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(WorldFileError) as caught:
        check_world(document, source="w")
    return [(problem.path, problem.message) for problem in caught.value.problems]


def checked_and_built(document: dict[str, Any]) -> None:
    check_world(document, source="w")
    build_world(document, source="w")


def written(folder: Path, text: str | bytes, name: str = "w.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# -- finding -------------------------------------------------------------------------------------------


def test_world_is_found_by_its_shipped_name_and_by_its_path(tmp_path: Path) -> None:
    """``--world NAME`` finds a fixture, ``--world FILE`` a file."""
    path = written(tmp_path, f"format: {FORMAT}")

    assert find_world("demo") == resources.fixtures_dir() / "worlds" / "demo.yaml"
    assert find_world(str(path)) == path


@pytest.mark.parametrize("name", ["dmeo", "../worlds/dmeo.yaml", "x" * 5000, "a\0b"])
def test_unknown_world_is_refused_with_the_shipped_names(name: str) -> None:
    """Nobody has to guess what the worlds are called."""
    with pytest.raises(UnusableFile, match="demo, demo-sync, seed-004"):
        find_world(name)


def test_misspelled_world_names_the_nearest() -> None:
    """A wrong name is answered with the nearest valid one."""
    with pytest.raises(UnusableFile, match="nearest valid: demo"):
        find_world("dmeo")


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """The suffix decides how a file is read, so it must be a known one."""
    with pytest.raises(UnusableFile, match=r"\.yaml, \.yml, \.json"):
        read_world(written(tmp_path, "x", "w.toml"))


def test_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at before the content."""
    monkeypatch.setattr(world_file, "MAX_FILE_BYTES", 10)

    with pytest.raises(UnusableFile, match="larger than 10 bytes"):
        read_world(written(tmp_path, f"format: {FORMAT}"))


# -- checking ------------------------------------------------------------------------------------------


def test_unknown_key_names_the_nearest_valid_one_and_its_line(tmp_path: Path) -> None:
    """Unknown keys are errors that name the nearest valid key."""
    path = written(
        tmp_path,
        f"""format: {FORMAT}
order_manager:
  warehouses: [{{id: 1, name: East}}]
  products: [{{master_sku: TEE}}]
  stock:
    - {{master_sku: TEE, warehouse: 1, on_hand: 1}}
    - master_sku: TEE
      warehouse: 1
      on_hnad: 12
""",
    )

    with pytest.raises(WorldFileError) as caught:
        load_world(str(path))

    assert [str(problem) for problem in caught.value.problems] == [
        f"{path}:7: order_manager.stock[1]: required key 'on_hand' is missing",
        f"{path}:9: order_manager.stock[1].on_hnad: unknown key 'on_hnad' (nearest valid: on_hand)",
    ]


def test_every_unknown_key_has_a_nearest_one() -> None:
    """However unlike, some valid key is the nearest."""
    with pytest.raises(WorldFileError) as caught:
        check_world(world(xyzzy=1, integration_manager={"carts": []}), source="w")

    told = {problem.path: problem for problem in caught.value.problems}
    assert told["xyzzy"].nearest in {"seed", "links", "clock", "format", "readings", "order_manager", "marketplacer"}
    assert told["integration_manager.carts"].nearest == "merchants"


@pytest.mark.parametrize("key", ["onHand", "On-Hand", "ON_HAND"])
def test_key_in_another_spelling_style_is_recognised(key: str) -> None:
    """Camel case and capital letters are the usual mistakes."""
    with pytest.raises(WorldFileError) as caught:
        check_world(
            world(order_manager={"stock": [{"master_sku": "A", "warehouse": 1, "on_hand": 1, key: 1}]}), source="w"
        )

    assert [problem.nearest for problem in caught.value.problems] == ["on_hand"]


STOCK = {"master_sku": "A", "warehouse": 1, "on_hand": 1}


def stocked(**changes: Any) -> dict[str, Any]:
    return world(order_manager={"stock": [STOCK | changes]})


def ruled(**changes: Any) -> dict[str, Any]:
    rule = {"sales_channel": 1, "rule_type": "PERCENT_OF_AVAILABLE", "value": 50}
    return world(order_manager={"rules": [rule | changes]})


def product(**changes: Any) -> dict[str, Any]:
    return world(order_manager={"products": [{"master_sku": "A"} | changes]})


INVALID = [
    ({}, "", "required key 'format' is missing"),
    ({"format": "stockproof/world/2"}, "format", "must be stockproof/world/1"),
    (world(clock="2026-01-05"), "clock", "an instant in UTC"),
    (world(clock="2026-02-30T00:00:00Z"), "clock", "an instant in UTC"),
    (world(clock="2026-01-05T09:00:00+10:00"), "clock", "an instant in UTC"),
    (world(seed=-1), "seed", "whole number"),
    (world(seed=True), "seed", "whole number"),
    (world(readings={"ack.limit": 1}), 'readings["ack.limit"]', "text"),
    (world(links=[{"sales_channel": 1, "seller": 1, "import_lag": "5m"}]), "links[0].import_lag", "duration"),
    (world(links=[{"sales_channel": 1, "seller": 1, "import_lag": "PT"}]), "links[0].import_lag", "duration"),
    (world(order_manager=[]), "order_manager", "an object"),
    (stocked(on_hand=10**30), "order_manager.stock[0].on_hand", "at most 1000000000"),
    (stocked(on_hand=1_000_000_001), "order_manager.stock[0].on_hand", "at most 1000000000"),
    (stocked(on_hand=7.0), "order_manager.stock[0].on_hand", "without a decimal point"),
    (stocked(on_hand=7.5), "order_manager.stock[0].on_hand", "without a decimal point"),
    (stocked(on_hand="7"), "order_manager.stock[0].on_hand", "whole number"),
    (stocked(locked=-1), "order_manager.stock[0].locked", "from 0"),
    (stocked(active="TRUE"), "order_manager.stock[0].active", "true or false"),
    (stocked(location=None), "order_manager.stock[0].location", "text"),
    (stocked(warehouse=0), "order_manager.stock[0].warehouse", "an id"),
    (stocked(master_sku=" "), "order_manager.stock[0].master_sku", "not all blank"),
    (stocked(master_sku="A\nB"), "order_manager.stock[0].master_sku", "no control characters"),
    (stocked(master_sku="A" * 256), "order_manager.stock[0].master_sku", "255"),
    (stocked(master_sku=12), "order_manager.stock[0].master_sku", "put it in quotes"),
    (product(type="BUNDEL_KIT"), "order_manager.products[0].type", "must be one of CORE_PRODUCT"),
    (product(type="BUNDLE_KIT"), "order_manager.products[0]", "required key 'components' is missing"),
    (product(type="BUNDLE_KIT", components=[]), "order_manager.products[0].components", "at least one"),
    (
        product(components=[{"master_sku": "B", "quantity": 1}]),
        "order_manager.products[0].components",
        "only a BUNDLE_KIT",
    ),
    (product(excluded_warehouses=[1, 1]), "order_manager.products[0].excluded_warehouses", "twice"),
    (ruled(value=-1), "order_manager.rules[0].value", "percentage"),
    (ruled(value=33.333), "order_manager.rules[0].value", "two decimals"),
    (ruled(rule_type="MAX_ALLOCATION", value=2.5), "order_manager.rules[0].value", "whole number of units"),
    (ruled(min_value=1), "order_manager.rules[0]", "together"),
    (
        world(order_manager={"orders": [{"sales_channel": 1, "order_number": "1", "lines": []}]}),
        "order_manager.orders[0].lines",
        "at least one",
    ),
    (
        world(marketplacer={"variants": [{"sku": "A", "seller": 1, "multi_store_owner": 1}]}),
        "marketplacer.variants[0]",
        "exactly one of seller and multi_store_owner",
    ),
    (
        world(marketplacer={"variants": [{"sku": "A", "seller": 1, "price": 5}]}),
        "marketplacer.variants[0].price",
        "quotes",
    ),
    (
        world(marketplacer={"inventories": [{"variant": 1, "seller": 1, "price": "1e5"}]}),
        "marketplacer.inventories[0].price",
        "null or a decimal number",
    ),
]


@pytest.mark.parametrize(("document", "path", "message"), INVALID)
def test_invalid_value_is_told_with_its_path_and_what_to_write(
    document: dict[str, Any], path: str, message: str
) -> None:
    """Each mistake is told once, at its path, with what would be right."""
    [(told_path, told)] = problems_of(document)

    assert told_path == path
    assert message in told


@pytest.mark.parametrize("document", [document for document, *_ in INVALID] + [load_world(name) for name in SHIPPED])
def test_both_validators_agree(document: dict[str, Any]) -> None:
    """The schema means the same to the validator of the mock and to the one of the suite."""
    schema = json.loads((resources.schemas_dir() / "harness" / "world.json").read_text())
    quick = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(document)
    thorough = jsonschema.Draft202012Validator(schema).is_valid(document)

    # Only the quick one knows that February has no 30th.
    assert quick == thorough or document.get("clock") == "2026-02-30T00:00:00Z"


def test_percentages_with_two_decimals_pass() -> None:
    """A percentage has at most two decimals, however a float holds them."""
    for hundredths in range(10_001):
        check_world(ruled(value=float(f"{hundredths // 100}.{hundredths % 100:02}")), source="w")


def test_no_more_than_a_hundred_problems_are_told() -> None:
    """A broken file of a million rows does not answer with a million lines."""
    with pytest.raises(WorldFileError) as caught:
        check_world(world(order_manager={"stock": [{"warehouse": 1, "on_hand": 1}] * 5000}), source="w")

    assert len(caught.value.problems) == 101
    assert caught.value.problems[-1].message == "and 4900 more problems"


SECRET = "s3cr3t_value"


@pytest.mark.parametrize(
    "order_manager",
    [
        {"tokens": [{"token": f"{SECRET} with blanks"}]},
        {"tokens": [{"token": [SECRET]}]},
        {"tokens": [SECRET]},
        {"tokens": SECRET},
        {"tokens": {SECRET: 1}},
        {"tokens": [{f"token:{SECRET}": None}]},
        {"tokens": [{SECRET: None}]},
        {"tokens": [{"token": SECRET}, {"token": SECRET}]},
        {"apps": [{"app_key": "a", "app_secret": f"{SECRET}\n"}]},
        {"apps": [SECRET]},
    ],
)
def test_credential_is_never_shown(order_manager: dict[str, Any]) -> None:
    """Where credentials stand, a message shows the path and an ellipsis, whichever mistake was made."""
    document = world(order_manager=order_manager)

    with pytest.raises(WorldFileError) as caught:
        checked_and_built(document)

    assert SECRET not in str(caught.value)
    assert "order_manager" in str(caught.value)


@pytest.mark.parametrize("keys", [("k s3cr3t_value",), (SECRET, SECRET)])
def test_api_key_is_never_shown(keys: tuple[str, ...]) -> None:
    """The same holds for the marketplace's keys, misspelled or given twice."""
    document = world(marketplacer={"sellers": [{"name": "S", "api_key": key} for key in keys]})

    with pytest.raises(WorldFileError) as caught:
        checked_and_built(document)

    assert SECRET not in str(caught.value)


# -- what the core finds ---------------------------------------------------------------------------------


def test_unknown_warehouse_is_told_like_any_other_problem(tmp_path: Path) -> None:
    """A reference to nothing has a line, a path, its value and the nearest valid one too."""
    path = written(
        tmp_path,
        f"""format: {FORMAT}
order_manager:
  warehouses: [{{id: 11, name: East}}]
  products: [{{master_sku: TEE-BLUE}}]
  stock:
    - {{master_sku: TEE-BLEU, warehouse: 11, on_hand: 1}}
""",
    )

    with pytest.raises(WorldFileError) as caught:
        build_world(load_world(str(path)), source="w.yaml", text_file=path)

    [problem] = caught.value.problems
    assert (problem.line, problem.path, problem.value) == (6, "order_manager.stock[0].master_sku", '"TEE-BLEU"')
    assert problem.nearest == "TEE-BLUE"


@pytest.mark.parametrize(
    ("readings", "nearest"),
    [({"ack.pagin": "limit"}, "ack.paging"), ({"ack.paging": "limti"}, "limit")],
)
def test_unknown_reading_or_option_names_the_nearest(readings: dict[str, str], nearest: str) -> None:
    """Readings and their options come from the registry; a wrong one is told with the nearest."""
    with pytest.raises(WorldFileError) as caught:
        build_world(world(readings=readings), source="w")

    assert [problem.nearest for problem in caught.value.problems] == [nearest]


def test_given_readings_come_before_those_of_the_file() -> None:
    """A run may ask for another reading than the world file does."""
    document = world(readings={"ack.paging": "everything"})

    built = build_world(document, source="w", readings={"ack.paging": "limit"})

    assert built.readings["ack.paging"] == "limit"
