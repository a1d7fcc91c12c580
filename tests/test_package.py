"""The wheel carries what it needs and works from any folder, without the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.xdist_group("package")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what a checkout has."""
    out = tmp_path_factory.mktemp("wheel")
    code = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", code, str(out)], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return out / built.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the unpacked wheel."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run_installed(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_wheel_holds_both_packages_and_all_data_and_nothing_else(wheel: Path):
    """schemas/ and fixtures/ travel inside the wheel, file by file; tests and benchmarks stay at home."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    tops = {name.partition("/")[0] for name in names}
    data = {
        f"stockproof_data/{path.relative_to(ROOT).as_posix()}"
        for folder in ("schemas", "fixtures")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }

    assert {"mockserver", "conformance", "stockproof_data", "stockproof-0.1.0.dist-info"} == tops
    assert set() == data - names
    assert {"mockserver/py.typed", "conformance/py.typed"} <= names


def test_the_installed_package_finds_its_data_from_any_folder(installed: Path, tmp_path: Path):
    """Every shipped world is found and valid, and the code that ran is the wheel's."""
    done = run_installed(
        installed,
        tmp_path,
        "-c",
        "import mockserver, mockserver.behaviours as b; print(mockserver.__file__); print(len(b.readings()))",
    )
    location, readings = done.stdout.split()

    assert str(installed) in location
    assert int(readings) > 50


def test_the_installed_command_checks_a_shipped_world(installed: Path, tmp_path: Path):
    """`mockserver world validate` works from a folder without sources."""
    world = installed / "stockproof_data" / "fixtures" / "worlds" / "demo.yaml"
    done = run_installed(installed, tmp_path, "-m", "mockserver", "world", "validate", str(world))

    assert 0 == done.returncode, done.stderr


def test_the_installed_server_announces_itself_and_stops_cleanly(installed: Path, tmp_path: Path):
    """The first line on stdout is JSON with url and world; SIGTERM ends it with exit code 0."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        announced = json.loads(server.stdout.readline())
        server.terminate()
        code = server.wait(timeout=20)

    assert "demo" == announced["world"]
    assert announced["url"].startswith("http://127.0.0.1:")
    assert 0 == code
