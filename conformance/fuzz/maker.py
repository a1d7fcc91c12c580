"""Making requests up: Schemathesis reads the OpenAPI documents, Hypothesis draws, everything follows from the seed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.configuration import set_hypothesis_home_dir
from schemathesis.config import (
    AnalysisConfig,
    CacheConfig,
    ConstantsConfig,
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.core.transport import Response

from conformance.fuzz.known import in_body, with_essential, with_known
from conformance.fuzz.wire import Caller, WireRequest
from conformance.offline.contracts import bundled, operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemathesis import Case
    from schemathesis.generation.stateful.state_machine import APIStateMachine, StepInput

    from conformance.fuzz.known import Known
    from conformance.offline.contracts import Operation
    from conformance.target import Answer

NOWHERE: Final = "http://fuzz.invalid"
PREFIXES: Final = {"order-manager": ("", "/service"), "marketplacer": ("/api/v2",)}
KNOWN_IN_PATH: Final = 0.75
KNOWN_ELSEWHERE: Final = 0.75
ALTERNATIVES: Final = ("allOf", "anyOf", "oneOf", "not")
NOBODY: Final = 0.05  # of the requests come without a credential


class Enough(BaseException):
    """Ends a run of Hypothesis at once; it lets anything but an Exception through."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes requests up for one API."""

    api: str
    seed: int
    known: Known
    schema: Any = field(init=False, repr=False)
    operations: dict[tuple[str, str], Operation] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Load the document; nothing is read from or written to the present folder."""
        set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "stockproof-hypothesis")
        schema = schemathesis.openapi.from_dict(_closed(bundled(self.api)), config=_config(self.seed))
        object.__setattr__(self, "schema", schema)
        known = {(each.method, each.template): each for each in operations(self.api)}
        object.__setattr__(self, "operations", known)

    def alone(self, operation: Operation, examples: int, play: Callable[[WireRequest], None], callers: Callers) -> None:
        """Make up to so many requests of one operation, half of them broken on purpose, and play each."""
        described = self.schema[operation.template][operation.method]
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @hypothesis.seed(f"{self.seed} {operation.id} {mode.value}")
            @_settings(max(1, examples // 2))
            @hypothesis.given(described.as_strategy(generation_mode=mode))
            def one(case: Case[Any]) -> None:
                request = self.wire(case, callers, share=KNOWN_IN_PATH)
                if request is not None:
                    play(request)

            _run(one)

    def sequences(self, player: Player, examples: int, steps: int, callers: Callers) -> None:
        """Make up sequences along the links of the document, what one answer holds fed into the next request."""
        machine = _machine(self, player, callers)
        hypothesis.seed(f"{self.seed} {self.api} {callers.seller}")(machine)
        try:
            machine.run(settings=hypothesis.settings(_settings(examples), stateful_step_count=steps))
        except (hypothesis.errors.Unsatisfiable, hypothesis.errors.Flaky):
            return  # a target that answers the same request differently cannot be explored further

    def wire(self, case: Case[Any], callers: Callers, *, share: float) -> WireRequest | None:
        """Return a case as it goes over the wire, a share of its path naming what exists; None if unsendable."""
        operation = self.operations[case.method, case.path]
        chance = Random(f"{self.seed} {case.path} {case!r}")  # noqa: S311 - chance, not secrecy
        try:
            case.path_parameters = with_known(case.path_parameters or {}, self.known, chance, share)
            query = with_essential(operation.id, case.query or {}, self.known, chance)
            case.query = with_known(query, self.known, chance, KNOWN_ELSEWHERE)
            if isinstance(case.body, dict | list):
                case.body = in_body(case.body, self.known, chance, KNOWN_ELSEWHERE)
            prepared = requests.Request(**case.as_transport_kwargs(base_url=NOWHERE)).prepare()
        except (ValueError, TypeError, requests.RequestException):
            return None
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        parts = urlsplit(str(prepared.url))
        target = chance.choice(PREFIXES[self.api]) + parts.path + (f"?{parts.query}" if parts.query else "")
        media_type = prepared.headers.get("Content-Type")
        return WireRequest(operation, target, media_type, bytes(body), callers.of(operation, chance))


@dataclass(frozen=True, slots=True)
class Callers:
    """Who sends a request: mostly who may, now and then nobody. Without a seller, one is drawn for each request."""

    app: str
    seller: int | None = None

    def of(self, operation: Operation, chance: Random) -> Caller:
        """Return the caller of one request."""
        if not operation.secured or chance.random() < NOBODY:
            return Caller()
        if operation.id == "exchangeCode":
            return Caller(app=self.app)
        if operation.api == "order-manager":
            return Caller(token=0)
        return Caller(seller=self.seller or chance.choice((1, 1, 1, 2, 2, 4)))


class Player(Protocol):
    """Plays sequences: told when one begins and ends, and each request in between."""

    def begin(self) -> None:
        """A sequence begins."""

    def play(self, request: WireRequest) -> Answer:
        """Send one request."""

    def end(self) -> None:
        """A sequence is over."""


def _machine(maker: Maker, player: Player, callers: Callers) -> type[APIStateMachine]:
    parent: Any = maker.schema.as_state_machine()

    class Sequences(parent):  # type: ignore[misc]
        linked = False

        def setup(self) -> None:
            player.begin()

        def step(self, input: StepInput) -> Any:  # noqa: A002 - the name that is called
            self.linked = input.transition is not None and input.is_applied
            return super().step(input)

        def call(self, case: Case[Any], **_extra: Any) -> Response:
            request = maker.wire(case, callers, share=0.0 if self.linked else KNOWN_IN_PATH)
            if request is None:
                hypothesis.reject()
            return _response(request, player.play(request))

        def validate_response(self, *_given: Any, **_extra: Any) -> None:
            """Judged by the player."""

        def teardown(self) -> None:
            player.end()

    return Sequences


def _response(request: WireRequest, answer: Answer) -> Response:
    sent = requests.Request(request.operation.method, NOWHERE + request.target).prepare()
    headers = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status, headers, answer.body, sent, elapsed=0.0, verify=True, encoding="utf-8")


def _settings(examples: int) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )


def _run(test: Callable[[], None]) -> None:
    try:
        test()
    except hypothesis.errors.Unsatisfiable:  # such as breaking a request that nothing can break
        return


def _config(seed: int) -> SchemathesisConfig:
    generation = GenerationConfig(with_security_parameters=False, allow_x00=True)
    project = ProjectConfig(generation=generation, analysis=AnalysisConfig(constants=ConstantsConfig(enabled=False)))
    return SchemathesisConfig(seed=seed, cache=CacheConfig(enabled=False), projects=ProjectsConfig(default=project))


def _closed(node: Any, *, part: bool = False) -> Any:
    """
    Return a copy whose objects name all their members.

    Members that nobody named are tolerated everywhere; made up by the dozen they only hide what matters. What breaks a
    request on purpose brings them along all the same.
    """
    if isinstance(node, list):
        return [_closed(each, part=part) for each in node]
    if not isinstance(node, dict):
        return node
    closes = node.get("type") == "object" and "properties" in node and "additionalProperties" not in node and not part
    copied = {key: _closed(each, part=key in ALTERNATIVES and "properties" in node) for key, each in node.items()}
    return {**copied, "additionalProperties": False} if closes else copied
