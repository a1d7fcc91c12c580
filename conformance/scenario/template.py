"""A scenario to begin with: it runs as it stands, and explains itself."""

from __future__ import annotations

import re
from typing import Final

TEMPLATE: Final = """\
format: stockproof/scenario/1
id: {id}
title: One unit, two channels
clock: {{start: 2026-01-05T09:00:00Z, until: 1h}}    # everything below counts from the start
given:
  warehouses: [W1]
  products: {{MUG: {{on_hand: {{W1: 1}}}}}}            # also locked, shelf (what is really there), bundle
  channels:
    mkt:  {{listings: {{MUG-M: MUG}}, orders_reach_om: 1m}}
    shop: {{listings: {{MUG-S: MUG}}, orders_reach_om: 1m}}
  rules: [{{channel: "*", type: percent, value: "${{percent}}"}}]
  connector: {{poll: every 15m, push_takes: 1m, push: watermark, ack: after-push}}
with:                                              # each row is a run; its values stand for ${{…}}
  - {{name: shown twice, percent: 100}}
  - {{name: half each, percent: 50}}
when:
  - {{at: 1m, order: {{id: A, channel: mkt, listing: MUG-M, qty: 1}}}}
  - {{at: 2m, order: {{id: B, channel: shop, listing: MUG-S, qty: 1}}}}
  # a fault waits for a named occurrence:  - {{during: connector.poll#1, fault: crash, back_after: 2m}}
then:
  always: [ledger, books_match]
  finally:
    shown twice: {{oversold_units: 1, oversold_orders: 1}}
    half each: {{oversold_units: 0, refused_units: 2, stranded_units: 1}}
"""


def template(name: str) -> str:
    """Return the text of a new scenario under a name."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "my-scenario"
    return TEMPLATE.format(id=plain)
