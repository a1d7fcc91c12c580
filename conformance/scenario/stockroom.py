"""What happens to stock, rules and exclusions; counts that land late; raw commands of a recorded session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.scenario.faults import of_kind
from conformance.scenario.state import Order
from conformance.scenario.timeline import ARRIVALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.scenario.scene import Scene
    from conformance.scenario.shoppers import Shoppers
    from conformance.scenario.world import Place


class Stockroom:
    """The events of ``when`` that concern neither shoppers nor the connector."""

    def __init__(self, scene: Scene, shoppers: Shoppers) -> None:
        self._scene = scene
        self._shoppers = shoppers
        self.counts_landed: list[int] = []
        self._counted_ms: dict[Place, int] = {}

    # -- movements ---------------------------------------------------------------------------------

    def receive(self, data: Mapping[str, Any]) -> None:
        """Let goods arrive on the shelf and be booked: once, twice, or never."""
        command = {"type": "stock.receive", **_place(data), "units": data["units"]}
        self._booked("receive", command, data, data["units"])

    def adjust(self, data: Mapping[str, Any]) -> None:
        """Let units turn up or go missing, and be booked."""
        present = self._scene.world.stock().get((data["warehouse"], data["product"]), (0, 0, 0))[0]
        # Nobody finds fewer than none.
        on_hand = data["on_hand"] if "on_hand" in data else max(0, present + data["by"])
        self._booked("adjust", {"type": "stock.adjust", **_place(data), "on_hand": on_hand}, data, on_hand - present)

    def _booked(self, verb: str, command: dict[str, Any], data: Mapping[str, Any], units: int) -> None:
        scene = self._scene
        faults = scene.faults.step(f"om.{verb}")
        scene.input()
        facts: dict[str, Any] = {"product": data["product"], "warehouse": self._name(data), "units": units}
        if of_kind(faults, "lose"):
            scene.state.move((data["warehouse"], data["product"]), units)
            scene.note(f"{verb} not booked", None, **facts)
            return
        done, reason, _ = scene.execute_really(command)
        number = scene.note(verb, None, done=done, **facts, **({} if done else {"why": reason}))
        if done and of_kind(faults, "duplicate"):
            again = command if verb == "receive" else {**command, "on_hand": max(0, command["on_hand"] + units)}
            scene.execute(again)
            scene.note(f"{verb} booked again", number, **facts)
            scene.watch.applied_twice(scene, verb, data["product"])

    def shelf(self, data: Mapping[str, Any]) -> None:
        """Let units come to the shelf or leave it without anybody booking it."""
        self._scene.state.move((data["warehouse"], data["product"]), data["units"])
        self._scene.note("shelf", None, product=data["product"], warehouse=self._name(data), units=data["units"])
        self._scene.input()

    def _name(self, data: Mapping[str, Any]) -> str:
        return str(self._scene.plan.warehouses[data["warehouse"]])

    # -- counts ------------------------------------------------------------------------------------

    def count(self, data: Mapping[str, Any]) -> None:
        """Count the shelf; the number reaches Order Manager later, as the units that are free."""
        scene = self._scene
        place = (data["warehouse"], data["product"])
        counted = scene.state.shelf.get(place, 0) if data["units"] is None else data["units"]
        faults = scene.faults.step("om.count")
        facts = {"count": data["id"], "product": data["product"], "warehouse": self._name(data), "units": counted}
        number = scene.note("count", None, **facts)
        scene.input()
        if of_kind(faults, "lose"):
            scene.note("count lost", number, **facts)
            return
        late = of_kind(faults, "delay")
        lag = data["arrives_ms"] + ((late["by_ms"] or 900_000) if late else 0)
        held = {key: units.get(place, 0) for key, units in scene.world.allocations().items()}
        land = partial(self._land, data, counted, held, scene.now, number)
        scene.state.counts_under_way += 1
        scene.timeline.put(scene.now + lag, ARRIVALS, land)
        again = of_kind(faults, "duplicate")
        if again is not None:
            scene.state.counts_under_way += 1
            scene.timeline.put(scene.now + lag + (again["by_ms"] or 60_000), ARRIVALS, land)

    def _land(self, data: Mapping[str, Any], counted: int, held: Mapping[Any, int], taken_ms: int, number: int) -> None:
        scene = self._scene
        place = (data["warehouse"], data["product"])
        _, locked, allocated = scene.world.stock().get(place, (0, 0, 0))
        since = self._allocated_since(place, held)
        # Free units become what was counted: what is locked or allocated lies beside it in Order Manager's books.
        command = {"type": "stock.set", **_place(data), "on_hand": counted + locked + allocated}
        done, reason, _ = scene.execute(command)
        scene.state.counts_under_way -= 1
        scene.input()
        self.counts_landed.append(scene.now)
        entry = scene.note(
            "count lands", number, count=data["id"], product=data["product"], warehouse=self._name(data),
            free=counted, forgotten=sum(since.values()), done=done, **({} if done else {"why": reason}),
        )  # fmt: skip
        if done:
            scene.state.forgotten[place] = since
            scene.watch.count_landed(scene, taken_ms, self._last_change(place, taken_ms), entry)
            self._counted_ms[place] = max(taken_ms, self._counted_ms.get(place, -1))

    def _allocated_since(self, place: Place, before: Mapping[Any, int]) -> dict[tuple[int, str], int]:
        """Return the units there that orders not on hold have been allocated since the count was taken."""
        found: dict[tuple[int, str], int] = {}
        for key, units in self._scene.world.allocations().items():
            since = units.get(place, 0) - before.get(key, 0)
            order = self._scene.state.orders.get(key[1].removesuffix("~2"))
            if since > 0 and not (order is not None and order.hold):
                found[key] = since
        return found

    def _last_change(self, place: Place, taken_ms: int) -> int:
        """Return when Order Manager last learned something of this place: an order, or a count."""
        orders = [
            order.imported_ms
            for order in self._scene.state.orders.values()
            if order.imported_ms is not None and place[1] in {product for product, _ in order.listing.needs}
        ]
        return max([*orders, self._counted_ms.get(place, -1)], default=taken_ms)

    # -- settings ----------------------------------------------------------------------------------

    def rule(self, data: Mapping[str, Any]) -> None:
        """Set a rule on one channel or on all of them, and the product's minimum level with it."""
        scene = self._scene
        product = {} if data["product"] is None else {"master_sku": data["product"]}
        for channel in data["channels"]:
            done, reason, _ = scene.execute({"type": "rule.set", "sales_channel": channel, **product, **data["pairs"]})
            why = {} if done else {"why": reason}
            scene.note("rule", None, channel=scene.channels[channel].name, **data["pairs"], done=done, **why)
        if data["min_level"] is not None:
            places = [place for place in scene.world.stock() if place[1] == data["product"]]
            for index, (warehouse, sku) in enumerate(sorted(places)):
                level = data["min_level"] if index == 0 else 0
                scene.execute({"type": "stock.set", "master_sku": sku, "warehouse": warehouse, "minimum": level})
        scene.input()

    def exclude(self, data: Mapping[str, Any]) -> None:
        """Replace the warehouses that a channel or a product leaves out."""
        scene, closed = self._scene, frozenset(data["warehouses"])
        names = [scene.plan.warehouses[number] for number in data["warehouses"]]
        if data["channel"] is not None:
            whose: dict[str, Any] = {"sales_channel": data["channel"]}
            scene.state.exclude(closed, channel=data["channel"])
            told = {"channel": scene.channels[data["channel"]].name}
        else:
            whose = {"master_sku": data["product"]}
            scene.state.exclude(closed, product=data["product"])
            told = {"product": data["product"]}
        scene.execute({"type": "exclusion.set", "warehouses": data["warehouses"], **whose})
        scene.note("exclude", None, warehouses=names, **told)
        scene.input()

    # -- commands as they are ----------------------------------------------------------------------

    def command(self, command: Mapping[str, Any]) -> None:
        """Run a command of the world at its word: stock that it moves is moved, what it sells is promised."""
        scene = self._scene
        done, reason, result = scene.execute_really(command)
        number = scene.note("command", None, type=command["type"], done=done, **({} if done else {"why": reason}))
        if not done:
            return
        if command["type"] != "feed.acknowledge":
            scene.input()
        follow = getattr(self, f"_after_{command['type'].replace('.', '_')}", None)
        if follow is not None:
            follow(command, result, number)

    def _after_exclusion_set(self, command: Mapping[str, Any], result: object, number: int) -> None:
        del result, number
        whose = {"channel": command.get("sales_channel"), "product": command.get("master_sku")}
        self._scene.state.exclude(frozenset(command["warehouses"]), **whose)

    def _after_marketplace_sell(self, command: Mapping[str, Any], result: Any, number: int) -> None:
        for listing in self._scene.listings.values():
            if listing.variant == command["variant"] and listing.seller == command["seller"]:
                order = Order(result["order_number"], listing, command["quantity"], self._scene.now, number)
                self._shoppers.accepted(order)
                return

    def _after_order_create(self, command: Mapping[str, Any], result: object, number: int) -> None:
        del result
        known = self._scene.state.orders.get(command["order_number"])
        if known is not None and known.listing.channel == command["sales_channel"]:
            self._scene.state.imported(known, self._scene.now)
            return
        skus = {each.sku: each for each in self._scene.listings.values() if each.channel == command["sales_channel"]}
        for index, line in enumerate(command["lines"]):
            if line["listing_sku"] in skus:
                name = command["order_number"] + (f"/{command['sales_channel']}/{index}" if index or known else "")
                order = Order(name, skus[line["listing_sku"]], line["quantity"], self._scene.now, number)
                self._shoppers.accepted(order)
                self._scene.state.imported(order, self._scene.now)

    def _after_order_cancel(self, command: Mapping[str, Any], result: object, number: int) -> None:
        del result, number
        self._less(command, "cancelled")

    def _after_order_ship(self, command: Mapping[str, Any], result: object, number: int) -> None:
        del result, number
        self._less(command, "shipped")

    def _less(self, command: Mapping[str, Any], what: str) -> None:
        for order in self._scene.state.orders.values():
            named = (order.listing.channel, order.id.partition("/")[0])
            if named != (command["sales_channel"], command["order_number"]):
                continue
            lines = command.get("lines") or [{"listing_sku": order.listing.sku, "quantity": order.open}]
            units = sum(line["quantity"] for line in lines if line["listing_sku"] == order.listing.sku)
            self._scene.state.less(order, **{what: min(units, order.open)})


def _place(data: Mapping[str, Any]) -> dict[str, Any]:
    location = {"location": data["location"]} if "location" in data else {}
    return {"master_sku": data["product"], "warehouse": data["warehouse"], **location}
