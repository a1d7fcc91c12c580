"""Who may import whom (design section 3): found by walking the imports, because prose rots."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for package in ("mockserver", "conformance") for path in (ROOT / package).rglob("*.py"))
IMPURE = {"os", "time", "random", "uuid", "logging", "flask", "secrets", "socket", "threading", "pathlib", "io"}
STATUSES = {200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504}


def name_of(path):
    return str(path.relative_to(ROOT))


def below(folder):
    return [path for path in FILES if name_of(path).startswith(folder)]


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def is_for_types_only(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def nodes(node, *, types):
    """Yield every node; those that only a type checker sees are left out unless wanted."""
    for child in ast.iter_child_nodes(node):
        if is_for_types_only(child) and not types:
            continue
        yield child
        yield from nodes(child, types=types)


def imports(path, *, types=True):
    """Return the modules that a file imports, anywhere in it; ``from a import b`` counts as a and as a.b."""
    found = set()
    for node in nodes(tree(path), types=types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def inside(modules, *packages):
    """Return those modules that lie in one of the packages."""
    return sorted(
        each for each in modules if any(each == package or each.startswith(f"{package}.") for package in packages)
    )


def offenders(folder, *forbidden, types=True, but=()):
    return {
        name_of(path): found
        for path in below(folder)
        if name_of(path) not in but and (found := inside(imports(path, types=types), *forbidden))
    }


def test_there_is_something_to_look_at():
    """An empty walk would find nothing wrong."""
    assert len(below("mockserver/core")) > 10
    assert len(below("conformance")) > 5


@pytest.mark.parametrize("path", below("mockserver/core"), ids=name_of)
def test_the_core_is_pure(path):
    """Standard library and itself only, and nothing that knows of time, chance, files, threads or the environment."""
    for module in imports(path):
        top = module.partition(".")[0]
        if top == "mockserver":
            assert module == "mockserver.core" or module.startswith("mockserver.core.") or module == "mockserver", (
                module
            )
            continue
        assert top in sys.stdlib_module_names, f"{module} is no part of the standard library"
        assert top not in IMPURE, f"{module} has no place in the core"


def test_the_core_does_not_open_print_or_ask():
    """No input or output by built-in functions either."""
    calls = {
        f"{name_of(path)}: {node.func.id}"
        for path in below("mockserver/core")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"open", "print", "input", "exec", "eval"}
    }
    assert calls == set()


def test_the_suite_and_the_mock_do_not_import_each_other():
    """Two oracles: one bug cannot agree with itself."""
    assert offenders("conformance", "mockserver") == {}
    assert offenders("mockserver", "conformance") == {}


def test_the_reference_integrations_stand_on_their_own():
    """Somebody starts from a copy: nothing of ours is in it."""
    assert len(below("conformance/reference")) > 1
    own = offenders("conformance/reference", "conformance", "mockserver")
    outside = {
        path: [each for each in found if not each.startswith("conformance.reference")] for path, found in own.items()
    }

    assert {path: found for path, found in outside.items() if found not in ([], ["conformance"])} == {}


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        (
            "conformance/report",
            ("conformance.cli", "conformance.runner", "conformance.certify", "conformance.scenario"),
        ),
        ("conformance/scenario", ("conformance.cli", "conformance.hunt", "conformance.advise", "conformance.certify")),
        ("conformance/hunt", ("conformance.cli", "conformance.advise", "conformance.certify")),
        ("conformance/certify", ("conformance.cli", "conformance.scenario", "conformance.hunt", "conformance.advise")),
        ("conformance/offline", ("conformance.cli", "conformance.certify", "conformance.target")),
        ("conformance/checks", ("conformance.cli", "conformance.report", "conformance.certify")),
    ],
)
def test_the_parts_of_the_suite_keep_apart(folder, forbidden):
    """Judging servers, judging integrations, scenarios and reports know each other only where they must."""
    assert below(folder)
    assert offenders(folder, *forbidden) == {}


def test_http_never_sees_the_journal():
    """Not even by a type."""
    assert offenders("mockserver/http", "mockserver.journal") == {}


def test_the_direction_is_kept():
    """From the bottom: core <- journal, recorder, clock <- worlds <- http <- cli, testing, serving."""
    upper = (
        "mockserver.http",
        "mockserver.cli",
        "mockserver.testing",
        "mockserver.serving",
        "mockserver.pytest_plugin",
    )
    assert offenders("mockserver/core", "mockserver.worlds", "mockserver.journal", *upper) == {}
    assert offenders("mockserver/journal", "mockserver.worlds", *upper) == {}
    for lower in ("recorder", "clock", "worlds", "behaviours", "contracts", "resources", "hosted_world", "credentials"):
        assert below(f"mockserver/{lower}.py")
        assert offenders(f"mockserver/{lower}.py", *upper) == {}
    assert offenders("mockserver/files", "mockserver.worlds", "mockserver.journal", *upper) == {}
    assert offenders("mockserver/recorder.py", "mockserver.worlds") == {}
    assert offenders("mockserver/http", "mockserver.cli", "mockserver.testing", "mockserver.serving") == {}


def test_flask_is_known_to_the_http_layer_only():
    """Handlers are plain functions; only the application and the control API know a framework."""
    users = {name_of(path) for path in FILES if inside(imports(path, types=False), "flask", "werkzeug")}

    assert users <= {"mockserver/http/app.py", "mockserver/http/control.py"}


def test_the_environment_is_read_in_one_place_of_each_package():
    """os.environ and os.getenv; a start with surprises is nobody's friend."""
    readers = {
        name_of(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "environb", "getenv", "putenv"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    assert {each for each in readers if each.startswith("mockserver")} <= {"mockserver/settings.py"}
    assert not offenders("mockserver", "os.environ", "os.getenv")


def test_click_is_known_to_the_command_line_only():
    """A library does not exit."""
    users = {name_of(path) for path in FILES if inside(imports(path), "click")}

    assert all(each.startswith(("mockserver/cli/", "conformance/cli/")) for each in users)


def numbers_of_statuses(path):
    """Yield the integer literals that look like an HTTP status in a place where one would be."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            named = any("status" in ast.dump(side).lower() for side in sides)
            values = [side for side in sides for side in ast.walk(side)] if named else []
        elif isinstance(node, ast.keyword) and node.arg and "status" in node.arg:
            values = list(ast.walk(node.value))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and "status" in ast.dump(node).lower():
            values = list(ast.walk(node.value)) if node.value else []
        else:
            continue
        yield from (each.value for each in values if isinstance(each, ast.Constant) and each.value in STATUSES)


def test_status_numbers_live_in_the_http_layer():
    """Errors carry codes; what they are on the wire is decided at the edge."""
    # The command line, the tests' handle and the bridge to `requests` are clients: they read statuses.
    clients = ("mockserver/http/", "mockserver/testing/", "mockserver/cli/")
    found = {
        name_of(path): sorted(set(numbers))
        for path in below("mockserver")
        if not name_of(path).startswith(clients) and (numbers := list(numbers_of_statuses(path)))
    }
    assert found == {}


def test_nothing_happens_at_import():
    """Every module can be imported where files cannot be read, sockets not opened, threads not started."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in FILES
        if path.stem not in {"__main__"}
    ]
    program = """
import importlib, sys
guarded = [False]
def guard(event, args):
    if not guarded[0]:
        return
    if event in {"socket.connect", "socket.bind", "subprocess.Popen", "os.system", "_thread.start_new_thread"}:
        raise RuntimeError(f"{event} at import")
    if event == "open" and isinstance(args[0], str) and args[0].endswith((".json", ".yaml", ".yml", ".toml")):
        raise RuntimeError(f"{args[0]} opened at import")
import click, flask, httpx, jsonschema, jsonschema_rs, openpyxl
import orjson, pytest, referencing, requests, responses, rich.console, schemathesis, yaml
sys.addaudithook(guard)
guarded[0] = True
for name in sys.argv[1:]:
    importlib.import_module(name)
guarded[0] = False
"""
    done = subprocess.run(
        [sys.executable, "-c", program, *modules], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr[-2000:]


def test_the_hot_path_starts_without_what_it_does_not_need():
    """Serving asks for neither the spreadsheet reader nor the suite's libraries."""
    program = "import sys, mockserver.http.app; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert not {"openpyxl", "httpx", "rich", "jsonschema", "responses", "requests", "pytest"} & set(done.stdout.split())
