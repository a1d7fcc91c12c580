"""What can be delivered: the flow and the search against trying everything."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from conformance.scenario.checker.deliverable import Demand, component_units, deliverable, routed


def brute(demands, supply):
    """Serve or pass over each unit in turn, from every place and in every way."""
    units = [demand for demand in demands for _ in range(demand.units)]
    places = sorted(supply)

    @cache
    def best(index, left):
        if index == len(units):
            return 0
        demand = units[index]
        found = best(index + 1, left)
        for warehouse in demand.warehouses:
            ways = [{(warehouse, product): count for product, count in demand.needs}]
            ways += [{(warehouse, demand.ready): 1}] if demand.ready else []
            for way in ways:
                have = dict(zip(places, left, strict=True))
                if all(have.get(place, 0) >= count for place, count in way.items()):
                    rest = tuple(have[place] - way.get(place, 0) for place in places)
                    found = max(found, demand.weight + best(index + 1, rest))
        return found

    return best(0, tuple(supply[place] for place in places))


def some_demand(chance, warehouses, products):
    open_to = frozenset(chance.sample(warehouses, chance.randint(0, len(warehouses))))
    if chance.random() < 0.5:
        return Demand(((chance.choice(products), 1),), open_to, chance.randint(0, 3))
    parts = chance.sample(products, chance.randint(1, len(products)))
    recipe = tuple((part, chance.randint(1, 2)) for part in parts)
    return Demand(recipe, open_to, chance.randint(0, 3), chance.choice([None, "KIT"]))


@pytest.mark.parametrize("seed", range(300))
def test_the_most_that_can_be_delivered_is_what_trying_everything_finds(seed):
    """Random warehouses, products, bundles, exclusions and ready-packed units."""
    chance = Random(seed)
    warehouses = list(range(1, chance.randint(1, 3) + 1))
    products = ["a", "b", "c"][: chance.randint(1, 3)]
    supply = {(place, sku): chance.randint(0, 4) for place in warehouses for sku in [*products, "KIT"]}
    demands = [some_demand(chance, warehouses, products) for _ in range(chance.randint(1, 3))]

    assert deliverable(demands, supply) == brute(demands, supply)


def test_a_flow_moves_an_earlier_order_to_serve_a_later_one():
    """Five here, five there; who may use both gives way to who may use one: ten of ten, as routed only five."""
    anywhere = Demand((("MUG", 1),), frozenset({1, 2}), 5)
    here_only = Demand((("MUG", 1),), frozenset({1}), 5)
    supply = {(1, "MUG"): 5, (2, "MUG"): 5}

    assert deliverable([anywhere, here_only], supply) == 10
    assert routed([anywhere, here_only], supply) == 5


def test_a_kit_leaves_from_one_place():
    """Five jars here and five lids there make no jar with a lid."""
    kit = Demand((("JAR", 1), ("LID", 1)), frozenset({1, 2}), 5, "KIT")

    assert component_units([kit]) == 10
    assert deliverable([kit], {(1, "JAR"): 5, (2, "LID"): 5}) == 0
    assert deliverable([kit], {(1, "JAR"): 5, (1, "LID"): 3, (2, "LID"): 5}) == 6


def test_large_numbers_take_no_time():
    """A hundred thousand singles and ten thousand sets of two warehouses are decided by their bound."""
    cups = Demand((("CUP", 1),), frozenset({1, 2}), 100_000)
    sets = Demand((("CUP", 2), ("TRAY", 1)), frozenset({1, 2}), 10_000, "SET")
    supply = {(1, "CUP"): 50_000, (2, "CUP"): 50_000, (1, "TRAY"): 9_000, (2, "TRAY"): 9_000}

    assert deliverable([cups, sets], supply) == 100_000 + 10_000


def test_locked_away_units_serve_nobody():
    """Less than nothing in one place takes nothing from another."""
    mugs = Demand((("MUG", 1),), frozenset({1, 2}), 5)

    assert deliverable([mugs], {(1, "MUG"): -3, (2, "MUG"): 2}) == 2
