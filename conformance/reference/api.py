"""One HTTP API with a key: calls that are tried again, but not for ever and never in a hurry."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from threading import Event

log = logging.getLogger(__name__)

TRIES = 4
FIRST_PAUSE = 0.25
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = 500
CLIENT_ERRORS = 400


class Refused(Exception):
    """The API understood the call and will not do it: trying again now would not help."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Unavailable(Exception):
    """No usable answer came, however often it was tried. Whether the call had an effect is not known."""


class Stopped(Exception):
    """The program was asked to stop while it was waiting."""


class Api:
    """An API with its origin and key."""

    content_type = "application/json"
    seconds = 5.0  # an answer that takes longer counts as none

    def __init__(self, origin: str, key: str, stop: Event) -> None:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": self.content_type}
        self.client = httpx.Client(base_url=origin, headers=headers, timeout=self.seconds)
        self.stop = stop

    def call(
        self, method: str, path: str, *, params: dict[str, Any] | None = None, body: Any = None, tries: int = TRIES
    ) -> Any:
        """
        Return the JSON that the API answers, or None for an answer without a body.

        Raises:
            Refused: for a status of 400 to 499.
            Unavailable: when nothing usable came in several tries.
            Stopped: when the program was told to stop in between.
        """
        reason = ""
        for attempt in range(tries):
            try:
                answer = self.client.request(method, path, params=params, json=body)
                if answer.status_code < CLIENT_ERRORS:
                    return answer.json() if answer.content else None
                self.give_up_if_refused(answer, f"{method} {path}")
                reason = str(answer.status_code)
            except (httpx.TransportError, ValueError) as error:  # no answer, or one that is no JSON
                answer, reason = None, type(error).__name__
            self.pause(answer, attempt, last=attempt + 1 == tries)
        raise Unavailable(f"{method} {path}: {reason}, {tries} times")

    def give_up_if_refused(self, answer: httpx.Response, call: str) -> None:
        """Raise Refused for an answer that will be the same next time."""
        status = answer.status_code
        if status < SERVER_ERRORS and status != TOO_MANY_REQUESTS:
            raise Refused(status, f"{call}: {status} {answer.text[:300]}")

    def pause(self, answer: httpx.Response | None, attempt: int, *, last: bool) -> None:
        """Wait as long as the answer asks for, or twice as long each time; after the last try only if it asks."""
        asked = None if answer is None else seconds_asked(answer)
        if asked is None and last:
            return
        if self.stop.wait(FIRST_PAUSE * 2**attempt if asked is None else asked):
            raise Stopped


def seconds_asked(answer: httpx.Response) -> float | None:
    """Return how long an answer asks to wait: Order Manager says it in milliseconds, Marketplacer in seconds."""
    for header, unit in (("x-skubana-quota-retryAfter", 0.001), ("Retry-After", 1)):
        try:
            return max(0, float(answer.headers[header])) * unit
        except (KeyError, ValueError):
            continue
    return None
