"""
Score the suite: `python -m tests.mutants [NAME…] [--workers N] [--page FILE] [--coverage]`.

Exit code 0 when nothing survived in the classes that must have no survivor, no variant alarmed, and at least 95 % of
the wrong servers were killed by the check that was meant for them.
"""

from __future__ import annotations

import argparse
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.checks import load_checks
from tests.mutants.coverage import unfailed
from tests.mutants.judge import judge_all
from tests.mutants.mutation import Mutant
from tests.mutants.page import as_page, is_good, summary
from tests.mutants.servers import load_mutants
from tests.mutants.variants import VARIANTS, Variant

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge those that are named, all without a name, and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a name, or a pattern such as feed/*")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", type=Path, help="write the table as a page")
    parser.add_argument("--coverage", action="store_true", help="print the checks that no wrong server fails")
    given = parser.parse_args(arguments)
    every: list[Mutant | Variant] = [*load_mutants(), *VARIANTS]
    chosen = [each for each in every if not given.names or any(fnmatchcase(each.name, name) for name in given.names)]
    if given.coverage:
        return _tell_coverage([each for each in chosen if isinstance(each, Mutant)], given.workers)
    outcomes = []
    for outcome in judge_all(chosen, workers=given.workers):
        outcomes.append(outcome)
        sys.stdout.write(f"{outcome.fate:18} {outcome.name:50} {' '.join([*outcome.failed, *outcome.errors][:4])}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{summary(outcomes)}\n")
    if given.page is not None:
        given.page.write_text(as_page(outcomes), encoding="utf-8")
    return 0 if is_good(outcomes) else 1


def _tell_coverage(mutants: Sequence[Mutant], workers: int) -> int:
    left = unfailed(mutants, workers=workers)
    sys.stdout.write("".join(f"{check_id}\n" for check_id in left))
    sys.stdout.write(f"{len(left)} of {len(load_checks())} checks are failed by no wrong server\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
