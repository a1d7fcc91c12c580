"""Small scenarios for tests, written as a user would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.scenario.loading import loads
from conformance.scenario.result import replay
from conformance.scenario.text import dump

if TYPE_CHECKING:
    from conformance.scenario.model import Scenario
    from conformance.scenario.result import Replay

Document = dict[str, Any]


def scene(*events: Document, until: str = "2h", then: Document | None = None, **given: Any) -> Document:
    """Return a scenario of ten mugs in one warehouse on two channels; keys of ``given`` replace what it takes."""
    return {
        "format": "stockproof/scenario/1",
        "id": "scene",
        "clock": {"start": "2026-01-05T09:00:00Z", "until": until},
        "given": {
            "warehouses": ["W1"],
            "products": {"MUG": {"on_hand": {"W1": 10}}},
            "channels": {"mkt": {"listings": {"MUG-M": "MUG"}}, "shop": {"listings": {"MUG-S": "MUG"}}},
            "connector": {"poll": "every 15m", "push_takes": "1m", "push": "watermark"},
            **given,
        },
        "when": list(events),
        **({} if then is None else {"then": then}),
    }


def order(at: str, name: str, qty: int, channel: str = "mkt") -> Document:
    """Return an order event."""
    listing = "MUG-M" if channel == "mkt" else "MUG-S"
    return {"at": at, "order": {"id": name, "channel": channel, "listing": listing, "qty": qty}}


def read(document: Document) -> Scenario:
    """Return a document as a scenario."""
    return loads(dump(document), source="scene.yaml")


def played(document: Document) -> Replay:
    """Return a document, replayed in process."""
    return replay(read(document))


def metrics(document: Document) -> Document:
    """Return the metrics of a document's only row."""
    (row,) = played(document).rows
    return {**row.outcome.metrics, **row.outcome.more}
