"""
The one place that owns worlds: credentials, locks, clocks, journals, snapshots.

A world's credentials lead to it: every access token, API key and app key belongs to exactly one world.
"""

from __future__ import annotations

import secrets
import uuid
import zlib
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from mockserver.behaviours import header_value, resolve
from mockserver.clock import Clock, ManualClock
from mockserver.core.errors import InvalidWorld, Problem, Refused, nearest
from mockserver.core.world import Outcome, World
from mockserver.journal.memory import Entry, MemoryJournal
from mockserver.recorder import Recorder
from mockserver.world_file import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockserver.core.feed import Row

Document = dict[str, Any]

_COMPRESS_FROM: Final = 1 << 20


class UnknownWorld(KeyError):
    """No world has this id; ``args[0]`` is the id, ``nearest`` one that exists."""

    def __init__(self, world_id: str, nearest_id: str | None) -> None:
        super().__init__(world_id)
        self.nearest = nearest_id


class UnknownSnapshot(KeyError):
    """The world has no snapshot of this name; ``args[0]`` is the name, ``nearest`` one that exists."""

    def __init__(self, name: str, nearest_name: str | None) -> None:
        super().__init__(name)
        self.nearest = nearest_name


class DuplicateSnapshot(ValueError):
    """The world has a snapshot of this name already."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token of one world: its place in the world's list, what it may do (None: everything), its name."""

    number: int
    scopes: frozenset[str] | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class App:
    """An OAuth client of one world."""

    app_key: str
    app_secret: str
    redirect_uri: str | None
    scopes: tuple[str, ...]


class Snapshot(NamedTuple):
    """A place in the journal under a name."""

    name: str
    position: int
    at_ms: int


@dataclass(slots=True)
class Credentials:
    """What leads to one world. Secrets stay in here."""

    tokens: dict[str, Token] = field(default_factory=dict)
    api_keys: dict[str, int] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, tuple[str, tuple[str, ...], str | None]] = field(default_factory=dict)

    def secrets(self) -> Iterator[str]:
        """Yield everything that must not be told to a reader of what happened."""
        yield from self.tokens
        yield from self.api_keys
        yield from self.codes
        yield from (app.app_secret for app in self.apps.values())


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
        self, world_id: str, document: Mapping[str, Any], *, clock: Clock, readings: Mapping[str, str]
    ) -> None:
        self.id = world_id
        self.lock = RLock()
        self.credentials = Credentials()
        self.recorder = Recorder()
        self.answer_headers: dict[object, tuple[tuple[str, str], ...]] = {}
        self.fragments: dict[int, bytes] = {}
        self._clock = clock
        self._base_readings = dict(readings)
        self._start = _Start(document)
        self._journal = MemoryJournal()
        self._snapshots: dict[str, Snapshot] = {}
        self.world = self._fresh_world(document)

    def _fresh_world(self, document: Mapping[str, Any]) -> World:
        return World.from_document(document, resolve({**self._base_readings, **document.get("readings", {})}))

    # -- commands ----------------------------------------------------------------------------------

    def run(self, command: Mapping[str, Any]) -> Outcome:
        """Execute one command at the present instant, and journal it if it was done."""
        with self.lock:
            self.tick()
            at_ms = self.world.now_ms
            outcome = self.world.execute(command)
            if outcome.status == "done":
                self._journal.append(at_ms, command)
                if command["type"] == "listing.set":
                    self.fragments.clear()
            return outcome

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
            world.advance_to(now_ms)

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
        """Go back to the start: state, markers, journal, snapshots and requests; credentials stay."""
        with self.lock:
            self._rebuild([])
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
        self._journal = MemoryJournal(entries)
        self.fragments.clear()
        # What the world makes use of has shrunk, so what its answers rest on has too.
        self.answer_headers.clear()


class Worlds:
    """All worlds of a server, found by id or by a credential."""

    def __init__(
        self,
        *,
        readings: Mapping[str, str] | None = None,
        new_secret: Callable[[], str] = lambda: str(uuid.UUID(bytes=secrets.token_bytes(16))),
    ) -> None:
        self._readings = dict(readings or {})
        self._new_secret = new_secret
        self._lock = RLock()
        self._worlds: dict[str, HostedWorld] = {}
        self._by_token: dict[str, tuple[HostedWorld, Token]] = {}
        self._by_api_key: dict[str, tuple[HostedWorld, int]] = {}
        self._by_app: dict[str, HostedWorld] = {}
        self.default: HostedWorld | None = None

    # -- making and dropping -------------------------------------------------------------------------

    def create(
        self,
        document: Mapping[str, Any],
        *,
        world_id: str | None = None,
        own_credentials: bool = True,
        clock: Clock | None = None,
    ) -> HostedWorld:
        """
        Make a world from a schema-valid world file.

        With ``own_credentials`` it gets tokens and keys that no other world has; without, those of the file,
        made up where the file gives none.

        Raises:
            InvalidWorld: when the file contradicts itself, or its credentials belong to another world.
            RegistryError: for an unknown reading or option.
        """
        hosted = HostedWorld(
            world_id or self._new_secret().replace("-", "")[:16],
            document,
            clock=clock or ManualClock(),
            readings=self._readings,
        )
        credentials = self._credentials(document, hosted.world, own=own_credentials)
        with self._lock:
            self._refuse_foreign(credentials)
            self._register(hosted, credentials)
        return hosted

    def create_checked(self, document: Mapping[str, Any], *, source: str) -> HostedWorld:
        """
        Make a world with credentials of its own; what is wrong is told as problems of the file ``source``.

        Raises:
            WorldFileError: for contradictions, unknown readings and unknown options.
        """
        with problems_of(source):
            return self.create(document)

    def serve_as_default(
        self, document: Mapping[str, Any], *, world_id: str, clock: Clock | None = None
    ) -> HostedWorld:
        """Make the world that the server starts with; it keeps the credentials of its file."""
        self.default = self.create(document, world_id=world_id, own_credentials=False, clock=clock)
        return self.default

    def fork(self, hosted: HostedWorld, snapshot: str) -> HostedWorld:
        """
        Make a new world, with credentials of its own, from a snapshot of another.

        Raises:
            UnknownSnapshot: when there is none of that name.
        """
        document, entries, at_ms = hosted.history(snapshot)
        fork = self.create(document)
        self._match_tokens(hosted, fork)
        fork.replay(entries, at_ms)
        return fork

    def drop(self, world_id: str) -> None:
        """
        Forget a world and its credentials.

        Raises:
            UnknownWorld: when there is none of that id.
        """
        with self._lock:
            hosted = self.get(world_id)
            del self._worlds[world_id]
            if self.default is hosted:
                self.default = None
            for token in hosted.credentials.tokens:
                del self._by_token[token]
            for key in hosted.credentials.api_keys:
                del self._by_api_key[key]
            for app in hosted.credentials.apps:
                del self._by_app[app]

    # -- finding -------------------------------------------------------------------------------------

    def get(self, world_id: str) -> HostedWorld:
        """
        Return a world by its id.

        Raises:
            UnknownWorld: when there is none of that id.
        """
        hosted = self._worlds.get(world_id)
        if hosted is None:
            raise UnknownWorld(world_id, nearest(world_id, list(self._worlds)))
        return hosted

    def by_token(self, token: str) -> tuple[HostedWorld, Token] | None:
        """Return the world and the token that a bearer token stands for."""
        return self._by_token.get(token)

    def by_api_key(self, key: str) -> tuple[HostedWorld, int] | None:
        """Return the world and the seller that a marketplace key stands for."""
        return self._by_api_key.get(key)

    def by_app(self, app_key: str) -> HostedWorld | None:
        """Return the world that an OAuth client belongs to."""
        return self._by_app.get(app_key)

    # -- credentials ---------------------------------------------------------------------------------

    def grant_code(self, hosted: HostedWorld, app: App, scopes: tuple[str, ...], redirect_uri: str | None) -> str:
        """Return a new authorization code of an app; it can be exchanged once."""
        code = self._new_secret()
        with hosted.lock:
            hosted.credentials.codes[code] = (app.app_key, scopes, redirect_uri)
        return code

    def exchange_code(self, hosted: HostedWorld, app: App, code: str, redirect_uri: str | None) -> tuple[str, Token]:
        """
        Return a new access token for a code, which is used up also when the exchange fails.

        Raises:
            Refused: ``invalid_grant``.
        """
        with self._lock, hosted.lock:
            granted = hosted.credentials.codes.pop(code, None)
            if granted is None or granted[0] != app.app_key:
                raise Refused("invalid_grant", "the code is unknown or used up", field="code")
            if redirect_uri is not None and granted[2] is not None and redirect_uri != granted[2]:
                raise Refused(
                    "invalid_grant", "redirect_uri is not the one the code was given for", field="redirect_uri"
                )
            token = Token(len(hosted.credentials.tokens), frozenset(granted[1]) or None)
            secret = self._new_secret()
            hosted.credentials.tokens[secret] = token
            self._by_token[secret] = (hosted, token)
            return secret, token

    def _credentials(self, document: Mapping[str, Any], world: World, *, own: bool) -> Credentials:
        section = document.get("order_manager", {})
        credentials = Credentials()
        # A world without any token could not be asked anything.
        for number, entry in enumerate(section.get("tokens") or [{}]):
            secret = self._secret(entry.get("token"), own=own)
            scopes = frozenset(entry["scopes"]) if "scopes" in entry else None
            credentials.tokens[secret] = Token(number, scopes, entry.get("name"))
        for entry in section.get("apps", ()):
            app_key, app_secret = self._secret(entry["app_key"], own=own), self._secret(entry["app_secret"], own=own)
            app_scopes = tuple(entry.get("scopes", ()))
            credentials.apps[app_key] = App(app_key, app_secret, entry.get("redirect_uri"), app_scopes)
        for seller in world.marketplace.sellers:
            credentials.api_keys[self._secret(world.seller_keys.get(seller), own=own)] = seller
        return credentials

    def _secret(self, given: str | None, *, own: bool) -> str:
        return self._new_secret() if own or given is None else given

    def _match_tokens(self, original: HostedWorld, fork: HostedWorld) -> None:
        """Give a fork as many tokens as its original has, so that the journal's token numbers mean something."""
        with self._lock:
            for token in list(original.credentials.tokens.values())[len(fork.credentials.tokens) :]:
                secret = self._new_secret()
                fork.credentials.tokens[secret] = token
                self._by_token[secret] = (fork, token)

    def _refuse_foreign(self, credentials: Credentials) -> None:
        taken = [
            ("order_manager.tokens", set(credentials.tokens) & set(self._by_token)),
            ("order_manager.apps", set(credentials.apps) & set(self._by_app)),
            ("marketplacer.sellers", set(credentials.api_keys) & set(self._by_api_key)),
        ]
        problems = [Problem(path, "a credential belongs to another world already", "…") for path, both in taken if both]
        if problems:
            raise InvalidWorld(problems)

    def _register(self, hosted: HostedWorld, credentials: Credentials) -> None:
        hosted.credentials = credentials
        self._worlds[hosted.id] = hosted
        self._by_token.update({secret: (hosted, token) for secret, token in credentials.tokens.items()})
        self._by_api_key.update({key: (hosted, seller) for key, seller in credentials.api_keys.items()})
        self._by_app.update(dict.fromkeys(credentials.apps, hosted))
