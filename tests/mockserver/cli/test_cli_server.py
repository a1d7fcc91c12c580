"""The way to the server: address, world, control token, and what is said when it does not lead anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from mockserver.cli import main

SECRET = "open-sesame-1234"


@pytest.fixture(scope="module")
def guarded():
    """A server that asks for a control token; its own world is the demo."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    environment = {**os.environ, "MOCKSERVER_CONTROL_TOKEN": SECRET}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


def run(*arguments, **environment):
    unset = {"MOCKSERVER_URL": None, "MOCKSERVER_WORLD_ID": None, "MOCKSERVER_CONTROL_TOKEN": None}
    return CliRunner().invoke(main, list(arguments), env={**unset, **environment})


def test_the_control_token_comes_from_the_environment(guarded):
    """With it the server's default world answers, without naming it."""
    done = run("clock", "--url", guarded, MOCKSERVER_CONTROL_TOKEN=SECRET)

    assert (0, {"now": "2026-01-05T09:00:00Z"}) == (done.exit_code, json.loads(done.stdout))


@pytest.mark.parametrize("token", ["", "wrong-token-5678", "wröng-töken", "two\nlines"])
def test_a_control_token_is_never_repeated(guarded, token):
    """Missing, wrong or impossible: exit code 2, and the name of the variable."""
    done = run("clock", "--url", guarded, MOCKSERVER_CONTROL_TOKEN=token)

    assert 2 == done.exit_code
    assert "MOCKSERVER_CONTROL_TOKEN" in done.stderr
    assert not token or token not in done.output


def test_an_unknown_world_is_answered_with_the_nearest(guarded):
    """Exit code 2: the call is about nothing."""
    done = run("stock", "list", "--url", guarded, "--world", "dem", MOCKSERVER_CONTROL_TOKEN=SECRET)

    assert 2 == done.exit_code
    assert "no world 'dem'; the nearest is 'demo'" in done.stderr


@pytest.mark.parametrize("world", ["../x", "a/b", "ä", "x?y"])
def test_odd_names_of_worlds_are_just_unknown(guarded, world):
    """They are one segment of a path, whatever they contain."""
    assert 2 == run("clock", "--url", guarded, "--world", world, MOCKSERVER_CONTROL_TOKEN=SECRET).exit_code


def test_a_server_without_a_default_world_asks_for_one(server):
    """`--world` or the variable name one."""
    done = run("clock", "--url", server.url)

    assert 2 == done.exit_code
    assert "has no default world; name one with --world or MOCKSERVER_WORLD_ID" in done.stderr


def test_an_address_where_nobody_answers_is_named():
    """With what to do about it."""
    done = run("clock", "--url", "http://127.0.0.1:1")

    assert 2 == done.exit_code
    assert "no server answers at http://127.0.0.1:1: Connection refused" in done.stderr
    assert "mockserver serve" in done.stderr


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8080", "ftp://host", "http://", "http://user:hunter22@host", "http://h:x", "http://[::1", "http://h?a"],
)
def test_what_is_no_address_is_not_called(url):
    """Nor repeated where it holds a password."""
    done = run("clock", "--url", url)

    assert 2 == done.exit_code
    assert "--url must be an address such as http://127.0.0.1:8080" in done.stderr
    assert "hunter22" not in done.output


ANSWERS = {"/html": (200, b"<html>"), "/json": (200, b"[]"), "/gone": (404, b"{}"), "/broken": (500, b"oops")}


class _Stranger(BaseHTTPRequestHandler):
    """Some other web server."""

    def do_GET(self):
        status, body = ANSWERS["/" + self.path.split("/")[1]]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def stranger():
    with HTTPServer(("127.0.0.1", 0), _Stranger) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


@pytest.mark.parametrize("path", ANSWERS)
def test_another_web_server_is_recognised(stranger, path):
    """HTML, JSON of another kind, errors of another kind."""
    done = run("clock", "--url", stranger + path)

    assert 2 == done.exit_code
    assert f"what answers at {stranger}{path} is no Stockproof server" in done.stderr


def test_options_come_before_the_environment(cli, server):
    """The world named in the call is meant, not the variable's."""
    with server.world("demo") as other:
        other.run({"type": "clock.advance", "by": "PT1H"})
        assert {"now": "2026-01-05T10:00:00Z"} == cli.json("clock", "--world", other.id)
