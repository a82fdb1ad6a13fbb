"""The audit finds in the sample lab what cases.tsv says, for the files that it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import rows as lines
from tests.commands import run
from tests.sample.lab import SAMPLE, rows

NOW = [case for case in rows(SAMPLE / "cases.tsv") if case["needs"] == "-"]


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the audit of the lab as its README scans it."""
    db = tmp_path_factory.mktemp("lab") / "db"
    lines(run("vhost", "scan", "--config", SAMPLE / "lab.toml", "-p", db))
    found: list[dict[str, Any]] = json.loads("\n".join(lines(run("vhost", "audit", "-p", db, "--format", "json"))))
    return found


def files(collision: dict[str, Any]) -> list[str]:
    seen = {Path(path.partition(":")[2]) for machine in collision["machines"] for path in machine["paths"]}
    return sorted(str(path.relative_to(SAMPLE)) for path in seen)


@pytest.mark.parametrize("case", NOW, ids=lambda case: f"{case['cause']}-{case['value']}")
def test_the_audit_explains_a_case(case: dict[str, str], audit: list[dict[str, Any]]) -> None:
    wanted = (case["key"].lower(), case["value"], case["cause"])
    (found,) = [one for one in audit if (one["key"], one["value"], one["cause"]) == wanted]
    assert files(found) == sorted(case["files"].split(", "))


def test_every_machine_of_the_lab_has_an_address(audit: list[dict[str, Any]]) -> None:
    addresses = [one["address"] for collision in audit for one in collision["resolutions"]]
    assert len(addresses) > 60
    assert None not in addresses
