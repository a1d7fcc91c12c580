"""Judging recordings by the rules: one verdict a rule, over all the histories that a file holds."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from conformance.exchange import BLANK, cut
from conformance.offline.contracts import NotJson
from conformance.offline.history import History
from conformance.offline.rules import RULES
from conformance.verdict import Difference, Run, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.offline.history import Exchange
    from conformance.offline.recording import Recording
    from conformance.offline.rules.base import Outcome, Rule

MOST_DIFFERENCES: Final = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """What a rule says of one recording."""

    recording: Recording
    outcome: Outcome


def judge(recordings: Sequence[Recording], again: str, seller: int | None = None) -> Run:
    """Return one verdict a rule: failed is violated, passed is consistent, not run is undecided."""
    histories = [(recording, History(recording.exchanges, seller)) for recording in recordings]
    return Run(tuple(_verdict(rule, histories, again) for rule in RULES))


def _verdict(rule: Rule, histories: Sequence[tuple[Recording, History]], again: str) -> Verdict:
    began = time.monotonic()
    blank = Verdict(rule.id, rule.title, rule.source, rule.grade, rule.why, requirements=rule.requirements, again=again)
    try:
        judged = [Judged(recording, rule.judge(history)) for recording, history in histories]
    except Exception as error:
        return replace(blank, harness_error=f"{type(error).__name__}: {error}")
    return replace(_decided(blank, judged), seconds=time.monotonic() - began)


def _decided(verdict: Verdict, judged: Sequence[Judged]) -> Verdict:
    violated = [each for each in judged if each.outcome.status == "violated"]
    if violated:
        differences = [_told(each, found) for each in violated for found in each.outcome.differences]
        exchanges = [_exchange(each, shown) for each in violated for shown in each.outcome.shown_by]
        return replace(
            verdict, differences=tuple(differences[:MOST_DIFFERENCES]), exchanges=tuple(exchanges[:MOST_DIFFERENCES])
        )
    doubts = [each.outcome.because for each in judged if each.outcome.status == "undecided"]
    if doubts and (len(doubts) == len(judged) or len(judged) == 1):
        return replace(verdict, not_run_because=_blanked(doubts[0] or "", judged[0].recording))
    return verdict if judged else replace(verdict, not_run_because="the recording is empty")


def _told(judged: Judged, found: Difference) -> Difference:
    return Difference(*(_blanked(each, judged.recording) for each in (found.path, found.expected, found.actual)))


def _exchange(judged: Judged, shown: Exchange) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in shown.query.items())
    told = {
        "at": None,
        "request": {
            "method": shown.method,
            "url": f"{shown.path}?{query}" if query else shown.path,
            "headers": {"content-type": shown.request_type} if shown.request_type else {},
            "body": _text(shown.request_body),
        },
        "response": {
            "status": shown.status,
            "headers": {"content-type": shown.response_type} if shown.response_type else {},
            "body": _text(shown.response_body),
        },
        "note": shown.where,
    }
    blanked: dict[str, Any] = _blanked(told, judged.recording)
    return blanked


def _text(body: object) -> str | None:
    if body is None:
        return None
    return cut(body.text.encode() if isinstance(body, NotJson) else json.dumps(body, ensure_ascii=False).encode())


def _blanked(value: Any, recording: Recording) -> Any:
    if isinstance(value, str):
        for secret in sorted(recording.secrets, key=len, reverse=True):
            value = value.replace(secret, BLANK)
        return value
    if isinstance(value, dict):
        return {key: _blanked(each, recording) for key, each in value.items()}
    return [_blanked(each, recording) for each in value] if isinstance(value, list) else value
