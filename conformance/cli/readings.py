"""``conformance readings``: switch on every option of every reading and look whether it shows."""

from __future__ import annotations

import click

from conformance.cli.common import chosen, open_target, options, report
from conformance.probes import load_probes, run_probes


@click.command("readings", help="Switch on every option of every reading and look whether it shows.")
@options
def command(where: str, control_token: str | None, only: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Return the exit code of a run over all readings, or over those that ``--only`` names."""
    probes = chosen(load_probes(), only, lambda probe: (probe.reading, *(f"{probe.reading}={o}" for o in probe.expect)))
    with open_target(where, control_token) as target:
        return report("readings", target, run_probes(target, probes), as_json=as_json)
