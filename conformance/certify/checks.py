"""The catalogue of what an integration is judged by; the entries are data, in fixtures/certify/checks.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from conformance.resources import fixtures_dir

Profile = Literal["order-manager-to-marketplacer", "warehouse-to-order-manager"]
PROFILES: Final[tuple[Profile, ...]] = ("order-manager-to-marketplacer", "warehouse-to-order-manager")


@dataclass(frozen=True, slots=True)
class CertifyCheck:
    """
    One check of integrations, as its file has it (schemas/harness/certify-checks.json).

    ``scenarios`` are carried out for it; ``situation`` is what must have happened there, otherwise it is not verified.
    """

    id: str
    title: str
    statement: str
    requirements: tuple[str, ...]
    source: str
    grade: str
    situation: str
    scenarios: tuple[str, ...]
    profile: Profile


@cache
def all_checks() -> tuple[CertifyCheck, ...]:
    """Return every check, in the order in which they are reported."""
    text = (fixtures_dir() / "certify" / "checks.json").read_text(encoding="utf-8")
    return tuple(_check(entry) for entry in json.loads(text)["checks"])


def _check(entry: dict[str, Any]) -> CertifyCheck:
    lists = {name: tuple(entry[name]) for name in ("requirements", "scenarios")}
    return CertifyCheck(**{**entry, **lists})


def checks_of(profile: Profile) -> tuple[CertifyCheck, ...]:
    """Return the checks of one profile, in the order in which they are reported."""
    return tuple(check for check in all_checks() if check.profile == profile)
