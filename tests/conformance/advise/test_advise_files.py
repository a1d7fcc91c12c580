"""Question files: what is understood, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.advise.limits import load_limits
from conformance.advise.marked import BadFile
from conformance.advise.notation import hours, per_hour, percent, share, spelled
from conformance.advise.reading import read_question
from conformance.advise.rules import Rule
from conformance.cli import main
from conformance.resources import fixtures_dir

SHIPPED = sorted((fixtures_dir() / "advice").glob("*.yaml"))
SOUND = """\
format: stockproof/advice/1
stock: 100
demand: 12/h
channels:
  amazon: {share: 75%, marketplace: amazon}
  shop: 25%
sync:
  every: 15m
  push_takes: 90s
  orders_reach_om: 1h5m
  write: watermark
  schedules: staggered
target: 0.5%
current_rule: {red_zone: 4}
favoured: shop
seed: 3
"""
LISTED = """\
format: stockproof/advice/1
stock: 9
demand: 300/d
channels: [a, b, c]
sync: {every: change, push_takes: 1m}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "question.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_is_understood(tmp_path):
    """A complete file, each number by hand."""
    question = read_question(written(tmp_path, SOUND))

    assert (question.rate, question.names, question.shares) == (12, ("amazon", "shop"), (0.75, 0.25))
    assert question.sync_interval == pytest.approx(0.25)
    assert question.push_latency == pytest.approx(0.025)
    assert question.import_lag == pytest.approx(65 / 60)
    assert (question.write, question.staggered, question.target, question.seed) == ("watermark", True, 0.005, 3)
    assert question.current == Rule("red-zone", 4, 1)
    assert question.marketplaces == ("amazon", None)


def test_names_alone_share_equally_and_the_largest_channel_is_favoured(tmp_path):
    """A list of channels needs no shares; without `favoured` the red zone goes to the channel that sells most."""
    listed = read_question(written(tmp_path, LISTED))
    mapped = read_question(written(tmp_path, SOUND.replace("favoured: shop\n", "")))

    assert listed.shares == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert listed.rate == pytest.approx(12.5)
    assert listed.on_change
    assert mapped.favoured == 0


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_question_is_sound(path):
    """They are examples to start from."""
    assert read_question(path).stock > 0


BAD = {
    "unknown key": (("target:", "targt:"), 13, "nearest valid: 'target'"),
    "unknown key of sync": (("push_takes", "push_take"), 9, "nearest valid: 'push_takes'"),
    "unknown way of writing": (("write: watermark", "write: watermarks"), 11, "nearest valid: 'watermark'"),
    "unknown rule": (("red_zone: 4", "red_zon: 4"), 14, "nearest valid: 'red_zone'"),
    "unknown marketplace": (("marketplace: amazon", "marketplace: amazn"), 5, "nearest valid: 'amazon'"),
    "unknown favoured channel": (("favoured: shop", "favoured: shops"), 15, "nearest valid: 'shop'"),
    "clock as duration": (("every: 15m", "every: 15"), 8, "sync.every"),
    "negative time": (("push_takes: 90s", "push_takes: -90s"), 9, "'-90s' is none: A duration such as 15m"),
    "shares over 100": (("shop: 25%", "shop: 35%"), 4, "110 %, not 100 %"),
    "share of nothing": (("shop: 25%", "shop: 0%"), 6, "leave it out"),
    "division by zero": (("shop: 25%", "shop: 1/0"), 6, "divides by zero"),
    "no demand": (("demand: 12/h", "demand: 0/h"), 3, "nobody buys"),
    "no stock": (("stock: 100", "stock: 0"), 2, "stock"),
    "half a unit": (("stock: 100", "stock: 1.5"), 2, "stock"),
    "target of nothing": (("target: 0.5%", "target: 0%"), 13, "between 0 and 100 %"),
    "everything unseen": (("demand: 12/h", "demand: 90000/h"), 7, "orders come before"),
    "hardly an order": (("demand: 12/h", "demand: 0.1/d"), 8, "an order comes in one of 960 syncs"),
    "no interval": (("every: 15m", "every: 0s"), 8, "a second or more"),
    "a key twice": (("seed: 3", "seed: 3\nstock: 5"), 17, "'stock' is given twice"),
    "a key that is no text": (("seed: 3", "7: 3"), 16, "must be text"),
    "two rules": (("red_zone: 4", "red_zone: 4, buffer: 2"), 14, "current_rule"),
    "another format": (("advice/1", "advice/2"), 1, "format"),
    "not YAML": (("stock: 100", "stock: [100"), 3, "is no YAML"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_answered_with_its_line_and_what_would_be_right(case, tmp_path):
    """File, line, key and the nearest valid thing."""
    (old, new), line, says = BAD[case]
    assert old in SOUND
    file = written(tmp_path, SOUND.replace(old, new, 1))
    with pytest.raises(BadFile) as bad:
        read_question(file)

    assert says in str(bad.value)
    assert str(bad.value).startswith(f"{file}:{line}:")


@pytest.mark.parametrize("text", ["", "- 1\n", "just text\n", "&a {x: *a}\n", "\x00", "{" * 2000])
def test_what_is_no_question_at_all_is_a_bad_file(text, tmp_path):
    """No traceback, whatever stands in it."""
    with pytest.raises(BadFile):
        read_question(written(tmp_path, text))


def test_a_file_that_cannot_be_read_ends_with_exit_code_2(tmp_path):
    """Missing, a folder, or not UTF-8."""
    (tmp_path / "latin").write_bytes(b"title: \xe9")
    for name in ("missing", ".", "latin"):
        done = CliRunner().invoke(main, ["advise", str(tmp_path / name)])
        assert done.exit_code == 2, name
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("write", "every", "says"),
    [("cas", "change", "known for a sync with an interval only"), ("never-raise", "change", "an interval only")],
)
def test_a_way_of_writing_that_is_not_known_with_pushes_is_refused(write, every, says, tmp_path):
    """Better no answer than one about something else."""
    text = SOUND.replace("write: watermark", f"write: {write}").replace("every: 15m", f"every: {every}")
    with pytest.raises(BadFile, match=says):
        read_question(written(tmp_path, text))


# -- scenario files ---------------------------------------------------------------

SCENARIO = """\
format: stockproof/scenario/1
id: by-chance
clock: {start: 2026-11-27T08:00:00Z, until: 24h}
given:
  warehouses: [W1]
  products: {MUG: {on_hand: {W1: 100}}}
  channels:
    mkt:  {listings: {MUG-M: MUG}, orders_reach_om: 1m}
    shop: {listings: {MUG-S: MUG}, orders_reach_om: 1m}
  rules: [{channel: "*", type: percent, value: 70}]
  connector: {poll: every 15m, push_takes: 5m, push: watermark, ack: after-push}
when:
  - {at: 0s, orders: {poisson: 4/h, channel: mkt, listing: MUG-M}}
  - {at: 0s, orders: {poisson: 2/h, channel: shop, listing: MUG-S}}
"""


def test_a_scenario_with_orders_by_chance_is_a_question(tmp_path):
    """Rates add up, the connector gives interval, push and way of writing, the shared rule is that of today."""
    question = read_question(written(tmp_path, SCENARIO))

    assert (question.rate, question.names) == (pytest.approx(6), ("mkt", "shop"))
    assert question.shares == pytest.approx((2 / 3, 1 / 3))
    assert (question.sync_interval, question.push_latency) == (0.25, pytest.approx(1 / 12))
    assert question.import_lag == pytest.approx(1 / 60)
    assert (question.write, question.stock, question.sku) == ("watermark", 100, "MUG")
    assert question.current == Rule("percent", 70)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("poisson: 4/h", "every: 15m", "who come by chance"),
        ("listing: MUG-M}", "listing: MUG-M, qty: 2}", "one unit only"),
        ("orders: {poisson: 4/h, channel: mkt, listing: MUG-M}", "order: {channel: mkt, listing: MUG-M, qty: 1}",
         "nothing else there"),
        ("MUG-S: MUG}, orders_reach_om: 1m", "MUG-S: MUG}, orders_reach_om: 2m", "the same orders_reach_om"),
        ("poll: every 15m", "pol: every 15m", "pol"),
    ],
)  # fmt: skip
def test_a_scenario_of_another_kind_is_refused(old, new, says, tmp_path):
    """It says what would be needed."""
    assert old in SCENARIO
    with pytest.raises(BadFile, match=says):
        read_question(written(tmp_path, SCENARIO.replace(old, new, 1)))


# -- notation and limits ---------------------------------------------------------------


def test_units_are_read_and_written():
    """Hours, orders an hour, parts of 1."""
    assert (hours("1h40m"), hours("90s")) == (pytest.approx(5 / 3), pytest.approx(0.025))
    assert (per_hour("0.2/m"), per_hour("300/d")) == (pytest.approx(12), pytest.approx(12.5))
    assert (float(share("62.5%")), float(share("1/3"))) == (0.625, pytest.approx(1 / 3))
    assert [spelled(length) for length in (5 / 3, 0.025, 0.25, 0)] == ["1h40m", "1m30s", "15m", "0s"]


@pytest.mark.parametrize(
    ("part", "text"),
    [(0, "0 %"), (1e-6, "under 0.01 %"), (0.0004, "0.04 %"), (0.0036, "0.4 %"), (0.0099997, "under 1 %"),
     (0.01, "1 %"), (0.0216, "2.2 %"), (0.342, "34 %"), (0.998, "over 99 %"), (1.0, "100 %")],
)  # fmt: skip
def test_a_chance_is_told_with_the_digits_that_matter(part, text):
    """Never 0 for what can happen, never 1 % for what keeps below it."""
    assert percent(part) == text


def test_a_limit_that_must_be_kept_below_is_broken_by_equality():
    """Amazon says below 2.5 %, Walmart at most 2 %."""
    limits = {limit.id: limit for limit in load_limits()}

    assert not limits["amazon"].is_kept_by(0.025)
    assert limits["amazon"].is_kept_by(0.0249)
    assert limits["walmart-us"].is_kept_by(0.02)
    assert not limits["walmart-us"].is_kept_by(0.0201)


def test_every_limit_has_a_source_and_a_date():
    """They change, so they are dated data."""
    assert {limit.percent for limit in load_limits()} == {2.5, 2.0, 3.0, 0.5}
    assert all(limit.source.startswith("https://") and limit.read_on >= "2026" for limit in load_limits())
