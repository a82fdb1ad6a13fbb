"""ENUMERATE of other hosts: through a real ssh server, with what a small system has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanners import archive
from scanners import tree as local
from scanners.recognise import View
from tests.commands import complaint, rows, run, tree, xen
from tests.lab.ssh_server import Server, server
from vhost.record import line
from vhost.survey.tree import script

pytestmark = pytest.mark.integration

WITHIN = ("unshare", "--uts", "sh", "-c", 'hostname lab00.soho && exec "$@"', "sh")
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data/trees"


@pytest.fixture(scope="module")
def lab() -> Iterator[Server]:
    with server(accounts={"acue": ""}, within=WITHIN) as made:
        made.host("lab00", user="acue")
        made.host("rootlab")
        yield made


@pytest.fixture
def env(lab: Server) -> dict[str, str]:
    return {"VHOST_SSH_CONFIG": str(lab.config)}


def test_another_host_says_what_a_scan_of_the_same_tree_says(env: dict[str, str]) -> None:
    there = rows(run("vhost", "enumerate", "--on", "rootlab", "-o", "machine", "--as-host", "x", SAMPLE, env=env))
    here = rows(run("vhost", "enumerate", "-o", "machine", "--as-host", "x", SAMPLE))

    assert sorted(there) == sorted(here)
    assert len(there) > 60


@pytest.mark.parametrize("applets", ["busybox", "gnu"])
def test_a_shell_with_find_tar_and_gzip_is_enough(applets: str, tmp_path: Path) -> None:
    path = os.environ["PATH"]
    if applets == "busybox":
        path = str(tmp_path)
        for applet in subprocess.check_output(["busybox", "--list"], text=True).split():
            (tmp_path / applet).symlink_to(str(shutil.which("busybox")))
    env = {"PATH": path, "HOME": str(tmp_path)}
    done = subprocess.run(
        ["sh", "-s", "--", ""],
        input=script([str(SAMPLE)]).encode(),
        capture_output=True,
        env=env,
        timeout=60,
        check=True,
    )
    stream = done.stdout.partition(b"= stream\n")[2].removesuffix(b"= end\n")

    found = archive.read(stream, [str(SAMPLE)], View("x"), "h")

    expected = local.scan([str(SAMPLE)], as_host="x").observations
    assert _lines(found.observations) == _lines(expected)


def _lines(observations: object) -> list[str]:
    return sorted(line(machine) for one in observations for machine in one.machines)  # type: ignore[attr-defined]  # both are lists of them


def test_relative_places_are_below_the_home_of_the_user_there(env: dict[str, str], lab: Server) -> None:
    tree(lab.directory / "home/acue", {"xen/tst100.cfg": xen("tst100"), "other/no.cfg": xen("no")})

    found = rows(run("vhost", "enumerate", "--on", "lab00", "-o", "pm,label,id", "xen", "~/xen/..", env=env))

    assert f"lab00.soho;tst100;{lab.directory}/home/acue/xen/tst100.cfg" in found
    assert any(";no;" in line for line in found)


def test_several_hosts_are_enumerated_together_and_missing_places_named(env: dict[str, str], tmp_path: Path) -> None:
    tree(tmp_path, {"a.cfg": xen("here")})
    place = str(tmp_path)

    done = run("vhost", "enumerate", "--on", "localhost", "--on", "rootlab", "-o", "pm,label", place, "/none", env=env)

    assert done.stdout.splitlines() == sorted([f"{os.uname().nodename};here", "lab00.soho;here"])
    assert done.returncode == 3
    assert sorted(done.stderr.splitlines()) == ["vhost: /none: does not exist", "vhost: rootlab: /none: does not exist"]


def test_names_that_a_shell_or_tar_could_misread_are_data(env: dict[str, str], tmp_path: Path) -> None:
    names = [
        "-T",
        "$(touch pwned).cfg",
        "a b'\".cfg",
        "back\\nslash.cfg",
        "--checkpoint-action=exec=sh x",
        "umläut.cfg",
        "new\nline.cfg",
    ]
    tree(tmp_path, {name: xen(f"m{number}") for number, name in enumerate(names)})

    found = rows(run("vhost", "enumerate", "--on", "rootlab", "-o", "label", tmp_path, env=env))

    assert found == [f"m{number}" for number in range(len(names))]
    assert not list(Path.cwd().glob("pwned*"))


def test_a_link_below_a_place_is_not_followed(env: dict[str, str], tmp_path: Path) -> None:
    tree(tmp_path, {"real/a.cfg": xen("real"), "outside/b.cfg": xen("outside")})
    (tmp_path / "real/link.cfg").symlink_to(tmp_path / "outside/b.cfg")
    (tmp_path / "real/dir").symlink_to(tmp_path / "outside")

    assert rows(run("vhost", "enumerate", "--on", "rootlab", "-o", "label", tmp_path / "real", env=env)) == ["real"]


def test_a_host_without_the_places_is_one_line(env: dict[str, str]) -> None:
    done = run("vhost", "enumerate", "--on", "lab00", "/none", env=env)

    assert (done.returncode, complaint(done)) == (2, "vhost: lab00: /none: does not exist; check the path")
