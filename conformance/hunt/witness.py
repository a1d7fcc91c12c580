"""A way to break an invariant as a scenario file: one event a minute, each with what it does in words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from conformance.hunt.replay import Player

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.hunt.channel import Message, Move, Seller
    from conformance.hunt.question import Question
    from conformance.hunt.search import Found

# The connector does what the events say and nothing of its own accord.
STILL: Final = {"poll": "never", "push_takes": "0s"}
OWN_ACCORD: Final = ("poll", "first_poll", "push_takes", "full_sync", "first_full_sync", "rate", "staging", "cursor")
AFTER: Final = 2

Line = tuple[int, dict[str, Any], str]


def witness(question: Question, found: Found, document: Mapping[str, Any]) -> str:
    """Return the scenario file; ``document`` is the hunt file that it came from."""
    script = _Script(question, found.moves)
    lines = script.lines()
    end = len(found.moves) + AFTER
    head = {
        "format": "stockproof/scenario/1",
        "id": f"{document.get('id', 'hunt')}-witness",
        "title": f"{found.invariant} broken by {len(found.moves)} events",
        "tags": ["witness"],
        "clock": {"start": "2026-01-05T09:00:00Z", "until": f"{end}m"},
        "given": _given(question, document["given"]),
    }
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110)
    body = "".join(f"  - {_flow(event)}{' ' * 2}# {why}\n" for _, event, why in lines)
    until = f"{len(found.moves)}m"
    then = f"then:\n  breaks: {{{found.invariant}: {until}}}\n"
    return f"# Made by `conformance hunt`: {_proof(found)}.\n{text}when:\n{body}{then}"


def _proof(found: Found) -> str:
    return "no shorter sequence of events does it" if found.minimal else "shortened; a shorter one may exist"


def _given(question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    connector = {key: value for key, value in given.get("connector", {}).items() if key not in OWN_ACCORD}
    own = {
        name: {key: value for key, value in keys.items() if key not in OWN_ACCORD}
        for name, keys in connector.pop("channels", {}).items()
    }
    written = {**given, "connector": {**STILL, **connector, **({"channels": own} if own else {})}}
    if not question.on_change:
        return written
    # Every change makes a row due in this search, whether the figure came back to what it was or not.
    return {**written, "readings": {**given.get("readings", {}), "ack.due": "stock-changed"}}


def _flow(event: Mapping[str, Any]) -> str:
    """Return an event on one line."""
    text: str = yaml.safe_dump(event, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000)
    return text.strip()


@dataclass(slots=True)
class _Sent:
    """One update that was sent: its number on the channel, when it was read, and what became of it."""

    channel: str
    number: int
    read: int
    landed: int | None = None
    again: int | None = None
    lost: int | None = None


@dataclass(slots=True)
class _Seller:
    queue: list[_Sent] = field(default_factory=list)
    flight: list[tuple[_Sent, bool]] = field(default_factory=list)
    sent: list[_Sent] = field(default_factory=list)


class _Script:
    """Turns events into timed ones: what the search counts as its own events are delays of a named update here."""

    def __init__(self, question: Question, moves: tuple[Move, ...]) -> None:
        self._question, self._moves = question, moves
        self._sellers = [_Seller() for _ in question.sellers]
        self._imports: dict[tuple[int, int], list[int]] = {}
        self._orders: dict[tuple[int, int], int] = {}
        self._lines: list[Line] = []
        self._counts: list[tuple[int, dict[str, Any]]] = []
        self._number = 0
        for minute, (kind, index, at) in enumerate(moves, 1):
            if kind == "import":
                self._imports.setdefault((index, at), []).append(minute)

    def lines(self) -> list[Line]:
        """Return the events of the file in order of time, faults of an update beside its reading."""
        player = Player(self._question)
        sellers = [player.play(self._moves[:count]).sellers for count in range(len(self._moves) + 1)]
        for minute, move in enumerate(self._moves, 1):
            self._enter(minute, move, sellers[minute - 1], sellers[minute])
        faults = [line for seller in self._sellers for sent in seller.sent for line in self._fates(sent)]
        return sorted([*self._lines, *faults], key=lambda line: line[0])

    def _enter(self, minute: int, move: Move, before: list[Seller], after: list[Seller]) -> None:
        kind, index, at = move
        if kind in ("poll", "full sync"):
            self._read(minute, index, kind, len(after[index][1]) - len(before[index][1]))
        elif kind == "crash":
            self._crash(minute, index, before[index][1])
        elif kind != "import":
            self._plain(kind)(minute, index, at)

    def _plain(self, kind: str) -> Callable[[int, int, int], None]:
        return {
            "order": self._order,
            "push": self._push,
            "apply": self._apply,
            "lose": self._lose,
            "duplicate": self._duplicate,
            "restock": self._restock,
            "count": self._count,
            "land": self._land,
        }[kind]

    def _order(self, minute: int, index: int, at: int) -> None:
        seller = self._question.sellers[index]
        which = self._orders.get((index, at), 0)
        self._orders[index, at] = which + 1
        imports = self._imports.get((index, at), [])
        reached = imports[which] - minute if which < len(imports) else len(self._moves) + AFTER + 1
        self._number += 1
        order = {
            "id": f"O{self._number}",
            "channel": seller.name,
            "listing": seller.listings[at].sku,
            "qty": 1,
            "reaches_om": f"{reached}m",
        }
        told = "never hears of it" if which >= len(imports) else f"hears of it {reached} minutes later"
        self._lines.append((minute, {"at": f"{minute}m", "order": order}, f"one unit is sold; Order Manager {told}"))

    def _read(self, minute: int, index: int, kind: str, updates: int) -> None:
        name, seller = self._question.sellers[index].name, self._sellers[index]
        for _ in range(updates):
            seller.sent.append(_Sent(name, len(seller.sent) + 1, minute))
            seller.queue.append(seller.sent[-1])
        full = kind == "full sync"
        sync = {"channel": name, **({"full": True} if full else {})}
        what = "everything is read and sent" if full else "the connector reads what is due"
        self._lines.append((minute, {"at": f"{minute}m", "sync": sync}, what))

    def _push(self, _minute: int, index: int, _at: int) -> None:
        seller = self._sellers[index]
        seller.flight.append((seller.queue.pop(0), False))

    def _apply(self, minute: int, index: int, at: int) -> None:
        sent, again = self._sellers[index].flight.pop(at)
        if again or sent.landed is not None:
            sent.again = minute
        else:
            sent.landed = minute

    def _lose(self, minute: int, index: int, at: int) -> None:
        sent, _ = self._sellers[index].flight.pop(at)
        sent.lost = minute

    def _duplicate(self, _minute: int, index: int, at: int) -> None:
        flight = self._sellers[index].flight
        flight.append((flight[at][0], True))

    def _crash(self, minute: int, index: int, queue: tuple[Message, ...]) -> None:
        seller = self._question.sellers[index]
        self._sellers[index].queue.clear()
        skus = sorted({seller.listings[message[0]].sku for message in queue})
        crash = {"at": f"{minute}m", "fault": "crash", "channel": seller.name, "lose": skus, "back_after": "0s"}
        self._lines.append((minute, crash, f"the connector dies with {len(queue)} updates unsent"))

    def _place(self, place: int) -> dict[str, Any]:
        warehouse, product = sorted(self._question.start().shelf)[place]
        return {"warehouse": self._question.plan.warehouses.get(warehouse, warehouse), "product": product}

    def _restock(self, minute: int, place: int, _at: int) -> None:
        receive = {**self._place(place), "units": 1}
        self._lines.append((minute, {"at": f"{minute}m", "receive": receive}, "one unit arrives"))

    def _count(self, minute: int, place: int, _at: int) -> None:
        count: dict[str, Any] = {**self._place(place), "arrives": f"{len(self._moves) + AFTER + 1}m"}
        self._counts.append((minute, count))
        self._lines.append((minute, {"at": f"{minute}m", "count": count}, "the shelf is counted"))

    def _land(self, minute: int, _place: int, which: int) -> None:
        taken, count = self._counts.pop(which)
        count["arrives"] = f"{minute - taken}m"

    def _fates(self, sent: _Sent) -> Iterator[Line]:
        """Yield the faults that make an update land when the search let it land, get lost, or land twice."""
        during = f"{sent.channel}.push#{sent.number}"
        if sent.again is not None and sent.landed is None:
            sent.landed, sent.again = sent.again, None
        end = sent.landed or sent.lost
        late = (end - sent.read) if end is not None else len(self._moves) + AFTER + 1
        what = "takes" if end is not None else "does not land any more:"
        yield sent.read, {"during": during, "fault": "delay", "by": f"{late}m"}, f"the update {what} {late} minutes"
        if sent.lost is not None and sent.landed is None:
            yield sent.read, {"during": during, "fault": "lose"}, "the update gets lost"
        if sent.again is not None and sent.landed is not None:
            by = sent.again - sent.landed
            again = {"during": during, "fault": "duplicate", "by": f"{by}m"}
            yield sent.read, again, f"and comes again {by} minutes later"


def as_pytest(path: str, found: Found) -> str:
    """Return a test file that replays the witness."""
    name = found.invariant
    return (
        '"""Made by `conformance hunt`: the smallest way to break an invariant that was found."""\n\n'
        "import json\nimport subprocess\nimport sys\n\n\n"
        f"def test_{name}_is_broken_as_found():\n"
        f'    """{len(found.moves)} events break {name}."""\n'
        f"    command = [sys.executable, '-m', 'conformance', 'replay', {json.dumps(path)}, '--json']\n"
        "    replay = subprocess.run(command, check=False, capture_output=True, text=True)\n\n"
        "    assert 0 == replay.returncode, replay.stderr\n"
        "    assert all(row['passed'] for row in json.loads(replay.stdout)['rows'])\n"
    )
