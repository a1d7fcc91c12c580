"""The events of ``when``, read: times in milliseconds, names as ids, faults bound to what they can strike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import duration, rate_gap
from conformance.scenario.model import Event
from conformance.scenario.problems import Wrong, nearest, unknown
from conformance.scenario.references import FAULTS, reference
from conformance.scenario.schema import command_violations
from conformance.scenario.short_form import rule_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.scenario.names import Names
    from conformance.scenario.problems import Path

VERBS: Final = (
    "order", "orders", "cancel", "hold", "release", "ship", "receive", "adjust", "shelf", "count", "rule", "exclude",
    "fault", "sync", "expect", "command",
)  # fmt: skip
_OF_FAULTS: Final = {
    "lose": ("crash", "lose"),
    "back_after": ("crash",),
    "by": ("delay", "duplicate", "reorder"),
    "lasts": ("throttle",),
    "channel": ("crash", "throttle"),
}

Data = dict[str, Any]


@dataclass(slots=True)
class EventReader:
    """Reads the events of one row, in file order; ``orders`` are the order ids met so far, with their channel."""

    names: Names
    until_ms: int
    orders: dict[str, int] = field(default_factory=dict)

    def read(self, index: int, event: Mapping[str, Any]) -> Event:
        """
        Return one event.

        Raises:
            Wrong: when it is none, or two, or names what there is not.
        """
        path: Path = ("when", index)
        verb = _verb_of(event, path)
        at_ms = self._time(event, verb, path)
        during = None
        if "during" in event:
            if verb != "fault":
                raise Wrong("only a fault is bound to an occurrence; others happen at a time", (*path, "during"))
            during = reference(event["during"], self.names.channels.values(), (*path, "during"))
        reader: Callable[[Any, Path], Data] = getattr(self, f"_{verb}")
        data = reader(event if verb == "fault" else event[verb], path if verb == "fault" else (*path, verb))
        return Event(index, verb, data, at_ms, during)

    def _time(self, event: Mapping[str, Any], verb: str, path: Path) -> int | None:
        if "at" not in event and "during" not in event and verb != "orders":
            raise Wrong("'at' is missing: when does it happen?", path)
        if "at" in event and "during" in event:
            raise Wrong("give either at or during", (*path, "during"))
        if "during" in event:
            return None
        at_ms = duration(event.get("at", "0s"), (*path, "at"))
        if at_ms > self.until_ms:
            raise Wrong("this comes after the end of the run (clock.until)", (*path, "at"))
        return at_ms

    # -- shoppers ----------------------------------------------------------------------------------

    def _order(self, given: Mapping[str, Any], path: Path) -> Data:
        channel = self.names.channel(given["channel"], (*path, "channel"))
        listing = self.names.listing(channel, given["listing"], (*path, "listing"))
        number = given.get("id", f"order-{len(self.orders) + 1}")
        if number in self.orders:
            raise Wrong(f"a second order {number!r}", (*path, "id"))
        self.orders[number] = channel
        own = duration(given["reaches_om"], (*path, "reaches_om")) if "reaches_om" in given else None
        hold = given.get("hold", False)
        return {"id": number, "listing": listing, "qty": given["qty"], "hold": hold, "reaches_om_ms": own}

    def _orders(self, given: Mapping[str, Any], path: Path) -> Data:
        channel = self.names.channel(given["channel"], (*path, "channel"))
        if ("poisson" in given) == ("every" in given):
            raise Wrong("give either poisson or every", path)
        listings = self._listings(channel, given, path)
        gap = rate_gap(given["poisson"], (*path, "poisson")) if "poisson" in given else None
        every = duration(given["every"], (*path, "every")) if "every" in given else None
        if every == 0:
            raise Wrong("a period must be longer than nothing", (*path, "every"))
        until = duration(given["until"], (*path, "until")) if "until" in given else self.until_ms
        actor = given.get("id", f"shopper-{path[1]}")
        return {
            "id": actor,
            "listing": listings[0],
            "listings": listings,
            "gap_ms": gap,
            "every_ms": every,
            "until_ms": min(until, self.until_ms),
            "qty": _quantities(given.get("qty", 1), (*path, "qty")),
        }

    def _listings(self, channel: int, given: Mapping[str, Any], path: Path) -> list[int]:
        """Return the listing that shoppers buy; any of the channel's, by chance, when none is named."""
        if "listing" in given:
            return [self.names.listing(channel, given["listing"], (*path, "listing"))]
        listed = self.names.listings.get(channel, {})
        if not listed:
            raise Wrong("the channel lists nothing", (*path, "channel"))
        return [int(row["id"]) for row in listed.values()]

    # -- orders that there are ---------------------------------------------------------------------

    def _known_order(self, given: Mapping[str, Any], path: Path) -> str:
        number = given.get("order", given.get("order_number"))
        if number is None or ("order" in given and "order_number" in given):
            raise Wrong("name the order: order, or order_number", path)
        if number not in self.orders:
            raise unknown("order", number, self.orders, path)
        word = given.get("channel", given.get("sales_channel"))
        if word is not None and self.names.channel(word, path) != self.orders[number]:
            raise Wrong(f"order {number!r} is another channel's", path)
        return str(number)

    def _some_of(self, given: Mapping[str, Any], path: Path) -> Data:
        units = given.get("qty")
        if "lines" in given:
            if units is not None or len(given["lines"]) != 1:
                raise Wrong("an order here has one line: give qty, or one line", (*path, "lines"))
            units = given["lines"][0].get("quantity", given["lines"][0].get("qty"))
        return {"order": self._known_order(given, path), "qty": units}

    _cancel = _ship = _some_of

    def _hold(self, given: Mapping[str, Any], path: Path) -> Data:
        return {"order": self._known_order(given, path)}

    _release = _hold

    # -- stock -------------------------------------------------------------------------------------

    def _place(self, given: Mapping[str, Any], path: Path) -> Data:
        word = given.get("product", given.get("master_sku"))
        if word is None or "warehouse" not in given:
            raise Wrong("name the product and the warehouse", path)
        place: Data = {
            "product": self.names.product(word, path),
            "warehouse": self.names.warehouse(given["warehouse"], (*path, "warehouse")),
        }
        return place | ({"location": given["location"]} if "location" in given else {})

    def _receive(self, given: Mapping[str, Any], path: Path) -> Data:
        return self._place(given, path) | {"units": _one_of(given, ("units", "qty"), path)}

    def _adjust(self, given: Mapping[str, Any], path: Path) -> Data:
        key = "on_hand" if "on_hand" in given else "by"
        return self._place(given, path) | {key: _one_of(given, ("on_hand", "by"), path)}

    def _shelf(self, given: Mapping[str, Any], path: Path) -> Data:
        return self._place(given, path) | {"units": given["units"]}

    def _count(self, given: Mapping[str, Any], path: Path) -> Data:
        arrives = duration(given.get("arrives", "0s"), (*path, "arrives"))
        extra = {"id": given.get("id", f"count-{path[1]}"), "arrives_ms": arrives, "units": given.get("units")}
        return self._place(given, path) | extra

    # -- settings ----------------------------------------------------------------------------------

    def _channel_of(self, given: Mapping[str, Any], path: Path) -> int | None:
        word = given.get("channel", given.get("sales_channel"))
        return None if word is None else self.names.channel(word, path)

    def _product_of(self, given: Mapping[str, Any], path: Path) -> str | None:
        word = given.get("product", given.get("master_sku"))
        return None if word is None else self.names.product(word, path)

    def _rule(self, given: Mapping[str, Any], path: Path) -> Data:
        every = given.get("channel") == "*"
        channel = None if every else self._channel_of(given, path)
        if channel is None and not every:
            raise Wrong("name the channel", path)
        product = self._product_of(given, path)
        if "min_level" in given and product is None:
            raise Wrong("a minimum level needs a product", (*path, "min_level"))
        return {
            "channels": list(self.names.channels) if channel is None else [channel],
            "product": product,
            "pairs": rule_pairs(given, path),
            "min_level": given.get("min_level"),
        }

    def _exclude(self, given: Mapping[str, Any], path: Path) -> Data:
        channel, product = self._channel_of(given, path), self._product_of(given, path)
        if (channel is None) == (product is None):
            raise Wrong("name either a channel or a product", path)
        closed = [self.names.warehouse(word, (*path, "warehouses")) for word in given["warehouses"]]
        return {"channel": channel, "product": product, "warehouses": closed}

    # -- the connector -----------------------------------------------------------------------------

    def _sync(self, given: object, path: Path) -> Data:
        keys = given if isinstance(given, dict) else {}
        return {"channel": self._channel_of(keys, path), "full": keys.get("full", False)}

    def _fault(self, event: Mapping[str, Any], path: Path) -> Data:
        kind = event["fault"]
        for key, kinds in _OF_FAULTS.items():
            if key in event and kind not in kinds:
                raise Wrong(f"{key!r} means nothing to the fault {kind!r}", (*path, key))
        if "during" in event:
            step = reference(event["during"], self.names.channels.values(), (*path, "during")).step
            if kind not in FAULTS[step]:
                raise Wrong(f"{kind!r} cannot strike a {step}; possible: {', '.join(FAULTS[step]) or 'none'}", path)
        elif kind not in ("crash", "throttle"):
            raise Wrong(f"{kind!r} needs a named occurrence: during: actor.step#n", path)
        lose = event.get("lose")
        return {
            "kind": kind,
            "lose": None if lose is None else self._lost_listings(event, lose, path),
            "back_after_ms": duration(event.get("back_after", "0s"), (*path, "back_after")),
            "by_ms": duration(event["by"], (*path, "by")) if "by" in event else None,
            "lasts_ms": duration(event.get("lasts", "0s"), (*path, "lasts")),
            "channel": self._channel_of(event, path),
        }

    def _lost_listings(self, event: Mapping[str, Any], lose: list[str], path: Path) -> list[int]:
        actor = event.get("during", "").partition(".")[0]
        channel = next((number for number, name in self.names.channels.items() if name == actor), None)
        if channel is not None:
            return [self.names.listing(channel, sku, (*path, "lose")) for sku in lose]
        return [self.names.listing_anywhere(sku, (*path, "lose")) for sku in lose]

    def _expect(self, given: Mapping[str, Any], path: Path) -> Data:
        del path
        return dict(given)

    def _command(self, given: Mapping[str, Any], path: Path) -> Data:
        if given["type"] == "clock.advance":
            raise Wrong("time goes by itself here; give the next event a later at", (*path, "type"))
        for wrong in command_violations(given):
            raise Wrong(wrong.message, (*path, *wrong.path), nearest=wrong.nearest)
        return dict(given)


def _verb_of(event: Mapping[str, Any], path: Path) -> str:
    verbs = [key for key in VERBS if key in event]
    if len(verbs) == 1:
        if verbs[0] != "fault" and (stray := [key for key in _OF_FAULTS if key in event]):
            raise Wrong(f"{stray[0]!r} belongs to a fault", (*path, stray[0]))
        return verbs[0]
    if len(verbs) > 1:
        raise Wrong(f"one event does one thing; this one says {' and '.join(verbs)}", path)
    stray = [key for key in event if key not in ("at", "during", "note")]
    near = nearest(stray[0], VERBS) if stray else None
    raise Wrong(f"what happens? one of {', '.join(VERBS)}", path, nearest=near)


def _one_of(given: Mapping[str, Any], keys: tuple[str, str], path: Path) -> int:
    present = [key for key in keys if key in given]
    if len(present) != 1:
        raise Wrong(f"give either {keys[0]} or {keys[1]}", path)
    value: int = given[present[0]]
    return value


def _quantities(given: object, path: Path) -> list[tuple[int, float]]:
    """Return units with their share of 1, in order."""
    if not isinstance(given, dict):
        return [(int(str(given)), 1.0)]
    shares = [(int(units), float(share.removesuffix("%")) / 100) for units, share in given.items()]
    if abs(sum(share for _, share in shares) - 1) > 1e-9:
        raise Wrong("the shares do not add up to 100%", path)
    return sorted(shares)
