"""What is built and what is installed: from the sources a wheel, from the wheel commands that work."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

from tests.commands import BIN, tree, xen
from tests.conftest import ROOT
from vhost import __version__

PACKAGES = ("vhost", "scanners", "macmap")
PYTHONS = sorted((BIN.parent / "pythons").glob("3.*"), key=lambda path: int(path.name.split(".")[1]))
"""An environment for each Python that was found on this machine; `make test` makes them."""
UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
SCRIPTS = sorted(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"])


def call(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Return what a command prints that must succeed; no package index is asked."""
    own = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONWARNINGS": "", **environment}
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source archive of this tree."""
    out = tmp_path_factory.mktemp("sdist")
    call(BIN / "hatchling", "build", "--target", "sdist", "--directory", out, cwd=ROOT)
    return next(out.iterdir())


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built from the source archive, with the tools that are here."""
    out = tmp_path_factory.mktemp("wheel")
    call(BIN / "pip", "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", out, sdist)
    return next(out.iterdir())


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """Return the paths in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode())


def sources() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(ROOT))


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(names: set[str]) -> None:
    meta = f"vhost_toolkit-{__version__}."
    assert {name for name in names if not name.startswith(meta)} == set(sources())


def test_the_wheel_holds_the_man_pages(names: set[str]) -> None:
    place = f"vhost_toolkit-{__version__}.data/data/share/man/man1/"
    assert {name.removeprefix(place) for name in names if name.startswith(place)} == {
        page.name for page in (ROOT / "docs/man").iterdir()
    }


def test_types_are_shipped(names: set[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_the_source_archive_holds_what_a_newcomer_needs(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", "sample_data/scans.tsv", "docs/README.md"} <= found
    assert [name for name in found if ".venv" in name or "__pycache__" in name] == []


def test_every_python_that_is_tested_is_named_to_users(metadata: Message) -> None:
    named = {one.rsplit(" ", 1)[-1] for one in metadata.get_all("Classifier", []) if "Python :: 3." in one}
    assert metadata["Requires-Python"] == ">=3.11"
    assert {path.name for path in PYTHONS} <= named


def test_the_page_of_an_index_is_the_readme(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module", params=PYTHONS, ids=lambda path: f"python{path.name}")
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment into which pip installed the wheel, beside what the lock file names."""
    needs: Path = request.param
    place = tmp_path_factory.mktemp("installed")
    call(needs / "bin/python", "-m", "venv", "--without-pip", place)
    (place / f"lib/python{needs.name}/site-packages/needs.pth").write_text(
        str(needs / f"lib/python{needs.name}/site-packages")
    )
    call(sys.executable, "-m", "pip", "--python", place / "bin/python", "install", wheel)
    return place / "bin"


@pytest.mark.integration
def test_every_command_runs(installed: Path) -> None:
    for script in SCRIPTS:
        assert call(installed / script, "--version") == f"{script} (vhost-toolkit) {__version__}\n"
    assert call(installed / "python", "-m", "vhost", "-V") == f"vhost (vhost-toolkit) {__version__}\n"


@pytest.mark.integration
def test_what_comes_with_the_packages_is_found(installed: Path, tmp_path: Path) -> None:
    root = tree(tmp_path / "pool", {f"{label}.cfg": xen(label, UUID) for label in ("web01", "web02")})
    db = tmp_path / "db"
    call(installed / "vhost", "scan", "tree", "-p", db, "--as-host", "lab00", root)
    assert call(installed / "ctys-vhost", "-p", db, "-o", "macro:TAB_CTYS_VHOST_DEFAULT", "web01").count("web01") == 1
    assert "uuid" in call(installed / "vhost", "report", "-p", db, "duplicates")
    assert (installed.parent / "share/man/man1/vhost-query.1").is_file()
