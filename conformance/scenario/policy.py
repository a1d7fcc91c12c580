"""From a figure to the number that a connector wants a channel to show."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.scenario.model import Connector, Listing
    from conformance.scenario.scene import Scene


class Policy:
    """What the connector makes of a figure: usually nothing; its keys may add a share, a buffer, a level or a cap."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def wanted(self, listing: Listing, figure: int) -> int:
        """Return the number that a channel should show for a figure as Order Manager computes it."""
        return adjusted(figure, self._scene.channels[listing.channel].connector)

    def pushed(self, listing: Listing, figure: int) -> int:
        """Return the number that is pushed, which is another one where the connector reads the wrong quantity."""
        connector = self._scene.channels[listing.channel].connector
        if connector.quantity == "total":
            figure = self._total(listing)
        elif connector.quantity == "pooled":
            figure = self._pooled(listing)
        return adjusted(figure, connector)

    def _units(self, product: str, listing: Listing, *, with_locked: bool) -> int:
        stock = self._scene.world.stock()
        open_to = self._scene.state.warehouses_for(listing)
        return sum(
            on_hand if with_locked else on_hand - locked - allocated
            for (warehouse, sku), (on_hand, locked, allocated) in stock.items()
            if sku == product and warehouse in open_to
        )

    def _total(self, listing: Listing) -> int:
        """Return what is there, locked and allocated units included: the wrong column of the report."""
        return min(self._units(product, listing, with_locked=True) // units for product, units in listing.needs)

    def _pooled(self, listing: Listing) -> int:
        """Return how many the components of all warehouses together would give, as if they lay in one."""
        free = (self._units(product, listing, with_locked=False) // units for product, units in listing.needs)
        return max(0, min(free))


def adjusted(figure: int, connector: Connector) -> int:
    """Return a figure after the connector's own share, buffer, minimum level, cap and floor, in this order."""
    if connector.percent is not None:
        share = figure * connector.percent / 100
        figure = {"floor": floor, "ceil": ceil, "half-up": lambda value: floor(value + 0.5)}[connector.rounding](share)
    figure = max(0, figure - connector.buffer)
    if figure < connector.minimum_level:
        figure = 0
    if connector.cap is not None:
        figure = min(figure, connector.cap)
    return max(figure, connector.at_least)
