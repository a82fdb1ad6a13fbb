"""SHOW and INFO on real hosts, through a real ssh server, and in every shell that a host may have."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run
from tests.lab.ssh_server import Server, server
from vhost.survey.asking import _SCRIPTS
from vhost.survey.info import facts
from vhost.survey.sections import sections
from vhost.survey.show import situation

pytestmark = pytest.mark.integration

WITHIN = ("unshare", "--uts", "sh", "-c", 'hostname lab00.soho && exec "$@"', "sh")
SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["sh"]}


@pytest.fixture(scope="module")
def lab() -> Iterator[Server]:
    with server(within=WITHIN) as made:
        made.host("lab00")
        made.host("lab01")
        yield made


@pytest.fixture
def env(lab: Server) -> dict[str, str]:
    return {"VHOST_SSH_CONFIG": str(lab.config)}


def answer(shell: str, script: str, tmp_path: Path) -> dict[str, str]:
    """Return the parts of an answer; busybox has nothing on PATH but its own applets."""
    text = b"".join((_SCRIPTS / f"{name}.sh").read_bytes() for name in ("common", script))
    path = os.environ["PATH"]
    if shell == "busybox":
        path = str(tmp_path)
        for applet in subprocess.check_output(["busybox", "--list"], text=True).split():
            (tmp_path / applet).symlink_to(str(shutil.which("busybox")))
    done = subprocess.run(
        [*SHELLS[shell], "-s", "--", ""], check=True, input=text, capture_output=True, env={"PATH": path}, timeout=60
    )
    assert done.stderr == b""
    return dict(sections(done.stdout.decode(), shell))


@pytest.mark.parametrize("shell", SHELLS)
def test_show_needs_nothing_but_a_shell(shell: str, tmp_path: Path) -> None:
    found = situation(answer(shell, "show", tmp_path))

    assert found.host.node == os.uname().nodename
    assert found.memory.total is not None
    assert found.cpus == os.cpu_count()
    assert len(found.load) == 3
    assert any(one.user == "root" for one in found.busiest)


@pytest.mark.parametrize("shell", SHELLS)
def test_info_needs_nothing_but_a_shell(shell: str, tmp_path: Path) -> None:
    found = facts(answer(shell, "info", tmp_path))

    assert len(found.processors) == os.cpu_count()
    assert found.host.machine == os.uname().machine
    assert {one.name for one in found.types} >= {"XEN", "QEMU", "PM"}


def test_several_hosts_are_shown_one_after_the_other(env: dict[str, str]) -> None:
    shown = rows(run("vhost", "show", "lab00", "lab01", env=env))

    assert [line for line in shown if line.startswith("==")] == ["== lab00", "== lab01"]
    assert shown.count("node:      lab00.soho") == 2


def test_info_in_json_is_one_object_for_each_host(env: dict[str, str]) -> None:
    found = json.loads("\n".join(rows(run("vhost", "info", "-T", "xen", "-f", "json", "lab00", "localhost", env=env))))

    assert [found[name]["host"]["node"] for name in ("lab00", "localhost")] == ["lab00.soho", os.uname().nodename]
    assert [one["name"] for one in found["lab00"]["types"]] == ["XEN", "VNC", "CLI", "X11"]


def test_a_host_that_does_not_answer_costs_only_itself(env: dict[str, str], lab: Server) -> None:
    lab.host("lab09", port=1)

    done = run("vhost", "show", "lab09", "lab00", env=env)

    assert done.returncode == 13
    assert complaint(done).startswith("vhost: lab09: ")
    assert "== lab00" in done.stdout


def test_a_guest_s_process_is_told_from_the_others(tmp_path: Path) -> None:
    tool = tmp_path / "qemu-system-x86_64"
    shutil.copy("/bin/sleep", tool)
    with subprocess.Popen(["bash", "-c", f"exec -a '{tool} -name' {tool} 30"]) as guest:
        shown = rows(run("vhost", "show"))
        guest.terminate()

    assert any(f"{guest.pid} QEMU" in line for line in shown)
