"""How world files are read: strict YAML and JSON, places in the text, and back to text."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import resources
from mockserver.files import yaml_tree
from mockserver.files.world_file import WorldFileError, load_world, read_world
from mockserver.files.world_problems import path_segments, path_text

if TYPE_CHECKING:
    from pathlib import Path

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def written(folder: Path, text: str | bytes, name: str = "w.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(WorldFileError) as caught:
        read_world(path)
    return str(caught.value)


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
    lines += [
        f"{own}: &{own} [{', '.join([f'*{former}'] * 9)}]" for former, own in zip("abcdefgh", "bcdefghi", strict=True)
    ]

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
    with contextlib.suppress(yaml_tree.BrokenYaml):
        assert json.dumps(yaml_tree.parse(text), allow_nan=False)


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["w.yaml", "w.json"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    """A file of noise ends in the file's own error, whatever its kind."""
    path = written(tmp_path_factory.mktemp("noise"), content, name)

    with contextlib.suppress(WorldFileError):
        assert isinstance(read_world(path), dict)


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


@pytest.mark.parametrize(
    ("text", "place"),
    [("{&x a: 1, *x : 2}", (1, 11)), ("a: &x [1]\n? *x\n: 2\n", (2, 3))],
)
def test_alias_cannot_be_a_key(text: str, place: tuple[int, int]) -> None:
    """Keys are text."""
    with pytest.raises(yaml_tree.BrokenYaml, match="key must be text") as caught:
        yaml_tree.parse(text)

    assert (caught.value.line, caught.value.column) == place


def test_lines_of_text_that_is_no_yaml_are_unknown() -> None:
    """Some JSON is no YAML; its problems are told without lines."""
    assert yaml_tree.lines_of("[", [["a"], []]) == [None, None]


def test_scalar_may_be_anchored() -> None:
    """An anchor on a single value works like one on a list."""
    assert yaml_tree.parse("{a: &x 5, b: *x, c: 0o17}") == {"a": 5, "b": 5, "c": 15}
