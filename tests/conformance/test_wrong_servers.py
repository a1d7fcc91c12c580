"""Deliberately wrong servers: each breaks one rule, and vectors fail by name for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, jsonify, request

from conformance.target import Target
from conformance.vectors import load_vectors, run_vector, run_vectors
from conformance.verdict import Inconclusive
from mockserver.core import allocation, availability, model
from mockserver.core.feed import Feed
from mockserver.core.marketplace import Marketplace
from mockserver.core.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.verdict import Run

MOCK = "mockserver.http.app:create_app()"
VECTORS = load_vectors()


def judged(target: str) -> Run:
    with Target.open(target) as opened:
        return run_vectors(opened, VECTORS)


def rounds_to_nearest(rule_type: str, value: int, units: int) -> int:
    if rule_type == model.PERCENT_OF_AVAILABLE:
        return (units * value + 5_000) // 10_000
    return min(value, units)


def shows_a_hard_count(rule_type: str, value: int, units: int) -> int:
    return units * value // 10_000 if rule_type == model.PERCENT_OF_AVAILABLE else value


def strictly_below(*args: Any) -> allocation.Regime:
    right = REGIME(*args)
    return right._replace(is_minimum=right.tested < right.minimum)


def ignores_product_exclusions(_product: object, closed: frozenset[int], _readings: object) -> frozenset[int]:
    return closed


def builds_from_totals(bundle: model.Product, closed: frozenset[int]) -> dict[Any, int]:
    units = UNITS_BY_WAREHOUSE(bundle, closed)
    if bundle.type != model.BUNDLE_KIT:
        return units
    totals = [sum(UNITS_BY_WAREHOUSE(part.product, closed).values()) // part.quantity for part in bundle.components]
    return {None: sum(row.available for row in bundle.stock) + max(0, min(totals))}


def counts_locked_units(row: model.StockLocation) -> int:
    return row.on_hand - row.allocated


def forgets_bundles(_world: World, products: set[model.Product]) -> dict[int, model.Listing]:
    return {listing.id: listing for product in products for listing in product.listings}


def shares_markers(_feed: Feed, _token: int, version: str, channel: model.SalesChannel) -> tuple[None, int, str]:
    return (None, channel.id, version)


def takes_the_first_element(marketplace: Marketplace, variant: Any, by: int, records: list[Any]) -> object:
    return PUT(marketplace, variant, by, records[:1] if by != variant.owner else records)


REGIME = allocation.regime
UNITS_BY_WAREHOUSE = availability.units_by_warehouse
PUT = Marketplace.put

WRONG: dict[str, tuple[object, str, Callable[..., object], set[str]]] = {
    "percentages to the nearest": (
        allocation,
        "apply_pair",
        rounds_to_nearest,
        {"allocation-percent/10-of-9", "derived-5-2/third", "peers/sellbrite-90-of-1"},
    ),
    "a cap as a hard count": (
        allocation,
        "apply_pair",
        shows_a_hard_count,
        {"allocation-maximum/never-more-than-available", "derived-5-2/cap-100"},
    ),
    "minimum pair only below the minimum": (
        allocation,
        "regime",
        strictly_below,
        {"minimum-regime/at-the-minimum", "derived-5-2/equality"},
    ),
    "product exclusions ignored": (
        availability,
        "closed_warehouses",
        ignores_product_exclusions,
        {"exclusions/product", "exclusions/both", "bundles-rules/own-exclusion"},
    ),
    "bundles from totals": (
        availability,
        "units_by_warehouse",
        builds_from_totals,
        {"bundles/per-warehouse-then-summed", "bundles/components-apart"},
    ),
    "bundles not told of components": (World, "_listings_of", forgets_bundles, {"feed/component-makes-bundle-due"}),
    "one marker for all tokens": (Feed, "_key", shares_markers, {"feed-markers/two-tokens"}),
    "a member's first element": (
        Marketplace,
        "put",
        takes_the_first_element,
        {"marketplacer-rules/member-last-element"},
    ),
}


@pytest.mark.parametrize(("owner", "name", "wrong", "expected"), WRONG.values(), ids=WRONG.keys())
def test_broken_rule_fails_its_vectors_by_name(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, wrong: Callable[..., object], expected: set[str]
) -> None:
    """A server that breaks a rule fails the vectors of that rule, and is not called broken in the harness."""
    monkeypatch.setattr(owner, name, wrong)

    run = judged(MOCK)

    assert expected <= {verdict.id for verdict in run.of("failed")}
    assert run.of("errored") == []
    assert len(run.of("passed")) > len(VECTORS) / 2
    assert run.exit_code == 1


# -- servers that are no mock at all ---------------------------------------------------------------


def tiny(worlds: Callable[[], object], commands: Callable[[], object], acknowledge: Callable[[], object]) -> Flask:
    app = Flask("tiny")
    app.add_url_rule("/_mock/worlds", "worlds", worlds, methods=["POST"])
    app.add_url_rule("/_mock/worlds/<name>", "drop", lambda name: ("", 204), methods=["DELETE"])
    app.add_url_rule("/_mock/worlds/<name>/commands", "commands", lambda name: commands(), methods=["POST"])
    app.add_url_rule("/v1.2/inventory/acknowledge", "acknowledge", acknowledge, methods=["POST"])
    return app


def made() -> object:
    here = request.host_url.rstrip("/")
    return jsonify(
        id="w", order_manager={"url": here, "tokens": ["secret-token"]}, marketplacer={"url": here, "api_keys": {}}
    ), 201


def all_done() -> object:
    return jsonify([{"type": "x", "status": "done", "reason": None} for _ in request.get_json()])


def nothing_new() -> object:
    return jsonify([])


def always_the_same() -> object:
    return jsonify([{"listingId": 501, "availableQuantity": 100}])


def echoes_credentials() -> object:
    return jsonify(saw=request.headers["Authorization"]), 500


TINY = {
    "says that nothing is there": (made, all_done, nothing_new, "figures/501"),
    "never ends": (made, all_done, always_the_same, "acknowledge"),
    "breaks down": (made, all_done, lambda: ("oops", 500), "POST /v1.2/inventory/acknowledge"),
    "answers text": (made, all_done, lambda: "hello", "POST /v1.2/inventory/acknowledge"),
    "answers rows of text": (made, all_done, lambda: jsonify(["hello"]), "POST /v1.2/inventory/acknowledge, row"),
    "takes no world": (lambda: ("no", 422), all_done, nothing_new, "POST /_mock/worlds"),
    "makes a world without an address": (lambda: (jsonify(id="w"), 201), all_done, nothing_new, "POST /_mock/worlds"),
    "makes a world of text": (lambda: ("world", 201), all_done, nothing_new, "POST /_mock/worlds"),
}


@pytest.mark.parametrize(("worlds", "commands", "acknowledge", "path"), TINY.values(), ids=TINY.keys())
def test_tiny_wrong_server_fails(
    monkeypatch: pytest.MonkeyPatch,
    worlds: Callable[[], object],
    commands: Callable[[], object],
    acknowledge: Callable[[], object],
    path: str,
) -> None:
    """Whatever a server does instead, the difference names the call or the figure, and the harness holds."""
    monkeypatch.setattr("tests.conformance.wrong.app", tiny(worlds, commands, acknowledge))
    vector = next(each for each in VECTORS if each.id == "allocation-percent/10-of-1000")

    with Target.open("tests.conformance.wrong:app") as target:
        verdict = run_vector(target, vector)

    assert verdict.status == "failed"
    assert [difference.path for difference in verdict.differences] == [path]


@pytest.mark.parametrize(
    ("commands", "path"),
    [(lambda: ("", 404), "POST /_mock/worlds/{id}/commands"), (lambda: jsonify([{"status": "refused"}]), "commands/0")],
    ids=["no commands", "refused"],
)
def test_command_that_is_not_done_fails(
    monkeypatch: pytest.MonkeyPatch, commands: Callable[[], object], path: str
) -> None:
    """A vector's commands are sound; a server that does not do them is wrong."""
    monkeypatch.setattr("tests.conformance.wrong.app", tiny(made, commands, nothing_new))
    vector = next(each for each in VECTORS if each.id == "allocation-scope/rule-cleared")

    with Target.open("tests.conformance.wrong:app") as target:
        assert run_vector(target, vector).differences[0].path == path


def test_credentials_never_reach_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server echoes of a token is blanked out."""
    monkeypatch.setattr("tests.conformance.wrong.app", tiny(made, all_done, echoes_credentials))
    with Target.open("tests.conformance.wrong:app") as target:
        verdict = run_vector(target, VECTORS[0])

    assert "secret-token" not in str(verdict)
    assert "[credential]" in str(verdict)


def test_server_without_control_api_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without worlds there is nothing to judge by, which is nobody's fault."""
    monkeypatch.setattr("tests.conformance.wrong.app", Flask("bare"))
    with Target.open("tests.conformance.wrong:app") as target:
        run = run_vectors(target, VECTORS)
        with pytest.raises(Inconclusive):
            run_vector(target, VECTORS[0])

    assert (run.verdicts, run.exit_code) == ((), 3)
    assert "no control API" in str(run.inconclusive_because)
