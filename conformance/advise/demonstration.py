"""A scenario file in which today's rule oversells and the advised one does not, made of a few orders."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from conformance.advise.draws import generator
from conformance.advise.levers import NAMES
from conformance.advise.notation import spelled
from conformance.advise.replayed import Order, Tally, Timing, follow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.advise.answer import Answer
    from conformance.advise.levers import Lever
    from conformance.advise.question import Question
    from conformance.advise.rules import Rule

_STREAM: Final = 7
_TRIES: Final = 200
_WRITES: Final = {"absolute": "set", "watermark": "watermark", "cas": "cas"}
# A scenario knows no poll at every order; this comes close.
_SHORTEST: Final = 10
_SHOWABLE: Final = ("none", "buffer", "percent", "cap", "minimum-level", "red-zone")


@dataclass(frozen=True, slots=True)
class _Show:
    """Orders that tell two rules apart, on a shelf with so many units."""

    stock: int
    orders: tuple[Order, ...]
    until: int
    before: Tally
    after: Tally


def demonstration(answer: Answer) -> str | None:
    """Return the scenario file's text; None when no rule is advised that a scenario can say, or a few orders show."""
    lever, question = answer.best, answer.question
    kinds = {question.current.kind, lever.rule.kind if lever else "none"}
    if lever is None or lever.kind == "sync-interval" or not kinds <= set(_SHOWABLE) or question.write not in _WRITES:
        return None
    show = _found(question, lever.rule)
    return None if show is None else "\n".join(_lines(question, lever, show)) + "\n"


def _timing(question: Question) -> Timing:
    every = max(_SHORTEST, round(question.sync_interval * 3600))
    count = len(question.names)
    spread = [round(every * each / count) if question.staggered else 0 for each in range(count)]
    return Timing(
        every=every,
        first=tuple(each or every for each in spread),
        push_takes=round(question.push_latency * 3600),
        orders_reach_om=round(question.import_lag * 3600),
        write=question.write,
    )


def _found(question: Question, rule: Rule) -> _Show | None:
    """Return the first orders that show it, on the smallest shelf that will do, without those that add nothing."""
    timing = _timing(question)
    for number in range(_TRIES):
        stock = _shelf(question, rule) + number // 40
        orders = _customers(question, timing, stock, number)
        if _shows(question, rule, timing, stock, orders) is not None:
            fewer = _without_idle(question, rule, timing, stock, orders)
            return _shows(question, rule, timing, stock, fewer)
    return None


def _shelf(question: Question, rule: Rule) -> int:
    unseen = ceil(question.rate * (question.sync_interval + question.delay))
    level = rule.value + 1 if rule.kind in {"buffer", "red-zone", "minimum-level"} else 0
    share = ceil(100 / rule.value) if rule.kind == "percent" else 0
    return min(question.stock, max(3, unseen, level, share))


def _customers(question: Question, timing: Timing, stock: int, number: int) -> tuple[Order, ...]:
    """Return more orders than there are units, never at the second of a poll or of an arrival."""
    draw = generator(question.seed, _STREAM, number)
    count = stock * 2 + 6
    when = np.cumsum(draw.exponential(3600 / question.rate, count)).astype(int) + 1
    where = draw.choice(len(question.names), count, p=question.shares)
    busy = {(first + late) % timing.every for first in timing.first for late in (0, timing.push_takes)}
    busy |= {(each - timing.orders_reach_om) % timing.every for each in timing.first}
    apart: list[Order] = []
    for at, channel in zip(when.tolist(), where.tolist(), strict=True):
        second = max(at, apart[-1].at + 1 if apart else 1)
        while second % timing.every in busy:
            second += 1
        apart.append(Order(second, channel))
    return tuple(apart)


def _shows(question: Question, rule: Rule, timing: Timing, stock: int, orders: tuple[Order, ...]) -> _Show | None:
    until = _end(timing, orders)
    channels = len(question.names)
    before = follow(orders, question.current.table(channels, stock), timing, until)
    after = follow(orders, rule.table(channels, stock), timing, until)
    shows = before.oversold > 0 and after.oversold == 0 and after.accepted > 0
    return _Show(stock, orders, until, before, after) if shows else None


def _end(timing: Timing, orders: tuple[Order, ...]) -> int:
    """Return the second by which everything has been told, a whole number of intervals after the last order."""
    last = orders[-1].at if orders else 0
    settled = last + 2 * timing.every + timing.push_takes + timing.orders_reach_om
    return ceil(settled / timing.every) * timing.every


def _without_idle(
    question: Question, rule: Rule, timing: Timing, stock: int, orders: tuple[Order, ...]
) -> tuple[Order, ...]:
    """Return the orders without those whose absence changes nothing in what is shown, from the last one on."""
    whole = _shows(question, rule, timing, stock, orders)
    assert whole is not None  # noqa: S101 - they were found by it
    for gone in reversed(orders):
        fewer = tuple(each for each in orders if each != gone)
        show = _shows(question, rule, timing, stock, fewer)
        if show and show.before.oversold == whole.before.oversold and show.after.accepted == whole.after.accepted:
            orders = fewer
    return orders


def _lines(question: Question, lever: Lever, show: _Show) -> Iterator[str]:
    timing = _timing(question)
    today, advised = question.current.means(question.names), lever.rule.means(question.names)
    yield f"# {advised[0].upper()}{advised[1:]}: the same orders with today's rule and with the advised one."
    yield "format: stockproof/scenario/1"
    yield f"id: {question.sku.lower().replace('_', '-')}-{lever.kind}"
    yield f"title: {NAMES[lever.kind].capitalize()} against an oversell at the end of the stock"
    yield "tags: [exposure, policy]"
    yield f"clock: {{start: 2026-11-27T08:00:00Z, until: {spelled(show.until / 3600)}}}"
    yield "given:"
    yield "  warehouses: [W1]"
    yield f"  products: {{{question.sku}: {{on_hand: {{W1: {show.stock}}}}}}}"
    yield "  channels:"
    for name in question.names:
        listing = f"{{{_listing(question, name)}: {question.sku}}}"
        yield f"    {name}: {{listings: {listing}, orders_reach_om: {_spell(timing.orders_reach_om)}}}"
    yield from _connector(question, timing)
    yield "with:"
    for heading, rule in (("today", question.current), ("advised", lever.rule)):
        yield f"  - name: {heading}   # {today if heading == 'today' else advised}"
        yield f"    buffer: {rule.value if rule.kind == 'buffer' else 0}"
        yield "    rules:"
        yield from (f"      - {{{each}}}" for each in _rules(rule, question))
        yield f"    shown: {{{_shown(rule, question, show.stock)}}}"
    yield "when:"
    for number, order in enumerate(show.orders, 1):
        name = question.names[order.channel]
        wanted = f"{{id: O{number}, channel: {name}, listing: {_listing(question, name)}, qty: 1}}"
        yield f"  - {{at: {_spell(order.at)}, order: {wanted}}}"
    yield "then:"
    yield "  always: [ledger, books_match, shown_not_negative]"
    yield "  finally:"
    for heading, tally in (("today", show.before), ("advised", show.after)):
        counts = f"oversold_units: {tally.oversold}, oversold_orders: {tally.oversold}, refused_units: {tally.refused}"
        yield f"    {heading}: {{{counts}}}"


def _connector(question: Question, timing: Timing) -> Iterator[str]:
    yield "  connector:"
    yield f"    poll: every {_spell(timing.every)}"
    yield f"    push_takes: {_spell(timing.push_takes)}"
    yield f"    push: {_WRITES[question.write]}"
    yield "    ack: after-push"
    yield '    buffer: "${buffer}"'
    if len(set(timing.first)) > 1:
        yield "    channels:"
        for name, first in zip(question.names, timing.first, strict=True):
            yield f"      {name}: {{first_poll: {_spell(first)}}}"


def _rules(rule: Rule, question: Question) -> Iterator[str]:
    if rule.kind == "red-zone":
        for number, name in enumerate(question.names):
            least = "percent, min_value: 100" if number == rule.channel else "max, min_value: 0"
            yield f"channel: {name}, type: percent, value: 100, min_level: {rule.value}, min_type: {least}"
    elif rule.kind == "minimum-level":
        level = max(0, rule.value - 1)
        yield f'channel: "*", type: percent, value: 100, min_level: {level}, min_type: max, min_value: 0'
    elif rule.kind == "cap":
        yield f'channel: "*", type: max, value: {rule.value}'
    else:
        yield f'channel: "*", type: percent, value: {rule.value if rule.kind == "percent" else 100}'


def _shown(rule: Rule, question: Question, stock: int) -> str:
    figures = rule.table(len(question.names), stock)[:, -1]
    return ", ".join(
        f"{_listing(question, name)}: {figure}" for name, figure in zip(question.names, figures, strict=True)
    )


def _listing(question: Question, channel: str) -> str:
    return f"{question.sku}-{channel.upper()}"


def _spell(seconds: int) -> str:
    return spelled(seconds / 3600)
