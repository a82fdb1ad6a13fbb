"""What docs/comparison.md says that libvirt does, asked of libvirt's own test driver."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs_blocks import commands, pattern

pytestmark = pytest.mark.integration


def test_libvirt_does_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    page = (ROOT / "docs/comparison.md").read_text("utf-8")
    shown = list(commands(page.replace("```console\n", "```\n").replace("```console libvirt\n", "```console\n")))
    assert [one.command.split()[0] for one in shown] == ["virsh"]
    for one in shown:
        done = subprocess.run(
            ["bash", "-c", one.command],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert re.fullmatch(pattern(one.expected), done.stdout), done.stdout
