"""Making a finding short: requests that it does not need are left out, then parts of the last body."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.fuzz.findings import Findings
from conformance.fuzz.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.fuzz.findings import Finding
    from conformance.fuzz.stage import Stage
    from conformance.fuzz.wire import WireRequest


def shortened(finding: Finding, stage: Stage, seconds: float) -> Finding:
    """Return the same finding with as little as can be tried in the time, each try from the world's start."""
    deadline = time.monotonic() + seconds
    return _with_smaller_body(_with_fewer(finding, stage, deadline), stage, deadline)


def _with_fewer(finding: Finding, stage: Stage, deadline: float) -> Finding:
    best, index = finding, 0
    while index < len(best.played) - 1 and time.monotonic() < deadline:
        fewer = [request for place, (request, _) in enumerate(best.played) if place != index]
        shorter = replayed(fewer, finding.check, stage)
        if shorter is None:
            index += 1
        else:
            best = shorter
    return best


def _with_smaller_body(finding: Finding, stage: Stage, deadline: float) -> Finding:
    requests = [request for request, _ in finding.played]
    body = requests[-1].json
    if not isinstance(body, dict | list):
        return finding
    for smaller in _smaller(body):
        if time.monotonic() > deadline:
            break
        last = replace(requests[-1], body=json.dumps(smaller).encode())
        shorter = replayed([*requests[:-1], last], finding.check, stage)
        if shorter is not None:
            return _with_smaller_body(shorter, stage, deadline)
    return finding


def _smaller(value: Any) -> Iterator[Any]:
    """Yield the value with one part left out: whole members first, then parts of members."""
    if isinstance(value, dict):
        for key in value:
            yield {name: each for name, each in value.items() if name != key}
        for key, each in value.items():
            yield from ({**value, key: smaller} for smaller in _smaller(each))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
        for index, each in enumerate(value):
            yield from ([*value[:index], smaller, *value[index + 1 :]] for smaller in _smaller(each))


def replayed(requests: Sequence[WireRequest], check: str, stage: Stage) -> Finding | None:
    """Play the requests from the start and return what the check finds after the last of them, None when nothing."""
    findings = Findings()
    judge = Judge(stage, findings)
    judge.begin()
    for request in requests:
        judge.play(request)
    judge.end()
    found = findings.found.get(check)
    return found if found is not None and len(found.played) == len(requests) else None
