"""What leads a caller to a world: access tokens, API keys and OAuth clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
