"""Wrong servers and harmless variants: all of them can be judged, and some of them are."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from importlib import import_module
from typing import Any

import pytest

from conformance.checks import load_checks
from conformance.runner import UnknownName, selected
from mockserver.behaviours import defaults
from tests.mutants.judge import Outcome
from tests.mutants.mutation import ROOT, Mutant, StaleMutant, mutated
from tests.mutants.page import as_page, is_good, summary
from tests.mutants.servers import FAMILIES, load_mutants
from tests.mutants.variants import VARIANTS

MUTANTS = load_mutants()
# One of each class, and those that a check was written for.
JUDGED_HERE = (
    "allocation/rounds-to-nearest", "availability/*locked*", "feed/never-marked", "orders/strict-fifo-ignored",
    "acknowledge/limit-0", "acknowledge/rows-kept-too-long", "inventories/replaced", "inventories/zero-deletes",
    "inventories/price-as-number", "errors/any-media-type", "errors/two-keys-taken", "lists/pages-from-0",
    "lists/mp-links-lose-filters", "order_manager/bulk-index-from-0", "integration_manager/minimum-at-the-level",
    "isolation/code-of-another-app", "webhooks/4xx-tried-again", "invoices/sale-price-ignored",
)  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_every_wrong_server_has_its_place_in_the_source(family: str) -> None:
    """The text that a mutant changes is found exactly once, and what comes of it is Python still."""
    for mutant in import_module(f"tests.mutants.servers.{family}").MUTANTS:
        compile(mutated(mutant), mutant.name, "exec")


def test_a_text_that_is_not_there_once_is_told() -> None:
    """A mutant that has gone stale says so, rather than judge the right server."""
    nowhere = Mutant("feed/none", "", "core.feed", "this text is nowhere", "", ())
    everywhere = Mutant("feed/many", "", "core.feed", "self", "", ())

    for stale in (nowhere, everywhere):
        with pytest.raises(StaleMutant, match=stale.name):
            mutated(stale)


def test_names_are_given_once() -> None:
    """No two wrong servers or variants have one name, and none changes nothing."""
    names = Counter(each.name for each in [*MUTANTS, *VARIANTS])

    assert [] == [name for name, count in names.items() if count > 1]
    assert [] == [each.name for each in MUTANTS if each.find == each.replace]


def test_there_are_as_many_as_we_say() -> None:
    """At least 120 wrong servers and 25 harmless variants."""
    assert len(MUTANTS) >= 120
    assert len(VARIANTS) >= 25


def test_the_checks_that_are_meant_exist() -> None:
    """Each wrong server names checks that there are."""
    checks, missing = load_checks(), []
    for mutant in MUTANTS:
        try:
            selected(checks, names=mutant.killed_by)
        except UnknownName as unknown:
            missing.append((mutant.name, str(unknown)))

    assert [] == missing
    assert [] == [each.name for each in MUTANTS if not each.killed_by]


def test_variants_follow_readings_that_there_are() -> None:
    """What a variant does otherwise on an open point is a reading."""
    readings = {name for variant in VARIANTS for name in variant.follows}

    assert readings <= set(defaults())


def test_some_of_each_class_are_killed_by_name() -> None:
    """The judge fails wrong servers by the checks that are meant for them."""
    command = [sys.executable, "-m", "tests.mutants", *JUDGED_HERE, "--workers", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)

    assert 0 == done.returncode, done.stdout + done.stderr
    fates = Counter(line.split("  ")[0] for line in done.stdout.splitlines()[:-1])
    assert {"killed by name"} == fates.keys()
    assert fates["killed by name"] >= len(JUDGED_HERE)


@pytest.mark.parametrize(
    ("fates", "good"),
    [
        (["killed by name"] * 20, True),
        (["killed by name"] * 19 + ["killed by another"], True),
        (["killed by name"] * 18 + ["killed by another"] * 2, False),
        (["killed by name"] * 19 + ["survived"], False),
        (["killed by name"] * 19 + ["broken"], False),
        (["killed by name"] * 19 + ["false alarm"], False),
        ([], False),
    ],
)
def test_the_suite_is_good_when_enough_were_killed_by_name(fates: list[Any], good: bool) -> None:
    """95 % by name, no survivor where none may be, no false alarm, nothing broken."""
    outcomes = [Outcome(f"feed/{number}", "something", fate) for number, fate in enumerate(fates)]

    assert good == is_good(outcomes)


def test_the_page_tells_every_one() -> None:
    """The page has the score and one row each."""
    outcomes = [
        Outcome("feed/wrong", "what is wrong", "killed by name", ("OM-ACK-01",)),
        Outcome("json/other", "what differs", "no alarm"),
    ]

    page = as_page(outcomes)

    assert "1 wrong servers: 1 killed by name" in summary(outcomes)
    assert "| feed/wrong | what is wrong | killed by name | OM-ACK-01 |" in page
    assert "| json/other | what differs | no alarm |" in page
