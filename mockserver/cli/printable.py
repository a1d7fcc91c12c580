"""Text from elsewhere, made safe for a terminal."""

from __future__ import annotations

import re
from typing import Final

# Includes the C1 set: a terminal takes U+009B for the start of a control sequence.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: object) -> str:
    """Return a text in which control characters are spelled out, so that they cannot drive the terminal."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", str(text))
