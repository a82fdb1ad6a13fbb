"""The tree scanner: what is looked at, what it becomes, and what is left out."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path

import pytest

from scanners.formats import FORMATS
from scanners.tree import scan
from tests.scanners.trees import known, machines, nothing, vmx, write, xen
from vhost.errors import UsageError


def test_a_configuration_becomes_a_record_of_the_host_whose_view_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"tst100/tst100.cfg": xen("tst100")})

    machine = scan([str(tmp_path)], as_host="lab00").observations[0].machines[0]

    assert (machine.pm, machine.type, machine.label) == ("lab00", "XEN", "tst100")
    assert machine.id == f"{tmp_path}/tst100/tst100.cfg"


def test_a_record_names_the_owners_of_its_file(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": xen("x")})

    machine = scan([str(tmp_path)]).observations[0].machines[0]

    assert machine.uid == pwd.getpwuid(os.getuid()).pw_name
    assert machine.gid == grp.getgrgid((tmp_path / "x.cfg").stat().st_gid).gr_name


def test_an_observation_says_which_file_it_is_from(tmp_path: Path) -> None:
    status = (write(tmp_path, {"x.cfg": xen("x")}) / "x.cfg").stat()

    stamp = scan([str(tmp_path)]).observations[0].stamp

    assert (stamp.device, stamp.inode) == (status.st_dev, status.st_ino)
    assert (stamp.size, stamp.mtime_ns) == (status.st_size, status.st_mtime_ns)


def test_equal_content_has_an_equal_hash(tmp_path: Path) -> None:
    write(tmp_path, {"a.cfg": xen("x"), "b.cfg": xen("x"), "c.cfg": xen("y")})

    first, second, third = (one.stamp.content_hash for one in scan([str(tmp_path)]).observations)

    assert first == second != third


@pytest.mark.parametrize("name", ["x.cfg", "x.conf", "x", "x.hvm", "x.cfg~", "x.cfg.bak", "x-inst", ".x", "x.old.1"])
def test_a_configuration_is_known_by_its_content_whatever_its_name(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: xen("x")})

    assert machines(scan([str(tmp_path)]), tmp_path) == {name: "x"}


@pytest.mark.parametrize(
    "name", ["x.img", "x.QCOW2", "x.iso", "x.vmdk", "x.log", "x.log.1", "x.LOG.20240101", "x.tar.gz"]
)
def test_a_name_of_an_image_or_a_log_is_never_opened(tmp_path: Path, name: str, opened: list[str]) -> None:
    write(tmp_path, {name: xen("x")})

    found = scan([str(tmp_path)])

    assert (found.observations, found.findings) == ([], [])
    assert name not in opened


def test_a_directory_may_be_called_like_an_image(tmp_path: Path) -> None:
    write(tmp_path, {"x.img/x.cfg": xen("x")})

    assert machines(scan([str(tmp_path)]), tmp_path) == {"x.img/x.cfg": "x"}


def test_what_is_no_configuration_is_reported_so_that_it_is_known_next_time(tmp_path: Path) -> None:
    write(tmp_path, {"README": "hello\n", "boot.bin": bytes(100)})

    assert nothing(scan([str(tmp_path)]), tmp_path) == ["README", "boot.bin"]


def test_an_empty_tree_has_nothing_and_no_findings(tmp_path: Path) -> None:
    found = scan([str(tmp_path)])

    assert (found.observations, found.findings, found.counts.directories) == ([], [], 1)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": ""})

    assert (scan([str(tmp_path)]).observations, scan([str(tmp_path)]).findings) == ([], [])


def test_many_files_of_one_directory_are_all_read(tmp_path: Path) -> None:
    write(tmp_path, {f"x{number}.cfg": xen(f"x{number}") for number in range(100)})

    assert len(machines(scan([str(tmp_path)]), tmp_path)) == 100


def test_files_and_directories_side_by_side_are_all_read(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": xen("x"), "a/y.cfg": xen("y"), "a/b/z.cfg": xen("z")})

    assert machines(scan([str(tmp_path)]), tmp_path) == {"x.cfg": "x", "a/y.cfg": "y", "a/b/z.cfg": "z"}


@pytest.mark.parametrize("threads", [1, 64])
def test_findings_come_in_the_order_of_their_paths_whatever_the_threads_do(tmp_path: Path, threads: int) -> None:
    write(tmp_path, {f"{at}/{number}.cfg": xen("x") for at in "dacb" for number in range(20)})

    paths = [one.stamp.path for one in scan([str(tmp_path)], threads=threads).observations]

    assert paths == sorted(paths)


def test_the_counts_say_what_was_done(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.cfg": xen("x"), "b/y.cfg": xen("y"), "b/notes": "hello"})
    first = scan([str(tmp_path)])
    write(tmp_path, {"b/y.cfg": xen("other")})

    counts = scan([str(tmp_path)], known=known(first)).counts

    assert (counts.directories, counts.read, counts.unchanged, counts.machines) == (3, 1, 2, 1)
    assert counts.seconds > 0


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    write(tmp_path, {"a/x.cfg": xen("x")})

    scan([str(tmp_path)], progress=lambda *figures: told.append(figures))

    assert told[-1] == (2, 0, 1)


@pytest.mark.parametrize("magic", ["IGNORE", "NOENUM"])
def test_a_machine_that_wants_to_be_ignored_is_left_out(tmp_path: Path, magic: str) -> None:
    write(tmp_path, {"x.cfg": f"{xen('x')}#@#MAGICID-{magic}\n"})

    assert nothing(scan([str(tmp_path)]), tmp_path) == ["x.cfg"]


def test_scan_all_states_brings_the_ignored_machines(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": f"{xen('x')}#@#MAGICID-IGNORE\n"})

    assert machines(scan([str(tmp_path)], scan_all_states=True), tmp_path) == {"x.cfg": "x"}


@pytest.mark.parametrize("name", ["XEN", "xen", "Xen"])
def test_a_type_is_asked_for_in_any_case(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"x.cfg": xen("x"), "y.vmx": vmx("y")})

    assert machines(scan([str(tmp_path)], types=[name]), tmp_path) == {"x.cfg": "x"}


@pytest.mark.parametrize("name", ["VMW", "vmware"])
def test_a_type_may_be_called_by_its_product(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"x.cfg": xen("x"), "y.vmx": vmx("y")})

    assert machines(scan([str(tmp_path)], types=[name]), tmp_path) == {"y.vmx": "y"}


def test_every_type_that_a_format_yields_can_be_asked_for(tmp_path: Path) -> None:
    asked = frozenset(name for known_format in FORMATS for name in known_format.types)

    assert scan([str(tmp_path)], types=asked).types == asked


def test_an_unknown_type_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"vbx: no session type; known are .*VBOX"):
        scan([str(tmp_path)], types=["XEN", "vbx"])


def test_a_machine_of_another_type_is_named_as_filtered_and_not_as_seen(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": xen("x"), "y.vmx": vmx("y")})

    found = scan([str(tmp_path)], types=["XEN"])

    assert found.filtered == [f"{tmp_path}/y.vmx"]
    assert nothing(found, tmp_path) == []


def test_a_broken_file_of_another_type_is_filtered_too(tmp_path: Path) -> None:
    write(tmp_path, {"x.xml": "<domain type='kvm'><name>x</name><memory>1</memory><devices>"})

    found = scan([str(tmp_path)], types=["XEN"])

    assert (found.filtered, found.findings) == ([f"{tmp_path}/x.xml"], [])
