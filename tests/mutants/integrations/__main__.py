"""
Certifies the integrations of this folder: ``python -m tests.mutants.integrations [--all] [--workers N] [NAME…]``.

A broken one is judged by the check that is meant for it, with ``--all`` by every check of its profile; a harmless one
always by all. Exit code 0 when each broken one was failed by its own check and no harmless one by any.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.mutants.integrations import BY_NAME
from tests.mutants.integrations.judging import Judged, judge_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.integrations")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *BY_NAME], help="only these")
    parser.add_argument(
        "--all", action="store_true", help="carry out every check of the profile, not just the one meant"
    )
    parser.add_argument("--mode", choices=["once", "daemon"], default="once")
    parser.add_argument("--workers", type=int, default=2, help="how many integrations are judged at once")
    given = parser.parse_args()
    chosen = [BY_NAME[name] for name in given.names or BY_NAME]
    judged = judge_all(chosen, everything=given.all, mode=given.mode, workers=given.workers, heard=_show)
    counts = Counter(each.outcome for each in judged)
    sys.stdout.write(f"{len(judged)} integrations: " + ", ".join(f"{n} {what}" for what, n in counts.items()) + "\n")
    return 0 if all(each.is_right for each in judged) else 1


def _show(judged: Judged) -> None:
    also = f"; also: {', '.join(judged.others)}" if judged.others else ""
    also += f"; not verified: {', '.join(judged.unverified)}" if judged.unverified else ""
    integration = judged.integration
    line = f"{integration.name:30} {integration.breaks or '-':42} {judged.outcome} ({judged.seconds:.1f} s){also}\n"
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
