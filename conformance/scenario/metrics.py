"""What a run is measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.checker.deliverable import component_units, routed
from conformance.scenario.checker.staleness import ages
from conformance.scenario.expected import METRICS, MORE_METRICS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.scenario.checker.deliverable import Demand
    from conformance.scenario.scene import Scene
    from conformance.scenario.state import Order

Metrics = dict[str, Any]


def metrics_of(scene: Scene) -> Metrics:
    """Return the published metrics at this instant of a run; units are component units, times seconds."""
    return {name: METERS[name](scene) for name in METRICS}


def more_metrics(scene: Scene) -> Metrics:
    """Return the other numbers that a run is told by."""
    return {name: METERS[name](scene) for name in MORE_METRICS}


def measure(scene: Scene, name: str) -> object:
    """Return one metric at this instant of a run."""
    return METERS[name](scene)


def _seconds(milliseconds: int) -> float:
    whole, rest = divmod(milliseconds, 1000)
    return milliseconds / 1000 if rest else whole


def oversold_orders(scene: Scene) -> list[Order]:
    """Return the accepted orders that, added in order of acceptance, raise what is oversold."""
    state, supply = scene.state, scene.state.supply()
    demands: dict[int, Demand] = {}
    found: list[Order] = []
    before = 0
    for order in state.orders.values():
        if not order.open:
            continue
        known = demands.get(order.listing.id)
        demands[order.listing.id] = state.demand(order.listing, order.open + (known.units if known else 0))
        wanted = list(demands.values())
        oversold = component_units(wanted) - scene.served(wanted, supply)
        if oversold > before:
            found.append(order)
        before = oversold
    return found


def as_routed(scene: Scene) -> int:
    """Return the units that are oversold when nothing is moved to another warehouse for a later order."""
    state = scene.state
    demands = [state.demand(order.listing, order.open) for order in state.orders.values() if order.open]
    return component_units(demands) - routed(demands, state.supply())


def stranded_units(scene: Scene) -> int:
    """Return the units that could still be delivered of products that no channel shows any more."""
    state = scene.state
    shown = {
        product
        for number, listing in scene.listings.items()
        if listing.infinite or state.shown.get(number, 0) > 0
        for product, _ in listing.needs
    }
    demands, supply = state.demands(), state.supply()
    left = 0
    for product in dict.fromkeys(p for listing in scene.listings.values() for p, _ in listing.needs):
        if product in shown:
            continue
        plenty = sum(units for (_, sku), units in supply.items() if sku == product and units > 0)
        single = [each for each in scene.listings.values() if each.needs == ((product, 1),)]
        wanted = [*demands, *(state.demand(each, plenty) for each in single)]
        left += max(0, scene.served(wanted, supply) - scene.served(demands, supply)) if plenty else 0
    return left


def is_converged(scene: Scene) -> bool:
    """Whether every channel shows what it should."""
    return all(
        scene.state.shown.get(number, 0) == scene.state.allocated.get(number, 0)
        for number, listing in scene.listings.items()
        if listing.variant is not None and not listing.infinite
    )


def _exposure(scene: Scene) -> float:
    """Return the integral of the units that are shown and could not be delivered, in unit-seconds."""
    samples = scene.state.samples
    ends = [*(sample.t for sample in samples[1:]), scene.now]
    total = sum(sample.exposed * (end - sample.t) for sample, end in zip(samples, ends, strict=True))
    return _seconds(total)


def _convergence(scene: Scene) -> float | None:
    """Return the seconds from the last input or fault until every channel shows what it should; None if it does not."""
    since: int | None = None
    for sample in scene.state.samples:
        agrees = all(
            shown == allocated
            for (shown, allocated, listing) in zip(sample.shown, sample.allocated, scene.listings.values(), strict=True)
            if listing.variant is not None and not listing.infinite
        )
        since = (sample.t if since is None else since) if agrees else None
    return None if since is None else _seconds(max(0, since - scene.state.last_input_ms))


def _phantom(scene: Scene) -> int:
    """Return the most that a listing showed beyond what could be delivered of it, at any time."""
    most = 0
    for sample in scene.state.samples:
        left = max(0, sample.capacity - sample.deliverable)
        most = max([most, *(shown - left for shown in sample.shown)])
    return most


def _cancel_rate(scene: Scene) -> float:
    """Return the share of accepted orders that cannot be served."""
    accepted = len(scene.state.orders)
    return round(len(oversold_orders(scene)) / accepted, 6) if accepted else 0


def _age(scene: Scene, share: float) -> float:
    """Return the age of a shown number below which this share of them stays, in seconds."""
    found = ages(scene)
    return _seconds(found[int((len(found) - 1) * share + 0.5)])


METERS: Final[Mapping[str, Callable[[Scene], Any]]] = {
    "oversold_units": lambda scene: scene.state.samples[-1].oversold,
    "oversold_orders": lambda scene: len(oversold_orders(scene)),
    "refused_units": lambda scene: scene.state.tally.refused_units,
    "stranded_units": stranded_units,
    "lost_updates": lambda scene: scene.state.tally.lost_updates,
    "converged": is_converged,
    "peak_oversold_units": lambda scene: max(sample.oversold for sample in scene.state.samples),
    "exposure_unit_seconds": _exposure,
    "convergence_seconds": _convergence,
    "oversold_units_as_routed": as_routed,
    "lost_sales_units": lambda scene: scene.state.tally.lost_sales_units,
    "cancel_rate": _cancel_rate,
    "phantom_shown_units": _phantom,
    "accepted_orders": lambda scene: len(scene.state.orders),
    "accepted_units": lambda scene: sum(order.qty for order in scene.state.orders.values()),
    "refused_orders": lambda scene: scene.state.tally.refused_orders,
    "promised_units": lambda scene: scene.state.samples[-1].promised,
    "deliverable_units": lambda scene: scene.state.samples[-1].deliverable,
    "duplicated_updates": lambda scene: scene.state.tally.duplicated,
    "reordered_updates": lambda scene: scene.state.tally.reordered,
    "staleness_p50_seconds": lambda scene: _age(scene, 0.5),
    "staleness_p95_seconds": lambda scene: _age(scene, 0.95),
    "staleness_max_seconds": lambda scene: _age(scene, 1.0),
}
