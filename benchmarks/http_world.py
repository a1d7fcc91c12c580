"""The world that the HTTP measurements ask, and the requests they ask it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks.load import request_text
from benchmarks.servers import call, control

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL: Final = 1
OWNER: Final = 1
ONE_RECORD, MANY_RECORDS, THREE_RECORDS = 1, 2, 3
_JSON_API: Final = {"Content-Type": "application/vnd.api+json"}

Document = dict[str, Any]


def document(*, listings: int, sellers: int) -> Document:
    """Return a world with one sales channel, and a multi-store whose members all sell variant 2."""
    numbers = range(1, listings + 1)
    return {
        "format": "stockproof/world/1",
        "order_manager": {
            "tokens": [{"token": "reader"}],
            "warehouses": [{"id": 1, "name": "East"}],
            "sales_channels": [{"id": CHANNEL, "name": "Marketplacer"}],
            "products": [{"master_sku": _sku(number)} for number in numbers],
            "stock": [{"master_sku": _sku(number), "warehouse": 1, "on_hand": 1_000 + number} for number in numbers],
            "listings": [
                {"listing_sku": f"{_sku(number)}-MP", "master_sku": _sku(number), "sales_channel": CHANNEL}
                for number in numbers
            ],
        },
        "marketplacer": {
            "sellers": [{"id": number, "name": f"Seller {number}"} for number in range(1, sellers + 2)],
            "multi_stores": [{"owner": OWNER, "members": list(range(2, sellers + 2))}],
            "variants": [
                {"id": number, "advert_id": number, "sku": f"{_sku(number)}-MP", "multi_store_owner": OWNER}
                for number in (ONE_RECORD, MANY_RECORDS, THREE_RECORDS)
            ],
            "inventories": [
                _inventory(ONE_RECORD, 2),
                *(_inventory(MANY_RECORDS, seller) for seller in range(2, sellers + 2)),
                *(_inventory(THREE_RECORDS, seller) for seller in (2, 3, 4)),
            ],
        },
    }


def _sku(number: int) -> str:
    return f"SKU-{number:05}"


def _inventory(variant: int, seller: int) -> Document:
    return {"variant": variant, "seller": seller, "count_on_hand": seller % 500, "price": "19.95"}


@dataclass(frozen=True)
class HostedWorld:
    """A world on a running server: its id, the token of its one reader, and the owner's key."""

    port: int
    id: str
    token: str
    key: str

    def drain(self, *, limit: int) -> None:
        """Read everything that is due."""
        while call(self.port, "POST", acknowledge_path(limit), headers=bearer(self.token))[1] != b"[]":
            pass

    def drop(self) -> None:
        """Give the world back."""
        control(self.port, "DELETE", f"/worlds/{self.id}")

    def command_text(self, command: Document) -> str:
        """Return the request that runs one command."""
        path = f"/_mock/worlds/{self.id}/commands"
        return request_text("POST", path, {"Content-Type": "application/json"}, [command])

    def acknowledge_text(self, limit: int) -> str:
        """Return the request that reads due rows."""
        return request_text("POST", acknowledge_path(limit), bearer(self.token))

    def inventories_text(self, variant: int) -> str:
        """Return the request that reads a variant's inventories."""
        return request_text("GET", inventories_path(variant), bearer(self.key))

    def put_text(self, counts: Mapping[int, int]) -> str:
        """Return the request that sets the counts of some sellers of the variant with three records."""
        return request_text("PUT", inventories_path(THREE_RECORDS), bearer(self.key) | _JSON_API, put_body(counts))


def create(port: int, world: Document) -> HostedWorld:
    """Make a world on a running server."""
    made = control(port, "POST", "/worlds", {"world": world})
    keys = made["marketplacer"]["api_keys"]
    return HostedWorld(port, made["id"], made["order_manager"]["tokens"][0], keys[str(OWNER)])


def bearer(secret: str) -> dict[str, str]:
    """Return the header that carries a token or a key."""
    return {"Authorization": f"Bearer {secret}"}


def acknowledge_path(limit: int) -> str:
    """Return the address of the acknowledge endpoint."""
    return f"/v1.2/inventory/acknowledge?salesChannelId={CHANNEL}&limit={limit}"


def inventories_path(variant: int) -> str:
    """Return the address of a variant's inventories."""
    return f"/api/v2/client/variants/{variant}/inventories"


def put_body(counts: Mapping[int, int]) -> Document:
    """Return the body that sets the counts of some sellers."""
    return {
        "data": [
            {"type": "inventories", "attributes": {"seller_id": seller, "count_on_hand": count}}
            for seller, count in counts.items()
        ]
    }


def everything_changes(share: int) -> Document:
    """Return a command that lets every listing of the channel show a share of its units, in per cent."""
    return {"type": "rule.set", "sales_channel": CHANNEL, "rule_type": "PERCENT_OF_AVAILABLE", "value": share}


def one_changes(units: int) -> Document:
    """Return a command after which one listing shows so many units."""
    return {"type": "stock.set", "master_sku": _sku(1), "warehouse": 1, "on_hand": units}
