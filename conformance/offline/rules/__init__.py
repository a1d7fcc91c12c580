"""The rules that a recorded history is judged by, in the order in which they are told."""

from __future__ import annotations

from typing import Final

from conformance.offline.rules import (
    counts,
    failed_push,
    foreign_record,
    lost_update,
    needless_push,
    schemas,
    stale_overwrite,
)

RULES: Final = (
    schemas.REQUESTS,
    schemas.RESPONSES,
    lost_update.RULE,
    stale_overwrite.RULE,
    failed_push.RULE,
    foreign_record.RULE,
    needless_push.RULE,
    counts.RULE,
)
