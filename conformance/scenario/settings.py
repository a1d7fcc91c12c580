"""The connector's keys as a scenario writes them, read into settings; single channels may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.scenario.durations import duration, period, rate_gap
from conformance.scenario.model import Connector, Staging
from conformance.scenario.problems import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.scenario.problems import Path

_TIMES: Final[dict[str, Callable[[object, Path], int | None]]] = {
    "poll": period,
    "first_poll": duration,
    "push_takes": duration,
    "full_sync": period,
    "first_full_sync": duration,
    "resolution": duration,
}
_PLAIN: Final = (
    "push", "ack", "guard", "fence", "quantity", "feed", "gate", "batch", "paging", "page", "percent", "rounding",
    "buffer", "minimum_level", "at_least", "cap",
)  # fmt: skip


def connector_of(given: Mapping[str, Any], path: Path) -> Connector:
    """
    Return the settings that the keys give.

    Raises:
        Wrong: when a duration is none, or keys contradict each other.
    """
    values: dict[str, Any] = {key: given[key] for key in _PLAIN if key in given}
    for key, read in _TIMES.items():
        if key in given:
            values[f"{key}_ms"] = read(given[key], (*path, key))
    if "rate" in given:
        values["gap_ms"] = round(rate_gap(given["rate"], (*path, "rate")))
    if given.get("paging") == "offset" and "page" not in given:
        raise Wrong("paging: offset needs the key page", (*path, "paging"))
    if given.get("percent", 0) > 100:
        raise Wrong(f"{given['percent']} percent is more than everything", (*path, "percent"))
    return Connector(**values)


def connector_for(given: Mapping[str, Any], number: int, channel: str, path: Path) -> Connector:
    """Return the settings for one channel, which is named by name or id: its own keys where it has them."""
    overrides = given.get("channels", {})
    own = overrides.get(channel, overrides.get(str(number), {}))
    common = {key: value for key, value in given.items() if key != "channels"}
    connector_of(common, path)
    if not own:
        return connector_of(common, path)
    connector_of(own, (*path, "channels", channel))
    return connector_of({**common, **own}, path)


def staging_of(given: Mapping[str, Any], path: Path) -> Staging | None:
    """Return the second reader, None when there is none."""
    every = period(given.get("staging", "never"), (*path, "staging"))
    if every is None:
        return None
    first = duration(given["first_staging"], (*path, "first_staging")) if "first_staging" in given else every
    return Staging(every, first, given.get("cursor", "own") == "shared")
