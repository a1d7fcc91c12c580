"""The environment variables that an integration finds, and how they can be renamed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.certify.world import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.target import TargetWorld

SYNC_INTERVAL_SECONDS: Final = 0.2
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLACEHOLDER: Final = re.compile(r"\{([A-Z_]+)\}")


class BadVariable(ValueError):
    """Text that sets no variable."""


@dataclass(frozen=True, slots=True)
class Variables:
    """The values of one scenario; ``secrets`` are those that nobody may print, by the system they open."""

    values: Mapping[str, str]
    secrets: Mapping[str, str]

    @classmethod
    def of(cls, world: TargetWorld, seller: int) -> Variables:
        """Return the variables for a world and the seller whose records are synced."""
        token, key = world.tokens[0], world.api_keys[str(seller)]
        values = {
            "ORDER_MANAGER_TOKEN": token,
            "SALES_CHANNEL_ID": str(CHANNEL),
            "MARKETPLACER_API_KEY": key,
            "MARKETPLACER_SELLER_ID": str(seller),
            "SYNC_INTERVAL_SECONDS": str(SYNC_INTERVAL_SECONDS),
        }
        return cls(values, {"order_manager": token, "marketplacer": key})


def parsed(text: str) -> tuple[str, str]:
    """
    Return the name and the value of ``NAME=VALUE``.

    Raises:
        BadVariable: when it is none.
    """
    name, sign, value = text.partition("=")
    if not sign or not VARIABLE.fullmatch(name):
        raise BadVariable(f"{text!r} is not NAME=VALUE")
    return name, value


def renamed(values: Mapping[str, str], wishes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """
    Return the variables as the caller wants them.

    ``OM_URL={ORDER_MANAGER_URL}/x`` fills in, ``OM_URL=ORDER_MANAGER_URL`` and ``ORDER_MANAGER_URL=OM_URL`` rename;
    everything else adds a variable, or sets it.
    """
    found = dict(values)
    for name, value in wishes:
        if value in values:
            found[name] = values[value]
        elif name in values and VARIABLE.fullmatch(value):
            found[value] = found.pop(name, values[name])
        else:
            found[name] = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), value)
    return found


def is_secret(name: str) -> bool:
    """Return whether a variable is called as if its value were not to be shown."""
    return re.search(r"TOKEN|KEY|SECRET|PASS|AUTH", name, re.IGNORECASE) is not None
