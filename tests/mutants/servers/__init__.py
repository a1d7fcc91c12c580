"""Deliberately wrong servers, by the class of behaviour that each of them breaks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.mutants.mutation import Mutant

FAMILIES: Final = (
    "allocation",
    "availability",
    "feed",
    "orders",
    "acknowledge",
    "rows",
    "inventories",
    "records",
    "errors",
    "requests",
    "lists",
    "pages",
    "order_manager",
    "integration_manager",
    "isolation",
    "webhooks",
    "adverts",
    "documents",
    "remaining",
)


def load_mutants() -> list[Mutant]:
    """Return all of them, family by family."""
    return [mutant for family in FAMILIES for mutant in import_module(f"tests.mutants.servers.{family}").MUTANTS]
