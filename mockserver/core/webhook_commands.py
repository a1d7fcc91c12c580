"""Commands on webhooks: register, send again, and how a delivery went; and hooks of a world file, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.arguments import flag, identifier, required, units
from mockserver.core.errors import Refused, nearest
from mockserver.core.problems import Ids
from mockserver.core.webhook_payloads import DEFAULT_FIELDS, FIELDS
from mockserver.core.webhooks import CLASSES, DEFAULT_RETRIES, EVENTS, Hook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.core.account import Account
    from mockserver.core.problems import Problems
    from mockserver.core.webhooks import Delivery

Document = dict[str, Any]


def webhook_set(world: Account, command: Mapping[str, Any]) -> object:
    """Register a webhook, or change what is given of one that exists."""
    hooks = world.webhooks.hooks
    own_id = command.get("id")
    present = hooks.get(own_id) if own_id is not None else None
    hook = _new_hook(world, command) if present is None else _changed_hook(world, present, command)
    hooks[hook.id] = hook
    return {"webhook": hook.id}


def _new_hook(world: Account, command: Mapping[str, Any]) -> Hook:
    kind = _one_of(required(command, "class"), "class", CLASSES)
    seller = identifier(command, "seller", world.marketplace.sellers)
    hook = Hook(0, seller, str(required(command, "url")), kind)
    _apply(hook, command)
    hook.id = _free_id(world, command.get("id"))
    return hook


def _free_id(world: Account, given: int | None) -> int:
    """Return the id that was given, or the next one; ids go on behind the largest."""
    last = max(world.last_ids.get("webhook", 0), given or 0)
    world.last_ids["webhook"] = last if given else last + 1
    return given or last + 1


def _changed_hook(world: Account, present: Hook, command: Mapping[str, Any]) -> Hook:
    # Deliveries that are under way keep to the hook as it is after the change: they hold this very object.
    seller = identifier({"seller": present.seller, **command}, "seller", world.marketplace.sellers)
    kind = _one_of(command.get("class", present.kind), "class", CLASSES)
    trial = Hook(present.id, seller, command.get("url", present.url), kind)
    trial.events, trial.max_retries, trial.hmac_key = present.events, present.max_retries, present.hmac_key
    trial.enabled = present.enabled
    trial.fields = present.fields if kind == present.kind else DEFAULT_FIELDS
    _apply(trial, command)
    for name in ("seller", "url", "kind", "events", "max_retries", "hmac_key", "enabled", "fields"):
        setattr(present, name, getattr(trial, name))
    return present


def _apply(hook: Hook, command: Mapping[str, Any]) -> None:
    hook.events = _some_of(command.get("events", hook.events), "events", EVENTS)
    hook.fields = _some_of(command.get("fields", hook.fields), "fields", FIELDS[hook.kind])
    hook.max_retries = units(command, "max_retries", hook.max_retries)
    hook.hmac_key = command.get("hmac_key", hook.hmac_key)
    hook.enabled = flag(command, "enabled", present=hook.enabled)


def _one_of(value: object, field: str, known: Sequence[str]) -> str:
    if value not in known:
        hint = nearest(value, known)
        raise Refused(f"unknown_{field}", f"no {field} {value!r}", field=field, value=value, nearest=hint)
    return str(value)


def _some_of(values: Iterable[object], field: str, known: Sequence[str]) -> tuple[str, ...]:
    chosen = {_one_of(value, field, known) for value in values}
    return tuple(each for each in known if each in chosen)


def _delivery_of(world: Account, command: Mapping[str, Any]) -> Delivery:
    deliveries = world.webhooks.deliveries
    return deliveries[identifier(command, "delivery", deliveries)]


def webhook_send(world: Account, command: Mapping[str, Any]) -> object:
    """Have a delivery made: time itself says so when it is due, an owner whenever it is waiting."""
    delivery = _delivery_of(world, command)
    attempt = len(delivery.tries) + 1
    if delivery.state != "waiting" or command.get("attempt", attempt) != attempt:
        message = f"the delivery is {delivery.state}, its next attempt would be number {attempt}"
        raise Refused("not_waiting", message, field="delivery", value=delivery.sequence)
    world.webhooks.send(delivery)
    return None


def webhook_result(world: Account, command: Mapping[str, Any]) -> object:
    """Take note of how a delivery went: the status of the answer, or what kept one from coming."""
    delivery = _delivery_of(world, command)
    code, error = command.get("code"), command.get("error")
    if (code is None) == (error is None):
        raise Refused("bad_result", "give either code or error", field="code", value=code)
    if delivery.state != "waiting":
        message = f"the delivery is {delivery.state} already"
        raise Refused("not_waiting", message, field="delivery", value=delivery.sequence)
    world.webhooks.result(world, delivery, code, error)
    return {"state": delivery.state}


# -- world files -------------------------------------------------------------------------------------


def load_webhooks(world: Account, given: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    """Register the hooks of a world file."""
    ids = Ids("marketplacer.webhooks", given, problems)
    for index, (entry, own_id) in enumerate(zip(given, ids, strict=True)):
        try:
            webhook_set(world, {**entry, "id": own_id})
        except Refused as refusal:
            path = f"marketplacer.webhooks[{index}].{refusal.field}"
            problems.add(path, refusal.message, refusal.value, nearest=refusal.nearest)
    world.last_ids["webhook"] = ids.last


def webhooks_of(world: Account) -> list[Document]:
    """Return the hooks as a world file has them, keys included: it is the world's owner who asks."""
    return [_written(hook) for hook in world.webhooks.hooks.values()]


def _written(hook: Hook) -> Document:
    optional: Document = {} if hook.hmac_key is None else {"hmac_key": hook.hmac_key}
    if hook.fields != DEFAULT_FIELDS:
        optional["fields"] = list(hook.fields)
    if not hook.enabled:
        optional["enabled"] = False
    if hook.max_retries != DEFAULT_RETRIES:
        optional["max_retries"] = hook.max_retries
    written = {"id": hook.id, "seller": hook.seller, "url": hook.url, "class": hook.kind, "events": list(hook.events)}
    return written | optional
