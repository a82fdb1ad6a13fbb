"""`vhost list`: what hypervisors say, whose absence is no failure; the programs of hypervisors are stand-ins."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.commands import run, tree, xen
from vhost.host import own_name

UUID, OTHER = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2", "2e28cc72-0318-4b77-95e4-0570f7d5068d"
NO_DAEMON = "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory"
DOMAINS = [{"domid": 3, "config": {"c_info": {"name": "tst100", "uuid": UUID}, "nics": [{"mac": "00:16:3e:00:00:01"}]}}]
TABLE = "Name ID Mem VCPUs State Time(s)\ntst100    3    96    1    -b----    1.4\n"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Return surroundings in which `xl` and `virsh` are what the test puts into `tmp_path/bin`."""
    (tmp_path / "bin").mkdir()
    return {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "VHOST_DB": str(tmp_path / "db")}


def program(tmp_path: Path, name: str, script: str) -> None:
    path = tmp_path / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def running_xen(tmp_path: Path) -> None:
    listed = "libxl: warning: odd\n" + json.dumps(DOMAINS, indent=1).replace("\n", "\nWARNING: odder\n", 1)
    (tmp_path / "long").write_text(listed)
    (tmp_path / "short").write_text(TABLE)
    program(tmp_path, "xl", f'case "$*" in list) cat {tmp_path}/short;; "list -l") cat {tmp_path}/long;; esac')


def test_a_daemon_that_does_not_run_is_said_once_and_no_failure(tmp_path: Path, env: dict[str, str]) -> None:
    program(tmp_path, "virsh", f'echo "{NO_DAEMON}" >&2; exit 1')
    running_xen(tmp_path)

    done = run("vhost", "list", env=env)

    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert "No such file or directory; nothing of it runs there" in line
    assert "tst100" in done.stdout


@pytest.mark.parametrize("asked", [("-T", "LIBVIRT"), ("-c", "qemu:///system")])
def test_a_daemon_that_was_asked_for_and_does_not_run_is_a_failure(
    tmp_path: Path, env: dict[str, str], asked: tuple[str, str]
) -> None:
    program(tmp_path, "virsh", f'echo "{NO_DAEMON}" >&2; exit 1')

    assert run("vhost", "list", *asked, env=env).returncode == 3


def test_a_daemon_that_answers_with_another_error_is_a_failure(tmp_path: Path, env: dict[str, str]) -> None:
    program(tmp_path, "virsh", "echo 'error: internal error' >&2; exit 1")

    assert run("vhost", "list", env=env).returncode == 3


def test_a_kernel_that_is_not_xens_is_no_failure(tmp_path: Path, env: dict[str, str]) -> None:
    said = "xencall: error: Could not obtain handle on privileged command interface: No such file or directory"
    program(tmp_path, "xl", f"echo '{said}' >&2; exit 1")

    done = run("vhost", "list", env=env)

    assert done.returncode == 0
    assert "(XEN)" in done.stderr


def test_what_is_configured_and_does_not_run_is_added_and_marked(tmp_path: Path, env: dict[str, str]) -> None:
    running_xen(tmp_path)
    own = xen("tst100", UUID, "00:16:3e:00:00:01")
    pool = tree(
        tmp_path / "pool",
        {"tst100.cfg": own, "tst101.cfg": xen("tst101", OTHER), "tst101.bak": xen("tst101", OTHER), "copy.cfg": own},
    )
    assert run("vhost", "scan", "tree", pool, env=env).returncode == 0

    plain, full = (
        json.loads(run("vhost", "list", "-T", "XEN", "--format", "json", *more, env=env).stdout)
        for more in ((), ("--all",))
    )

    assert [(one["label"], one["state"]) for one in plain] == [("tst100", "running")]
    assert [(one["label"], one["state"], one["host"]) for one in full] == [
        ("tst100", "running", own_name()),
        ("tst101", "configured", own_name()),
    ]


def test_what_a_silent_hypervisor_may_run_is_not_said_to_be_off(tmp_path: Path, env: dict[str, str]) -> None:
    program(tmp_path, "xl", "echo 'xl: broken' >&2; exit 1")
    pool = tree(tmp_path / "pool", {"tst100.cfg": xen("tst100", UUID)})
    assert run("vhost", "scan", "tree", pool, env=env).returncode == 0

    done = run("vhost", "list", "-T", "XEN", "--all", env=env)

    assert done.returncode == 3
    assert "configured, not asked" in done.stdout
