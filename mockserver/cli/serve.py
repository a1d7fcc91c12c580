"""`mockserver serve`: one world over HTTP, until stopped."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import click

from mockserver import settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, envvar="MOCKSERVER_HOST", help="Address to listen on.")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    envvar="MOCKSERVER_PORT",
    help="Port; 0 picks a free one.",
)
@click.option(
    "--world", default="demo", show_default=True, envvar="MOCKSERVER_WORLD", help="A shipped world's name or a file."
)
@click.option(
    "--journal", default="memory", show_default=True, envvar="MOCKSERVER_JOURNAL", help="Where commands are kept."
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1), envvar="MOCKSERVER_WORKERS", help="Processes."
)
@click.option(
    "--readings", type=click.Path(path_type=Path), envvar="MOCKSERVER_READINGS", help="YAML file: reading id to option."
)
@click.option(
    "--dialect",
    type=click.Path(path_type=Path),
    envvar="MOCKSERVER_DIALECT",
    help="JSON file: wire names of the acknowledge endpoint.",
)
@click.option(
    "--clock",
    type=click.Choice(["manual", "real"]),
    default="manual",
    show_default=True,
    envvar="MOCKSERVER_CLOCK",
    help="Whether the world's time stands still between commands or runs with real time.",
)
@click.option(
    "--webhook-timeout",
    "webhook_timeout_seconds",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.05, 30.0),
    envvar="MOCKSERVER_WEBHOOK_TIMEOUT",
    help="Seconds of real time that a receiver of webhooks has to answer; the vendor's are 30.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True, max=1_000_000),
    envvar="MOCKSERVER_SPEED",
    help="How many times as fast the real clock runs; 60 makes a minute of a second.",
)
@click.option(
    "--threads",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="MOCKSERVER_THREADS",
    help="Threads; requests are answered one at a time, but those that a fault holds let the others pass.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    envvar="MOCKSERVER_LOG_FORMAT",
    help="Form of the log on stderr.",
)
def serve(journal: str, workers: int, log_format: str, **options: Any) -> None:
    """
    Serve a world over HTTP until SIGTERM or Ctrl-C.

    The first line on stdout is JSON with the url and the world; the server is ready when it appears.
    The control API answers this machine only, unless MOCKSERVER_CONTROL_TOKEN is set.
    """
    from mockserver.files.world_problems import WorldFileError
    from mockserver.http.wire import DialectError
    from mockserver.serving import PortTaken, run

    _only_memory(journal, workers)
    _only_real(options["clock"], options["speed"])
    _set_up_log(log_format)
    chosen = settings.Settings(
        world=options["world"],
        readings=_readings(options["readings"]),
        dialect=options["dialect"],
        clock=options["clock"],
        speed=options["speed"] or 1.0,
        threads=options["threads"],
        control_token=settings.control_token(),
        webhook_timeout_seconds=options["webhook_timeout_seconds"],
    )
    try:
        run(chosen, host=options["host"], port=options["port"])
    except (PortTaken, WorldFileError, DialectError) as error:
        raise click.UsageError(str(error)) from None


def _only_memory(journal: str, workers: int) -> None:
    if journal != "memory":
        raise click.UsageError(
            f"--journal {journal!r}: this version keeps the journal in memory; nearest valid: 'memory'"
        )
    if workers != 1:
        raise click.UsageError("--workers: a journal in memory belongs to one process; nearest valid: 1")


def _only_real(clock: str, speed: float | None) -> None:
    if speed is not None and clock != "real":
        raise click.UsageError("--speed: a manual clock stands still; nearest valid: --clock real")


def _set_up_log(log_format: str) -> None:
    form = "%(asctime)s %(levelname)s %(name)s %(message)s"
    if log_format == "json":
        form = '{"at":"%(asctime)s","level":"%(levelname)s","logger":"%(name)s","message":"%(message)s"}'
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=form)


def _readings(path: Path | None) -> dict[str, str]:
    """Return the chosen options of a readings file."""
    if path is None:
        return {}
    from mockserver.files.readings_file import ReadingsFileError, read_readings

    try:
        return read_readings(path)
    except ReadingsFileError as error:
        raise click.UsageError(str(error)) from None
