"""The scenarios that an integration goes through, by name; each says what it found on each of its checks."""

from __future__ import annotations

from typing import Final

from conformance.certify.scenarios import oversell, sync, trouble, warehouse
from conformance.certify.scenarios.scene import Scene

SCENES: Final[dict[str, Scene]] = {
    scene.name: scene for scene in (*sync.SCENES, *trouble.SCENES, *oversell.SCENES, *warehouse.SCENES)
}
