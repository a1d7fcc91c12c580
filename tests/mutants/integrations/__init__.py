"""
Broken integrations: each is the reference with one thing wrong, and names the check that is meant for it.

A module here is a program: ``python -m tests.mutants.integrations.NAME``. Its docstring says what is wrong, its
``BREAKS`` which check of ``conformance certify`` has to notice. The list is read from the files without importing them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
MARKETPLACE, WAREHOUSE = "order-manager-to-marketplacer", "warehouse-to-order-manager"


class Broken(NamedTuple):
    """A broken integration: its module, what is wrong, and the id of the check that is meant for it."""

    name: str
    wrong: str
    breaks: str

    @property
    def profile(self) -> str:
        return WAREHOUSE if self.breaks.startswith("certify.warehouse.") else MARKETPLACE

    @property
    def module(self) -> str:
        """What ``python -m`` starts."""
        return f"{__name__}.{self.name}"


def _read(path: Path) -> Broken:
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    return Broken(path.stem, ast.get_docstring(tree) or "", constants["BREAKS"])


HELPERS = {"__init__", "__main__", "judging"}
BROKEN = tuple(_read(path) for path in sorted(FOLDER.glob("*.py")) if path.stem not in HELPERS)
BY_NAME = {each.name: each for each in BROKEN}
