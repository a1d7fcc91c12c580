"""Writes with the media type application/json."""

from __future__ import annotations

import sys

from conformance.reference.order_manager_to_marketplacer import Marketplacer, main

BREAKS = "certify.valid-requests"


class PlainJson(Marketplacer):
    content_type = "application/json"


if __name__ == "__main__":
    sys.exit(main(target=PlainJson))
