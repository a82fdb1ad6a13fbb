"""What a scan says of the broken and hostile files is what the README promises."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.sample.lab import README, SAMPLE, Scan, scan
from vhost.record import COUNT, line

FILES = sorted(path.name for path in (SAMPLE / "broken").iterdir())
ROW = re.compile(r"^\| `([^`]+)` \| [^|]+ \| (?:`([^`]+)`|none) \| (?:nothing|([^|]+)) \|$", re.MULTILINE)


@cache
def broken() -> Scan:
    return scan("lab00.soho", "broken")


def promised() -> dict[str, tuple[str | None, str | None]]:
    """Return label and finding of each file in the README's table, None where there is none."""
    section = README.partition("## Broken and hostile files")[2]
    return {name: (label or None, finding or None) for name, label, finding in ROW.findall(section)}


def test_the_readme_lists_every_file() -> None:
    assert sorted(promised()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_readme_tells_which_label_is_found(name: str) -> None:
    observation = broken().observations.get(f"broken/{name}")
    label = line(observation.machines[0]).split(";")[2] if observation else None
    assert label == promised()[name][0]


@pytest.mark.parametrize("name", FILES)
def test_the_readme_tells_what_a_scan_complains_of(name: str) -> None:
    problems = [finding.problem for finding in broken().findings if Path(finding.where).name == name]
    stated = promised()[name][1]
    assert [stated in problem if stated else False for problem in problems] == ([True] if stated else [])


def test_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr("os.system", called.append)
    scan("lab00.soho", "broken")
    assert called == []


def test_no_value_forges_a_field_or_steers_a_terminal() -> None:
    lines = [line(machine) for machine in broken().machines()]
    assert [(text.count(";"), text.isprintable()) for text in lines] == [(COUNT - 1, True)] * len(lines)
