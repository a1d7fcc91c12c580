"""
What native sales channels show: they hear of a change some while after it, about 15 minutes (OM-PUSH-02).

One push sends the figure of its own instant; changes in between cost no second wait. Nothing is pending at the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.core.account import Account
    from mockserver.core.model import Listing


class NativeChannels:
    """Listing id -> units that the channel shows, and the listings that wait for their push with its instant."""

    def __init__(self) -> None:
        self.shown: dict[int, int | None] = {}
        self.due_ms: dict[int, int] = {}
        self._armed_ms: set[int] = set()

    def start(self, world: Account) -> None:
        """Let every native channel show its present figures."""
        for channel in world.channels.values():
            if channel.native:
                self.shown.update((listing.id, world.shown(listing)) for listing in channel.listings)

    def changed(self, world: Account, listing: Listing) -> None:
        """Note a listing of a native channel that may show something else; it is pushed after the channel's delay."""
        if listing.id in self.due_ms or world.shown(listing) in (None, self.shown.get(listing.id)):
            return
        due_ms = world.now_ms + listing.channel.push_delay_ms
        if due_ms not in self._armed_ms:
            self._armed_ms.add(due_ms)
            world.agenda.put(due_ms, {"type": "native.push"})
        self.due_ms[listing.id] = due_ms

    def push(self, world: Account) -> None:
        """Tell native channels the present figures of the listings that have waited long enough; silence stays."""
        self._armed_ms = {due_ms for due_ms in self._armed_ms if due_ms > world.now_ms}
        for listing_id in [each for each, due_ms in self.due_ms.items() if due_ms <= world.now_ms]:
            del self.due_ms[listing_id]
            shown = world.shown(world.listings[listing_id])
            if shown is not None:
                self.shown[listing_id] = shown
