"""
Webhooks of Marketplacer: who is told of which change, and what became of it. Nothing is sent from here.

An event becomes a delivery for every hook that wants it. A delivery is due at once, and waits in ``outgoing`` until
somebody outside the core has made it and says with a command how it went.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from mockserver.core.webhook_payloads import DEFAULT_FIELDS, node_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.core.account import Account
    from mockserver.core.marketplace_model import Change

CLASSES: Final = ("VARIANT", "ADVERT", "INVOICE", "SHIPMENT")
EVENTS: Final = ("create", "update", "destroy")
DEFAULT_RETRIES: Final = 25
_SHORTEST_DELAY_SECONDS: Final = 15
_MOST_KEPT: Final = 1_000


@dataclass(slots=True, eq=False)
class Hook:
    """Where a seller wants to be told of the events of one class; ``max_retries`` come after the first try."""

    id: int
    seller: int
    url: str
    kind: str
    events: tuple[str, ...] = EVENTS
    max_retries: int = DEFAULT_RETRIES
    hmac_key: str | None = None
    enabled: bool = True
    fields: tuple[str, ...] = DEFAULT_FIELDS


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: when, and the answer's status or what went wrong."""

    at_ms: int
    code: int | None
    error: str | None


@dataclass(slots=True, eq=False)
class Delivery:
    """One event for one hook. ``state``: waiting, delivered, failed or dropped (the hook is switched off)."""

    sequence: int
    hook: Hook
    kind: str
    event: str
    at_ms: int
    body: Mapping[str, Any]
    state: str = "waiting"
    due_ms: int | None = None
    tries: list[Try] = field(default_factory=list)


class Webhooks:
    """The hooks of a world and their deliveries; of those that are over the last thousand are kept."""

    def __init__(self) -> None:
        self.hooks: dict[int, Hook] = {}
        self.deliveries: dict[int, Delivery] = {}
        self.outgoing: list[Delivery] = []
        self._sequence = 0
        self._over = 0

    @property
    def is_waiting(self) -> bool:
        """Whether some delivery is not over yet."""
        return len(self.deliveries) > self._over

    # -- events ------------------------------------------------------------------------------------

    def tell(self, world: Account) -> None:
        """Turn the changes that the present command has noted into deliveries."""
        changes = world.marketplace.changes
        if self.hooks:
            for change in list(changes):
                for each in _events_of(world, change):
                    self._deliver(world, each)
        changes.clear()

    def _deliver(self, world: Account, change: Change) -> None:
        wanting = [hook for hook in self.hooks.values() if _wants(hook, change)]
        if not wanting:
            return
        readers = readers_of(world, change)
        for hook in wanting:
            if hook.seller in readers:
                self._add(world, hook, change)

    def _add(self, world: Account, hook: Hook, change: Change) -> None:
        self._sequence += 1
        number = self._sequence
        node = node_of(world, change, hook.fields)
        body = {
            "id": b64encode(f"WebhookEvent-{number}".encode()).decode(),
            "event_name": change.event,
            "payload": {"data": {"node": node}},
        }
        delivery = Delivery(number, hook, change.kind, change.event, world.now_ms, body)
        self.deliveries[number] = delivery
        self._put(world, delivery, world.now_ms)

    # -- deliveries --------------------------------------------------------------------------------

    def _put(self, world: Account, delivery: Delivery, due_ms: int) -> None:
        delivery.due_ms = due_ms
        command = {"type": "webhook.send", "delivery": delivery.sequence, "attempt": len(delivery.tries) + 1}
        world.agenda.put(due_ms, command)

    def send(self, delivery: Delivery) -> None:
        """Put a delivery among those to be made now; one for a hook that is switched off is dropped."""
        if not delivery.hook.enabled:
            self._end(delivery, "dropped")
        elif delivery not in self.outgoing:
            self.outgoing.append(delivery)

    def result(self, world: Account, delivery: Delivery, code: int | None, error: str | None) -> None:
        """
        Take note of how a try went.

        2xx is success. No answer, 429 and 5xx are tried again; another answer fails at once and disables the hook.
        """
        if delivery in self.outgoing:
            self.outgoing.remove(delivery)
        delivery.tries.append(Try(world.now_ms, code, error))
        if code is not None and code // 100 == 2:
            self._end(delivery, "delivered")
        elif code is not None and not _is_tried_again(code):
            self._end(delivery, "failed")
            self._disable(delivery.hook)
        elif len(delivery.tries) > delivery.hook.max_retries:
            self._end(delivery, "failed")
        else:
            self._put(world, delivery, world.now_ms + delay_ms(len(delivery.tries)))

    def _disable(self, hook: Hook) -> None:
        hook.enabled = False
        for each in [one for one in self.outgoing if one.hook is hook]:
            self.outgoing.remove(each)
            self._end(each, "dropped")

    def _end(self, delivery: Delivery, state: str) -> None:
        delivery.state, delivery.due_ms = state, None
        self._over += 1
        if self._over > _MOST_KEPT:
            oldest = next(each.sequence for each in self.deliveries.values() if each.state != "waiting")
            del self.deliveries[oldest]
            self._over -= 1


def delay_ms(tries: int) -> int:
    """
    Return how long to wait after so many failed tries; the 25th comes some 30 days after the first failure.

    Documented are the number and the span; the curve in between is ours.
    """
    return (_SHORTEST_DELAY_SECONDS + (tries - 1) ** 4 * 3 // 2) * 1000


def _is_tried_again(code: int) -> bool:
    return code == HTTPStatus.TOO_MANY_REQUESTS or code // 100 == 5


def _wants(hook: Hook, change: Change) -> bool:
    return hook.enabled and hook.kind == change.kind and change.event in hook.events


def _events_of(world: Account, change: Change) -> Iterable[Change]:
    """Yield the change, and for a variant's the update of its advert, whose child it is."""
    if change.of_stock and world.readings["mp.stock-events"] == "none":
        return
    yield change
    if change.kind == "VARIANT":
        advert = world.marketplace.adverts.get(change.subject.advert_id)
        if advert is not None:
            yield change._replace(kind="ADVERT", event="update", subject=advert)


def readers_of(world: Account, change: Change) -> frozenset[int]:
    """Return the sellers whose keys can see the thing that changed."""
    marketplace = world.marketplace
    if change.kind == "VARIANT":
        return marketplace.readers_of_variant(change.subject)
    if change.kind == "ADVERT":
        return marketplace.readers_of_advert(change.subject)
    invoice = change.subject if change.kind == "INVOICE" else change.subject[0]
    return frozenset({invoice.seller})
