"""Wrong books: which units an order takes, keeps and gives back."""

from __future__ import annotations

from tests.mutants.mutation import Mutant

MODULE = "core.orders"

MUTANTS = [
    Mutant(
        "orders/part-kept-everywhere",
        "an order that cannot be filled keeps what it got in every warehouse",
        MODULE,
        "        order.draws[kept:] = [draw for draw in taken if keeps_part and draw.warehouse.strict_fifo]\n"
        "        for draw in taken:\n            if not (keeps_part and draw.warehouse.strict_fifo):\n",
        "        for draw in ():\n            if not (keeps_part and draw.warehouse.strict_fifo):\n",
        ("OM-AVAIL-06",),
    ),
    Mutant(
        "orders/strict-fifo-ignored",
        "Strict FIFO is ignored",
        MODULE,
        "        order.draws[kept:] = [draw for draw in taken if keeps_part and draw.warehouse.strict_fifo]\n"
        "        for draw in taken:\n            if not (keeps_part and draw.warehouse.strict_fifo):\n",
        "        order.draws[kept:] = []\n        for draw in taken:\n            if True:\n",
        ("OM-AVAIL-06",),
    ),
    Mutant(
        "orders/units-not-given-back",
        "a cancelled order's units stay allocated",
        MODULE,
        "    for _, picks in groups:\n        for pick in picks:\n            pick.row.allocated -= pick.units\n\n\ndef send_out",
        "    for _, picks in groups:\n        for pick in picks:\n            pass\n\n\ndef send_out",
        ("OM-AVAIL-08",),
    ),
    Mutant(
        "orders/shipped-stays-on-hand",
        "shipped units stay on hand",
        MODULE,
        "            pick.row.on_hand -= pick.units\n",
        "            pass\n",
        ("OM-AVAIL-08",),
    ),
    Mutant(
        "orders/shipped-stays-allocated",
        "shipped units stay allocated",
        MODULE,
        "            pick.row.allocated -= pick.units\n            pick.row.on_hand -= pick.units\n",
        "            pick.row.on_hand -= pick.units\n",
        ("OM-AVAIL-08",),
    ),
    Mutant(
        "orders/draws-from-locked",
        "an order draws on locked units",
        MODULE,
        "        take = min(units, row.available)\n",
        "        take = min(units, row.on_hand - row.allocated)\n",
        ("OM-AVAIL-02", "OM-AVAIL-06", "OM-AVAIL-07", "OUR-04"),
    ),
    Mutant(
        "orders/draw-rank-ignored",
        "locations are drawn from by name",
        MODULE,
        "    return [row for row in product.stock if row.warehouse is warehouse and row.drawable and row.available > 0]\n",
        "    rows = [row for row in product.stock if row.warehouse is warehouse and row.drawable and row.available > 0]\n"
        "    return sorted(rows, key=lambda row: row.location, reverse=True)\n",
        ("OM-AVAIL-07",),
    ),
    Mutant(
        "orders/held-order-gives-back",
        "a hold frees the order's units",
        MODULE,
        '        order.held = was_held and self._readings["orders.hold"] == "frees"\n',
        "        order.held = was_held\n",
        ("orders.hold", "OUR-07"),
    ),
    Mutant(
        "orders/excluded-warehouses-serve",
        "orders draw on warehouses that their channel excludes",
        MODULE,
        "        open_ones = [warehouse for warehouse in warehouses if warehouse.active and warehouse.id not in closed]\n",
        "        open_ones = [warehouse for warehouse in warehouses if warehouse.active]\n",
        ("OUR-04",),
    ),
    Mutant(
        "orders/one-warehouse-only",
        "an order draws on one warehouse only",
        MODULE,
        '        if self._readings["orders.routing"] == "one-warehouse":\n',
        "        if True:\n",
        ("orders.routing", "OUR-04"),
    ),
    Mutant(
        "orders/unpaid-waits",
        "an order that awaits its payment takes no units",
        MODULE,
        '    if order.awaiting_payment and readings["orders.awaiting-payment"] == "waits":\n',
        "    if order.awaiting_payment:\n",
        ("orders.awaiting-payment",),
    ),
    Mutant(
        "orders/components-first",
        "an order of a bundle breaks up components before it takes ready-packed units",
        MODULE,
        '        if how == "components-first":\n',
        "        if True:\n",
        ("orders.bundle-draw", "OUR-08"),
    ),
    Mutant(
        "orders/bundle-of-one-each",
        "an order of a bundle takes one of each component",
        MODULE,
        "    groups = [(part.quantity, _pick(part.product, warehouse, units * part.quantity)) for part in bundle.components]\n",
        "    groups = [(1, _pick(part.product, warehouse, units)) for part in bundle.components]\n",
        ("OM-AVAIL-05", "OM-AVAIL-06", "OUR-08"),
    ),
]
