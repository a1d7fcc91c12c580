"""``conformance replay`` and ``conformance scenario``: exit codes, the published JSON, the page, the run file."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from conformance.cli import main
from conformance.resources import fixtures_dir
from conformance.scenario.library import MARK
from conformance.scenario.report.page import page
from conformance.scenario.result import replay
from tests.conformance.scenario.scenes import order, played, read, scene

FOLDER = fixtures_dir() / "scenarios"
FLASH = FOLDER / "flash-sale-two-channels.yaml"
METRICS = {
    "oversold_units", "oversold_orders", "refused_units", "stranded_units", "lost_updates", "converged",
    "peak_oversold_units", "exposure_unit_seconds", "convergence_seconds",
}  # fmt: skip


@pytest.fixture
def call(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments], prog_name="conformance")
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run


def test_a_replay_that_goes_as_expected_ends_with_0(call):
    """The JSON is the published one: scenario, rows, metrics, failures, hash."""
    code, out, _ = call("replay", FLASH, "--json")
    document = json.loads(out)

    assert code == 0
    assert list(document) == ["scenario", "rows", "log_sha256"]
    assert document["scenario"] == "flash-sale-two-channels"
    assert [row["name"] for row in document["rows"]] == ["everything to everyone", "half each", "sync every minute"]
    for row in document["rows"]:
        assert list(row) == ["name", "passed", "metrics", "failures"]
        assert set(row["metrics"]) == METRICS
        assert (row["passed"], row["failures"]) == (True, [])
    assert len(document["log_sha256"]) == 64


def test_the_same_file_gives_the_same_bytes_twice(call):
    """Not only the same numbers."""
    assert call("replay", FLASH, "--json") == call("replay", FLASH, "--json")


def test_several_files_are_an_array_and_a_file_without_table_has_the_row_run(call):
    """One document a file, in the order given."""
    code, out, _ = call("replay", FLASH, FOLDER / "late-3pl-count-hold-and-bundle.yaml", "--json")
    found = json.loads(out)

    assert code == 0
    assert [each["scenario"] for each in found] == ["flash-sale-two-channels", "late-3pl-count-hold-and-bundle"]
    assert [row["name"] for row in found[1]["rows"]] == ["run"]


def test_an_expectation_that_fails_ends_with_1_and_says_what_was(call, tmp_path):
    """What, when, expected, actual, and the log around it for people."""
    wrong = tmp_path / "wrong.yaml"
    text = FLASH.read_text(encoding="utf-8").replace("{oversold_units: 4, oversold_orders: 2", "{oversold_units: 3", 1)
    wrong.write_text(text.replace("always: [ledger,", "always: [no_oversell, ledger,", 1), encoding="utf-8")

    code, out, err = call("replay", wrong, "--json")
    assert code == 2
    assert "no_oversell is to hold always" in err

    wrong.write_text(text, encoding="utf-8")
    code, out, _ = call("replay", wrong, "--json")
    rows = json.loads(out)["rows"]
    assert code == 1
    assert [row["passed"] for row in rows] == [False, True, True]
    (failure,) = rows[0]["failures"]
    assert (failure["what"], failure["expected"], failure["actual"], failure["at"]) == ("oversold_units", 3, 4, None)

    code, out, _ = call("replay", wrong)
    assert code == 1
    assert "expected 3, actual 4" in out
    assert "E: 1 of MUG-M on mkt refused" in out


def test_an_invariant_that_breaks_against_expectation_is_a_failure():
    """Both ways: one that was to hold and broke, one that was to break and held, one that broke at another time."""
    then = {"always": ["no_oversell"], "breaks": {"ledger": "5m", "sound_commitment": "5m"}}
    document = scene(order("1m", "A", 8), order("2m", "B", 8, "shop"), then=then)

    assert [failure.text for failure in played(document).rows[0].failures] == [
        "no_oversell was to hold always and broke at 0:02: 16 units are promised and 10 can be delivered",
        "ledger was to break first at 0:05; it holds",
        "sound_commitment was to break first at 0:05; it broke at 0s",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["replay"], 2, "Missing argument"),
        (["replay", "no-such-file.yaml"], 2, "no-such-file.yaml"),
        (["replay", FLASH, "--target", "ftp://example"], 2, "neither sim nor a URL"),
        (["replay", FLASH, "--target", "http://127.0.0.1:1"], 3, "no answer"),
        (["scenario", "validate", FLASH, "no-such-file.yaml"], 2, "no-such-file.yaml"),
        (["scenario", "validate", FLASH], 0, ""),
    ],
)
def test_what_cannot_be_run_ends_with_its_own_code(call, arguments, code, said):
    """2 for a file or a command line that is wrong, 3 for a target that does not answer."""
    found, _, err = call(*arguments)

    assert found == code
    assert said in err


def test_a_new_scenario_runs_as_it_stands(call, tmp_path):
    """``scenario new`` writes a file that explains itself and passes; it replaces none that exists."""
    path = tmp_path / "my first one.yaml"

    assert call("scenario", "new", path)[0] == 0
    assert call("scenario", "validate", path)[0] == 0
    assert call("replay", path)[0] == 0
    assert call("scenario", "new", path)[0] == 2
    assert "format: stockproof/scenario/1" in call("scenario", "new")[1]


def test_the_page_of_the_library_is_current(call):
    """docs/scenarios.md is what ``conformance scenario page`` would write."""
    docs = FOLDER.parent.parent / "docs" / "scenarios.md"

    code, _, err = call("scenario", "page", docs, "--check")

    assert (code, err) == (0, "")
    assert docs.read_text(encoding="utf-8").count(MARK) == 1


def test_a_page_without_the_mark_is_not_written_into(call, tmp_path):
    """Nobody's page is overwritten."""
    page_file = tmp_path / "page.md"
    page_file.write_text("# Mine\n")

    assert call("scenario", "page", page_file)[0] == 2
    assert page_file.read_text() == "# Mine\n"


def test_the_run_file_holds_what_it_takes_to_look_again(call, tmp_path):
    """File hash, seed, log, and every invariant that broke."""
    path = tmp_path / "flash.run.json"
    call("replay", FLASH, "--run-file", path)
    (run,) = json.loads(path.read_text())["runs"]

    assert run["seed"] == 7
    assert len(run["file_sha256"]) == 64
    assert run["rows"][0]["log"][0]["order"] == "A"
    assert {each["invariant"] for each in run["rows"][0]["breaks"]} == {"sound_commitment", "no_oversell"}


# -- the page -----------------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """Checks that what is opened is closed, and collects text and resources."""

    VOID = frozenset({"meta", "line", "polyline", "polygon", "circle", "path", "rect", "br"})

    def __init__(self):
        super().__init__()
        self.open, self.text, self.links, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") and not value.startswith("#")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def outline(html):
    found = Outline()
    found.feed(html)
    assert found.open == []
    return found


def test_the_page_is_one_file_with_curves_marks_and_the_first_break(call, tmp_path):
    """Three pictures beside each other, nothing fetched from anywhere, what broke and why in words."""
    path = tmp_path / "flash.html"
    assert call("replay", FLASH, "--html", path)[0] == 0
    found = outline(path.read_text(encoding="utf-8"))
    text = " ".join(found.text)

    assert found.tags.count("svg") == 3
    assert found.tags.count("circle") == 5 * 3  # five orders in each of three rows
    assert found.links == []
    assert "script" not in found.tags
    assert "0:06 no oversell" in text
    assert "12 units are promised and 10 can be delivered" in text


def test_the_page_is_the_same_twice():
    """No time of day, no random id."""
    scenario = read(scene(order("1m", "A", 1)))

    assert page([replay(scenario)]) == page([replay(scenario)])


def test_hostile_names_stay_text():
    """A channel, an order and a listing that look like markup."""
    nasty = "<script>alert('x')</script>&\""
    document = scene(
        {"at": "1m", "order": {"id": nasty, "channel": nasty, "listing": nasty, "qty": 1}},
        channels={nasty: {"listings": {nasty: "MUG"}}},
    ) | {"title": nasty, "why": nasty}
    found = outline(page([replay(read(document))]))

    assert "script" not in found.tags
    assert any(nasty in text for text in found.text)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_of_the_library_makes_a_page(path):
    """Nothing in it is left open, and every row has a picture."""
    from conformance.scenario.loading import load

    done = replay(load(path))

    assert outline(page([done])).tags.count("svg") == len(done.rows)


def test_the_table_in_the_terminal_names_every_row(call):
    """Rows, numbers, and the chain of causes behind the first oversell."""
    code, out, _ = call("replay", FLASH)

    assert code == 0
    assert all(name in out for name in ("everything to everyone", "half each", "sync every minute"))
    assert "0:06  More was promised than can be delivered" in out
    assert "3 rows: as expected" in out
