"""The answer: sentence, levers, frontier, rule to enter, page and demonstration."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from asked import ALONE, HALVES, THIRDS, asked, with_window
from click.testing import CliRunner

from conformance.advise.answer import Answer, advise, as_json, findings
from conformance.advise.demonstration import demonstration
from conformance.advise.engines import Engines
from conformance.advise.frontier import frontier
from conformance.advise.page import page
from conformance.advise.replayed import Order, Timing, follow
from conformance.advise.rules import NO_RULE, Rule
from conformance.advise.settings import settings_of
from conformance.cli import main
from conformance.resources import fixtures_dir
from conformance.scenario.loading import loads

ENGINES = Engines(runs=1_000)
TWO = fixtures_dir() / "advice" / "two-channels.yaml"
MUGS = asked(HALVES, 15, rate=6.0, write="absolute", sku="MUG")


def invoked(*arguments: str):
    return CliRunner().invoke(main, ["advise", *arguments], env={"NO_COLOR": "1"})


@pytest.fixture(scope="module")
def mugs() -> Answer:
    """The answer about the mugs."""
    return advise(MUGS, ENGINES)


def test_the_answer_is_the_printed_sentence(mugs):
    """34 % and 0.38 units; the last 4 units to one channel leave 0.4 % and cost 3 % of time."""
    assert mugs.sentence == (
        "With a sync every 15m, 34 % of your stock-outs oversell, 0.38 units per stock-out on average;"
        " give the last 4 units to amazon only: 0.4 %, nothing stranded, 3 % longer to sell out."
    )


def test_the_command_tells_the_sentence_first_and_ends_with_0():
    """Data on stdout, nothing on stderr."""
    done = invoked(str(TWO), "--runs", "1000")

    assert done.exit_code == 0, done.output
    assert " ".join(done.stdout.split()).startswith("With a sync every 15m, 34 % of your stock-outs oversell, 0.38")
    assert done.stderr == ""
    assert "red zone" in done.stdout


def test_the_json_has_everything_and_the_target_can_be_given():
    """A target of 10 % needs a red zone of 2 units only: 5.5 %."""
    told = json.loads(invoked(str(TWO), "--json", "--target-percent", "10", "--runs", "1000").stdout)

    assert told["format"] == "stockproof/advice-answer/1"
    assert told["target"] == pytest.approx(0.1)
    assert (told["best"]["lever"], told["best"]["setting"]) == ("red-zone", "2 units")
    assert told["order_manager"]["minimum_level"] == 2
    assert {each["lever"] for each in told["levers"]} == {
        "buffer", "percent", "cap", "minimum-level", "red-zone", "split", "sync-interval",
    }  # fmt: skip
    assert told["limits"][0]["marketplace"] == "amazon"
    assert told["limits"][0]["today"]["kept"] is True
    assert told["law"] == pytest.approx(0.375)
    assert told["agreement"]


@pytest.mark.parametrize("value", ["0", "100", "-1", "nothing"])
def test_a_target_that_is_none_is_refused(value):
    """A bound of zero promises what no rule of this kind can keep."""
    assert invoked(str(TWO), "--target-percent", value).exit_code == 2


def test_a_rule_that_is_enough_already_needs_no_advice():
    """Six units of red zone keep 1 % at three orders a window."""
    answer = advise(with_window(HALVES, 3.0, current=Rule("red-zone", 6)), ENGINES)

    assert answer.is_met_today
    assert "already" in answer.sentence


def test_where_nothing_helps_the_answer_says_so_and_the_command_ends_with_1(tmp_path):
    """One unit, a minute's push with every order, and a target that only a rule which sells nothing would keep."""
    file = tmp_path / "hopeless.yaml"
    file.write_text(
        "format: stockproof/advice/1\nstock: 1\ndemand: 60/h\nchannels: [a, b]\n"
        "sync: {every: 10m, push_takes: 10m, write: absolute, schedules: staggered}\ntarget: 0.01%\n"
    )
    done = invoked(str(file), "--runs", "1000")

    assert done.exit_code == 1, done.output
    assert "keeps it below" in done.stdout


def test_a_single_channel_with_blind_writes_gets_a_rule_too():
    """Nobody to give a red zone to: neither red zone nor split is offered."""
    answer = advise(asked(ALONE, 15, 6, 6, write="absolute", stock=40), ENGINES)
    kinds = {lever.kind for lever in answer.levers}

    assert not kinds & {"red-zone", "split"}
    assert answer.best is not None
    assert any("watermark" in each for each in findings(answer))


def test_pushes_with_every_order_are_answered_by_simulation():
    """No interval to shorten; the red zone does it."""
    answer = advise(asked(HALVES, 0, 5, stock=40), ENGINES)

    assert "sync-interval" not in {lever.kind for lever in answer.levers}
    assert answer.best is not None
    assert answer.best.kind == "red-zone"


# -- the frontier ---------------------------------------------------------------


def test_no_point_of_the_frontier_is_beaten_and_every_other_is():
    """Chance, stranded units and added hours, held against each other one by one."""
    points = frontier(MUGS, ENGINES)

    def costs(point):
        return round(point.outcome.chance, 4), round(point.stranded, 2), round(point.added_hours, 2)

    for point in points:
        beaten = any(
            costs(other) != costs(point) and all(a <= b for a, b in zip(costs(other), costs(point), strict=True))
            for other in points
        )
        assert not (point.is_best and beaten)
        assert point.is_best or beaten or any(each.is_best and costs(each) == costs(point) for each in points)
    assert len(points) > 100


# -- what to enter ---------------------------------------------------------------


def entered(rule: Rule, names: tuple[str, ...], stock: int):
    """Figures as Order Manager computes them from what is entered: at or below the minimum level the second pair."""
    settings = settings_of(rule, names)
    level = settings.minimum_level or 0

    def figure(units: int, kind: str, value: float) -> int:
        return min(units, int(value)) if kind == "MAX_ALLOCATION" else int(units * value * 100) // 10_000

    return [
        [
            figure(units, each.rule_type, each.value) if units > level
            else figure(units, each.min_rule_type, each.min_value)
            for units in range(stock + 1)
        ]
        for each in settings.channels
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [NO_RULE, Rule("percent", 66), Rule("cap", 5), Rule("minimum-level", 5), Rule("red-zone", 4, 1), Rule("split")],
    ids=lambda rule: rule.kind,
)
def test_what_is_entered_gives_the_figures_that_were_computed(rule):
    """Rule type, value, min. rule type, min. value and minimum level say the same as the rule."""
    assert entered(rule, ("a", "b"), 30) == rule.table(2, 30).tolist()


def test_a_buffer_is_no_rule_of_order_manager():
    """It is said so."""
    assert "no buffer rule" in settings_of(Rule("buffer", 2), ("a",)).notes[0]


# -- the page ---------------------------------------------------------------


class Tags(HTMLParser):
    """Collects tags and what they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.marks = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.fetched += [value for key, value in given.items() if key in {"src", "srcset", "data"} and value]
        self.marks += tag == "path"
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.marks += tag == "path"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_one_sound_file_that_fetches_nothing(mugs):
    """Every tag is closed, no script, no address but the sources of the limits."""
    text = page(replace(mugs, question=replace(MUGS, title='<b>&"')))
    tags = Tags()
    tags.feed(text)

    assert tags.open == []
    assert tags.fetched == []
    assert "<script" not in text
    assert "<b>" not in text
    assert tags.marks > 100
    assert "give the last 4 units to amazon only" in text
    assert not re.search(r"\b(nan|inf)\b", text)


# -- the demonstration ---------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        MUGS,
        asked(HALVES, 15, 15, write="absolute"),
        asked(THIRDS, 60, 0, 5, staggered=True, stock=60, current=Rule("buffer", 3), target=0.02),
        asked(ALONE, 15, 6, 6, write="absolute", stock=40),
        with_window(HALVES, 3.0, current=Rule("percent", 90)),
    ],
    ids=["red zone", "blind writes", "staggered", "one channel", "from percent"],
)
def test_the_demonstration_is_a_sound_scenario_in_which_only_today_oversells(question):
    """It reads by the grammar of scenario files, and expects an oversell in the first row only."""
    text = demonstration(advise(question, ENGINES))
    assert text is not None
    scenario = loads(text, source="demonstration.yaml")
    today, advised = (
        {each.what[-1]: each.wanted for each in plan.expectations if each.at_ms is None} for plan in scenario.plans
    )

    assert [plan.name for plan in scenario.plans] == ["today", "advised"]
    assert today["oversold_units"] > 0
    assert advised["oversold_units"] == 0


@pytest.mark.parametrize("write", ["absolute", "watermark"])
def test_the_replay_confirms_the_demonstration(write, tmp_path):
    """What was worked out here comes out of the world's own replay, every expectation of both rows."""
    file = tmp_path / "demonstration.yaml"
    text = demonstration(advise(asked(HALVES, 15, 5, 2, write=write, stock=40), ENGINES))
    assert text is not None
    file.write_text(text, encoding="utf-8")

    assert CliRunner().invoke(main, ["replay", str(file)]).exit_code == 0


def test_a_few_orders_are_followed_as_by_hand():
    """Two units, two channels, poll every 600 s, push and import take 60 s: worked out line by line below."""
    timing = Timing(every=600, first=(600, 600), push_takes=60, orders_reach_om=60, write="set")
    # 100 s: the first channel sells one and shows 1. 590 s: the second one sells one and shows 1.
    # 600 s: the poll knows of the first order alone and reads 1. 660 s: both are set to 1.
    # 700 s: the first sells its unit, the third of two. 800 s: the second sells as well, the fourth.
    # 1200 s: the poll reads 0. 1260 s: both are set to 0. 1300 s: refused.
    orders = [Order(100, 0), Order(590, 1), Order(700, 0), Order(800, 1), Order(1300, 0)]
    tally = follow(orders, NO_RULE.table(2, 2), timing, 3000)

    assert (tally.accepted, tally.refused, tally.oversold) == (4, 1, 2)


def test_a_watermark_takes_off_what_the_figure_lacks():
    """As above, but at 660 s the second channel is set to 1 - 1 = 0 and refuses at 800 s."""
    timing = Timing(every=600, first=(600, 600), push_takes=60, orders_reach_om=60, write="watermark")
    orders = [Order(100, 0), Order(590, 1), Order(700, 0), Order(800, 1), Order(1300, 0)]
    tally = follow(orders, NO_RULE.table(2, 2), timing, 3000)

    assert (tally.accepted, tally.refused, tally.oversold) == (3, 2, 1)


def test_page_and_scenario_are_written_and_told_on_stderr(tmp_path):
    """Two files; stdout stays the answer's."""
    out = {name: str(tmp_path / f"a.{name}") for name in ("html", "yaml")}
    done = invoked(str(TWO), "--json", "--runs", "1000", "--html", out["html"], "--scenario", out["yaml"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["best"]["lever"] == "red-zone"
    assert done.stderr.count("wrote ") == 2
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8").splitlines()[1] == "format: stockproof/scenario/1"


def test_a_page_that_cannot_be_written_ends_with_2(tmp_path):
    """A folder that is not there."""
    assert invoked(str(TWO), "--runs", "1000", "--html", str(tmp_path / "nowhere" / "a.html")).exit_code == 2


def test_the_same_question_gives_the_same_bytes():
    """Also where it was simulated."""
    question = asked(HALVES, 15, 5, stock=40)

    assert json.dumps(as_json(advise(question, ENGINES))) == json.dumps(as_json(advise(question, ENGINES)))
