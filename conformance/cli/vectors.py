"""``conformance vectors``: compare figures and answers with the shipped vectors."""

from __future__ import annotations

import click

from conformance.cli.common import chosen, open_target, options, report
from conformance.vectors import load_vectors, run_vectors


@click.command("vectors", help="Compare figures and answers with the shipped vectors.")
@options
def command(where: str, control_token: str | None, only: tuple[str, ...], as_json: bool) -> int:  # noqa: FBT001 - click hands it over by name
    """Return the exit code of a run over all vectors, or over those that ``--only`` names by id or by file."""
    vectors = chosen(load_vectors(), only, lambda vector: (vector.id, vector.id.split("/")[0]))
    with open_target(where, control_token) as target:
        return report("vectors", target, run_vectors(target, vectors), as_json=as_json)
