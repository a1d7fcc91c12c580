"""Switches itself off when reading fails, until somebody removes a file."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.reference.order_manager_to_marketplacer import Sync, main

BREAKS = "certify.failed-acknowledge"


class Offended(Sync):
    def __call__(self) -> bool:
        return not Path("off").exists() and super().__call__()

    def read(self, version: str) -> bool:
        if Path("off").exists():
            return False
        complete = super().read(version)
        if not complete:
            Path("off").touch()
        return complete


if __name__ == "__main__":
    sys.exit(main(Offended))
