"""Checks that are too long or too wide to be data: many calls at once, and long runs of changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conformance.check import Check, Expecting, Finding
from conformance.checks import accounts, at_once, links, long_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.target import Target, TargetWorld
    from conformance.verdict import Difference

    Played = Callable[[TargetWorld], Iterator[Difference]]

OURS: Final = "our decision: what holds for one caller holds for several at once"


def checks() -> list[Check]:
    """Return them, in a fixed order."""
    return [
        _check(
            "sequence/readers-share-no-row",
            "Readers that share a marker and call at once are answered every row, and none of them twice",
            ("OM-ACK-05", "OM-ACK-04"),
            "I",
            "Order Manager help, updating inventory through the API: a call answers what changed since the last one",
            "240 listings, four readers, 25 rows a call: each listing once, and once more after each has changed",
            at_once.WORLD_OF_LISTINGS,
            at_once.readers_share_no_row,
        ),
        _check(
            "sequence/members-write-at-once",
            "Members that write their own records at once lose none of them",
            ("MP-INV-04", "MP-INV-06"),
            "D",
            "Marketplacer legacy seller API, inventory: a member writes its own record, the others keep theirs",
            "three members, 15 writes each, all at once: each record holds what its seller wrote last: 115, 215, 315",
            at_once.WORLD_OF_MEMBERS,
            at_once.members_write_at_once,
        ),
        _check(
            "sequence/shoppers-at-once",
            "Shoppers that buy at once get no more than the marketplace shows",
            ("OUR-12",),
            "G",
            OURS,
            "10 shown, 24 shoppers of one unit: 10 are served, 14 refused, 0 left",
            at_once.WORLD_OF_SHOPPERS,
            at_once.shoppers_at_once,
        ),
        _check(
            "sequence/orders-at-once",
            "Orders that come in at once are allocated no more than there is",
            ("OM-AVAIL-06", "OM-AVAIL-01"),
            "I",
            "Order Manager help, inventory chapters: orders take stock as they are created",
            "10 on hand, 16 orders of one unit: the channel is told 0, and 10 units are allocated",
            at_once.WORLD_OF_ORDERS,
            at_once.orders_at_once,
        ),
        _check(
            "sequence/pages-under-change",
            "A change between two pages is not lost, and shifts no other row off its page",
            ("OM-ACK-04", "OM-ACK-05"),
            "I",
            "Order Manager help, updating inventory through the API: a call answers what changed since the last one",
            "60 listings in pages of 7 while stock changes between them: in the end every listing was told its stock",
            long_runs.WORLD_OF_PAGES,
            long_runs.pages_under_change,
        ),
        _check(
            "sequence/long-run",
            "Through a long run of receipts, orders, cancellations and shipments every figure is the one worked out",
            ("OM-AVAIL-01", "OM-AVAIL-08", "OM-ALLOC-06", "OM-ACK-04"),
            "D",
            "Order Manager help, inventory chapters: the parts of available; a percentage rounds down",
            "150 changes on three products; after each, one channel shows what is left, the other 33 % rounded down",
            long_runs.WORLD_OF_A_LONG_RUN,
            long_runs.long_run,
        ),
        _check(
            "sequence/two-readers-two-markers",
            "Two access tokens read at their own pace, and neither takes a change from the other",
            ("OM-ACK-06",),
            "G",
            "reading ack.marker-scope",
            "30 changes; one reads after each, the other once in the end: both end with the same figures",
            long_runs.WORLD_OF_TWO_READERS,
            long_runs.two_readers,
        ),
        _check(
            "sequence/code-for-a-token",
            "An app gets a code, and for the code one token",
            ("OM-API-02", "OM-API-01"),
            "D",
            "Order Manager help, getting started with the API; the parameters as public clients send them",
            "the first exchange gives a token; a code works once, and one that nobody gave does not work",
            accounts.WORLD_OF_ONE,
            accounts.code_for_a_token,
        ),
        _check(
            "sequence/code-of-another",
            "A code works for the app that it was given to, with its secret, and for the scopes that the app has",
            ("OM-API-02", "OM-API-01"),
            "I",
            "Order Manager help, getting started with the API: app key and secret as Basic credentials; RFC 6749",
            "another app's code and a wrong secret give no token; write_inventory, which the app lacks, gives no code",
            accounts.WORLD_OF_ONE,
            accounts.code_of_another,
        ),
        _check(
            "sequence/token-lets-in",
            "A token that was got for a code reads what its scope allows and writes nothing",
            ("OM-API-02", "OM-API-04"),
            "I",
            "public clients: the names of the scopes",
            "the code was asked for with read_orders: orders are read, and not edited",
            accounts.WORLD_OF_ONE,
            accounts.token_lets_in,
        ),
        _check(
            "sequence/accounts-apart",
            "What happens in one account is not seen in another, on either side",
            ("OM-ACK-06", "MP-INV-03"),
            "G",
            "our decision: worlds are isolated from each other",
            "two worlds of one file: 5 where 5 were set, 20 in the other",
            accounts.WORLD_OF_BOTH,
            accounts.accounts_apart,
        ),
        _check(
            "sequence/body-too-large",
            "A body of more than 8 MiB is refused and changes nothing",
            ("OUR-15",),
            "G",
            "our decision: OUR-15",
            "8 MiB of JSON and blanks are taken; one byte more gets 413",
            accounts.WORLD_OF_BOTH,
            accounts.body_too_large,
        ),
        _check(
            "sequence/links-followed",
            "Whoever follows the links to the next page sees what was filtered, all of it, and nothing twice",
            ("MP-API-04",),
            "I",
            "Marketplacer legacy seller API, overview: paged lists link to the first, next and last page",
            "four of eight variants have the barcode, two a page: 1 and 3, 5 and 7, then no further link",
            links.WORLD_OF_PAGES,
            links.links_followed,
        ),
        _check(
            "sequence/largest-page",
            "A page is never larger than the largest",
            ("MP-API-04",),
            "G",
            "readings mp.page-size and mp.page-size-above-maximum",
            "1,101 variants, 1,101 asked for: 1,100 are answered",
            links.WORLD_OF_A_LARGE_PAGE,
            links.largest_page,
        ),
    ]


def _check(
    id_: str,
    title: str,
    requirements: tuple[str, ...],
    grade: str,
    source: str,
    why: str,
    world: Mapping[str, Any],
    play: Played,
) -> Check:
    return Check(
        id=id_,
        kind="sequence",
        title=title,
        requirements=requirements,
        source=source,
        grade=grade,
        why=why,
        carry_out=partial(_carry_out, document=world, play=play),
        shown=partial(_shown, world, why),
    )


def _carry_out(target: Target, expecting: Expecting, document: Mapping[str, Any], play: Played) -> Finding:
    with target.world({**document, "readings": dict(expecting.switched)}) as world:
        return Finding(tuple(play(world)))


def _shown(world: Mapping[str, Any], why: str) -> dict[str, object]:
    return {"world": world, "expect": why}
