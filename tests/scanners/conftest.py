"""Fixtures of the scanners' tests."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the last part of every path that is opened."""
    names: list[str] = []
    real = os.open

    def recording(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        names.append(path.rpartition("/")[2])
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", recording)
    return names
