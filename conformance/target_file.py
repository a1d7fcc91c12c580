"""Target files: servers that make no worlds, such as a vendor's sandbox (schemas/harness/target.json)."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
import jsonschema
import yaml

from conformance import exchange
from conformance.models import BASE, registry
from conformance.target import SECONDS_PER_CALL, Target, TargetWorld
from conformance.verdict import NotVerified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conformance.target import Playable


class BadTargetFile(ValueError):
    """A target file that cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class TargetFile:
    """What a target file declares; credentials are looked up in the environment when it is read."""

    name: str | None = None
    urls: Mapping[str, str] = field(default_factory=dict)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    lacks: frozenset[str] = frozenset()
    ids: Mapping[str, int | str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)


def read_target_file(path: Path, environment: Mapping[str, str] | None = None) -> TargetFile:
    """
    Return what a YAML or JSON target file declares.

    Raises:
        BadTargetFile: when it cannot be read, breaks its schema, or names a variable that is not set.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadTargetFile(f"{path}: {error}") from error
    _validate(path, document)
    order_manager, marketplacer = document.get("order_manager", {}), document.get("marketplacer", {})
    given = os.environ if environment is None else environment
    apis = {"order_manager": order_manager, "marketplacer": marketplacer}
    return TargetFile(
        name=document.get("name"),
        urls={api: section["url"] for api, section in apis.items() if section},
        tokens=tuple(_secret(path, each, given) for each in order_manager.get("tokens", ())),
        api_keys={str(seller): _secret(path, each, given) for seller, each in marketplacer.get("api_keys", {}).items()},
        lacks=frozenset(document.get("lacks", ())),
        ids=document.get("ids", {}),
        readings=document.get("readings", {}),
    )


def _validate(path: Path, document: object) -> None:
    validator = jsonschema.Draft202012Validator({"$ref": f"{BASE}harness/target.json"}, registry=registry())
    try:
        error = min(validator.iter_errors(document), key=lambda each: each.json_path, default=None)
    except TypeError:
        raise BadTargetFile(f"{path}: keys must be text; put ids of sellers in quotes") from None
    if error is not None:
        raise BadTargetFile(f"{path}: {error.json_path}: {error.message}{_nearest(error)}")


def _nearest(error: jsonschema.ValidationError) -> str:
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return ""
    known = list(error.schema["properties"])  # type: ignore[index]
    strange = next((key for key in error.instance if key not in known), "")
    near = get_close_matches(str(strange), known, n=1)
    return f"; nearest: {near[0]!r}" if near else ""


def _secret(path: Path, written: str | Mapping[str, str], environment: Mapping[str, str]) -> str:
    if isinstance(written, str):
        return written
    if written["env"] not in environment:
        raise BadTargetFile(f"{path}: the environment has no {written['env']}")
    return environment[written["env"]]


class BlackBox(Target):
    """A server without a control API: only portable cases can be carried out there, on records that it names."""

    def __init__(self, declared: TargetFile, *, allow_writes: bool, client: httpx.Client | None = None) -> None:
        name = declared.name or next(iter(declared.urls.values()))
        super().__init__(name, client or httpx.Client(timeout=SECONDS_PER_CALL), "")
        self._declared = declared
        self._allow_writes = allow_writes

    def world(self, document: Mapping[str, Any]) -> NoReturn:
        """
        Refuse: there are no worlds to be made.

        Raises:
            NotVerified: always.
        """
        raise NotVerified("it needs a world of its own, and the target has no control API")

    @contextmanager
    def place_for(
        self,
        case: Playable,
        readings: Mapping[str, str],
    ) -> Iterator[tuple[TargetWorld, Mapping[str, int | str]]]:
        """
        Hand out the account that the target file describes, and its values of the case's names.

        Raises:
            NotVerified: when the case needs a world, writes without being allowed to, or needs what the file lacks.
        """
        self._check(case, readings)
        for secret in (*self._declared.tokens, *self._declared.api_keys.values()):
            exchange.hide(secret)
        world = TargetWorld(
            target=self,
            id="",
            urls=self._declared.urls,
            tokens=self._declared.tokens,
            api_keys=self._declared.api_keys,
        )
        yield world, self._declared.ids

    def _check(self, case: Playable, readings: Mapping[str, str]) -> None:
        if not case.portable:
            raise NotVerified("it needs a world of its own, and the target has no control API")
        if case.writes and not self._allow_writes:
            raise NotVerified("it writes, which --allow-writes would allow")
        if case.readings and any(readings.get(key) != option for key, option in case.readings.items()):
            raise NotVerified("it rests on readings that the target cannot be switched to")
        for name in case.bind or {}:
            if name not in self._declared.ids:
                raise NotVerified(f"the target file's ids name no {name!r}")
        for step in case.steps:
            self._check_request(step["request"])

    def _check_request(self, request: Mapping[str, Any]) -> None:
        if request["api"] not in self._declared.urls:
            raise NotVerified(f"the target file has no {request['api']}")
        caller = request.get("as", {})
        if "token" in caller and caller["token"] >= len(self._declared.tokens):
            raise NotVerified(f"the target file gives {len(self._declared.tokens)} access tokens")
        seller = caller.get("seller")
        if seller is not None:
            known = self._declared.ids.get(str(seller)[2:-1], seller)
            if str(known) not in self._declared.api_keys:
                raise NotVerified(f"the target file has no API key of seller {known}")
