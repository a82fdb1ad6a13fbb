from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.integration


def test_the_units_of_the_documentation_are_sound(tmp_path: Path) -> None:
    page = (ROOT / "docs/configuration.md").read_text()
    units = dict(re.findall(r"^```ini\n# (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    assert sorted(units) == ["vhost-scan.service", "vhost-scan.timer"]
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("/usr/local/bin/vhost", "/bin/true"))
    paths = [str(tmp_path / name) for name in units]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False, timeout=60
    )
    own = [line for line in done.stderr.splitlines() if "vhost-scan" in line]
    assert (done.returncode, own) == (0, [])
