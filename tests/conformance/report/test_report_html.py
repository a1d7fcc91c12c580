"""The HTML report: one file that stands alone, says everything, and lets nothing in it act."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conformance.report import read_raw, render
from conformance.verdict import Verdict
from tests.conformance.report import samples

VOID = {"meta", "input", "br", "rect", "wbr", "link", "img", "hr", "base", "source", "col"}


class Page(HTMLParser):
    """What a browser would see: the elements with their attributes, and the text by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        where = self._open[-1] if self._open else ""
        self.texts[where] = self.texts.get(where, "") + data

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.elements if (value := attributes.get(name)) is not None]


def page(*verdicts: Verdict, because: str | None = None) -> Page:
    return Page(render(samples.raw_run(*verdicts, because=because), "html"))


@pytest.fixture(scope="module")
def everything() -> Page:
    return page(*samples.ALL)


def test_every_element_is_closed_where_it_should_be(everything: Page) -> None:
    """What is nested wrongly looks different in every browser."""
    assert [] == everything.unbalanced


def test_nothing_is_fetched(everything: Page) -> None:
    """One file: no address in it is anything but a place in the page, and its policy forbids the rest."""
    tags = {tag for tag, _ in everything.elements}

    assert not tags & {"link", "img", "iframe", "object", "embed", "base"}
    assert [] == everything.attributes("src")
    assert all(link.startswith("#") for link in everything.attributes("href"))
    assert "url(" not in everything.texts["style"]
    assert "@import" not in everything.texts["style"]


def test_the_policy_lets_only_our_own_script_and_style_in(everything: Page) -> None:
    """By their hashes: markup that slipped through would still not run."""
    (policy,) = (each["content"] or "" for tag, each in everything.elements if each.get("http-equiv"))
    wanted = {kind: sha256(everything.texts[kind].encode()).digest() for kind in ("style", "script")}

    assert policy.startswith("default-src 'none';")
    for kind, digest in wanted.items():
        assert f"{kind}-src 'sha256-{b64encode(digest).decode()}'" in policy
    assert "unsafe" not in policy
    assert [] == everything.attributes("style")


def test_what_a_target_sent_is_text_and_never_markup() -> None:
    """Everywhere: ids, titles, sources, differences, exchanges, command lines, reasons, the target's own name."""
    hostile = [replace(samples.HOSTILE, id=f"{samples.NASTY}{number}") for number in range(3)]
    hostile += [
        replace(samples.PASSED, id=f"p{samples.NASTY}", title=samples.NASTY, requirements=(samples.NASTY,)),
        replace(samples.NOT_RUN, not_run_because=samples.NASTY),
        replace(samples.ERRORED, harness_error=samples.NASTY),
    ]
    run = samples.raw_run(*hostile, because=samples.NASTY, readings={samples.NASTY: samples.NASTY})
    run.header["target"] = run.header["version"] = samples.NASTY
    seen = Page(render(run, "html"))

    assert 1 == [tag for tag, _ in seen.elements].count("script")
    assert [] == seen.unbalanced
    assert not [name for _, attributes in seen.elements for name in attributes if name.startswith("on")]
    assert "alert(1)" in seen.texts["h3"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", render(run, "html"))


def test_the_outcome_stands_first_and_failures_before_the_rest() -> None:
    """Headline and counts; failed, errored, not verified, skipped; requirements; what passed at the end."""
    text = render(samples.raw_run(*samples.ALL), "html")
    order = [
        "<h1>",
        'class="tiles"',
        *(f'<section id="{each}"' for each in ("failed", "errored", "not-run", "skipped")),
    ]
    places = [text.index(each) for each in [*order, '<section id="requirements"', '<section id="passed"']]

    assert sorted(places) == places


@pytest.mark.parametrize(
    ("verdicts", "because", "said"),
    [
        ([samples.PASSED], None, "Conformant"),
        ([samples.FAILED], None, "Not conformant"),
        ([samples.PASSED], "nobody answers", "Inconclusive"),
        ([samples.ERRORED], None, "The harness failed"),
    ],
)
def test_the_headline_says_what_the_run_came_to(verdicts: list[Verdict], because: str | None, said: str) -> None:
    """In words, and the title says it with the target."""
    seen = page(*verdicts, because=because)

    assert said == seen.texts["h1"]
    assert f"{said}: mock:app" == seen.texts["title"]


def test_a_failure_says_everything_about_itself() -> None:
    """Id, title, why, source and grade, requirements, expected, actual, exchanges, the command line."""
    text = render(samples.raw_run(samples.FAILED), "html")

    for part in (
        samples.FAILED.id, samples.FAILED.title, samples.FAILED.why, samples.FAILED.source,
        "grade E, fixed by a worked example of the vendor", 'href="#OM-ALLOC-08"', "figures/501",
        '<pre class="expected">0</pre>', '<pre class="actual">1</pre>', "(absent)", "no answer",
        "&quot;listingId&quot;: 501", "Authorization: [credential]", samples.FAILED.again,
    ):  # fmt: skip
        assert part in text, part


def test_every_link_leads_to_a_place_of_the_page(everything: Page) -> None:
    """And no two places have the same name."""
    ids = everything.attributes("id")

    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in everything.attributes("href")} <= set(ids)


def test_checks_carry_what_the_filter_asks_for(everything: Page) -> None:
    """Status and family of each, and the form offers all that occur."""
    marked = [(each["data-status"], each["data-family"]) for _, each in everything.elements if "data-status" in each]
    offered = [each["value"] for tag, each in everything.elements if tag == "option"]

    assert len(samples.ALL) == len(marked)
    assert {name for pair in marked for name in pair} <= set(offered)


def test_without_a_script_nothing_is_hidden_but_the_filter(everything: Page) -> None:
    """The page degrades to a readable one."""
    assert ["filter"] == [each["class"] for _, each in everything.elements if "hidden" in each]


def test_an_empty_run_has_a_page_too() -> None:
    """It says that nothing was judged."""
    assert "Nothing was judged." in page().texts["p"]


def test_two_checks_of_one_name_are_two_places() -> None:
    """Nothing forbids a run to judge twice."""
    ids = page(samples.FAILED, samples.FAILED).attributes("id")

    assert {"check-0", "check-1"} <= set(ids)


def test_10_000_verdicts_take_less_than_2_seconds(tmp_path: Path) -> None:
    """From the file, one in ten failed with its exchanges; processor time, so that neighbours do not count."""
    kinds = [samples.FAILED, *[samples.PASSED] * 8, samples.NOT_RUN]
    verdicts = [replace(kinds[number % 10], id=f"many/{number}") for number in range(10_000)]
    path = samples.written(tmp_path / "run.jsonl", *verdicts)

    began = time.process_time()
    text = render(read_raw(path), "html")

    assert time.process_time() - began < 2
    assert 'id="check-9999"' in text
