"""Marketplacer's writes of adverts and of their variants (MP-API-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.advert_commands import ADVERT_ATTRIBUTES, VARIANT_ATTRIBUTES
from mockserver.http.exchange import Answer
from mockserver.http.marketplacer import advert_json, advert_of, one_variant, variant_of
from mockserver.http.mp_common import answer, attributes_of, done, marketplace_of, seller_of

if TYPE_CHECKING:
    from mockserver.core.world import Outcome
    from mockserver.http.exchange import Call

Json = dict[str, Any]


def create_advert(call: Call) -> Answer:
    """
    Make an advert and answer it; it has no variants yet and is not published.

    Raises:
        Failure: 422 for what is missing or refused.
    """
    attributes = _attributes(call, ADVERT_ATTRIBUTES)
    with call.world.lock:
        made = _run(call, "advert.create", attributes=attributes)
        return _advert(call, _id(made, "advert"))


def update_advert(call: Call) -> Answer:
    """
    Change what is given of an advert and answer it.

    Raises:
        Failure: 404 for an advert that is not the key's, 422 for what is refused.
    """
    attributes = _attributes(call, ADVERT_ATTRIBUTES)
    with call.world.lock:
        advert, _ = advert_of(call)
        _run(call, "advert.put", advert=advert.id, attributes=attributes)
        return _advert(call, advert.id)


def delete_advert(call: Call) -> Answer:
    """
    Remove an advert with its variants; 204 without a body.

    Raises:
        Failure: 404 for an advert that is not the key's.
    """
    with call.world.lock:
        advert, _ = advert_of(call)
        _run(call, "advert.delete", advert=advert.id)
        return Answer(204, media_type=None)


def create_variant(call: Call) -> Answer:
    """
    Make a variant of an advert and answer it.

    Raises:
        Failure: 404 for an advert that is not the key's, 422 for what is missing or refused.
    """
    attributes = _attributes(call, VARIANT_ATTRIBUTES)
    with call.world.lock:
        advert, _ = advert_of(call)
        made = _run(call, "variant.create", advert=advert.id, attributes=attributes)
        return one_variant(call, marketplace_of(call).variants[_id(made, "variant")])


def update_variant(call: Call) -> Answer:
    """
    Change what is given of a variant and answer it.

    Raises:
        Failure: 404 for a variant that is not the key's, 422 for what is refused.
    """
    attributes = _attributes(call, VARIANT_ATTRIBUTES)
    with call.world.lock:
        variant = variant_of(call)
        _run(call, "variant.put", variant=variant.id, attributes=attributes)
        return one_variant(call, marketplace_of(call).variants[variant.id])


def delete_variant(call: Call) -> Answer:
    """
    Remove a variant with its inventories; 204 or 200, without a body either way (mp.variant-delete).

    Raises:
        Failure: 404 for a variant that is not the key's.
    """
    with call.world.lock:
        variant = variant_of(call)
        _run(call, "variant.delete", variant=variant.id)
        return Answer(204 if call.option("mp.variant-delete") == "no-content" else 200, media_type=None)


def _attributes(call: Call, kept: tuple[str, ...]) -> Json:
    """Return those of the body's attributes that this double keeps."""
    assert call.operation.body is not None  # noqa: S101 - such routes have a body in the contract
    given = attributes_of(call, call.operation.body)
    return {name: given[name] for name in kept if name in given}


def _run(call: Call, kind: str, **arguments: object) -> Outcome:
    return done(call.world.run({"type": kind, "by": seller_of(call), **arguments}))


def _id(outcome: Outcome, name: str) -> int:
    assert isinstance(outcome.result, dict)  # noqa: S101 - a creation tells its id
    return int(outcome.result[name])


def _advert(call: Call, advert_id: int) -> Answer:
    marketplace = marketplace_of(call)
    data = advert_json(call, marketplace.adverts[advert_id], marketplace.variants_of(advert_id))
    return answer(call, {"data": data})
