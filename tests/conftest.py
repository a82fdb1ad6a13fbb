"""Places and helpers that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure of a property; and what CI judges must not depend on luck.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test an empty home, so that nobody's database or macros are seen."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in (
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "VHOST_CONFIG",
        "VHOST_DB",
        "DEFAULT_DBPATHLST",
        "CTYS_MACRO_PATH",
        "CTYS_GROUPS_PATH",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def oracle() -> Path:
    """Return the folder of recorded calls of the old tool."""
    return Path(os.environ.get("VHOST_ORACLE", SHARED / "oracle"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real configuration files."""
    return Path(os.environ.get("VHOST_CORPUS", SHARED / "corpus"))
