"""Running the reference integrations on a world of a real server, as their users would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from mockserver.testing.remote import ServedWorld

ROOT = Path(__file__).parents[3]
CHANNEL = 5394
OWNER, MEMBER = 1, 2
ACKNOWLEDGE = "acknowledgeInventoryV12"


def environment(world: ServedWorld, seller: int = OWNER, **more: str) -> dict[str, str]:
    own = {
        "ORDER_MANAGER_URL": world.order_manager_url,
        "ORDER_MANAGER_TOKEN": world.tokens[0],
        "SALES_CHANNEL_ID": str(CHANNEL),
        "MARKETPLACER_URL": world.marketplacer_url,
        "MARKETPLACER_API_KEY": world.api_keys[seller],
        "MARKETPLACER_SELLER_ID": str(seller),
        "SYNC_INTERVAL_SECONDS": "0.1",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own, **more}


def start(folder: Path, settings: dict[str, str], *, program: str = "", flag: str = "--once") -> subprocess.Popen[str]:
    module = f"conformance.reference.{program or 'order_manager_to_marketplacer'}"
    command = [sys.executable, "-m", module, flag]
    return subprocess.Popen(command, cwd=folder, env=settings, stderr=subprocess.PIPE, text=True)


def sync(folder: Path, settings: dict[str, str], *, program: str = "") -> tuple[int, str]:
    """Sync once; return the exit code and what was logged."""
    process = start(folder, settings, program=program)
    _, logged = process.communicate(timeout=30)
    return process.returncode, logged


def shown(world: ServedWorld, seller: int = OWNER) -> dict[int, Any]:
    """What the marketplace shows of one seller, by variant; the word infinite where it never runs out."""
    records = world.document()["marketplacer"]["inventories"]
    return {
        each["variant"]: "infinite" if each.get("infinite") else each["count_on_hand"]
        for each in records
        if each["seller"] == seller
    }


def writes(world: ServedWorld) -> int:
    return sum(each["method"] in ("PUT", "POST", "DELETE") for each in world.requests(api="marketplacer"))
