"""The control API under /_mock: worlds, commands, clock, explain, requests, snapshots; no part of the imitated APIs."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, request

from mockserver import __version__, behaviours, contracts
from mockserver.core.errors import Refused, nearest
from mockserver.core.instants import instant_text
from mockserver.core.integration_manager.view import view_of
from mockserver.faults import DuplicateFault, TooManyFaults, UnknownFault, UselessPlan
from mockserver.http.auth import bearer
from mockserver.http.bodies import broken_rules, parse_json
from mockserver.http.control_faults import PLAN, make_fault
from mockserver.http.control_webhooks import webhooks_json, without_keys
from mockserver.http.exchange import JSON, Answer, json_answer
from mockserver.http.failures import Failure, control_failure
from mockserver.http.query import parsed_query
from mockserver.http.request_journal import journal_page
from mockserver.http.routes import CONTROL_PREFIX
from mockserver.http.scenario_export import scenario_of
from mockserver.resources import fixtures_dir
from mockserver.worlds import DuplicateSnapshot, HostedWorld, Snapshot, UnknownSnapshot, UnknownWorld, Worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mockserver.core.world import Outcome

# A world file of a hundred megabytes is a big catalogue, not an attack; the control API is the owner's.
LARGEST_CONTROL_BODY: Final = 512 * 1024 * 1024


class ControlError(Exception):
    """An answer of the control API that is an error."""

    def __init__(self, status: int, code: str, message: str, problems: list[dict[str, Any]] | None = None) -> None:
        super().__init__(status, code, message)
        self.answer = json_answer(
            {"error": code, "message": message, **({"problems": problems} if problems else {})}, status
        )


def control_blueprint(worlds: Worlds, *, token: str | None) -> Blueprint:
    """Return the routes of the control API; without a token only callers on this machine are let in."""
    control = Blueprint("control", __name__, url_prefix=CONTROL_PREFIX)
    api = Control(worlds)
    for operation in contracts.operations("control"):
        rule = operation.path.replace("{", "<").replace("}", ">")
        view = _view(api.handlers[operation.operation_id], token, is_open=operation.operation_id == "health")
        control.add_url_rule(rule, operation.operation_id, view, methods=[operation.method])
    return control


def _view(handler: Callable[..., Answer], token: str | None, *, is_open: bool) -> Callable[..., Response]:
    def view(**values: str) -> Response:
        try:
            if not is_open:
                _check_caller(token)
            answer = handler(**values)
        except ControlError as error:
            answer = error.answer
        except Failure as failure:
            answer = control_failure(failure)
        return Response(answer.body, answer.status, list(answer.headers), content_type=answer.media_type or JSON)

    return view


def _check_caller(token: str | None) -> None:
    if token is None:
        if not _is_this_machine(request.remote_addr):
            message = "the control API answers this machine only; start the server with a control token to open it"
            raise ControlError(403, "forbidden", message)
        return
    given = bearer({"authorization": request.headers.get("Authorization", "")}) or ""
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise ControlError(401, "unauthorized", "the control token is missing or wrong")


def _is_this_machine(address: str | None) -> bool:
    try:
        caller = ip_address(address or "")
    except ValueError:
        return False
    mapped = caller.ipv4_mapped if isinstance(caller, IPv6Address) else None
    return (mapped or caller).is_loopback


def _query(operation_id: str) -> dict[str, Any]:
    """Return the values of the operation's query parameters."""
    text = request.query_string.decode("utf-8", "replace")
    return parsed_query(contracts.operation("control", operation_id), text, kind="unprocessable")


def _body(model: str) -> Any:
    """Return the request's body, judged by its schema."""
    if (request.content_length or 0) > LARGEST_CONTROL_BODY:
        abort(413)
    if request.mimetype and request.mimetype != JSON:
        raise ControlError(415, "unsupported_media_type", f"Content-Type must be {JSON}, not {request.mimetype}")
    body = parse_json(request.get_data(cache=False))
    problems = [{"path": each.pointer, "message": each.message} for each in broken_rules(model, body)]
    if problems:
        first = problems[0]
        raise ControlError(422, "invalid_body", f"{first['path'] or 'the body'}: {first['message']}", problems)
    return body


class Control:
    """The operations of the control API, by operationId."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self.handlers: Mapping[str, Callable[..., Answer]] = {
            "health": self.health,
            "listBehaviours": lambda: json_answer(behaviours.registry_document()),
            "getOpenapi": self.openapi,
            "createWorld": self.create_world,
            "getWorld": lambda world_id: json_answer(self._get(world_id).document()),
            "deleteWorld": self.delete_world,
            "resetWorld": self.reset_world,
            "runCommands": self.run_commands,
            "readJournal": self.journal,
            "readClock": lambda world_id: self._clock(self._get(world_id)),
            "advanceClock": self.advance_clock,
            "explainListing": self.explain,
            "listWebhooks": self.webhooks,
            "readIntegrationManager": self.integration_manager,
            "listRequests": self.requests,
            "createFault": self.create_fault,
            "listFaults": lambda world_id: json_answer({"faults": self._get(world_id).told_faults()}),
            "getFault": self.get_fault,
            "deleteFault": self.delete_fault,
            "saveSnapshot": self.save_snapshot,
            "listSnapshots": self.list_snapshots,
            "restoreSnapshot": self.restore_snapshot,
            "forkSnapshot": self.fork_snapshot,
        }

    def _get(self, world_id: str) -> HostedWorld:
        try:
            return self._worlds.get(world_id)
        except UnknownWorld as error:
            raise _unknown_world(error) from None

    def health(self) -> Answer:
        """Say that the server is ready."""
        default = self._worlds.default
        return json_answer({"ready": True, "version": __version__, "default_world": default.id if default else None})

    def openapi(self, api: str) -> Answer:
        """Answer a served contract, complete in itself."""
        if api not in contracts.APIS:
            raise ControlError(404, "unknown_api", f"no API {api[:40]!r}; there are {', '.join(contracts.APIS)}")
        return Answer(200, contracts.bundled(api))

    # -- worlds --------------------------------------------------------------------------------------

    def create_world(self) -> Answer:
        """Make a world from a world file or a shipped one, with credentials of its own."""
        # Imported here: schema and loader are not needed to serve the world that the server starts with.
        from mockserver.files.world_file import check_world, read_world
        from mockserver.files.world_problems import WorldFileError

        body = _body("control-world-request")
        try:
            document = read_world(_shipped(body["fixture"])) if "fixture" in body else body["world"]
            check_world(document, source="world")
            hosted = self._worlds.create_checked(document, source="world")
        except WorldFileError as error:
            unknown = "fixture" in body
            problems = [_problem(problem) for problem in error.problems]
            status, code = (404, "unknown_fixture") if unknown else (422, "invalid_world")
            raise ControlError(status, code, str(error.problems[0]), problems) from None
        return json_answer(_created(hosted), 201)

    def delete_world(self, world_id: str) -> Answer:
        """Drop a world and its credentials."""
        try:
            self._worlds.drop(world_id)
        except UnknownWorld as error:
            raise _unknown_world(error) from None
        return Answer(204)

    def reset_world(self, world_id: str) -> Answer:
        """Put a world back to its start; credentials stay."""
        hosted = self._get(world_id)
        hosted.reset()
        return json_answer(_created(hosted))

    def run_commands(self, world_id: str) -> Answer:
        """Run commands in order, all at the present instant; a refused one stops no later one."""
        hosted = self._get(world_id)
        commands = _body("control-commands-request")
        with hosted.lock:
            return json_answer([_result(command, hosted.run(command)) for command in commands])

    def journal(self, world_id: str) -> Answer:
        """Answer the commands so far, as a journal or as a scenario."""
        hosted = self._get(world_id)
        query = _query("readJournal")
        entries = hosted.entries()
        if query["format"] == "scenario":
            return json_answer(scenario_of(hosted.start_document(), entries, hosted.started_ms, hosted.world.now_ms))
        return json_answer(
            {
                "entries": [
                    {"position": position, "at": instant_text(entry.at_ms), "command": without_keys(entry.command)}
                    for position, entry in enumerate(entries)
                ]
            }
        )

    # -- time ----------------------------------------------------------------------------------------

    def _clock(self, hosted: HostedWorld) -> Answer:
        with hosted.lock:
            hosted.tick()
            return json_answer({"now": instant_text(hosted.world.now_ms)})

    def advance_clock(self, world_id: str) -> Answer:
        """Move virtual time forward; due effects have fired when this answers."""
        hosted = self._get(world_id)
        outcome = hosted.run({"type": "clock.advance"} | _body("control-clock-advance"))
        if outcome.status == "refused":
            raise ControlError(422, "refused", outcome.reason or "refused")
        return self._clock(hosted)

    # -- looking -------------------------------------------------------------------------------------

    def explain(self, world_id: str) -> Answer:
        """Say why a listing shows its number."""
        hosted = self._get(world_id)
        query = _query("explainListing")
        try:
            with hosted.lock:
                hosted.tick()
                return json_answer(hosted.world.explain(query["listing_id"]))
        except Refused as refusal:
            raise ControlError(404, refusal.code, str(refusal)) from None

    def integration_manager(self, world_id: str) -> Answer:
        """Answer what Integration Manager knows, has sent, and why it would send nothing."""
        hosted = self._get(world_id)
        with hosted.lock:
            hosted.tick()
            return json_answer(view_of(hosted.world))

    def requests(self, world_id: str) -> Answer:
        """Answer the request journal, filtered, credentials taken out."""
        return json_answer(journal_page(self._get(world_id).exchanges(), _query("listRequests")))

    def webhooks(self, world_id: str) -> Answer:
        """Answer the webhooks and what became of their deliveries."""
        hosted = self._get(world_id)
        query = _query("listWebhooks")
        with hosted.lock:
            hosted.tick()
            return json_answer(webhooks_json(hosted.world.webhooks, query))

    # -- faults --------------------------------------------------------------------------------------

    def create_fault(self, world_id: str) -> Answer:
        """Make a fault of a plan."""
        hosted = self._get(world_id)
        plan = _body(PLAN)
        try:
            return json_answer(make_fault(self._worlds, hosted, plan), 201)
        except UselessPlan as error:
            problem = {"path": error.place, "message": str(error)}
            hint = {} if error.nearest is None else {"nearest": error.nearest}
            raise ControlError(422, "invalid_body", f"{error.place}: {error}", [problem | hint]) from None
        except DuplicateFault as error:
            raise ControlError(409, "duplicate_fault", f"there is a fault {error.args[0]!r} already") from None
        except TooManyFaults as error:
            raise ControlError(409, "too_many_faults", str(error)) from None

    def get_fault(self, world_id: str, fault_id: str) -> Answer:
        """Answer a plan and what has become of it."""
        found = [each for each in self._get(world_id).told_faults() if each["id"] == fault_id]
        if not found:
            raise self._unknown_fault(world_id, fault_id)
        return json_answer(found[0])

    def delete_fault(self, world_id: str, fault_id: str) -> Answer:
        """Forget a fault."""
        try:
            self._get(world_id).remove_fault(fault_id)
        except UnknownFault:
            raise self._unknown_fault(world_id, fault_id) from None
        return Answer(204)

    def _unknown_fault(self, world_id: str, fault_id: str) -> ControlError:
        near = nearest(fault_id, [each["id"] for each in self._get(world_id).told_faults()])
        hint = f"; the nearest is {near!r}" if near else ""
        return ControlError(404, "unknown_fault", f"no fault {fault_id[:80]!r}{hint}")

    # -- snapshots -----------------------------------------------------------------------------------

    def save_snapshot(self, world_id: str) -> Answer:
        """Give the present state a name."""
        hosted = self._get(world_id)
        name = _body("control-snapshot-request")["name"]
        try:
            return json_answer(_snapshot(hosted.save_snapshot(name)), 201)
        except DuplicateSnapshot:
            raise ControlError(409, "duplicate_snapshot", f"there is a snapshot {name!r} already") from None

    def list_snapshots(self, world_id: str) -> Answer:
        """Answer the snapshots, oldest first."""
        return json_answer({"snapshots": [_snapshot(each) for each in self._get(world_id).snapshots()]})

    def restore_snapshot(self, world_id: str, name: str) -> Answer:
        """Go back to a snapshot."""
        hosted = self._get(world_id)
        try:
            return json_answer(_snapshot(hosted.restore(name)))
        except UnknownSnapshot as error:
            raise _unknown_snapshot(name, error) from None

    def fork_snapshot(self, world_id: str, name: str) -> Answer:
        """Make a new world from a snapshot, with credentials of its own."""
        hosted = self._get(world_id)
        try:
            return json_answer(_created(self._worlds.fork(hosted, name)), 201)
        except UnknownSnapshot as error:
            raise _unknown_snapshot(name, error) from None


def _unknown_world(error: UnknownWorld) -> ControlError:
    hint = f"; the nearest is {error.nearest!r}" if error.nearest else ""
    return ControlError(404, "unknown_world", f"no world {str(error.args[0])[:80]!r}{hint}")


def _unknown_snapshot(name: str, error: UnknownSnapshot) -> ControlError:
    hint = f"; the nearest is {error.nearest!r}" if error.nearest else ""
    return ControlError(404, "unknown_snapshot", f"no snapshot {name[:80]!r}{hint}")


def _shipped(name: str) -> Path:
    """
    Return the file of a shipped world; other files of this machine are nobody's business.

    Raises:
        UnusableFile: for any other name.
    """
    from mockserver.files.world_file import find_world
    from mockserver.files.world_problems import UnusableFile

    path = find_world(name)
    if path.parent != fixtures_dir() / "worlds":
        raise UnusableFile(name, "no shipped world of that name")
    return path


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {"name": snapshot.name, "position": snapshot.position, "at": instant_text(snapshot.at_ms)}


def _problem(problem: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(problem).items() if value is not None}


def _result(command: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    result: dict[str, Any] = {"type": command["type"], "status": outcome.status, "reason": outcome.reason}
    if outcome.result is not None and not isinstance(outcome.result, list):
        result["result"] = outcome.result
    return result


def _created(hosted: HostedWorld) -> dict[str, Any]:
    url = request.host_url.rstrip("/")
    credentials = hosted.credentials
    created: dict[str, Any] = {
        "id": hosted.id,
        "order_manager": {"url": url, "tokens": list(credentials.tokens)},
        "marketplacer": {"url": url, "api_keys": {str(seller): key for key, seller in credentials.api_keys.items()}},
    }
    if credentials.apps:
        created["order_manager"]["apps"] = [
            {"app_key": app.app_key, "app_secret": app.app_secret} for app in credentials.apps.values()
        ]
    return created
