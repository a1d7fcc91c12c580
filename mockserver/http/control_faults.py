"""Fault plans in the control API: make, list, read, remove."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mockserver import contracts
from mockserver.core.errors import nearest
from mockserver.core.instants import parse_duration
from mockserver.faults import UselessPlan, operations_of
from mockserver.http.fault_actions import TRANSPORT_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.worlds import HostedWorld, Worlds

PLAN: Final = "control-fault-plan"
_APIS: Final = ("order-manager", "marketplacer")

Json = dict[str, Any]


@cache
def served() -> Mapping[str, tuple[str, str, str]]:
    """Return api, method and path of every imitated operation by its id."""
    return {
        each.operation_id: (each.api, each.method, each.path) for api in _APIS for each in contracts.operations(api)
    }


def make_fault(worlds: Worlds, hosted: HostedWorld, plan: Mapping[str, Any]) -> Json:
    """
    Make a fault of a schema-valid plan and return it as plain JSON types.

    Raises:
        UselessPlan: when it could never fire, or asks for what no answer can have.
        DuplicateFault: when its id is taken.
        TooManyFaults: when the world has as many as it may.
    """
    match = plan.get("match", {})
    operations = operations_of(match, served(), nearest)
    _check_seller(hosted, match)
    _check_action(plan["action"])
    told = hosted.add_fault(plan, operations)
    worlds.are_meddled_with = True
    return told


def _check_seller(hosted: HostedWorld, match: Mapping[str, Any]) -> None:
    sellers = hosted.world.marketplace.sellers
    if "seller" in match and match["seller"] not in sellers:
        hint = nearest(match["seller"], sellers)
        raise UselessPlan("/match/seller", f"the world has no seller {match['seller']}", hint)


def _check_action(action: Mapping[str, Any]) -> None:
    if "after" in action and parse_duration(action["after"]) == 0:
        raise UselessPlan("/action/after", "a duplicate that comes at once is one without `after`", "PT1S")
    for name in action.get("headers", {}):
        if name.lower() in TRANSPORT_HEADERS:
            raise UselessPlan(f"/action/headers/{name}", f"{name} is the transport's; truncate and reset break it")
