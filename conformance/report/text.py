"""Verdicts as text: what a target sent is shown, but never acted on by a terminal, a browser or a log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conformance.check import family as family_of
from conformance.report.raw import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.verdict import Followed, Status, Verdict

LABELS: Final[Mapping[Status, str]] = {
    "failed": "failed",
    "errored": "errored",
    "not-run": "not verified",
    "skipped": "skipped",
    "passed": "passed",
}
SIGNS: Final[Mapping[Status, str]] = {"failed": "✗", "errored": "!", "not-run": "?", "skipped": "-", "passed": "✓"}
MEANINGS: Final[Mapping[Status, str]] = {
    "failed": "The target does something else than is documented, or than the run was told to expect.",
    "errored": "The harness itself broke; this says nothing about the target.",
    "not-run": "It could not be verified here; the target may well conform.",
    "skipped": "The target declares that it lacks what is needed.",
    "passed": "Seen to be as expected.",
}
GRADES: Final[Mapping[str, str]] = {
    "D": "documented by the vendor",
    "E": "fixed by a worked example of the vendor",
    "C": "seen in a real client",
    "I": "inferred",
    "G": "our guess, switchable",
}
HEADLINES: Final[Mapping[int, str]] = {
    0: "Conformant",
    1: "Not conformant",
    2: "Wrong usage",
    3: "Inconclusive",
    4: "The harness failed",
    130: "Interrupted",
}

# Control characters, marks that turn the direction of the text around them, and halves of characters.
_UNSAFE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def safe(text: str) -> str:
    r"""Return the text with what would act on a reader's screen spelled out (``\x1b``); line feeds and tabs stay."""
    return _UNSAFE.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shown(value: object, longest: int = 400) -> str:
    """Return a value as JSON on one line, cut when it is longer than that many characters."""
    return cut(safe(as_text(value)), longest)


def cut(text: str, longest: int) -> str:
    """Return the text, or its beginning and how much it was."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def one_line(text: str) -> str:
    """Return the text on one line."""
    return " ".join(safe(text).split())


def family(verdict: Verdict) -> str:
    """Return the family that a check counts in: that of its first requirement, else the id up to a slash or dot."""
    if verdict.requirements:
        return family_of(verdict.requirements[0]) or "other"
    return re.split(r"[/.=]", verdict.id)[0] or "other"


def exchange_lines(exchange: Mapping[str, Any], longest: int = 400) -> list[str]:
    """Return an exchange for a terminal or a log: what was sent, what came, bodies cut; headers are left out."""
    request, response = exchange["request"], exchange["response"]
    status = "no answer" if response["status"] is None else str(response["status"])
    note = exchange.get("note")
    return [
        *([f"# {one_line(note)}"] if note else []),
        one_line(f"> {request['method']} {request['url']}"),
        *_body(">", request["body"], longest),
        f"< {status}",
        *_body("<", response["body"], longest),
    ]


def _body(mark: str, body: str | None, longest: int) -> list[str]:
    return [f"{mark}   {line}" for line in cut(safe(body), longest).splitlines()] if body else []


def failure_lines(verdict: Verdict, *, exchanges: int = 3) -> list[str]:
    """
    Return all that is to be said of a check that was not passed, unindented.

    The last ``exchanges`` are shown: what failed is what was asked last.
    """
    lines = [one_line(verdict.title), f"source: {one_line(verdict.source)} (grade {verdict.grade})"]
    if verdict.requirements:
        lines.append(f"requirements: {one_line(' '.join(verdict.requirements))}")
    if verdict.why:
        lines.append(f"why: {one_line(verdict.why)}")
    if verdict.harness_error is not None:
        first, *others = safe(verdict.harness_error).splitlines() or [""]
        lines += [f"the harness failed: {first}", *(f"  | {line}" for line in others)]
    elif verdict.reason is not None:
        lines.append(f"reason: {one_line(verdict.reason)}")
    if verdict.followed is not None:
        lines.append(one_line(_followed(verdict.followed)))
    for each in verdict.differences:
        lines += [f"at {one_line(each.path)}", f"  expected {shown(each.expected)}", f"  actual   {shown(each.actual)}"]
    return [*lines, *_exchanges(verdict, exchanges), *([f"again: {one_line(verdict.again)}"] if verdict.again else [])]


def _followed(followed: Followed) -> str:
    option = "none of the options" if followed.option is None else followed.option
    return f"reading {followed.reading}: follows {option}, expected {followed.expected}"


def _exchanges(verdict: Verdict, most: int) -> list[str]:
    last = verdict.exchanges[-most:] if most else ()
    left_out = len(verdict.exchanges) - len(last)
    lines = [f"({left_out} earlier exchanges left out)"] if left_out and most else []
    return [*lines, *(line for exchange in last for line in exchange_lines(exchange))]


def seconds(value: float) -> str:
    """Return a duration for a person: ``840 ms``, ``12.3 s``, ``2 min 05 s``."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60:02d} s"


def headline(exit_code: int) -> str:
    """Return what a run came to, in a word or two."""
    return HEADLINES.get(exit_code, f"Exit code {exit_code}")
