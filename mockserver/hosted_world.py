"""One world with everything around it: lock, clock, journal, credentials, request journal, snapshots."""

from __future__ import annotations

import zlib
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from mockserver.behaviours import header_value, resolve
from mockserver.clock import ManualClock
from mockserver.core.errors import nearest
from mockserver.core.instants import instant_text
from mockserver.core.world import Outcome, World
from mockserver.credentials import Credentials
from mockserver.faults import Faults
from mockserver.files.world_file import garbage_collection_paused
from mockserver.journal.memory import Entry, MemoryJournal
from mockserver.late import LateDeliveries
from mockserver.limits import Limits
from mockserver.recorder import Recorder
from mockserver.webhooks import Courier, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockserver.clock import Clock
    from mockserver.core.feed import Row
    from mockserver.faults import Fault
    from mockserver.webhooks import Send

Document = dict[str, Any]

_COMPRESS_FROM: Final = 1 << 20


class UnknownSnapshot(KeyError):
    """The world has no snapshot of this name; ``args[0]`` is the name, ``nearest`` one that exists."""

    def __init__(self, name: str, nearest_name: str | None) -> None:
        super().__init__(name)
        self.nearest = nearest_name


class DuplicateSnapshot(ValueError):
    """The world has a snapshot of this name already."""


class Snapshot(NamedTuple):
    """A place in the journal under a name."""

    name: str
    position: int
    at_ms: int


class _Start:
    """The world file that a world began with, kept small."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        raw = orjson.dumps(document)
        self._compressed = len(raw) >= _COMPRESS_FROM
        self._raw = zlib.compress(raw, 1) if self._compressed else raw

    def document(self) -> Document:
        raw = zlib.decompress(self._raw) if self._compressed else self._raw
        return dict(orjson.loads(raw))


class HostedWorld:
    """One world with everything around it. Its methods may be called from any thread."""

    def __init__(
        self,
        world_id: str,
        document: Mapping[str, Any],
        *,
        clock: Clock,
        readings: Mapping[str, str],
        send: Send = post,
    ) -> None:
        self.id = world_id
        self.lock = RLock()
        self.credentials = Credentials()
        self.recorder = Recorder()
        self.answer_headers: dict[object, tuple[tuple[str, str], ...]] = {}
        self.fragments: dict[int, str] = {}
        self.inventory_fragments: dict[int, tuple[object, bytes]] = {}
        self._clock = clock
        self._base_readings = dict(readings)
        self._start = _Start(document)
        self._journal = MemoryJournal()
        self._snapshots: dict[str, Snapshot] = {}
        self._courier = Courier(self, send)
        self.world = self._fresh_world(document)
        self.limits = Limits.of(document.get("limits", {}))
        self.faults = Faults(self.world.seed)
        self.late = LateDeliveries()
        self.is_meddled_with = self.limits is not None

    def _fresh_world(self, document: Mapping[str, Any]) -> World:
        with garbage_collection_paused():
            return World.from_document(document, resolve({**self._base_readings, **document.get("readings", {})}))

    # -- trouble -----------------------------------------------------------------------------------

    def add_fault(self, plan: Mapping[str, Any], operations: frozenset[str]) -> Document:
        """
        Make a fault for these operations and return it as plain JSON types.

        Raises:
            DuplicateFault, TooManyFaults, UselessPlan: when the plan cannot be made.
        """
        with self.lock:
            fault = self.faults.add(plan, operations)
            self.is_meddled_with = True
            return self._told_fault(fault)

    def told_faults(self) -> list[Document]:
        """Return the faults as plain JSON types, in the order in which they were made."""
        with self.lock:
            self.tick()
            return [self._told_fault(fault) for fault in self.faults]

    def _told_fault(self, fault: Fault) -> Document:
        told = fault.told(self.world.now_ms)
        if "after" in fault.action:
            told["pending"] = [instant_text(due_ms) for due_ms in self.late.due_of(fault.id)]
        return told

    def remove_fault(self, fault_id: str) -> None:
        """
        Forget a fault, and what it has under way.

        Raises:
            UnknownFault: when there is none of that id.
        """
        with self.lock:
            self.faults.remove(fault_id)
            self.late.drop(fault_id)
            self.is_meddled_with = self.limits is not None or len(self.faults) > 0

    def deliver_later(self, delay_ms: int, fault_id: str, size: int, deliver: Callable[[], object]) -> None:
        """Have a request with a body of so many bytes delivered once more when so much virtual time has passed."""
        with self.lock:
            self.late.put(self.world.now_ms + delay_ms, fault_id, size, deliver)

    def deliver_late(self) -> bool:
        """Deliver what has arrived by now, after the effects of this instant; returns whether there was any."""
        with self.lock:
            had_some = False
            while (arrived := self.late.pop_due(self.world.now_ms)) is not None:
                arrived.deliver()
                had_some = True
            return had_some

    # -- commands ----------------------------------------------------------------------------------

    def run(self, command: Mapping[str, Any]) -> Outcome:
        """Execute one command at the present instant, and journal it if it was done."""
        if command["type"] == "clock.advance" and (self.world.webhooks.hooks or self.late):
            return self._courier.advance(command)
        with self.lock:
            self.tick()
            at_ms = self.world.now_ms
            outcome = self.world.execute(command)
            if outcome.status == "done":
                self._journal.append(at_ms, dict(command))
                if command["type"] == "listing.set":
                    self.fragments.clear()
                self._wake_courier()
            return outcome

    def advance_until_delivery(self, target_ms: int) -> int:
        """
        Move time on to an instant, or to the next with a webhook to send or a late request, and journal that.

        Returns the number of effects fired.

        Raises:
            Refused: ``backwards``.
        """
        with self.lock:
            at_ms = self.world.now_ms
            stop_ms = min(target_ms, max(at_ms, self.late.next_ms)) if self.late else target_ms
            fired = self.world.advance_to(stop_ms, until_delivery=True)
            self._journal.append(at_ms, {"type": "clock.advance", "to": instant_text(self.world.now_ms)})
            return fired

    def _wake_courier(self) -> None:
        # Where time stands still, deliveries wait for whoever moves it.
        if self.world.webhooks.is_waiting and not isinstance(self._clock, ManualClock):
            self._courier.wake()

    def acknowledge(
        self, token: int, version: str, channels: Sequence[int], limit: int, acknowledged: Sequence[int] = ()
    ) -> list[Row]:
        """Answer due rows and journal the reading if it moved a marker."""
        with self.lock:
            self.tick()
            world = self.world
            markers = world.feed.marker_count
            rows = world.acknowledge(token, version, channels, limit, acknowledged)
            if rows or acknowledged or world.feed.marker_count != markers:
                command = {"type": "feed.acknowledge", "token": token, "version": version}
                command |= {"channels": list(channels), "limit": limit, "acknowledged": list(acknowledged)}
                self._journal.append(world.now_ms, command)
            return rows

    def tick(self) -> None:
        """Let virtual time catch up with the clock; effects that are due fire."""
        world = self.world
        now_ms = self._clock.now_ms(world.now_ms)
        if now_ms > world.now_ms:
            while self.late and self.late.next_ms <= now_ms:
                world.advance_to(max(self.late.next_ms, world.now_ms))
                self.deliver_late()
            # A late request has looked at the clock itself.
            world.advance_to(max(now_ms, world.now_ms))
            self._wake_courier()

    def catch_up(self) -> None:
        """Let virtual time catch up with the clock, from any thread; for readers of the world."""
        with self.lock:
            self.tick()

    @property
    def started_ms(self) -> int:
        """The instant at which the world began."""
        return self.world.started_ms

    def start_document(self) -> Document:
        """Return the world file that the world began with."""
        return self._start.document()

    def entries(self) -> list[Entry]:
        """Return the commands so far."""
        with self.lock:
            return list(self._journal.entries())

    def document(self) -> Document:
        """Return the present state as a bare world file, with the credentials that lead to this world."""
        with self.lock:
            self.tick()
            document = self.world.to_document()
            if limits := self._start.document().get("limits"):
                document["limits"] = limits
            document["order_manager"] |= {"tokens": self._written_tokens(), "apps": self._written_apps()}
            keys = {seller: key for key, seller in self.credentials.api_keys.items()}
            for seller in document["marketplacer"]["sellers"]:
                seller["api_key"] = keys[seller["id"]]
            return document

    def exchanges(self) -> Iterator[Document]:
        """Return the request journal as plain JSON types, oldest first, with this world's credentials taken out."""
        with self.lock:
            secrets = list(self.credentials.secrets())
        return self.recorder.exchanges(secrets)

    def _written_tokens(self) -> list[Document]:
        return [
            {"token": secret}
            | ({} if token.scopes is None else {"scopes": sorted(token.scopes)})
            | ({} if token.name is None else {"name": token.name})
            for secret, token in self.credentials.tokens.items()
        ]

    def _written_apps(self) -> list[Document]:
        return [
            {"app_key": app.app_key, "app_secret": app.app_secret, "scopes": list(app.scopes)}
            | ({} if app.redirect_uri is None else {"redirect_uri": app.redirect_uri})
            for app in self.credentials.apps.values()
        ]

    def headers_for(self, key: object, behaviours: Callable[[], Iterable[str]]) -> str:
        """Return the X-Mock-Behaviours value for a kind of answer, made once a world."""
        cached = self.answer_headers.get(key)
        if cached is None:
            value = header_value(behaviours(), self.world.readings)
            cached = self.answer_headers[key] = (("X-Mock-Behaviours", value),)
        return cached[0][1]

    # -- back and forth ----------------------------------------------------------------------------

    def reset(self) -> None:
        """Go back to the start: state, markers, journal, snapshots, requests, no faults; credentials stay."""
        with self.lock:
            self._rebuild([])
            self.faults = Faults(self.world.seed)
            self.is_meddled_with = self.limits is not None
            self._snapshots.clear()
            self.recorder.clear()

    def save_snapshot(self, name: str) -> Snapshot:
        """
        Name the present state.

        Raises:
            DuplicateSnapshot: when the name is taken.
        """
        with self.lock:
            if name in self._snapshots:
                raise DuplicateSnapshot(name)
            self.tick()
            snapshot = Snapshot(name, len(self._journal), self.world.now_ms)
            self._snapshots[name] = snapshot
            return snapshot

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots, oldest first."""
        with self.lock:
            return list(self._snapshots.values())

    def restore(self, name: str) -> Snapshot:
        """
        Go back to a snapshot; later commands and later snapshots are gone.

        Raises:
            UnknownSnapshot: when there is none of that name.
        """
        with self.lock:
            snapshot = self._snapshot(name)
            self._rebuild(list(self._journal.entries()[: snapshot.position]))
            self.world.advance_to(snapshot.at_ms)
            kept = {key: one for key, one in self._snapshots.items() if one.position <= snapshot.position}
            self._snapshots = kept
            return snapshot

    def history(self, name: str) -> tuple[Document, list[Entry], int]:
        """
        Return what it takes to make the world of a snapshot again: start, commands, instant.

        Raises:
            UnknownSnapshot: when there is none of that name.
        """
        with self.lock:
            snapshot = self._snapshot(name)
            return self._start.document(), list(self._journal.entries()[: snapshot.position]), snapshot.at_ms

    def replay(self, entries: Sequence[Entry], at_ms: int) -> None:
        """Run commands of an earlier world from the start of this one, and stop at an instant."""
        with self.lock:
            self._rebuild(entries)
            self.world.advance_to(max(at_ms, self.world.now_ms))

    def _snapshot(self, name: str) -> Snapshot:
        snapshot = self._snapshots.get(name)
        if snapshot is None:
            raise UnknownSnapshot(name, nearest(name, self._snapshots))
        return snapshot

    def _rebuild(self, entries: Sequence[Entry]) -> None:
        world = self._fresh_world(self._start.document())
        for entry in entries:
            if entry.at_ms > world.now_ms:
                world.advance_to(entry.at_ms)
            world.execute(entry.command)
        self.world = world
        self.late.clear()
        self._journal = MemoryJournal(entries)
        if self.limits is not None:
            self.limits.clear()
        self.fragments.clear()
        # What the world makes use of has shrunk, so what its answers rest on has too.
        self.answer_headers.clear()
