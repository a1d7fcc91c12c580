"""Generated worlds: valid, of the size asked for, the same bytes for the same numbers, in little memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections import Counter
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.files.world_file import build_world, check_world
from mockserver.files.world_generator import MAX_LISTINGS, generate, generate_document

sizes = st.integers(1, 400)
seeds = st.integers(0, 2**53 - 1)


@settings(deadline=None, max_examples=40)
@given(sizes, seeds)
def test_generated_world_is_valid_and_can_be_built(listings: int, seed: int) -> None:
    """Whatever the two numbers, the file fits the schema and its parts agree."""
    document = generate_document(listings, seed)

    check_world(document, source="generated")
    built = build_world(document, source="generated")

    assert len(built.listings) == listings
    assert document["seed"] == seed


@settings(deadline=None, max_examples=20)
@given(sizes, seeds)
def test_same_numbers_give_the_same_bytes(listings: int, seed: int) -> None:
    """A generated world can be named by its two numbers."""
    assert b"".join(generate(listings, seed)) == b"".join(generate(listings, seed))


def test_bytes_of_a_known_world_have_not_changed() -> None:
    """Benchmarks compare over time only while the same numbers mean the same world; a change here is a decision."""
    digest = hashlib.sha256(b"".join(generate(1000, 1))).hexdigest()

    assert digest == "f4ebe3a5704b1a7939daa3a8e8ba26aa084fec838177f29f2c3e446ca3cd7ced"


def test_another_seed_gives_another_world() -> None:
    """The seed is used."""
    assert generate_document(50, 1)["order_manager"] != generate_document(50, 2)["order_manager"]


@pytest.mark.parametrize(("listings", "seed"), [(0, 1), (-1, 1), (MAX_LISTINGS + 1, 1), (1, -1)])
def test_numbers_out_of_range_are_refused_at_once(listings: int, seed: int) -> None:
    """The refusal comes with the call, not with the first piece."""
    with pytest.raises(ValueError, match="must"):
        generate(listings, seed)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    account: dict[str, Any] = generate_document(20_000, 3)["order_manager"]
    return account


def test_catalogue_has_the_proportions_of_a_real_one(catalogue: dict[str, Any]) -> None:
    """About 2.5 listings a product, 4 % bundles, 3 % variation parents, rules on a tenth, one or two stock rows."""
    products = catalogue["products"]
    kinds = Counter(row["type"] for row in products)
    core = kinds["CORE_PRODUCT"]

    assert 2.2 < len(catalogue["listings"]) / core < 2.8
    assert 0.03 < kinds["BUNDLE_KIT"] / len(products) < 0.05
    assert 0.02 < kinds["VIRTUAL_PRODUCT"] / len(products) < 0.04
    assert 0.08 < len(catalogue["rules"]) / len(products) < 0.12
    assert 1.4 < len(catalogue["stock"]) / core < 1.6
    assert len(catalogue["warehouses"]) == 8
    assert {len(row["components"]) for row in products if "components" in row} == {2, 3}


def test_few_products_have_many_listings(catalogue: dict[str, Any]) -> None:
    """Listings a product follow Zipf's law: each count is rarer than the one before."""
    per_product = Counter(row["master_sku"] for row in catalogue["listings"])
    frequencies = Counter(per_product.values())

    assert set(frequencies) == {1, 2, 3, 4, 5, 6}
    assert all(frequencies[few] > frequencies[more] for few, more in pairwise(range(1, 7)))


def test_product_seldom_has_two_listings_on_one_channel(catalogue: dict[str, Any]) -> None:
    """Mostly one listing a product and channel; the others are there because integrations meet them."""
    pairs = Counter((row["master_sku"], row["sales_channel"]) for row in catalogue["listings"])

    doubled = sum(1 for count in pairs.values() if count > 1)
    assert 0 < doubled < len(pairs) / 8


def test_catalogue_has_the_usual_oddities(catalogue: dict[str, Any]) -> None:
    """Inactive, silent, locked, unpickable, minimum, excluded: all of it occurs."""
    rows = [row for section in ("products", "stock", "listings", "sales_channels") for row in catalogue[section]]
    found = Counter(key for row in rows for key, value in row.items() if value not in ([], True, 0))

    assert {"excluded_warehouses", "minimum", "locked", "in_transit"} <= set(found)
    assert all(any(row.get(key) is False for row in rows) for key in ("active", "push_inventory", "pickable"))


def test_variants_are_a_hundredth_of_the_marketplace_listings() -> None:
    """The marketplace carries a small part of one channel, joined by SKU."""
    document = generate_document(20_000, 3)
    listed = [row["listing_sku"] for row in document["order_manager"]["listings"] if row["sales_channel"] == 1]
    variants = {row["sku"] for row in document["marketplacer"]["variants"]}

    assert variants <= set(listed)
    assert len(variants) == -(-len(listed) // 100)


def test_pieces_are_made_in_little_memory() -> None:
    """The text is never whole in memory: 30,000 listings are 6 MB of text and less than a fifth of that at any time."""
    tracemalloc.start()
    try:
        total = sum(len(piece) for piece in generate(30_000, 1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < total / 5


def test_text_is_one_row_a_line() -> None:
    """So that two worlds can be compared and searched with the tools for text."""
    text = b"".join(generate(10, 1))

    lines = [line.rstrip(b",") for line in text.splitlines() if b'"listing_sku"' in line]
    assert len([orjson.loads(line.removesuffix(b"]")) for line in lines]) == 10
