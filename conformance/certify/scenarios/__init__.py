"""The scenarios that an integration goes through, by name; each says what it found on each of its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.certify.scenarios import orders, oversell, sync, trouble, warehouse

if TYPE_CHECKING:
    from conformance.certify.scenarios.scene import Scene

SCENES: Final[dict[str, Scene]] = {
    scene.name: scene for scene in (*sync.SCENES, *trouble.SCENES, *oversell.SCENES, *warehouse.SCENES, *orders.SCENES)
}
