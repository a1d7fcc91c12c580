"""The answer: one sentence first, then everything that it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.advise.agreement import Comparison, compare
from conformance.advise.engines import Engines, Outcome
from conformance.advise.frontier import Point, candidates, costs_of, frontier
from conformance.advise.law import concentration, covers, expected_oversold
from conformance.advise.levers import Lever, best, smallest_settings
from conformance.advise.limits import Limit, load_limits
from conformance.advise.notation import percent, spelled
from conformance.advise.rules import NO_RULE
from conformance.advise.settings import Settings, settings_of

if TYPE_CHECKING:
    from conformance.advise.question import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question; ``without`` is no rule at all, ``today`` the question's own rule."""

    question: Question
    without: Outcome
    today: Outcome
    levers: tuple[Lever, ...]
    best: Lever | None
    points: tuple[Point, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def is_met_today(self) -> bool:
        """Whether the question's own rule keeps below the target already."""
        return self.today.at_most < self.question.target

    @property
    def settings(self) -> Settings | None:
        """What to enter, None when it is no rule that is advised."""
        return (
            None
            if self.best is None or self.best.kind == "sync-interval"
            else settings_of(self.best.rule, self.question.names)
        )

    @property
    def limits(self) -> list[Limit]:
        """The limits of the question's marketplaces, all that are known when it names none."""
        named = {each for each in self.question.marketplaces if each}
        return [limit for limit in load_limits() if not named or limit.id in named]

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        question = self.question
        rule = "" if question.current == NO_RULE else f", and though you {question.current.means(question.names)}"
        found = (
            f"With {_sync(question)}{rule}, {percent(self.today.chance)} of your stock-outs oversell,"
            f" {self.today.oversold:.2g} units per stock-out on average"
        )
        if self.is_met_today:
            return f"{found}: that is below your target of {percent(question.target)} already."
        if self.best is None:
            return f"{found}; no rule and no sync interval keeps it below {percent(question.target)}."
        return f"{found}; {self._advice(self.best)}."

    def _advice(self, lever: Lever) -> str:
        if lever.kind == "sync-interval":
            means = f"sync every {lever.setting}"
        else:
            means = lever.rule.means(self.question.names)
        return f"{means}: {percent(lever.outcome.chance)}, {stranded(lever.outcome)}, {longer(lever, self.without)}"


def advise(question: Question, engines: Engines | None = None) -> Answer:
    """
    Return the answer to a question.

    Raises:
        Disagreement: when the engines contradict each other on the question, or on a rule that is enough.
    """
    engines = engines or Engines()
    levers = tuple(smallest_settings(question, engines))
    rules = [question.current, *(lever.rule for lever in levers if lever.is_enough)]
    comparisons = compare(question, rules, engines)
    sync = next((each for each in levers if each.kind == "sync-interval" and each.is_enough), None)
    if sync is not None:
        faster = replace(sync.question, stock=max(20, round(10 * question.rate * sync.question.sync_interval)))
        comparisons += compare(faster, [], engines)
    without, today = (engines.outcome(question, rule) for rule in (NO_RULE, question.current))
    tried = [*candidates(question), *(lever.rule for lever in levers)]
    points = tuple(frontier(question, engines, list(dict.fromkeys(tried))))
    return Answer(question, without, today, levers, best(levers), points, tuple(comparisons))


def stranded(outcome: Outcome) -> str:
    """Return in words what is left over."""
    if outcome.stranded < 0.05:
        return "nothing stranded"
    return "1 unit stranded" if f"{outcome.stranded:.2g}" == "1" else f"{outcome.stranded:.2g} units stranded"


def longer(lever: Lever, without: Outcome) -> str:
    """Return in words how much longer the selling takes."""
    added = added_time(lever, without)
    return f"{added * 100:.0f} % longer to sell out" if added >= 0.005 else "no longer to sell out"


def added_time(lever: Lever, without: Outcome) -> float:
    """Return by which part the selling takes longer, had what is stranded been sold with all channels open."""
    return costs_of(lever.outcome, without, lever.question)[1] / without.hours if without.hours else 0.0


def _sync(question: Question) -> str:
    if question.on_change:
        return f"a push with every order that takes {spelled(question.delay)} to be seen"
    text = f"a sync every {spelled(question.sync_interval)}"
    late = [
        f"{what} of {spelled(length)}"
        for what, length in (("a push", question.push_latency), ("an order import", question.import_lag))
        if length
    ]
    return " and ".join([text, *late]) if len(late) < 2 else f"{text}, {late[0]} and {late[1]}"


def findings(answer: Answer) -> list[str]:
    """Return what else follows, a sentence each."""
    question = answer.question
    own = concentration(question.shares)
    told = [f"The law expects {expected_oversold(question):.3g} units per stock-out without any rule."]
    if not covers(question):
        told[0] = f"The law does not cover {question.write} writes with latencies; this rests on the simulation alone."
    saved = question.rate * question.sync_interval / 4 * (1 - own)
    if saved >= 0.005:
        told.append(f"Halving the sync interval saves {saved:.2g} units per stock-out.")
    erased = question.rate * question.delay * own
    if question.write == "absolute" and not question.on_change and erased >= 0.005:
        told.append(f"Writing with a watermark in place of blindly saves {erased:.2g} units per stock-out.")
    if question.write == "cas" and question.delay:
        told.append("A busy channel rejects most writes, so that it goes on with an old figure: prefer a watermark.")
    named = {lever.kind: lever for lever in answer.levers}
    cap = named["cap"]
    if not cap.is_enough:
        told.append("No cap is enough: it hardly binds when the last units go. Keep caps for listings that get stuck.")
    if "split" in named:
        told.append(f"An equal split holds {named['split'].condition}; raises that arrive first oversell.")
    return told


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as plain JSON types."""
    question, best_lever = answer.question, answer.best
    return {
        "format": "stockproof/advice-answer/1",
        "title": question.title,
        "sentence": answer.sentence,
        "target": question.target,
        "met_today": answer.is_met_today,
        "without_rule": _outcome(answer.without),
        "today": {"rule": question.current.kind, "value": question.current.value, **_outcome(answer.today)},
        "law": expected_oversold(question) if covers(question) else None,
        "best": None if best_lever is None else _lever(best_lever, answer.without),
        "order_manager": None if answer.settings is None else answer.settings.as_json(),
        "levers": [_lever(lever, answer.without) for lever in answer.levers],
        "frontier": [_point(point) for point in answer.points if point.is_best],
        "policies_compared": len(answer.points),
        "limits": [_limit(limit, answer) for limit in answer.limits],
        "findings": findings(answer),
        "agreement": [
            {"what": each.what, "engines": list(each.engines), "values": list(each.values), "allowed": each.allowed}
            for each in answer.comparisons
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "chance": outcome.chance,
        "chance_at_most": outcome.at_most,
        "oversold_units": outcome.oversold,
        "stranded_units": outcome.stranded,
        "hours_to_sell": outcome.hours,
        "cancel_rate": outcome.cancel_rate,
        "runs": outcome.runs,
    }


def _lever(lever: Lever, without: Outcome) -> dict[str, Any]:
    return {
        "lever": lever.kind,
        "setting": lever.setting,
        "is_enough": lever.is_enough,
        "condition": lever.condition or None,
        "longer_to_sell": round(added_time(lever, without), 4),
        **_outcome(lever.outcome),
    }


def _point(point: Point) -> dict[str, Any]:
    costs = {"stranded_units": point.stranded, "added_hours": point.added_hours}
    return {"lever": point.rule.kind, "value": point.rule.value, "chance": point.outcome.chance, **costs}


def _limit(limit: Limit, answer: Answer) -> dict[str, Any]:
    rates = {"today": answer.today.cancel_rate, "advised": answer.best.outcome.cancel_rate if answer.best else None}
    return {
        "marketplace": limit.id,
        "limit": limit.text,
        "window": limit.window,
        "read_on": limit.read_on,
        "source": limit.source,
        **{
            name: None
            if rate is None
            else {"cancel_rate": rate, "kept": limit.is_kept_by(rate), "margin_points": limit.percent - rate * 100}
            for name, rate in rates.items()
        },
    }
