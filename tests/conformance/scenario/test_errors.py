"""What is wrong with a scenario is told with file and line, and with what was probably meant."""

from __future__ import annotations

import pytest

from conformance.resources import fixtures_dir
from conformance.scenario.loading import load, loads
from conformance.scenario.problems import BadScenario
from conformance.scenario.result import replay

FLASH = (fixtures_dir() / "scenarios" / "flash-sale-two-channels.yaml").read_text(encoding="utf-8")
CRASH = (fixtures_dir() / "scenarios" / "crash-between-ack-and-push.yaml").read_text(encoding="utf-8")


def line_of(text, fragment):
    return text[: text.index(fragment)].count("\n") + 1


def told(text):
    with pytest.raises(BadScenario) as caught:
        replay(loads(text, source="my.yaml"))
    return str(caught.value)


CASES = [
    # (text, what replaces it, what is told)
    ("orders_reach_om: \"${reach}\"}\n    shop", "order_reach_om: 1m}\n    shop", "did you mean 'orders_reach_om'?"),
    ("push: set", "push: sett", "must be one of set, cas, watermark"),
    ("qty: 4", "qty: 0", "must be a whole number of units, 1 or more"),
    ("qty: 4", "qty: four", "must be a whole number of units, 1 or more"),
    ("at: 1m,  order", "at: -1m,  order", "time does not run backwards"),
    ("at: 1m,  order", "at: 1:40,  order", "did you mean '1h40m'?"),
    ("at: 1m,  order", "at: 90,  order", "must be a duration such as 90s, 15m or 1h40m"),
    ("at: 1m,  order", "at: 3h,  order", "after the end of the run"),
    ("at: 1m,  order", "when: 1m,  order", "unknown key 'when'"),
    ("at: 1m,  order", "on: 1m,  order", "unknown key 'on'"),
    ("at: 1m,  order: {id: A", "at: 1m,  ordr: {id: A", "did you mean 'order'?"),
    ("channel: mkt,  listing: MUG-M, qty: 4", "channel: mkd,  listing: MUG-M, qty: 4", "did you mean 'mkt'?"),
    ("listing: MUG-M, qty: 4", "listing: MUG-N, qty: 4", "did you mean 'MUG-M'?"),
    ("{MUG-M: MUG}", "{MUG-M: MUGG}", "did you mean 'MUG'?"),
    ("{W1: 10}", "{W2: 10}", "did you mean 'W1'?"),
    ("id: B,", "id: A,", "a second order 'A'"),
    ("poll: \"${poll}\"", "poll: \"${pol}\"", "unknown variable 'pol'; did you mean 'poll'?"),
    ("reach: 1m}\n", "reach: 1m, colour: red}\n", "unknown key of a row 'colour'"),
    ("name: half each", "name: everything to everyone", "two rows are named"),
    ("percent: 100, poll: every 15m", "percent: 140, poll: every 15m", "140 percent is more than everything"),
    ("poll: every 1m", "poll: every 0s", "a period must be longer than nothing"),
    ("until: 2h", "until: 0s", "the run must be longer than nothing"),
    ("2026-11-27T08:00:00Z", "yesterday", "is no instant"),
    ("stockproof/scenario/1", "stockproof/scenario/2", "is not known here"),
    ("half each:              {oversold", "half eech:              {oversold", "did you mean 'half each'?"),
    ("stranded_units: 1}", "stranded_unit: 1}", "did you mean 'stranded_units'?"),
    ("[ledger, books_match", "[ledgers, books_match", "did you mean 'ledger'?"),
    ("stranded_units: 1}", "stranded_units: \"<= x\"}", "is no comparison"),
    ("[ledger, books_match", "[no_oversell, books_match", "no_oversell is to hold always"),
    ("  finally:", "  breaks: {ledger: 5m}\n  finally:", "to hold always and to break"),
    ("  finally:", "  breaks: {converges: 5h}\n  finally:", "after the end of the run"),
    ("rules: [{channel: \"*\"", "rules: [{channel: \"+\"", "unknown channel '+'"),
    ("seed: 7", "seed: seven", "must be a whole number"),
    ("seed: 7", "seed: 7\nseed: 8", "duplicate key 'seed'"),
    ("shown: {MUG-M: 10", "shown: {MUG-Q: 10", "unknown listing 'MUG-Q'"),
    ("- {at: 1m,  order: {id: A", "- {at: 1m, sync: connector, order: {id: A", "one event does one thing"),
    ("- {at: 1m,  order: {id: A", "- {order: {id: A", "'at' is missing"),
    ("given:", "givven:", "did you mean 'given'?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CASES, ids=[f"{number:02}" for number in range(len(CASES))])
def test_a_slip_of_the_pen_is_told_with_its_line(old, new, message):
    """File, line, what is wrong, and the nearest right word where there is one."""
    assert old in FLASH
    spoilt = FLASH.replace(old, new, 1)

    said = told(spoilt)

    assert message in said
    assert said.startswith("my.yaml:")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("connector.poll#1", "connector.pol#1", "did you mean 'poll'?"),
        ("connector.poll#1", "conector.poll#1", "did you mean 'connector'?"),
        ("connector.poll#1", "connector.poll#0", "counted from 1"),
        ("connector.poll#1", "connector.poll", "names no occurrence"),
        ("connector.poll#1", "connector.poll#99", "connector.poll#99 never happens"),
        ("connector.poll#1", "mkt.push#77", "mkt.push#77 never happens"),
        ("fault: crash, lose", "fault: throttle, lose", "means nothing to the fault 'throttle'"),
        ("fault: crash, lose: [LAMP-M], back_after: 2m", "fault: reorder", "cannot strike a poll"),
        ("lose: [LAMP-M]", "lose: [LAMB-M]", "did you mean 'LAMP-M'?"),
        ("back_after: 2m", "back_after: -2m", "time does not run backwards"),
        ("{during: connector.poll#1, fault: crash", "{at: 1m, fault: duplicate} #", "needs a named occurrence"),
        ("35m: {ack when read: {shown.LAMP-M: 3}", "35m: {ack when read: {shown.LAMP: 3}", "unknown listing 'LAMP'"),
        ("35m:", "35h:", "after the end of the run"),
        ("push_takes: 1m", "push_takes: 1m, pol: 2m", "did you mean 'poll'?"),
    ],
)  # fmt: skip
def test_an_impossible_reference_is_told_with_its_line(old, new, message):
    """An occurrence that there is not, or that never comes, is the file's mistake and not a passed run."""
    assert old in CRASH
    said = told(CRASH.replace(old, new, 1))

    assert message in said
    assert said.startswith("my.yaml:")


def test_the_line_is_that_of_the_word():
    """Not of the block around it."""
    spoilt = FLASH.replace("id: D, channel: shop", "id: D, channel: shup", 1)

    assert told(spoilt).startswith(f"my.yaml:{line_of(FLASH, 'id: D, channel')}: when[3].order.channel:")


def test_a_value_of_a_row_is_told_at_the_row():
    """A key of given that a row replaces is wrong in the row, and the row is named."""
    spoilt = FLASH.replace("shown: {MUG-M: 5, MUG-S: 5}", "shown: {MUG-X: 5}", 1)
    said = told(spoilt)

    assert said.startswith(f"my.yaml:{line_of(FLASH, 'name: half each')}: with[1].shown.MUG-X:")
    assert "(row 'half each')" in said


def test_every_problem_of_the_schema_is_told():
    """Not only the first."""
    spoilt = FLASH.replace("qty: 4", "qty: 0", 1).replace("seed: 7", "seed: x", 1).replace("tags:", "tag:", 1)

    assert len(told(spoilt).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("- a\n- b\n", "a scenario is an object"),
        ("a: [1\n", "broken YAML"),
        ("given: {}\n", "the first key must be"),
        ("format: stockproof/scenario/1\noversell: 1\ngiven: {}\n", "either format or oversell"),
        ("format: stockproof/scenario/1\n", "'given' is missing"),
        ("format: stockproof/scenario/1\ngiven: {}\n", "'clock' is missing"),
        ("oversell: true\ngiven: {}\n", "is not known here"),
        ("? [a]\n: 1\n", "a key must be text"),
    ],
)
def test_a_file_that_is_no_scenario_is_told_so(text, message):
    """Empty, broken, without its first key."""
    assert message in told(text)


def test_a_file_that_cannot_be_read_is_told_so(tmp_path):
    """No such file, a folder, no text."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"format: \xff\xfe")

    for path in (tmp_path / "missing.yaml", tmp_path, binary):
        with pytest.raises(BadScenario, match=str(path)):
            load(path)


def test_a_bomb_of_aliases_is_refused():
    """Nine levels of ten aliases each would stand for a billion values."""
    lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    assert "nested too deeply, or aliases" in told("\n".join(lines))


def test_a_products_rules_must_agree_on_its_minimum_level():
    """The minimum level is the stock's, and the stock has one."""
    rules = """rules:
    - {channel: mkt, product: MUG, type: percent, value: 100, min_level: 3}
    - {channel: shop, product: MUG, type: percent, value: 100, min_level: 4}
"""
    line = next(each for each in FLASH.splitlines() if each.strip().startswith("rules:"))
    spoilt = FLASH.replace(line, "  " + rules, 1).replace("percent: 100,", "").replace("percent: 50,", "")

    assert "another rule gives MUG the minimum level 3" in told(spoilt)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("{type: stock.sett, master_sku: MUG}", "did you mean 'stock.set'?"),
        ("{type: stock.set, master_sku: MUG, warehouse: 1, minimun: 2}", "did you mean 'minimum'?"),
        ("{type: stock.set, master_sku: MUG, warehouse: 1, minimum: -2}", "must be a whole number of units"),
        ("{type: stock.receive, master_sku: MUG, warehouse: 1}", "'units' is missing"),
        ("{type: clock.advance, by: PT5M}", "time goes by itself here"),
    ],
)
def test_a_command_is_judged_before_it_is_sent(command, message):
    """In process and on a server a broken command is the file's mistake."""
    spoilt = FLASH.replace("when:\n", f"when:\n  - {{at: 1m, command: {command}}}\n", 1)

    assert message in told(spoilt)
