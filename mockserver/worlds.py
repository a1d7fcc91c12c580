"""
The one place that owns worlds: credentials, locks, clocks, journals, snapshots.

A world's credentials lead to it: every access token, API key and app key belongs to exactly one world.
"""

from __future__ import annotations

import secrets
import uuid
from threading import RLock
from typing import TYPE_CHECKING, Any

from mockserver.clock import Clock, ManualClock
from mockserver.core.errors import InvalidWorld, Problem, Refused, nearest
from mockserver.credentials import App, Credentials, Token
from mockserver.files.world_file import problems_of
from mockserver.hosted_world import DuplicateSnapshot, HostedWorld, Snapshot, UnknownSnapshot
from mockserver.webhooks import post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.world import World
    from mockserver.webhooks import Send

__all__ = [
    "App",
    "Credentials",
    "DuplicateSnapshot",
    "HostedWorld",
    "Snapshot",
    "Token",
    "UnknownSnapshot",
    "UnknownWorld",
    "Worlds",
]


class UnknownWorld(KeyError):
    """No world has this id; ``args[0]`` is the id, ``nearest`` one that exists."""

    def __init__(self, world_id: str, nearest_id: str | None) -> None:
        super().__init__(world_id)
        self.nearest = nearest_id


class Worlds:
    """All worlds of a server, found by id or by a credential."""

    def __init__(
        self,
        *,
        readings: Mapping[str, str] | None = None,
        new_secret: Callable[[], str] = lambda: str(uuid.UUID(bytes=secrets.token_bytes(16))),
        send: Send = post,
    ) -> None:
        self._readings = dict(readings or {})
        self._new_secret = new_secret
        self._send = send
        self._lock = RLock()
        self._worlds: dict[str, HostedWorld] = {}
        self._by_token: dict[str, tuple[HostedWorld, Token]] = {}
        self._by_api_key: dict[str, tuple[HostedWorld, int]] = {}
        self._by_app: dict[str, HostedWorld] = {}
        self.default: HostedWorld | None = None
        # Whether any world has ever had faults or limits.
        self.are_meddled_with = False

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
            send=self._send,
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
        # The world's lock first: a late duplicate comes while its world is held.
        with hosted.lock, self._lock:
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
        self.are_meddled_with = self.are_meddled_with or hosted.is_meddled_with
        self._by_token.update({secret: (hosted, token) for secret, token in credentials.tokens.items()})
        self._by_api_key.update({key: (hosted, seller) for key, seller in credentials.api_keys.items()})
        self._by_app.update(dict.fromkeys(credentials.apps, hosted))
