"""Drops the change of a listing that it wrote at the sync before."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Json, Sync, main

BREAKS = "certify.oversell-sale-during-push"


class CoolsDown(Sync):
    def __call__(self) -> bool:
        self.hot = set(Path("hot").read_text().split()) if Path("hot").exists() else set()
        Path("hot").unlink(missing_ok=True)
        return super().__call__()

    def show(self, variant: Json, count: int) -> None:
        if str(variant["id"]) not in self.hot:
            super().show(variant, count)
            with Path("hot").open("a") as file:
                file.write(f"{variant['id']}\n")


if __name__ == "__main__":
    sys.exit(main(CoolsDown))
