"""
Broken integrations: each is the reference with one thing wrong, and names the check that is meant for it.

A module here is a program: ``python -m tests.mutants.integrations.NAME``. Its docstring says what is wrong, its
``BREAKS`` which check of ``conformance certify`` has to notice. Those without are right in another way than the
reference is, and no check may notice them. The list is read from the files, without importing them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
MARKETPLACE, WAREHOUSE = "order-manager-to-marketplacer", "warehouse-to-order-manager"


class Broken(NamedTuple):
    """A broken integration: its module, what is wrong, and the id of the check that is meant for it, if any is."""

    name: str
    wrong: str
    breaks: str
    module: str
    profile: str


def _read(path: Path) -> Broken:
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    profile = WAREHOUSE if path.stem.startswith("warehouse_") else MARKETPLACE
    return Broken(
        path.stem, ast.get_docstring(tree) or "", constants.get("BREAKS", ""), f"{__name__}.{path.stem}", profile
    )


REFERENCES = (
    Broken("reference", "", "", "conformance.reference.order_manager_to_marketplacer", MARKETPLACE),
    Broken("reference_warehouse", "", "", "conformance.reference.warehouse_to_order_manager", WAREHOUSE),
)
HELPERS = {"__init__", "__main__", "judging"}
_ALL = tuple(_read(path) for path in sorted(FOLDER.glob("*.py")) if path.stem not in HELPERS)
BROKEN = tuple(each for each in _ALL if each.breaks)
# Right in another way than the reference is: no check may fail them.
HARMLESS = (*REFERENCES, *(each for each in _ALL if not each.breaks))
BY_NAME = {each.name: each for each in (*BROKEN, *HARMLESS)}
