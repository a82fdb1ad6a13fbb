"""Every recorded call of the old tool: what its manual documents byte for byte, its mistakes by their exit code.

Calls where the old tool and its manual differ, or whose layout is free, are decided in docs/old-tool.md and tested in
the modules `test_decisions_*` and `test_shapes`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import recorded


def _without_index(text: str) -> list[list[str]]:
    return [fields[:31] + fields[32:] for line in text.splitlines() for fields in [line.split(";")]]


@pytest.mark.parametrize("name", recorded.of("doc"))
def test_a_documented_call_is_answered_as_recorded(name: str, tmp_path: Path) -> None:
    done = recorded.run(name, tmp_path)
    assert (done.code, done.stdout) == (recorded.cases()[name]["rc"], done.recorded)


@pytest.mark.parametrize("name", recorded.of("index"))
def test_a_call_is_answered_as_recorded_but_for_index(name: str, tmp_path: Path) -> None:
    done = recorded.run(name, tmp_path)
    assert (done.code, _without_index(done.stdout)) == (recorded.cases()[name]["rc"], _without_index(done.recorded))


@pytest.mark.parametrize("name", recorded.of("err"))
def test_a_mistake_has_the_recorded_exit_code_and_one_line(name: str, tmp_path: Path) -> None:
    done = recorded.run(name, tmp_path)
    assert (done.code, len(done.stderr.splitlines()), "Traceback" in done.stderr) == (
        recorded.cases()[name]["rc"],
        1,
        False,
    )


def test_every_other_call_is_decided_in_the_documentation() -> None:
    assert set(recorded.of("quirk", "bug", "shape")) - recorded.decided() == set()
    assert {name for name in recorded.decided() if name[:3] == "lab"} <= set(recorded.cases())
