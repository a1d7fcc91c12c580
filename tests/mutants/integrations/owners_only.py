"""Writes for the sellers of its multi-store: a member, who has none, writes nothing but zeros."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.figures-match.member"


class OwnersOnly(Sync):
    def show(self, variant: Json, count: int) -> None:
        if count == 0 or self.target.call("GET", "/api/v2/client/multi_store_memberships")["data"]:
            super().show(variant, count)


if __name__ == "__main__":
    sys.exit(main(OwnersOnly))
