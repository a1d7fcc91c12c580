"""A run in words: one sentence an entry of the log, and the chain of causes behind the first broken promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import clock_text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.scenario.checker.watch import Break
    from conformance.scenario.run import Outcome

Entry = dict[str, Any]

# In the order in which they explain: what went wrong first, then what it came to.
CAUSES: Final = (
    "no_lost_update", "exactly_once", "monotone_knowledge", "books_match", "no_erased_sale", "no_stale_overwrite",
    "cursor_progress",
)  # fmt: skip
TITLES: Final = {
    "no_oversell": "More was promised than can be delivered",
    "no_lost_update": "A change was acknowledged and never shown",
    "no_erased_sale": "A pushed number brought back units that were sold",
    "no_stale_overwrite": "An older number replaced a newer one",
    "sound_commitment": "The channels together show more than there is",
    "bounded_staleness": "A channel shows a number that is too old",
    "exactly_once": "Something was booked twice",
    "ledger": "The shelf is not what came and went",
    "books_match": "The books do not match the shelf",
    "converges": "Nothing is pending, and a channel shows the wrong number",
    "no_starvation": "A falling number was not pushed in time",
    "cursor_progress": "The feed's marker passed over a change",
    "monotone_knowledge": "Old knowledge replaced newer",
    "shown_not_negative": "A channel shows less than nothing",
}


@dataclass(frozen=True, slots=True)
class Chain:
    """The first thing that matters, in one line, and what led to it, a line a step."""

    headline: str
    steps: tuple[str, ...]
    broken: Break


def causal_chain(outcome: Outcome) -> Chain | None:
    """Return what broke and why; None when nothing was oversold, lost or booked wrongly."""
    broken = [outcome.breaks[name] for name in (*CAUSES, "no_oversell") if name in outcome.breaks]
    if not broken:
        return None
    oversold = outcome.breaks.get("no_oversell")
    first = min(broken, key=lambda each: (each.t, broken.index(each)))
    numbers = _numbers(outcome, first)
    if oversold is not None and oversold is not first:
        numbers += [number for number in _numbers(outcome, oversold) if number not in numbers]
    told = (outcome.log.entries[number] for number in sorted(numbers))
    steps = [f"{clock_text(entry['t'])}  {sentence(entry)}" for entry in told]
    headline = f"{clock_text(first.t)}  {TITLES[first.invariant]}: {first.why}"
    if oversold is not None and oversold is not first:
        headline += f"; oversold from {clock_text(oversold.t)}"
    return Chain(headline, tuple(dict.fromkeys(steps)), first)


def _numbers(outcome: Outcome, broken: Break) -> list[int]:
    """Return the entries that led to a break: those it came of, and the sales it did not know of."""
    entries = outcome.log.entries
    chain = outcome.log.chain(broken.entry)
    if broken.invariant == "no_oversell" and broken.entry is not None:
        listing = entries[broken.entry].get("listing")
        sales = [number for number in range(broken.entry) if _is_sale(entries[number])]
        shown = [number for number in range(broken.entry) if _shows(entries[number], listing)]
        chain = sorted({*chain, *sales[-4:], *(outcome.log.chain(shown[-1]) if shown else ())})
    return chain


def _is_sale(entry: Mapping[str, Any]) -> bool:
    return bool(entry["what"] == "order" and entry["outcome"] == "accepted")


def _shows(entry: Mapping[str, Any], listing: object) -> bool:
    return bool(entry["what"] == "shown" and entry["listing"] == listing)


def marked_breaks(outcome: Outcome) -> list[Break]:
    """Return the breaks that a picture marks: the very first, the one that explains, and the first oversell."""
    every = sorted(outcome.breaks.values(), key=lambda each: (each.t, each.invariant))
    chain = causal_chain(outcome)
    chosen = [
        *every[:1],
        *([chain.broken] if chain else []),
        *(each for each in every if each.invariant == "no_oversell"),
    ]
    return sorted(dict.fromkeys(chosen), key=lambda each: each.t)


def is_idle(entry: Mapping[str, Any]) -> bool:
    """Whether an entry says only that there was nothing to do."""
    if entry["what"] in ("run", "run ended"):
        return not entry.get("code")
    return entry["what"] in ("poll", "staging polls", "poll passed over") and not entry.get("rows")


def sentence(entry: Mapping[str, Any]) -> str:
    """Return an entry of the log as a sentence without its time."""
    say = _SENTENCES.get(entry["what"])
    text = say(entry) if say else str(entry["what"])
    why = entry.get("why")
    return f"{text} ({why})" if why and entry["what"] != "order" else text


def _order(entry: Mapping[str, Any]) -> str:
    head = f"{entry['order']}: {entry['qty']} of {entry['listing']} on {entry['channel']}"
    if entry["outcome"] == "refused":
        return f"{head} refused, it shows {entry['shown']}"
    return f"{head} accepted, it now shows {entry['shown']}"


def _rows(entry: Mapping[str, Any]) -> str:
    return ", ".join(f"{sku} is {figure}" for sku, figure in entry["rows"]) or "nothing new"


def _stock(verb: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda entry: f"{verb} {entry['units']} of {entry['product']} in {entry['warehouse']}"


_SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "order": _order,
    "imported": lambda entry: f"Order Manager learns of {entry['order']} ({entry['qty']} units)",
    "import lost": lambda entry: f"{entry['order']} never reaches Order Manager",
    "import delayed": lambda entry: f"{entry['order']} reaches Order Manager late",
    "cancelled": lambda entry: f"{entry['qty']} units of {entry['order']} are cancelled",
    "restocked again": lambda entry: f"the cancelled units of {entry['order']} are booked a second time",
    "shipped": lambda entry: f"{entry['qty']} units of {entry['order']} are shipped",
    "hold": lambda entry: f"{entry['order']} is put on hold",
    "release": lambda entry: f"{entry['order']} is released",
    "poll": lambda entry: f"the connector reads the feed: {_rows(entry)}",
    "run": lambda entry: f"the integration runs for {entry['channel']}",
    "run ended": lambda entry: f"its run for {entry['channel']} ends with {entry['code']}",
    "staging polls": lambda entry: f"the second reader reads the feed: {_rows(entry)}",
    "full sync": lambda entry: f"the connector sends every number to {', '.join(entry['channels'])}",
    "answer lost": lambda _: "the answer of the feed gets lost on its way",
    "update lost": lambda entry: f"the update {entry['listing']} = {entry['figure']} is lost for good",
    "push": lambda entry: f"the connector sends {entry['listing']} = {entry['value']} ({entry['push']})",
    "push lost": lambda entry: f"the update of {entry['listing']} gets lost on its way",
    "push refused": lambda entry: f"the channel refuses the update of {entry['listing']}",
    "push dropped": lambda entry: f"the channel drops the update of {entry['listing']}",
    "shown": lambda entry: f"{entry['channel']} shows {entry['listing']} = {entry['value']}, before {entry['before']}",
    "crash": lambda entry: f"the connector dies, and is back after {text_of(entry['back_after'])}",
    "throttle": lambda entry: f"{entry['channel']} takes no updates for {text_of(entry['lasts'])}",
    "fault": lambda entry: f"fault: {entry['fault']}",
    "receive": _stock("goods arrive:"),
    "receive booked again": _stock("the same arrival is booked again:"),
    "receive not booked": _stock("goods arrive that nobody books:"),
    "adjust": _stock("the stock is adjusted by"),
    "adjust booked again": _stock("the same adjustment is booked again:"),
    "shelf": _stock("on the shelf, unbooked:"),
    "count": _stock("the warehouse counts"),
    "count lost": _stock("the count gets lost:"),
    "count lands": lambda entry: (
        f"the count of {entry['product']} in {entry['warehouse']} lands: {entry['free']} are free now"
        + (f", {entry['forgotten']} units allocated since are forgotten" if entry["forgotten"] else "")
    ),
    "rule": lambda entry: f"the rule on {entry['channel']} becomes {entry['rule_type']} {entry['value']}",
    "exclude": lambda entry: (
        f"{entry.get('channel') or entry.get('product')} leaves out {', '.join(entry['warehouses']) or 'no warehouse'}"
    ),
    "command": lambda entry: f"command {entry['type']}" + ("" if entry["done"] else " is refused"),
}
