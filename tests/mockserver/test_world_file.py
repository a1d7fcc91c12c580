"""World files: found by name, read strictly, checked against their schema, told apart by line and path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import resources, world_file, yaml_tree
from mockserver.world_file import UnusableFile, WorldFileError, build_world, check_world, find_world, load_world, read_world
from mockserver.world_problems import path_segments, path_text

FORMAT = "stockproof/world/1"
SHIPPED = sorted(path.stem for path in (resources.fixtures_dir() / "worlds").iterdir())

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def world(**sections: Any) -> dict[str, Any]:
    return {"format": FORMAT, **sections}


def problems_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(WorldFileError) as caught:
        check_world(document, source="w")
    return [(problem.path, problem.message) for problem in caught.value.problems]


def written(folder: Path, text: str | bytes, name: str = "w.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(WorldFileError) as caught:
        read_world(path)
    return str(caught.value)


# -- shipped worlds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_world_is_valid_and_can_be_built(name: str) -> None:
    """Every fixture world fits its schema and its parts agree."""
    document = load_world(name)

    built = build_world(document, source=name)

    check_world(built.to_document(), source=f"{name}, written out again")


def test_demo_world_holds_the_items_of_the_documented_example() -> None:
    """The documentation shows these items; the demo world has each of them, with these values at least."""
    example = yaml_tree.parse("""
warehouses: {id: 1, name: East, type: DIRECT_FULFILLMENT, strict_fifo: false, use_component_inventory: true}
sales_channels: {id: 5394, name: Marketplacer AU, excluded_warehouses: [3]}
products: {id: 681563, master_sku: TEE-BLUE-S, type: CORE_PRODUCT, excluded_warehouses: []}
stock: {master_sku: TEE-BLUE-S, warehouse: 1, location: A-01, on_hand: 20, locked: 2, minimum: 5, pickable: true, active: true, draw_rank: 1}
listings: {id: 501, listing_sku: TEE-BLUE-S-MP, master_sku: TEE-BLUE-S, sales_channel: 5394, active: true, push_inventory: true}
rules: {master_sku: TEE-BLUE-S, sales_channel: 5394, rule_type: PERCENT_OF_AVAILABLE, value: 50, min_rule_type: MAX_ALLOCATION, min_value: 2}
tokens: {token: om-demo-token}
apps: {app_key: demo-app, app_secret: demo-app-secret}
sellers: {id: 2, name: Member, api_key: mp-member-key}
variants: {id: 1, advert_id: 10, sku: TEE-BLUE-S-MP, label: Blue / Small, price: "500", multi_store_owner: 1}
inventories: {id: 1, variant: 1, seller: 1, count_on_hand: 10, price: "500", sale_price: "450", infinite: false, fulfilment_provider: ""}
""")
    document = load_world("demo")
    sections = {**document["order_manager"], **document["marketplacer"]}

    for section, item in example.items():
        assert any(item.items() <= row.items() for row in sections[section]), section
    bundle = next(row for row in sections["products"] if row["master_sku"] == "TEE-PACK")
    assert bundle["components"] == [{"master_sku": "TEE-BLUE-S", "quantity": 3}]
    assert document["links"] == [{"sales_channel": 5394, "seller": 1}]


# Worked out by hand from requirements OM-ALLOC, OM-AVAIL and OM-EXCL; the comments in the file say how.
DEMO_FIGURES = {
    "TEE-BLUE-S-MP": 9,
    "TEE-BLUE-M-MP": 35,
    "TEE-RED-L-MP": 4,
    "MUG-WHITE-MP": 4,
    "MUG-BLACK-MP": 25,
    "TEAPOT-MP": 50,
    "LAMP-OAK-MP": 8,
    "TEE-PACK-MP": 6,
    "GIFT-SET-MP": 23,
    "POSTER-A2-MP": 0,
    "NOTEBOOK-A5-MP": 2,
    "CHAIR-ASH-MP": 0,
    "tee-blue-s": 18,
    "teapot": 100,
    "chair-ash": 15,
    "AMZ-TEE-BLUE-S": 14,
    "AMZ-TEE-BLUE-S-OLD": 14,
}


def test_demo_listings_show_the_figures_that_the_comments_promise() -> None:
    """The numbers in the file's comments are what the engine computes."""
    built = build_world(load_world("demo"), source="demo")

    figures = {listing.listing_sku: built.figure(listing) for listing in built.listings.values()}

    assert {sku: figures[sku] for sku in DEMO_FIGURES} == DEMO_FIGURES


def test_demo_variants_join_the_listings_of_the_linked_channel() -> None:
    """Marketplacer SKUs and listing SKUs of the linked channel join exactly, but for the stranger's."""
    document = load_world("demo")
    listings = {row["listing_sku"] for row in document["order_manager"]["listings"] if row["sales_channel"] == 5394}
    variants = {row["sku"] for row in document["marketplacer"]["variants"] if 4 not in (row.get("seller"), None)}

    assert variants - {"ELSEWHERE-1"} <= listings


def test_demo_orders_keep_their_state_when_the_world_is_built() -> None:
    """One order holds its units, one waits and holds nothing, one waits in a strict warehouse and keeps two units."""
    orders = build_world(load_world("demo"), source="demo").to_document()["order_manager"]["orders"]

    held = {order["order_number"]: sum(each["units"] for each in order["allocations"]) for order in orders}
    assert held == {"WEB-1001": 4, "WEB-1002": 0, "AMZ-7001": 2}


def test_seed_world_gives_the_three_examples_of_the_inventory_page() -> None:
    """MP-INV-01 to 09: the read, the owner's write and the member's write hold one after the other in one world."""
    built = build_world(load_world("seed-004"), source="seed-004")
    variant = built.marketplace.variants[1]
    first = {"price": "500", "sale_price": "450", "infinite": False, "fulfilment_provider": "fulfilment_provider"}
    second = {"price": None, "sale_price": None, "infinite": False, "fulfilment_provider": ""}

    def inventories() -> list[dict[str, Any]]:
        rows = built.to_document()["marketplacer"]["inventories"]
        return [{key: value for key, value in row.items() if key != "variant"} for row in rows]

    assert inventories() == [{"id": 1, "seller": 1, "count_on_hand": 10, **first}]

    built.marketplace.put(
        variant,
        4,
        [
            {"count_on_hand": 10, "price": 500, "sale_price": 450, "seller_id": 1, "fulfilment_provider": "fulfilio"},
            {"count_on_hand": 15, "seller_id": 2},
            {"infinite": True, "seller_id": 3},
        ],
    )
    others = [
        {"id": 2, "seller": 2, "count_on_hand": 15, **second},
        {"id": 3, "seller": 3, "count_on_hand": 0, **second, "infinite": True},
    ]
    assert inventories() == [{"id": 1, "seller": 1, "count_on_hand": 10, **first, "fulfilment_provider": "fulfilio"}, *others]

    member = {"count_on_hand": 22, "price": 27.38, "sale_price": 21.99, "infinite": False}
    built.marketplace.put(variant, 1, [{**member, "fulfilment_provider": "fulfilment_provider"}])
    own = {"id": 1, "seller": 1, "count_on_hand": 22, **first, "price": "27.38", "sale_price": "21.99"}
    assert inventories() == [own, *others]


# -- finding -------------------------------------------------------------------------------------------


def test_world_is_found_by_its_shipped_name_and_by_its_path(tmp_path: Path) -> None:
    """``--world NAME`` finds a fixture, ``--world FILE`` a file."""
    path = written(tmp_path, f"format: {FORMAT}")

    assert find_world("demo") == resources.fixtures_dir() / "worlds" / "demo.yaml"
    assert find_world(str(path)) == path


@pytest.mark.parametrize("name", ["dmeo", "../worlds/dmeo.yaml", "x" * 5000, "a\0b"])
def test_unknown_world_is_refused_with_the_shipped_names(name: str) -> None:
    """Nobody has to guess what the worlds are called."""
    with pytest.raises(UnusableFile, match="demo, seed-004"):
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


# -- reading -------------------------------------------------------------------------------------------


def test_yaml_keeps_to_the_scalars_of_version_1_2(tmp_path: Path) -> None:
    """Instants, ``on``, ``yes`` and ``012`` are not turned into what YAML 1.1 makes of them."""
    text = "{a: 2026-01-05T09:00:00Z, b: on, c: yes, d: 012, e: true, f: ~, g: 0x1F, h: 1.5, i: 'true', j: 1:30}"

    assert read_world(written(tmp_path, text)) == {
        "a": "2026-01-05T09:00:00Z",
        "b": "on",
        "c": "yes",
        "d": 12,
        "e": True,
        "f": None,
        "g": 31,
        "h": 1.5,
        "i": "true",
        "j": "1:30",
    }


def test_alias_is_a_copy_of_its_anchor() -> None:
    """A document is a tree: changing one place changes no other."""
    parsed = yaml_tree.parse("{a: &x [1], b: *x}")

    parsed["a"].append(2)

    assert parsed["b"] == [1]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1", "duplicate key 'a'"),
        ("a:\n  - {x: 1, x: 2}\n", "2:12", "duplicate key 'x'"),
        ("a: [1, 2\n", "2:1", "broken YAML"),
        ("a:\n b: 1\n   c: 2\n", "3:5", "broken YAML"),
        ("a: 1\n---\nb: 2\n", "2:1", "second document"),
        ("a: !!python/object/apply:os.getcwd []\n", "1:4", "tags"),
        ("? [a]\n: 1\n", "1:3", "key must be text"),
        ("a: &x {b: *x}\n", "1:11", "anchor"),
        ("a: 1e999\n", "1:4", "too large"),
        ("a: \x07\n", "1:4", "control characters"),
        ("", "1:1", "empty"),
        ("# nothing\n", "1:1", "empty"),
        ("[" * 5000, "1:65", "more than 64 deep"),
        ("- " * 5000, "1:129", "more than 64 deep"),
    ],
)
def test_broken_yaml_is_refused_with_line_and_column(tmp_path: Path, text: str, place: str, message: str) -> None:
    """What cannot be read, or could be read in two ways, is an error at its place."""
    path = written(tmp_path, text)

    told = refusal(path)

    assert told.startswith(f"{path}:{place}: ")
    assert message in told


def test_alias_bomb_is_refused_before_it_unfolds() -> None:
    """Nine lines of nine aliases each would be half a billion values."""
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"{own}: &{own} [{', '.join([f'*{former}'] * 9)}]" for former, own in zip("abcdefgh", "bcdefghi", strict=True)]

    with pytest.raises(yaml_tree.BrokenYaml, match="aliases stand for more than"):
        yaml_tree.parse("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": "stockproof/world/1", "seed"', ":1:40: broken JSON"),
        ('{"format":\n "stockproof/world/1",\n "seed": NaN}', ":3:10: broken JSON"),
        ('{"seed": 1, "seed": 2}', "duplicate key 'seed'"),
        ('{"seed": "\\ud800"}', "broken JSON"),
        ("[" * 5000, "broken JSON"),
        ("", "broken JSON"),
        ("[]", "an object with the key 'format'"),
        (b'{"seed": "\xff"}', "broken JSON"),
    ],
)
def test_broken_json_is_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    """Truncated text, NaN, duplicate keys and other broken JSON are errors."""
    assert message in refusal(written(tmp_path, text, "w.json"))


def test_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    """Windows editors begin a file with a byte order mark."""
    assert read_world(written(tmp_path, b'\xef\xbb\xbf{"seed": 1}', "w.json")) == {"seed": 1}
    assert read_world(written(tmp_path, b"\xef\xbb\xbfseed: 1")) == {"seed": 1}


def test_yaml_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    """A world file is UTF-8."""
    assert ":2: not UTF-8" in refusal(written(tmp_path, b"a: 1\nb: \xe9\n"))


@settings(deadline=None)
@given(json_values)
def test_document_written_as_yaml_reads_back_the_same(document: Any) -> None:
    """What ``dump`` writes, ``parse`` reads: no text turns into a number or truth value on the way."""
    assert yaml_tree.parse(yaml_tree.dump([document])) == [document]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused_with_a_reason(text: str) -> None:
    """No text gets past the reader's own error."""
    try:
        parsed = yaml_tree.parse(text)
    except yaml_tree.BrokenYaml as error:
        assert error.message
    else:
        assert json.dumps(parsed, allow_nan=False)


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["w.yaml", "w.json"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    """A file of noise ends in the file's own error, whatever its kind."""
    path = written(tmp_path_factory.mktemp("noise"), content, name)

    try:
        assert isinstance(read_world(path), dict)
    except WorldFileError as error:
        assert str(path) in str(error)


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
    """However unlike, some valid key is the nearest; where none is allowed, that is said."""
    with pytest.raises(WorldFileError) as caught:
        check_world(world(xyzzy=1, integration_manager={"carts": []}), source="w")

    told = {problem.path: problem for problem in caught.value.problems}
    assert told["xyzzy"].nearest in {"seed", "links", "clock", "format", "readings", "order_manager", "marketplacer"}
    assert "no key is allowed" in told["integration_manager.carts"].message


@pytest.mark.parametrize("key", ["onHand", "On-Hand", "ON_HAND"])
def test_key_in_another_spelling_style_is_recognised(key: str) -> None:
    """camelCase and capital letters are the usual mistakes."""
    with pytest.raises(WorldFileError) as caught:
        check_world(world(order_manager={"stock": [{"master_sku": "A", "warehouse": 1, "on_hand": 1, key: 1}]}), source="w")

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
    (product(components=[{"master_sku": "B", "quantity": 1}]), "order_manager.products[0].components", "only a BUNDLE_KIT"),
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
    (world(marketplacer={"variants": [{"sku": "A", "seller": 1, "price": 5}]}), "marketplacer.variants[0].price", "quotes"),
    (
        world(marketplacer={"inventories": [{"variant": 1, "seller": 1, "price": "1e5"}]}),
        "marketplacer.inventories[0].price",
        "null or a decimal number",
    ),
]


@pytest.mark.parametrize(("document", "path", "message"), INVALID)
def test_invalid_value_is_told_with_its_path_and_what_to_write(document: dict[str, Any], path: str, message: str) -> None:
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
        check_world(document, source="w")
        build_world(document, source="w")

    assert SECRET not in str(caught.value)
    assert "order_manager" in str(caught.value)


@pytest.mark.parametrize("keys", [("k s3cr3t_value",), (SECRET, SECRET)])
def test_api_key_is_never_shown(keys: tuple[str, ...]) -> None:
    """The same holds for the marketplace's keys, misspelled or given twice."""
    document = world(marketplacer={"sellers": [{"name": "S", "api_key": key} for key in keys]})

    with pytest.raises(WorldFileError) as caught:
        check_world(document, source="w")
        build_world(document, source="w")

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


# -- places ----------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10**6) | st.text(min_size=1).filter(lambda key: key.isprintable()), max_size=6))
def test_path_reads_back_as_its_segments(segments: list[str | int]) -> None:
    """A path in a message can be followed back to its place."""
    assert path_segments(path_text(segments)) == tuple(segments)


def test_line_is_that_of_the_nearest_thing_that_exists() -> None:
    """A path beyond what the text has ends at the last thing it does have."""
    text = "a:\n  b:\n    - 1\n    - c: 2\n"

    paths: list[list[str | int]] = [["a", "b", 1, "c"], ["a", "b", 0], ["a", "x", "y"], ["a", "b", 9], []]

    assert yaml_tree.lines_of(text, paths) == [4, 3, 1, 2, 1]


def test_lines_of_json_with_tabs_are_found(tmp_path: Path) -> None:
    """JSON is looked up as YAML, which its tabs must not prevent."""
    path = written(tmp_path, '{\n\t"format": "stockproof/world/1",\n\t"seed": -1\n}', "w.json")

    with pytest.raises(WorldFileError, match=r"w\.json:3: seed"):
        load_world(str(path))


def test_reader_agrees_with_the_library_on_plain_documents() -> None:
    """On the shipped worlds the strict reader and PyYAML differ in instants only."""
    text = (resources.fixtures_dir() / "worlds" / "seed-004.yaml").read_text()
    expected = yaml.safe_load(text)
    expected["clock"] = "2026-01-05T09:00:00Z"

    assert yaml_tree.parse(text) == expected
