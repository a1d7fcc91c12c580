"""Pages of Marketplacer as a caller walks through them: by the link to the next one, and one of the largest size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from conformance.meaning import at_pointer
from conformance.verdict import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.target import Answer, TargetWorld

VARIANTS: Final = "/api/v2/client/variants"
LARGEST_PAGE: Final = 1_100
BARCODE: Final = "930001"
_MOST_PAGES: Final = 10


def _variant(number: int) -> dict[str, Any]:
    # Every second one has the barcode that is asked for.
    barcode = {"barcode": BARCODE} if number % 2 else {}
    return {"id": number, "advert_id": 10, "sku": f"TEE-{number}", "seller": 1, **barcode}


def _world_of(count: int) -> dict[str, Any]:
    return {
        "format": "stockproof/world/1",
        "clock": "2026-01-05T09:00:00Z",
        "marketplacer": {
            "sellers": [{"id": 1, "name": "Shop"}],
            "adverts": [{"id": 10, "title": "Tee", "seller": 1}],
            "variants": [_variant(number) for number in range(1, count + 1)],
        },
    }


WORLD_OF_PAGES: Final = _world_of(8)
WORLD_OF_A_LARGE_PAGE: Final = _world_of(LARGEST_PAGE + 1)


def links_followed(world: TargetWorld) -> Iterator[Difference]:
    """Walk through the variants with one barcode, two a page, by the links alone; the links may be of any form."""
    query: dict[str, str] | None = {"barcode": BARCODE, "page[number]": "1", "page[size]": "2"}
    path, walked, sizes = VARIANTS, list[str](), list[int]()
    while query is not None and len(sizes) < _MOST_PAGES:
        answer = _page(world, path, query)
        found = [str(each) for each in _ids(answer)]
        walked += found
        sizes.append(len(found))
        path, query = _where(at_pointer(answer.json, "/links/next"))
    if walked != ["1", "3", "5", "7"]:
        yield Difference("the variants behind the links", ["1", "3", "5", "7"], walked)
    if sizes != [2, 2]:
        yield Difference("the variants on each page", [2, 2], sizes)


def largest_page(world: TargetWorld) -> Iterator[Difference]:
    """Ask for a page that is larger than the largest."""
    answer = _page(world, VARIANTS, {"page[size]": str(LARGEST_PAGE + 1)})
    if (answer.status, len(_ids(answer))) != (200, LARGEST_PAGE):
        yield Difference("status and variants", [200, LARGEST_PAGE], [answer.status, len(_ids(answer))])


def _page(world: TargetWorld, path: str, query: Mapping[str, str]) -> Answer:
    return world.call({"api": "marketplacer", "as": {"seller": 1}, "method": "GET", "path": path, "query": dict(query)})


def _ids(answer: Answer) -> list[object]:
    data = at_pointer(answer.json, "/data")
    return [at_pointer(each, "/id") for each in data] if isinstance(data, list) else []


def _where(link: object) -> tuple[str, dict[str, str] | None]:
    """Return path and query of a link, whether it names a host or not; no query when there is no link."""
    if not isinstance(link, str):
        return VARIANTS, None
    parts = urlsplit(link)
    return parts.path or VARIANTS, dict(parse_qsl(parts.query))
