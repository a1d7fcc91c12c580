"""Wrong inventories of Marketplacer: merging, who writes what, prices, deletion."""

from __future__ import annotations

from tests.mutants.mutation import Mutant

CORE = "core.marketplace"
VALUES = "core.marketplace_values"
HTTP = "http.marketplacer"

MUTANTS = [
    Mutant(
        "inventories/replaced",
        "a PUT takes away the records that it does not name",
        CORE,
        "        for holder, inventory in changes.items():\n",
        "        for each in [one for one in variant.inventories if one not in changes]:\n"
        "            del variant.inventories[each]\n        for holder, inventory in changes.items():\n",
        ("mp-inventories/not-named",),
    ),
    Mutant(
        "inventories/unnamed-emptied",
        "sellers whom a PUT does not name are set to 0",
        CORE,
        "        for holder, inventory in changes.items():\n",
        "        for each in variant.inventories:\n            variant.inventories[each].count_on_hand = 0\n"
        "        for holder, inventory in changes.items():\n",
        ("mp-inventories/not-named",),
    ),
    Mutant(
        "inventories/attributes-reset",
        "attributes that a record leaves out are reset",
        VALUES,
        'if readings["mp.omitted-attribute"] == "reset":',
        "if True:",
        ("mp.omitted-attribute", "mp-inventories/count-only"),
    ),
    Mutant(
        "inventories/price-lost",
        "writing a count alone takes the price away",
        VALUES,
        'price = price_of("price", record, base.price, readings)\n    sale',
        'price = price_of("price", record, None, readings)\n    sale',
        ("mp-inventories/count-only",),
    ),
    Mutant(
        "inventories/sale-price-lost",
        "writing a count alone takes the sale price away",
        VALUES,
        'price_of("sale_price", record, base.sale_price, readings)',
        'price_of("sale_price", record, None, readings)',
        ("mp-inventories/count-only", "mp-inventories/price-only"),
    ),
    Mutant(
        "inventories/count-lost",
        "writing a price alone sets the count to 0",
        VALUES,
        'count_of("count_on_hand", record, base.count_on_hand, readings)',
        'count_of("count_on_hand", record, 0, readings)',
        ("mp-inventories/price-only",),
    ),
    Mutant(
        "inventories/provider-lost",
        "writing a count alone takes the fulfilment provider away",
        VALUES,
        'text_of("fulfilment_provider", record, base.fulfilment_provider)',
        'text_of("fulfilment_provider", record, "")',
        ("marketplacer-attributes/omitted-attributes-kept", "mp-inventories/count-only"),
    ),
    Mutant(
        "inventories/count-ends-infinite",
        "a count makes an infinite record finite",
        VALUES,
        'flag_of("infinite", record, False if finite else base.infinite)',
        'flag_of("infinite", record, False)',
        ("mp.count-on-infinite", "marketplacer-attributes/count-keeps-infinite"),
    ),
    Mutant(
        "inventories/member-writes-another",
        "a member writes the record whose seller_id it names",
        CORE,
        'field="seller_id", value=named)\n            return seller\n',
        'field="seller_id", value=named)\n            return named or seller\n',
        ("mp-inventories/member-names-another", "mp-errors/member-writes"),
    ),
    Mutant(
        "inventories/member-refused",
        "a member that names another seller is refused",
        CORE,
        'and self.readings["mp.member-foreign-seller-id"] == "refused"',
        "and True",
        ("mp.member-foreign-seller-id", "mp-inventories/member-names-another"),
    ),
    Mutant(
        "inventories/member-needs-its-id",
        "a member must name itself",
        CORE,
        "        if not by_owner:\n            if named",
        "        if not by_owner:\n            if named is None:\n"
        '                raise Refused("unprocessable", "seller_id must be given", field="seller_id")\n            if named',
        ("mp-inventories/member-put", "marketplacer-rules/member-creates-own"),
    ),
    Mutant(
        "inventories/first-element",
        "of several elements of a member the first one counts",
        CORE,
        "chosen = records if by_owner else records[-1:]",
        "chosen = records if by_owner else records[:1]",
        ("mp-inventories/member-several",),
    ),
    Mutant(
        "inventories/all-elements",
        "the elements of a member are merged",
        CORE,
        "changes[holder] = merged(variant.inventories.get(holder),",
        "changes[holder] = merged(changes.get(holder) or variant.inventories.get(holder),",
        ("corners-inventories/last-of-two-alone",),
    ),
    Mutant(
        "inventories/owner-writes-one",
        "of several elements of the owner the last one counts",
        CORE,
        "chosen = records if by_owner else records[-1:]",
        "chosen = records[-1:]",
        ("mp-inventories/owner-put", "marketplacer-examples/owner-put"),
    ),
    Mutant(
        "inventories/owner-without-id",
        "an owner's record without seller_id is its own",
        CORE,
        'if self.readings["mp.owner-without-seller-id"] == "own-record":',
        "if True:",
        ("mp.owner-without-seller-id", "mp-errors/no-seller"),
    ),
    Mutant(
        "inventories/first-of-two",
        "of two elements for one seller the first one counts",
        CORE,
        'if holder not in changes or how == "last":',
        "if holder not in changes:",
        ("mp.same-seller-twice",),
    ),
    Mutant(
        "inventories/stranger-gets-a-record",
        "the owner makes a record for a seller outside its multi-store",
        CORE,
        "not isinstance(named, int) or named not in self.stores_of(variant):",
        "not isinstance(named, int) or named not in self.sellers:",
        ("mp-errors/stranger", "mp.stranger"),
    ),
    Mutant(
        "inventories/good-ones",
        "good records are written although one is refused",
        CORE,
        'if self.readings["mp.atomicity"] == "all-or-nothing":',
        "if False:",
        ("mp.atomicity", "mp-errors/second-bad"),
    ),
    Mutant(
        "inventories/good-ones-and-422",
        "the records before a refused one are written",
        CORE,
        'if self.readings["mp.atomicity"] == "all-or-nothing":\n',
        'if self.readings["mp.atomicity"] == "all-or-nothing":\n                    self._store(variant, changes)\n',
        ("mp-errors/second-bad", "mp.atomicity"),
    ),
    Mutant(
        "inventories/new-id-each-write",
        "a record gets a new id when it is written",
        CORE,
        "            if holder not in variant.inventories:\n                self.last",
        "            if True:\n                self.last",
        ("mp-inventories/put-again", "mp-inventories/owner-put"),
    ),
    Mutant(
        "inventories/ids-used-again",
        "the id of a deleted record is given again",
        CORE,
        "                self.last_inventory_id += 1\n",
        "                held = [one.id for each in self.variants.values() for one in each.inventories.values()]\n"
        "                self.last_inventory_id = max(held, default=0) + 1\n",
        ("marketplacer-deletion/ids-are-not-used-again",),
    ),
    Mutant(
        "inventories/zero-deletes",
        "a count of 0 takes the record away",
        CORE,
        "            variant.inventories[holder] = inventory\n",
        "            variant.inventories[holder] = inventory\n"
        "            if not (inventory.count_on_hand or inventory.infinite):\n"
        "                del variant.inventories[holder]\n",
        ("mp-inventories/zero-is-a-record",),
    ),
    Mutant(
        "inventories/only-written-answered",
        "a PUT answers the records that it wrote",
        HTTP,
        "        done(call.world.run(command))\n        return _inventories(call, variant)\n",
        "        done(call.world.run(command))\n"
        '        named = {each.get("seller_id", seller_of(call)) for each in records}\n'
        "        data = [each for each in marketplace_of(call).ordered(variant) if each.seller in named]\n"
        '        body = b\'{"data":[\' + b",".join(_encoded(call, data)) + b"]}"\n'
        "        return Answer(200, body, media_type_of(call.world))\n",
        ("MP-INV-05",),
    ),
    Mutant(
        "inventories/member-reads-own",
        "a member reads its own record only",
        HTTP,
        'call.option("mp.member-reads") == "own" and seller',
        "seller",
        ("mp.member-reads", "marketplacer-rules/member-reads-all"),
    ),
    Mutant(
        "inventories/owner-reads-own",
        "the owner reads its own record only",
        HTTP,
        'own_only = call.option("mp.member-reads") == "own" and seller_of(call) != variant.owner',
        "own_only = seller_of(call) == variant.owner",
        ("mp-inventories/list",),
    ),
    Mutant(
        "inventories/by-seller",
        "records come in the order of their sellers",
        CORE,
        'by_seller = self.readings["mp.list-order"] == "seller-id"',
        "by_seller = True",
        ("mp.list-order",),
    ),
    Mutant(
        "inventories/stale-answer",
        "a price that was changed is answered as it was",
        HTTP,
        "values = (held.count_on_hand, held.price, held.sale_price,",
        "values = (held.count_on_hand,",
        ("corners-inventories/read-before-and-after",),
    ),
    Mutant(
        "inventories/single-store-404",
        "the list of a single seller's variant is 404",
        HTTP,
        'if variant.owner is None and call.option("mp.single-store-get") == "not-found":',
        "if variant.owner is None:",
        ("mp.single-store-get", "mp-inventories/single-seller"),
    ),
    Mutant(
        "inventories/variant-count-is-the-owners",
        "a multi-store variant shows what the owner holds",
        CORE,
        "for held in variant.inventories.values() if not held.infinite)",
        "for held in variant.inventories.values() if held.seller == variant.owner)",
        ("mp-inventories/variant-shows-the-sum", "mp.multi-store-count"),
    ),
    Mutant(
        "inventories/sale-lowers-all",
        "a sale lowers the count of every seller",
        CORE,
        "            stock.count_on_hand -= quantity\n",
        "            for each in variant.inventories.values() if variant.owner else [stock]:\n"
        "                each.count_on_hand -= quantity\n",
        ("mp-inventories/sale-lowers-one",),
    ),
    Mutant(
        "inventories/infinite-sells-out",
        "an infinite record sells out",
        CORE,
        "if not stock.infinite and stock.count_on_hand < quantity:",
        "if stock.count_on_hand < quantity:",
        ("mp-inventories/infinite-never-sells-out", "MP-INV-09"),
    ),
    Mutant(
        "inventories/sold-below-zero",
        "a sale is taken although less is shown",
        CORE,
        "if not stock.infinite and stock.count_on_hand < quantity:",
        "if False:",
        ("marketplacer-sales/sale-above-count-refused", "OUR-12"),
    ),
]
