"""``conformance certify``: judge an integration by what it sends and where it leaves the marketplace."""

from __future__ import annotations

import shlex
import sys
import time
from contextlib import ExitStack
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.common import open_target
from conformance.cli.options import EXCLUDE, NAMES, OUTPUT, flag, option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.certify.checks import CertifyCheck
    from conformance.certify.stage import Setting
    from conformance.report.raw import Header
    from conformance.target import Target
    from conformance.verdict import Run

PROFILES = ("order-manager-to-marketplacer", "warehouse-to-order-manager")


@click.command("certify", help="Judge an integration: start it against a recording world, and look what it does.")
@option("--command", "program", required=True, metavar="COMMAND", help="How it is started; not through a shell.")
@option(
    "--mode",
    type=click.Choice(["once", "daemon"]),
    default="once",
    show_default=True,
    help="Whether it syncs once and ends, or goes on until it is stopped.",
)
@option("--profile", type=click.Choice(PROFILES), default=PROFILES[0], show_default=True, help="What it connects.")
@option("--target", "where", metavar="URL", help="A server that makes worlds; otherwise one is started.")
@option("--control-token", metavar="TOKEN", help="Opens a control API that asks; better in the environment.")
@option("--env", "variables", multiple=True, metavar="NAME=VALUE", help="Add or rename a variable of its environment.")
@option("--json", "json_file", type=OUTPUT, help="Write the report as JSON.")
@option("--raw", type=OUTPUT, help="Keep the run, for `conformance report`.")
@EXCLUDE
@flag("-x", "--stop-at-first", help="End at the first failure.")
@option("--workers", type=click.IntRange(1, 16), default=4, show_default=True, help="How many scenarios go on at once.")
@NAMES
def command(names: tuple[str, ...], **given: Any) -> int:
    """Return the exit code of the run."""
    from conformance.certify.process import CannotStart

    chosen = _selected(given["profile"], names, given["exclude"])
    with ExitStack() as stack:
        setting = _setting(stack, given)
        header = _header(setting.target, names, given, len(chosen))
        began = time.monotonic()
        try:
            run = _run(setting, chosen, header, given)
        except CannotStart as error:
            raise click.UsageError(f"--command: {error}") from error
    _write(header, run, time.monotonic() - began, given)
    return run.exit_code


def _selected(profile: str, names: Sequence[str], exclude: Sequence[str]) -> list[CertifyCheck]:
    """
    Return the checks of the profile that the names select, all without a name, less those that are excluded.

    Raises:
        click.UsageError: for a name that selects none.
    """
    from conformance.certify.checks import checks_of

    checks = checks_of(profile)  # type: ignore[arg-type]
    wanted = _named(checks, names) if names else {check.id for check in checks}
    left = wanted - _named(checks, exclude)
    return [check for check in checks if check.id in left]


def _named(checks: Sequence[CertifyCheck], names: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        ids = {check.id for check in checks if fnmatchcase(check.id, name) or name in check.requirements}
        if not ids:
            near = get_close_matches(name, [check.id for check in checks], n=1)
            raise click.UsageError(f"nothing is called {name!r}" + (f"; nearest: {near[0]!r}" if near else ""))
        found |= ids
    return found


def _setting(stack: ExitStack, given: Mapping[str, Any]) -> Setting:
    """
    Return what the scenarios share: the server, started here unless one was named, and the command.

    Raises:
        click.UsageError: when the command, a variable or the server's name cannot be used.
        Inconclusive: when the server cannot be reached.
    """
    from conformance import server
    from conformance.certify import process
    from conformance.certify.stage import Setting
    from conformance.certify.variables import BadVariable, parsed

    try:
        words = process.command_of(given["program"])
        renamed = [parsed(each) for each in given["variables"]]
        where = given["where"] or stack.enter_context(server.started())
    except (process.CannotStart, BadVariable, server.NoServer) as error:
        raise click.UsageError(str(error)) from error
    if not where.startswith(("http://", "https://")):
        raise click.UsageError(f"--target {where!r}: an integration needs a server with an address: http://…")
    target = stack.enter_context(open_target(where, given["control_token"]))
    return Setting(target, words, given["mode"], renamed)


def _run(setting: Setting, checks: Sequence[CertifyCheck], header: Header, given: Mapping[str, Any]) -> Run:
    from conformance.certify.runner import certify
    from conformance.cli.following import Following

    with Following(header, given["raw"]) as following:
        run = certify(
            setting,
            checks,
            again=_again(given),
            listener=following.heard,
            begun=_say,
            workers=given["workers"],
            stop_at_first=given["stop_at_first"],
        )
        return following.end(run)


def _say(scenario: str) -> None:
    """Say on stderr, where it is no terminal with a bar, which scenario begins."""
    if not sys.stderr.isatty():
        click.echo(f"certify: {scenario}", err=True)


def _again(given: Mapping[str, Any]) -> Callable[[CertifyCheck], str]:
    said = ["conformance", "certify", *_said(given)]
    return lambda check: shlex.join([*said, check.id])


def _said(given: Mapping[str, Any]) -> list[str]:
    """Return the options that matter for a repetition; values that look like credentials are left out."""
    from conformance.certify.variables import is_secret, parsed

    said = ["--command", given["program"]]
    said += ["--mode", given["mode"]] if given["mode"] != "once" else []
    said += ["--profile", given["profile"]] if given["profile"] != PROFILES[0] else []
    said += ["--target", given["where"]] if given["where"] else []
    for name, value in map(parsed, given["variables"]):
        literal = is_secret(name) and "{" not in value
        said += ["--env", f"{name}=…" if literal else f"{name}={value}"]
    return said


def _header(target: Target, names: Sequence[str], given: Mapping[str, Any], count: int) -> Header:
    from conformance.report.raw import run_header

    excluded = [part for value in given["exclude"] for part in ("--exclude", value)]
    arguments = ["certify", *_said(given), *excluded, *names]
    return run_header("certify", given["program"], selected=count, arguments=arguments)


def _write(header: Header, run: Run, seconds: float, given: Mapping[str, Any]) -> None:
    from conformance import report
    from conformance.report.raw import RawRun

    whole = RawRun.of(header, run, seconds)
    if given["json_file"] is not None:
        given["json_file"].write_text(report.render(whole, "json"), encoding="utf-8")
    sys.stdout.write(report.render(whole, "terminal"))
