"""Question files: YAML or JSON, held to schemas/harness/advice.json."""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import jsonschema

from conformance.advise.limits import load_limits
from conformance.advise.marked import BadFile, Marked, read_marked
from conformance.advise.notation import hours, per_hour, share
from conformance.advise.question import Question
from conformance.advise.rules import NO_RULE, Kind, Rule
from conformance.models import BASE, registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT: Final = "stockproof/advice/1"
# A window with more orders than this is no matter of chance any more, and takes minutes to compute.
MOST_ORDERS_UNSEEN: Final = 300
# Syncs are followed one by one, so that rare orders take long; without latencies they hardly ever oversell.
FEWEST_ORDERS_A_SYNC: Final = 0.005
_RULES: Final[dict[str, Kind]] = {"minimum_level": "minimum-level", "red_zone": "red-zone"}


def read_question(path: Path) -> Question:
    """
    Return the question that a file asks; a scenario file is understood too.

    Raises:
        BadFile: when it cannot be read or makes no sense; the text names file and line, and the nearest valid key.
    """
    marked = read_marked(path)
    if _is_scenario(marked.document):
        from conformance.advise.from_scenario import question_of

        return _feasible(marked, question_of(path))
    return _feasible(marked, _question(marked))


def _is_scenario(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    return "oversell" in document or str(document.get("format", "")).startswith("stockproof/scenario/")


def _question(marked: Marked) -> Question:
    _validate(marked)
    given: Mapping[str, Any] = marked.document
    names, shares, marketplaces = _channels(marked)
    sync = given["sync"]
    if sync["every"] != "change" and hours(sync["every"]) == 0:
        raise marked.bad(("sync", "every"), "must be a second or more; `change` is for a push with every order")
    favoured = _favoured(marked, names, shares)
    return Question(
        rate=per_hour(given["demand"]),
        names=names,
        shares=tuple(float(each) for each in shares),
        sync_interval=0.0 if sync["every"] == "change" else hours(sync["every"]),
        push_latency=hours(sync.get("push_takes", "0s")),
        import_lag=hours(sync.get("orders_reach_om", "0s")),
        write=sync.get("write", "absolute"),
        staggered=sync.get("schedules") == "staggered",
        stock=given["stock"],
        target=float(share(given.get("target", "1%"))),
        current=_rule(given.get("current_rule", {}), favoured),
        favoured=favoured,
        marketplaces=marketplaces,
        title=given.get("title", ""),
        sku=given.get("sku", "SKU"),
        seed=given.get("seed", 1),
    )


def _validate(marked: Marked) -> None:
    validator = jsonschema.Draft202012Validator({"$ref": f"{BASE}harness/advice.json"}, registry=registry())
    errors = list(validator.iter_errors(marked.document))
    if errors:
        error = _deepest(min(errors, key=lambda each: marked.lines.get(tuple(each.absolute_path), 0)))
        place = tuple(error.absolute_path)
        unknown = _unknown(error)
        raise marked.bad((*place, *unknown[:1]), f"{_said(error, unknown)}{_nearest(error, unknown)}")


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Return what is wrong in the alternative that the value resembles most."""
    while error.context:
        inner = [each for each in error.context if each.validator not in {"type", "const"}] or error.context
        error = max(inner, key=lambda each: len(each.absolute_path))
    return error


def _schema(error: jsonschema.ValidationError) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _unknown(error: jsonschema.ValidationError) -> list[str]:
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return []
    return [key for key in error.instance if key not in _schema(error).get("properties", {})]


def _said(error: jsonschema.ValidationError, unknown: list[str]) -> str:
    if unknown:
        return "unknown key"
    if error.validator == "pattern":
        return f"{error.instance!r} is none: {_schema(error).get('description', 'it has another form')}"
    return str(error.message)


def _nearest(error: jsonschema.ValidationError, unknown: list[str]) -> str:
    if unknown:
        near = get_close_matches(unknown[0], _schema(error)["properties"], n=1, cutoff=0.4)
    elif error.validator == "enum" and isinstance(error.instance, str):
        near = get_close_matches(error.instance, _schema(error)["enum"], n=1, cutoff=0.4)
    else:
        near = []
    return f"; nearest valid: {near[0]!r}" if near else ""


def _channels(marked: Marked) -> tuple[tuple[str, ...], tuple[Fraction, ...], tuple[str | None, ...]]:
    given = marked.document["channels"]
    if isinstance(given, list):
        return tuple(given), (Fraction(1, len(given)),) * len(given), (None,) * len(given)
    shares: list[Fraction] = []
    marketplaces: list[str | None] = []
    for name, value in given.items():
        told = value if isinstance(value, dict) else {"share": value}
        shares.append(_share(marked, name, told["share"]))
        marketplaces.append(_marketplace(marked, name, told.get("marketplace")))
    total = sum(shares, start=Fraction(0))
    if abs(total - 1) > Fraction(1, 500):
        raise marked.bad(("channels",), f"the shares make {float(total * 100):g} %, not 100 %")
    return tuple(given), tuple(each / total for each in shares), tuple(marketplaces)


def _share(marked: Marked, name: str, text: str) -> Fraction:
    try:
        value = share(text)
    except ZeroDivisionError:
        raise marked.bad(("channels", name), f"{text!r} divides by zero") from None
    if value <= 0:
        raise marked.bad(("channels", name), "a channel without demand has no part in this; leave it out")
    return value


def _marketplace(marked: Marked, name: str, wanted: str | None) -> str | None:
    known = sorted({limit.id for limit in load_limits()})
    if wanted is None or wanted in known:
        return wanted
    near = get_close_matches(wanted, known, n=1, cutoff=0.3)
    hint = f"nearest valid: {near[0]!r}" if near else "known: " + ", ".join(known)
    raise marked.bad(("channels", name, "marketplace"), f"{wanted!r} is not known; {hint}")


def _favoured(marked: Marked, names: tuple[str, ...], shares: tuple[Fraction, ...]) -> int:
    name = marked.document.get("favoured")
    if name is None:
        return shares.index(max(shares))
    if name in names:
        return names.index(name)
    near = get_close_matches(name, names, n=1, cutoff=0.3)
    raise marked.bad(("favoured",), f"{name!r} is no channel" + (f"; nearest valid: {near[0]!r}" if near else ""))


def _rule(given: Mapping[str, Any], favoured: int) -> Rule:
    for key, value in given.items():
        return Rule(_RULES.get(key, key), int(value), favoured)  # type: ignore[arg-type]
    return NO_RULE


def _feasible(marked: Marked, question: Question) -> Question:
    if question.rate <= 0:
        raise marked.bad(("demand",), "nobody buys: there is nothing to advise")
    if not 0 < question.target < 1:
        raise marked.bad(("target",), "must lie between 0 and 100 %; no rule of this kind makes an oversell impossible")
    if question.on_change and question.write in {"cas", "never-raise"}:
        raise marked.bad(("sync", "write"), f"{question.write!r} is known for a sync with an interval only")
    in_one = question.rate * question.sync_interval
    if not question.on_change and in_one < FEWEST_ORDERS_A_SYNC:
        rare = f"an order comes in one of {1 / in_one:.0f} syncs; at most 200 can be followed"
        raise marked.bad(("sync", "every"), rare)
    unseen = question.rate * (question.sync_interval + question.delay)
    if unseen > MOST_ORDERS_UNSEEN:
        raise marked.bad(
            ("sync",),
            f"{unseen:.0f} orders come before a channel hears of the first; at most {MOST_ORDERS_UNSEEN} work",
        )
    return question


__all__ = ["BadFile", "read_question"]
