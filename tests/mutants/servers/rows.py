"""Wrong rows: what an acknowledged listing looks like on the wire."""

from __future__ import annotations

from tests.mutants.mutation import Mutant

MODULE = "http.wire"

MUTANTS = [
    Mutant(
        "acknowledge/figure-as-text",
        "figures come as text",
        MODULE,
        '{row[1]}" for row in rows]',
        '\\"{row[1]}\\"" for row in rows]',
        ("om-ack/answer", "om-ack/zero-as-number"),
    ),
    Mutant(
        "acknowledge/null-for-zero",
        "a figure of 0 comes as null",
        MODULE,
        '{row[1]}" for row in rows]',
        "{row[1] or 'null'}\" for row in rows]",
        ("om-ack/zero-as-number",),
    ),
    Mutant(
        "acknowledge/large-figures-rounded",
        "large figures lose their last digits",
        MODULE,
        '{row[1]}" for row in rows]',
        '{float(row[1]):.6g}" for row in rows]',
        ("om-ack/large-figures",),
    ),
    Mutant(
        "acknowledge/master-sku-for-listing-sku",
        "rows name the master SKU twice",
        MODULE,
        '"listing_sku": listing.listing_sku,',
        '"listing_sku": listing.product.master_sku,',
        ("om-ack/answer",),
    ),
    Mutant(
        "acknowledge/listing-sku-for-master-sku",
        "rows name the listing SKU twice",
        MODULE,
        '"master_sku": listing.product.master_sku,',
        '"master_sku": listing.listing_sku,',
        ("om-ack/answer",),
    ),
    Mutant(
        "acknowledge/capitals",
        "rows write SKUs in capitals",
        MODULE,
        '"listing_sku": listing.listing_sku,',
        '"listing_sku": listing.listing_sku.upper(),',
        ("OM-PUSH-03",),
    ),
    Mutant(
        "acknowledge/ascii",
        "rows lose what is not ASCII",
        MODULE,
        '"listing_sku": listing.listing_sku,',
        '"listing_sku": listing.listing_sku.encode("ascii", "replace").decode(),',
        ("om-ack/unicode-skus",),
    ),
    Mutant(
        "acknowledge/trimmed",
        "rows lose blanks around a SKU",
        MODULE,
        '"listing_sku": listing.listing_sku,',
        '"listing_sku": listing.listing_sku.strip(),',
        ("corners-feed/blank-in-a-sku",),
    ),
    Mutant(
        "acknowledge/product-for-listing",
        "rows call the product's id the listing's",
        MODULE,
        '"listing_id": listing.id,',
        '"listing_id": listing.product.id,',
        ("om-ack/answer",),
    ),
    Mutant(
        "acknowledge/listing-for-product",
        "rows call the listing's id the product's",
        MODULE,
        '"product_id": listing.product.id,',
        '"product_id": listing.id,',
        ("om-ack/answer",),
    ),
    Mutant(
        "acknowledge/other-channel",
        "rows name another sales channel",
        MODULE,
        '"sales_channel_id": listing.channel.id,',
        '"sales_channel_id": listing.channel.id + 1,',
        ("om-ack/answer",),
    ),
    Mutant(
        "acknowledge/rows-kept-too-long",
        "a listing that moved to another product is told with its old master SKU",
        "hosted_world",
        '                if command["type"] == "listing.set":\n                    self.fragments.clear()\n',
        "",
        ("corners-feed/moved-listing-names-its-product",),
    ),
    Mutant(
        "acknowledge/markers-survive-a-reset",
        "a reset leaves the markers as they are",
        "hosted_world",
        "        self.world = world\n        self.late.clear()\n",
        "        if self.world.feed.marker_count and not entries:\n"
        "            world.feed, world.feed._shown = self.world.feed, world.feed._shown\n"
        "        self.world = world\n        self.late.clear()\n",
        ("om-ack/reset",),
    ),
]
