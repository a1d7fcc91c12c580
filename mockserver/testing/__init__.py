"""
Stockproof inside a test suite: a world in this process, or a world on a server in another one.

``mock_world`` answers the code under test without a socket; ``StockproofServer`` is for code that needs one.
Both give a handle with the same methods, see `WorldHandle`.
"""

from __future__ import annotations

from mockserver.testing.handle import (
    AmbiguousListing,
    CommandRefused,
    InvalidCommand,
    UnknownListing,
    WorldClock,
    WorldHandle,
)
from mockserver.testing.in_process import MockWorld, mock_world
from mockserver.testing.remote import ControlRefused, ServedWorld, ServerGone
from mockserver.testing.server import ServerNotStarted, StockproofServer

__all__ = [
    "AmbiguousListing",
    "CommandRefused",
    "ControlRefused",
    "InvalidCommand",
    "MockWorld",
    "ServedWorld",
    "ServerGone",
    "ServerNotStarted",
    "StockproofServer",
    "UnknownListing",
    "WorldClock",
    "WorldHandle",
    "mock_world",
]
