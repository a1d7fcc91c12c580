"""What the commands that judge a server share: which target, what is expected of it, and how to say it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click
import yaml

from conformance import catalogue
from conformance.check import Expecting
from conformance.cli.common import open_target
from conformance.cli.options import FILE, flag, option
from conformance.dialect import BadDialect, Interpreter, read_dialect
from conformance.readings import BadReadings, read_readings
from conformance.target_file import BadTargetFile, BlackBox, TargetFile, read_target_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from conformance.report.raw import Header
    from conformance.target import Target

Command = TypeVar("Command", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was given on the command line about the target."""

    where: str | None
    control_token: str | None
    config: Path | None
    declared: TargetFile
    readings: Path | None
    chosen: Mapping[str, str]
    dialect: Path | None
    allow_writes: bool


def options(command: Command) -> Command:
    """Add the options that say what is judged, and what is expected of it."""
    for each in (
        flag("--allow-writes", help="On a server that makes no worlds: send requests that change something, too."),
        option("--dialect", type=FILE, help="The names on the acknowledge endpoint; the default dialect's otherwise."),
        option("--readings", type=FILE, help="What the target should follow; the registry's defaults otherwise."),
        option("--config", type=FILE, help="A target file: for a server that makes no worlds, or lacks something."),
        option("--control-token", metavar="TOKEN", help="Opens a control API that asks; better in the environment."),
        option("--target", "where", metavar="URL|MODULE:APP", help="The server, or a WSGI application (or its maker)."),
    ):
        command = each(command)
    return command


def arguments(given: Mapping[str, Any]) -> Arguments:
    """
    Return what was given, its files read.

    Raises:
        click.UsageError: when a file cannot be used, or nothing names a target.
    """
    try:
        declared = read_target_file(given["config"]) if given["config"] is not None else TargetFile()
        chosen = {**declared.readings, **(read_readings(given["readings"]) if given["readings"] is not None else {})}
    except (BadTargetFile, BadReadings) as error:
        raise click.UsageError(str(error)) from error
    if given["where"] is None and not declared.urls:
        raise click.UsageError("nothing says what is judged: give --target, or a --config with urls")
    return Arguments(
        where=given["where"],
        control_token=given["control_token"],
        config=given["config"],
        declared=declared,
        readings=given["readings"],
        chosen=chosen,
        dialect=given["dialect"],
        allow_writes=given["allow_writes"],
    )


def opened(arguments: Arguments) -> Target:
    """
    Return the target; one whose file gives addresses is not asked for worlds.

    Raises:
        click.UsageError: when it cannot be named so, or the dialect file cannot be used.
    """
    if arguments.where is None or arguments.declared.urls:
        target: Target = BlackBox(arguments.declared, allow_writes=arguments.allow_writes)
    else:
        target = open_target(arguments.where, arguments.control_token)
    if arguments.dialect is not None:
        try:
            target.dialect = Interpreter(read_dialect(arguments.dialect))
        except BadDialect as error:
            raise click.UsageError(str(error)) from error
    return target


def expecting(arguments: Arguments) -> Expecting:
    """
    Return what the run expects.

    Where it expects other readings than the defaults, each check's world is switched to the defaults that the check was
    written for; the checks of the readings themselves see what the target does unasked.
    """
    defaults = catalogue.defaults()
    unusual = {reading: option for reading, option in arguments.chosen.items() if defaults[reading] != option}
    return Expecting(
        readings={**defaults, **arguments.chosen},
        switched=defaults if unusual else {},
        lacks=arguments.declared.lacks,
    )


def probing(arguments: Arguments) -> Expecting:
    """Return what a run expects that only finds out readings: every one but the one in question is the default."""
    defaults = catalogue.defaults()
    return Expecting(readings=defaults, switched=defaults, lacks=arguments.declared.lacks)


def again(command: str, target: Target, arguments: Arguments, check_id: str) -> str:
    """Return the command line that carries out one check once more; it holds no credential."""
    return shlex.join(["conformance", command, *_said(target, arguments), check_id])


def _said(target: Target, arguments: Arguments) -> list[str]:
    said = [] if arguments.where is None else ["--target", target.name]
    for name, value in (
        ("--config", arguments.config),
        ("--readings", arguments.readings),
        ("--dialect", arguments.dialect),
    ):
        said += [] if value is None else [name, str(value)]
    return [*said, "--allow-writes"] if arguments.allow_writes else said


def header(
    command: str,
    target: Target,
    arguments: Arguments,
    expecting: Expecting,
    more: Sequence[str],
    count: int,
) -> Header:
    """Return the header of the run's raw file."""
    from conformance.report.raw import run_header

    defaults = catalogue.defaults()
    return run_header(
        command,
        target.name,
        selected=count,
        arguments=[command, *_said(target, arguments), *more],
        readings={key: option for key, option in expecting.readings.items() if defaults[key] != option},
        dialect=None if arguments.dialect is None else str(arguments.dialect),
    )


def as_yaml(document: Mapping[str, Any]) -> str:
    """Return a document as YAML text, keys in the order given."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    return text
