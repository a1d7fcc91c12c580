"""What a test does with a world, wherever the world lives: commands, clock, explanations, request journal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.errors import nearest
from mockserver.core.instants import duration_text, instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Json = dict[str, Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class CommandRefused(Exception):
    """The world refused commands; ``refused`` holds their results, each with its ``reason``."""

    def __init__(self, refused: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("; ".join(f"{each['type']}: {each['reason']}" for each in refused))
        self.refused = list(refused)


class InvalidCommand(ValueError):
    """A command has not the form that its type asks for; none of the batch was run."""


class InvalidPlan(ValueError):
    """A fault plan has not the form that it should have, could never fire, or its id is taken."""


class UnknownListing(LookupError):
    """The world has no such listing; ``args[0]`` says which."""


class AmbiguousListing(LookupError):
    """A listing SKU stands on several sales channels, and none was named; ``args[0]`` says which."""


class WorldHandle(ABC):
    """
    One world for one test.

    ``tokens`` are Order Manager's access tokens, ``api_keys`` Marketplacer's keys by seller id,
    ``apps`` the secrets of OAuth clients by app key. The addresses carry neither /service nor /api/v2.
    """

    id: str
    order_manager_url: str
    marketplacer_url: str

    @property
    @abstractmethod
    def tokens(self) -> list[str]:
        """Access tokens of Order Manager, in the order of the world file."""

    @property
    @abstractmethod
    def api_keys(self) -> dict[int, str]:
        """API keys of Marketplacer by the id of the seller."""

    @property
    @abstractmethod
    def apps(self) -> dict[str, str]:
        """Secrets of the OAuth clients by app key."""

    # -- commands and time ---------------------------------------------------------------------------

    def run(self, *commands: Mapping[str, Any], allow_refused: bool = False) -> list[Json]:
        """
        Run commands in order at the present instant; return ``type``, ``status`` and ``reason`` of each.

        A refused command changes nothing and stops no later one.

        Raises:
            InvalidCommand: when a command has the wrong form; then none was run.
            CommandRefused: when the world refused any, unless ``allow_refused``.
        """
        results = self._execute(commands)
        refused = [result for result in results if result["status"] == "refused"]
        if refused and not allow_refused:
            raise CommandRefused(refused)
        return results

    # -- faults --------------------------------------------------------------------------------------

    @abstractmethod
    def add_fault(self, plan: Mapping[str, Any]) -> str:
        """
        Make a fault of a plan, the same as in the control API; return its id.

        Raises:
            InvalidPlan: when the plan has the wrong form or could never fire.
        """

    @abstractmethod
    def faults(self) -> list[Json]:
        """Return the faults and what has become of each: state, matched, fired_times, left, fired."""

    @abstractmethod
    def remove_fault(self, fault_id: str) -> None:
        """Forget a fault. Raises: UnknownFault."""

    @property
    def clock(self) -> WorldClock:
        """The world's virtual time."""
        return WorldClock(self)

    @property
    def now(self) -> datetime:
        """The world's virtual instant, in UTC."""
        return _EPOCH + self._now_ms() * _MILLISECOND

    def advance(self, by: str | timedelta) -> datetime:
        """
        Move virtual time on by a duration such as ``"PT15M"``; what falls due has happened when this returns.

        Returns the new instant.

        Raises:
            InvalidCommand: when it is no duration.
        """
        text = by if isinstance(by, str) else duration_text(_milliseconds(by))
        self.run({"type": "clock.advance", "by": text})
        return self.now

    def advance_to(self, instant: str | datetime) -> datetime:
        """
        Move virtual time on to an instant; one without an offset is UTC. Returns it.

        Raises:
            InvalidCommand: when it is no instant.
            CommandRefused: when it has passed.
        """
        self.run({"type": "clock.advance", "to": instant if isinstance(instant, str) else _instant_text(instant)})
        return self.now

    # -- looking -------------------------------------------------------------------------------------

    @abstractmethod
    def explain(self, listing_id: int) -> Json:
        """
        Return why a listing shows its number: the steps from stock to figure.

        Raises:
            UnknownListing: when there is none of that id.
        """

    def figure(self, listing: int | str, *, sales_channel: int | None = None) -> int:
        """
        Return the units that the sales channel may show for a listing, given by id or by listing SKU.

        It is computed, not read from the feed: no marker moves, and listings that the feed is silent about have one.

        Raises:
            UnknownListing: when there is none.
            AmbiguousListing: when the SKU is on several sales channels and none is named.
        """
        listing_id = listing if isinstance(listing, int) else self._listing_id(listing, sales_channel)
        return int(self.explain(listing_id)["figure"])

    def requests(
        self,
        *,
        api: str | None = None,
        operation_id: str | None = None,
        method: str | None = None,
        status: int | None = None,
        path: str = "",
    ) -> list[Json]:
        """
        Return what the world was asked and what it answered, oldest first, credentials blotted out.

        ``api`` is ``order-manager`` or ``marketplacer``; ``path`` is a part of the path. At most ten thousand are kept.
        """
        wanted = {"api": api, "operation_id": operation_id, "method": method, "status": status}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return [
            exchange
            for exchange in self._exchanges()
            if path in exchange["path"] and all(exchange[name] == value for name, value in wanted.items())
        ]

    @abstractmethod
    def document(self) -> Json:
        """Return the present state as a world file."""

    # -- back and forth ------------------------------------------------------------------------------

    @abstractmethod
    def reset(self) -> None:
        """Go back to the start: state, markers, clock, snapshots and request journal. Credentials stay."""

    def snapshot(self, name: str | None = None) -> str:
        """
        Give the present state a name to return to, made up when None; return it.

        Raises:
            DuplicateSnapshot: when the name is taken.
        """
        chosen = _free_name(self._snapshot_names()) if name is None else name
        self._save_snapshot(chosen)
        return chosen

    @abstractmethod
    def restore(self, name: str) -> None:
        """
        Go back to a snapshot; later snapshots are forgotten, the request journal stays.

        Raises:
            UnknownSnapshot: when there is none of that name.
        """

    # -- what a place to live provides ---------------------------------------------------------------

    @abstractmethod
    def _execute(self, commands: Sequence[Mapping[str, Any]]) -> list[Json]: ...

    @abstractmethod
    def _now_ms(self) -> int: ...

    @abstractmethod
    def _exchanges(self) -> Iterable[Json]: ...

    @abstractmethod
    def _listings(self) -> Iterable[tuple[int, str, int]]:
        """Return (listing id, listing SKU, sales channel id) of every listing."""

    @abstractmethod
    def _save_snapshot(self, name: str) -> None: ...

    @abstractmethod
    def _snapshot_names(self) -> list[str]: ...

    def _listing_id(self, listing_sku: str, sales_channel: int | None) -> int:
        listings = [each for each in self._listings() if sales_channel in (None, each[2])]
        found = [listing for listing in listings if listing[1] == listing_sku]
        if not found:
            hint = nearest(listing_sku, [sku for _, sku, _ in listings])
            where = "" if sales_channel is None else f" on sales channel {sales_channel}"
            raise UnknownListing(f"no listing {listing_sku!r}{where}" + (f"; nearest valid: {hint!r}" if hint else ""))
        if len(found) > 1:
            channels = ", ".join(str(channel) for _, _, channel in found)
            raise AmbiguousListing(f"listing {listing_sku!r} is on the sales channels {channels}: name one")
        return found[0][0]


class WorldClock:
    """The virtual time of one world. It stands still unless it is moved."""

    def __init__(self, world: WorldHandle) -> None:
        self._world = world

    @property
    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._world.now

    def advance(self, by: str | timedelta) -> datetime:
        """Move on by a duration such as ``"PT15M"``; return the new instant. Raises as `WorldHandle.advance` does."""
        return self._world.advance(by)

    def advance_to(self, instant: str | datetime) -> datetime:
        """Move on to an instant and return it. Raises as `WorldHandle.advance_to` does."""
        return self._world.advance_to(instant)


def _free_name(taken: Sequence[str]) -> str:
    return next(name for name in (f"snapshot-{number}" for number in count(1)) if name not in taken)


def _milliseconds(duration: timedelta) -> int:
    if duration < timedelta(0):
        raise InvalidCommand(f"time does not run backwards: {duration}")
    return duration // _MILLISECOND


def _instant_text(moment: datetime) -> str:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return instant_text((aware - _EPOCH) // _MILLISECOND)
