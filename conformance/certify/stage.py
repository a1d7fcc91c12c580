"""The stage of one scenario: a world, the proxy before it, the integration, and what can be asked of all three."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal

from conformance.certify.history import WRITES
from conformance.certify.process import LONGEST_RUN_SECONDS, Integration, environment
from conformance.certify.proxy import Proxy
from conformance.certify.variables import Variables, renamed
from conformance.verdict import Difference, NotVerified, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from conformance.certify.history import Exchange, History
    from conformance.certify.plan import Plan
    from conformance.certify.world import Account, Item
    from conformance.target import Target, TargetWorld

Mode = Literal["once", "daemon"]
Record = dict[str, Any]

RESCUES: Final = 3
RESCUE_SECONDS: Final = 15.0
QUIET_SECONDS: Final = 0.5
QUIET_CALLS: Final = 2
IDLE_SECONDS: Final = 1.5
WAREHOUSE_SECONDS: Final = 6.0
LOOK_EVERY_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """What a scenario has to say on one check; ``missing`` says why the situation did not arise."""

    check: str
    differences: tuple[Difference, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What all scenarios of a run share: the server, and how the integration is started."""

    target: Target
    command: Sequence[str]
    mode: Mode = "once"
    renamed: Sequence[tuple[str, str]] = ()
    longest_run: float = LONGEST_RUN_SECONDS
    living: set[Integration] = field(default_factory=set)

    def break_off(self) -> None:
        """End every integration of this run, for good."""
        for integration in list(self.living):
            integration.end()


@dataclass(slots=True)
class Stage:
    """One scenario on its way."""

    setting: Setting
    account: Account
    world: TargetWorld
    proxy: Proxy
    integration: Integration
    secrets: Mapping[str, str]
    folder: Path
    at_first: Mapping[tuple[int, int], Record] = field(default_factory=dict)

    @property
    def history(self) -> History:
        """What went over the wire."""
        return self.proxy.history

    @property
    def plan(self) -> Plan:
        """What is done to requests."""
        return self.proxy.plan

    # -- running the integration -----------------------------------------------------------------------

    def sync(self) -> None:
        """
        Let it sync: one run, or a daemon until it is quiet.

        Raises:
            TookTooLong: when a run had to be killed.
        """
        self.history.run += 1
        if self.setting.mode == "once":
            self.integration.start()
            self.integration.wait(self.setting.longest_run)
            return
        if not self.integration.is_running:
            self.integration.start()
        if self.account.items:
            self._wait(self.setting.longest_run, self._is_quiet_since(self.history.length))
        else:
            self._wait(WAREHOUSE_SECONDS, self._wrote_nothing_since(self.history.length))

    def settle(self, done: Callable[[], bool]) -> bool:
        """Let it sync up to three times more, until something is done; return whether it is."""
        if self.setting.mode == "once":
            for _ in range(RESCUES):
                if done():
                    return True
                self.sync()
            return done()
        self.history.run += 1
        if not self.integration.is_running:
            self.integration.start()
        return self._wait(RESCUE_SECONDS, done)

    def settle_daemon(self, done: Callable[[], bool]) -> None:
        """Give a daemon time until something is done; the run of a program that ends is over."""
        if self.setting.mode == "daemon":
            self._wait(RESCUE_SECONDS, done)

    def idle(self) -> int:
        """Let it look while nothing changes; return after which exchange that was."""
        before = self.history.length
        if self.setting.mode == "once":
            self.sync()
        else:
            self.history.run += 1
            time.sleep(IDLE_SECONDS)
        return before

    def _wait(self, seconds: float, done: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline or not self.integration.is_running:
                return done()
            time.sleep(LOOK_EVERY_SECONDS)
        return True

    def _is_quiet_since(self, number: int) -> Callable[[], bool]:
        """Return whether nothing but empty acknowledges, looks and spoiled requests came for a while."""

        def is_quiet() -> bool:
            since = self.history.all(number)
            busy = [each for each in since if (each.changes_marketplace and not each.spoiled) or each.rows]
            last_busy = busy[-1].number if busy else number
            empty = [each for each in since if each.is_acknowledge and each.number > last_busy and each.status == 200]
            idle_since = busy[-1].at if busy else 0.0
            return len(empty) >= QUIET_CALLS and self.history.now - idle_since > QUIET_SECONDS

        return is_quiet

    def _wrote_nothing_since(self, number: int) -> Callable[[], bool]:
        """Return whether it called, and wrote nothing for a while: for an integration that acknowledges nothing."""

        def is_quiet() -> bool:
            since = self.history.all(number)
            busy = [each.at for each in since if each.method in WRITES and not each.spoiled]
            idle_since = max(busy, default=since[0].at if since else self.history.now)
            return self.history.now - idle_since > IDLE_SECONDS

        return is_quiet

    # -- driving the world -----------------------------------------------------------------------------

    def change(self, *commands: Mapping[str, Any]) -> None:
        """
        Run commands on the world, all of which must be done.

        Raises:
            UnexpectedAnswer: when one is refused.
        """
        for command, result in zip(commands, self.world.run(list(commands)), strict=True):
            if result.get("status") != "done":
                raise UnexpectedAnswer(f"command {command['type']}", "done", result)

    def attempt(self, command: Mapping[str, Any]) -> bool:
        """Run one command on the world; return whether it was done."""
        return self.world.run([command])[0].get("status") == "done"

    def stock(self, item: Item, on_hand: int, **more: Any) -> dict[str, Any]:
        """Return the command that sets the units on hand of an item."""
        where = {"master_sku": item.master_sku, "warehouse": 1, "location": "A-01"}
        return {"type": "stock.set", **where, "on_hand": on_hand, **more}

    def items(self, *skus: str) -> list[Item]:
        """Return items by their listing SKUs."""
        return [self.account.item(sku) for sku in skus]

    # -- asking the world ------------------------------------------------------------------------------

    def figure(self, item: Item) -> int:
        """
        Return what Order Manager allocates to the listing at present; no marker moves.

        Raises:
            UnexpectedAnswer: when the control API does not say.
        """
        listing = self.account.listing_ids[item.sku]
        answer = self.world.target.control("GET", f"/worlds/{self.world.id}/explain?listing_id={listing}")
        explained = answer.json
        if answer.status != 200 or not isinstance(explained, dict) or not isinstance(explained.get("figure"), int):
            raise UnexpectedAnswer("GET /_mock/worlds/{id}/explain", "200 with a figure", answer.status)
        return int(explained["figure"])

    def document(self) -> dict[str, Any]:
        """
        Return the world as it stands.

        Raises:
            UnexpectedAnswer: when the control API does not say.
        """
        answer = self.world.target.control("GET", f"/worlds/{self.world.id}")
        document = answer.json
        if answer.status != 200 or not isinstance(document, dict):
            raise UnexpectedAnswer("GET /_mock/worlds/{id}", "200 with a world file", answer.status)
        return document

    def records(self) -> dict[tuple[int, int], Record]:
        """Return every inventory record of the marketplace, by variant and seller."""
        inventories = self.document().get("marketplacer", {}).get("inventories", [])
        return {(int(each["variant"]), int(each["seller"])): each for each in inventories}

    def follows(self, reading: str, option: str) -> bool:
        """Return whether the world follows an option of a reading, as far as it says."""
        readings = self.document().get("readings", {})
        return bool(readings.get(reading) == option)

    # -- judging ---------------------------------------------------------------------------------------

    def wrong(self, items: Iterable[Item]) -> tuple[Difference, ...]:
        """Return where the marketplace does not show what is allocated, for items that it knows."""
        records = self.records()
        found = []
        for item in items:
            variant = self.account.variant_id(item)
            if variant is None:
                continue
            record = records.get((variant, self.account.seller))
            shown = None if record is None else record.get("count_on_hand")
            figure = self.figure(item)
            if shown != figure and not (record or {}).get("infinite"):
                found.append(Difference(f"marketplace, {item.sku}, units shown", figure, shown))
        return tuple(found)

    def all_right(self, items: Sequence[Item]) -> Callable[[], bool]:
        """Return a question: whether the marketplace shows what is allocated, for these items."""
        return lambda: not self.wrong(items)

    def told(self, items: Iterable[Item], since: int = 0) -> list[Exchange]:
        """Return the acknowledges that told any of these items to the integration."""
        wanted = {self.account.listing_ids[item.sku] for item in items}
        return [
            each
            for each in self.history.acknowledges(since)
            if any(str(row.get("listingId")) in {str(id_) for id_ in wanted} for row in each.rows)
        ]

    def evidence(self, items: Iterable[Item], since: int = 0, most: int = 10) -> tuple[Exchange, ...]:
        """Return the exchanges about these items: acknowledges that told them, and everything about their variants."""
        items = list(items)
        variants = {self.account.variant_id(item) for item in items}
        told = {each.number for each in self.told(items, since)}
        about = [each for each in self.history.all(since) if each.number in told or each.variant in variants - {None}]
        return tuple((about or self.history.acknowledges(since))[-most:])

    def require(self, arose: object, why: str) -> None:
        """
        Go on only when the situation arose.

        Raises:
            NotVerified: when it did not.
        """
        if not arose:
            raise NotVerified(why)


@contextmanager
def staged(setting: Setting, account: Account, more: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """
    Make the world, the proxy and the integration's folder, and take them all away in the end.

    Raises:
        Inconclusive: when the server cannot make worlds.
    """
    with TemporaryDirectory(prefix="certify-") as name, setting.target.world(account.document) as world:
        folder = Path(name)
        variables = Variables.of(world, account.seller)
        upstream = {"order_manager": world.urls["order_manager"], "marketplacer": world.urls["marketplacer"]}
        with Proxy(upstream, variables.secrets) as proxy:  # type: ignore[arg-type]
            urls = {f"{api.upper()}_URL": origin for api, origin in proxy.origins.items()}
            own = renamed({**variables.values, **urls, **_paths(folder, more or {})}, setting.renamed)
            integration = Integration(setting.command, environment(own), folder)
            stage = Stage(setting, account, world, proxy, integration, variables.secrets, folder)
            stage.at_first = stage.records()
            setting.living.add(integration)
            try:
                yield stage
            finally:
                setting.living.discard(integration)
                integration.stop()


def _paths(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return further variables; ``{folder}`` in a value is the scenario's own folder."""
    return {name: value.replace("{folder}", str(folder)) for name, value in more.items()}
