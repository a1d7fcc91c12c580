"""A journal as a scenario file: the start as the given world, every command as a timed event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.instants import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def scenario_of(
    start: Mapping[str, Any], entries: Iterable[tuple[int, Mapping[str, Any]]], start_ms: int, now_ms: int
) -> dict[str, Any]:
    """
    Return the scenario that repeats a session: same world, same commands at the same instants (milliseconds).

    Credentials are left out; a replay has its own.
    """
    return {
        "format": "stockproof/scenario/1",
        "id": "recorded-session",
        "title": "A session recorded on the mock",
        "seed": start.get("seed", 0),
        "clock": {"start": instant_text(start_ms), "until": duration_text(now_ms - start_ms)},
        "given": {"world": _without_credentials(start)},
        "when": [
            {
                "at": duration_text(at_ms - start_ms),
                "command": {key: value for key, value in command.items() if key != "hmac_key"},
            }
            for at_ms, command in entries
            if command["type"] != "clock.advance"
        ],
    }


def duration_text(milliseconds: int) -> str:
    """Return a duration as scenarios write it: 1h40m, 15m, 90s, 250ms, 0s."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"), (rest, "ms"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def _without_credentials(start: Mapping[str, Any]) -> dict[str, Any]:
    world = dict(start)
    world["order_manager"] = {
        key: value for key, value in start.get("order_manager", {}).items() if key not in ("tokens", "apps")
    }
    marketplacer = dict(start.get("marketplacer", {}))
    if "sellers" in marketplacer:
        marketplacer["sellers"] = [
            {key: value for key, value in seller.items() if key != "api_key"} for seller in marketplacer["sellers"]
        ]
        world["marketplacer"] = marketplacer
    if "webhooks" in marketplacer:
        marketplacer["webhooks"] = [
            {key: value for key, value in hook.items() if key != "hmac_key"} for hook in marketplacer["webhooks"]
        ]
        world["marketplacer"] = marketplacer
    return world
