"""Bulk writes of Order Manager: many items in, results and errors out, errors counted from 1 (OM-API-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.http.bodies import broken_rules, parse_json
from mockserver.http.exchange import json_answer
from mockserver.http.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.errors import Refused
    from mockserver.core.world import Outcome
    from mockserver.http.exchange import Answer, Call

    Command = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one item of a bulk write was not done; ``index`` counts from 1 in the array that was sent."""

    index: int
    message: str
    code: str
    identifier: str

    def document(self) -> dict[str, Any]:
        """Return it as the wire shows it."""
        return {
            "message": self.message,
            "errorCode": self.code,
            "identifier": self.identifier,
            "index": self.index,
        }


def body_of(call: Call) -> Any:
    """
    Return the JSON body of a call, judged by the operation's model.

    Raises:
        Failure: 400 for no JSON or a broken rule, which it names.
    """
    body = parse_json(call.request.body)
    model = call.operation.body
    assert model is not None  # noqa: S101 - asked only by operations with a body
    for violation in broken_rules(model, body):
        raise Failure("bad_request", f"{violation.pointer or 'the body'}: {violation.message}")
    return body


def run(call: Call, command: Command) -> Outcome:
    """
    Run the command that a call means.

    Raises:
        Failure: 400 when the world refuses it.
    """
    outcome = call.world.run(command)
    if outcome.refusal is not None:
        raise Failure("bad_request", str(outcome.refusal), source=outcome.refusal.field)
    return outcome


def error_code(refusal: Refused) -> str:
    """Return the code of a refusal for which no vendor's code is known: our own, in capitals."""
    return refusal.code.upper()


def bulk_answer(results: list[Any], errors: list[ItemError]) -> Answer:
    """Return results and errors, in the order of what was sent."""
    ordered = sorted(errors, key=lambda error: error.index)
    return json_answer({"results": results, "errors": [error.document() for error in ordered]})
