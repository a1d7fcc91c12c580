"""``conformance show``: all that is known of one check, requirement or reading."""

from __future__ import annotations

import json
from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from conformance import catalogue
from conformance.certify.checks import all_checks
from conformance.cli.options import AS_JSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.check import Check


@click.command("show", help="Show a check (what is sent, what is expected), a requirement or a reading.")
@AS_JSON
@click.argument("name", metavar="ID")
def command(name: str, as_json: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Return 0; an id that names nothing is a usage error that offers the nearest."""
    from conformance.checks import load_checks

    found = known(name, load_checks())
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else _text(found))
    return 0


def known(name: str, checks: Sequence[Check]) -> dict[str, Any]:
    """
    Return what is known of a check, a requirement or a reading, as plain JSON types.

    Raises:
        click.UsageError: for a name that nothing has; it offers the nearest.
    """
    by_id = {check.id: check for check in checks}
    covered = {each.requirement.id: each for each in catalogue.covered(checks)}
    if name in catalogue.readings():
        return _of_reading(catalogue.readings()[name], by_id.get(name))
    if name in by_id:
        return _of_check(by_id[name])
    of_integrations = {check.id: check for check in all_checks()}
    if name in of_integrations:
        return json.loads(json.dumps(asdict(of_integrations[name])))  # type: ignore[no-any-return]
    if name in covered:
        return _of_requirement(covered[name])
    near = get_close_matches(name, [*by_id, *covered, *catalogue.readings(), *of_integrations], n=1)
    raise click.UsageError(f"nothing is called {name!r}" + (f"; nearest: {near[0]!r}" if near else ""))


def _of_check(check: Check) -> dict[str, Any]:
    return {
        "check": check.id,
        "statement": check.title,
        "grade": check.grade,
        "source": check.source,
        "requirements": list(check.requirements),
        "why": check.why,
        **json.loads(json.dumps(check.shown())),
    }


def _of_requirement(covered: catalogue.Covered) -> dict[str, Any]:
    told = {key: value for key, value in asdict(covered.requirement).items() if value is not None}
    because = {} if covered.untested_because is None else {"untested": covered.untested_because}
    return {"requirement": told.pop("id"), **json.loads(json.dumps(told)), "checks": list(covered.checks), **because}


def _of_reading(reading: catalogue.Reading, check: Check | None) -> dict[str, Any]:
    told = asdict(reading)
    probe = {} if check is None else json.loads(json.dumps(check.shown()))
    return {"reading": told.pop("id"), **told, "leaves open": list(catalogue.leaving_open(reading.id)), **probe}


def _text(found: dict[str, Any]) -> str:
    from conformance.cli.judging import as_yaml

    return as_yaml(found).rstrip("\n")
