"""How the control API tells of webhooks: where they go, and what became of each delivery; keys are never told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.instants import instant_text
from mockserver.recorder import REDACTED, Redaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.core.webhooks import Delivery, Hook, Webhooks

Json = dict[str, Any]


def webhooks_json(webhooks: Webhooks, query: Mapping[str, Any]) -> Json:
    """Return the hooks and their deliveries, oldest first, filtered by state and hook."""
    redaction = Redaction(hook.hmac_key for hook in webhooks.hooks.values() if hook.hmac_key)
    wanted = [
        delivery
        for delivery in webhooks.deliveries.values()
        if query["state"] in (None, delivery.state) and query["webhook"] in (None, delivery.hook.id)
    ]
    return {
        "webhooks": [_hook_json(hook, redaction) for hook in webhooks.hooks.values()],
        "deliveries": [_delivery_json(delivery) for delivery in wanted[: query["limit"]]],
    }


def _hook_json(hook: Hook, redaction: Redaction) -> Json:
    written: Json = {
        "id": hook.id,
        "seller": hook.seller,
        "url": redaction.text(hook.url),
        "class": hook.kind,
        "events": list(hook.events),
        "fields": list(hook.fields),
        "max_retries": hook.max_retries,
        "enabled": hook.enabled,
    }
    return written | ({} if hook.hmac_key is None else {"hmac_key": REDACTED})


def _delivery_json(delivery: Delivery) -> Json:
    tries = [{"at": instant_text(each.at_ms), "code": each.code, "error": each.error} for each in delivery.tries]
    return {
        "sequence": delivery.sequence,
        "webhook": delivery.hook.id,
        "class": delivery.kind,
        "event": delivery.event,
        "at": instant_text(delivery.at_ms),
        "state": delivery.state,
        "due_at": None if delivery.due_ms is None else instant_text(delivery.due_ms),
        "tries": tries,
        "body": delivery.body,
    }


def without_keys(command: Mapping[str, Any]) -> Json:
    """Return a command of the journal as it may be told: without the key that a webhook signs with."""
    told = dict(command)
    if "hmac_key" in told:
        told["hmac_key"] = REDACTED
    return told
