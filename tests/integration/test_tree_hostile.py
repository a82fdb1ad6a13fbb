"""The tree scanner among real mounts, devices, permissions and failing disks."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanners import mounts, tree
from scanners.crossings import gone
from scanners.tree import scan
from tests.bench import latfs
from tests.scanners.trees import known, machines, problems, vmx, write, xen

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts and devices need root"),
]

Mount = Callable[..., Path]


@pytest.fixture
def mount() -> Iterator[Mount]:
    """Give a function that mounts something at a path with `mount`'s arguments; all is unmounted in the end."""
    points: list[Path] = []

    def mounting(point: Path, *arguments: str | Path) -> Path:
        point.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", *arguments, point], check=True)
        points.append(point)
        return point

    yield mounting
    for point in reversed(points):
        subprocess.run(["umount", "-l", point], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the program of a file system that fails on demand."""
    if reason := latfs.missing():
        pytest.skip(reason)
    return latfs.compiled(tmp_path_factory.mktemp("latfs"))


@pytest.fixture
def public() -> Iterator[Path]:
    """Give a folder that everybody can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user without any rights."""
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# Mounts


def test_a_bind_mount_is_walked_once_and_always_by_the_same_path(tmp_path: Path, mount: Mount) -> None:
    write(tmp_path, {f"z/pool/vm{number}/x.cfg": xen("x") for number in range(30)})
    mount(tmp_path / "a/b/c", "--bind", tmp_path / "z/pool")

    for _ in range(10):
        found = scan([str(tmp_path)])

        assert sorted(machines(found, tmp_path)) == sorted(f"z/pool/vm{number}/x.cfg" for number in range(30))
        assert found.again == {f"{tmp_path}/a/b/c": f"{tmp_path}/z/pool"}


def test_a_bind_mount_of_a_tree_within_itself_ends(tmp_path: Path, mount: Mount) -> None:
    write(tmp_path, {"x.cfg": xen("x"), "a/y.cfg": xen("y")})
    mount(tmp_path / "a/loop", "--bind", tmp_path)

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"x.cfg": "x", "a/y.cfg": "y"}
    assert found.findings == []


def test_a_part_that_is_only_reached_by_a_bind_mount_is_found(tmp_path: Path, mount: Mount) -> None:
    write(tmp_path, {"outside/vm/x.cfg": xen("x"), "root/y.cfg": xen("y")})
    mount(tmp_path / "root/in", "--bind", tmp_path / "outside")

    assert machines(scan([f"{tmp_path}/root"]), tmp_path) == {"root/in/vm/x.cfg": "x", "root/y.cfg": "y"}


def test_two_mounts_of_one_disk_are_one_file_system(tmp_path: Path, mount: Mount) -> None:
    if shutil.which("mkfs.ext4") is None or not Path("/dev/loop-control").exists():
        pytest.skip("no loop devices, or no mkfs.ext4")
    image = tmp_path / "disk.img"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    first = mount(tmp_path / "pools/a", "-o", "loop", image)
    write(first, {"vm/x.cfg": xen("x")})
    device = subprocess.run(["findmnt", "-no", "SOURCE", first], check=True, capture_output=True, text=True).stdout
    mount(tmp_path / "pools/b", device.strip())

    found = scan([f"{tmp_path}/pools"])

    assert machines(found, tmp_path) == {"pools/a/vm/x.cfg": "x"}
    assert found.mounts[f"{tmp_path}/pools/a"] == found.mounts[f"{tmp_path}/pools/b"] == f"local:ext4:{device.strip()}"
    assert found.observations[0].stamp.mount == f"local:ext4:{device.strip()}"


def test_a_file_system_below_a_root_gives_its_files_its_name(tmp_path: Path, mount: Mount) -> None:
    pool = mount(tmp_path / "po\nol", "-t", "tmpfs", "tmpfs")
    write(pool, {"a/x.cfg": xen("x")})

    found = scan([str(tmp_path)])

    status = pool.stat()
    name = f"local:tmpfs:{os.major(status.st_dev)}:{os.minor(status.st_dev)}"
    assert found.observations[0].stamp.mount == found.mounts[str(pool)] == name


def test_a_file_that_is_mounted_has_the_name_of_its_own_file_system(tmp_path: Path, mount: Mount) -> None:
    pool = mount(tmp_path / "pool", "-t", "tmpfs", "tmpfs")
    write(tmp_path, {"pool/x.cfg": xen("x"), "root/y.cfg": ""})
    subprocess.run(["mount", "--bind", pool / "x.cfg", tmp_path / "root/y.cfg"], check=True)
    try:
        found = scan([f"{tmp_path}/root"])
    finally:
        subprocess.run(["umount", tmp_path / "root/y.cfg"], check=True)

    assert found.observations[0].stamp.mount == scan([str(pool)]).mounts[str(pool)]


def test_a_mount_that_is_gone_is_told_from_an_empty_one(tmp_path: Path, mount: Mount) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(mount(first, "-t", "tmpfs", "tmpfs"), {"x.cfg": xen("x")})
    write(mount(second, "-t", "tmpfs", "tmpfs"), {"y.cfg": xen("y")})
    before = scan([str(tmp_path)])
    subprocess.run(["umount", first], check=True)
    (second / "y.cfg").unlink()

    after = scan([str(tmp_path)], known=known(before))

    assert (after.observations, after.unchanged) == ([], [])
    assert gone(before.mounts, after.mounts) == [str(first)]


def test_a_root_that_was_a_mount_and_is_none_now_is_gone(tmp_path: Path, mount: Mount) -> None:
    pool = mount(tmp_path / "pool", "-t", "tmpfs", "tmpfs")
    before = scan([str(pool)])
    subprocess.run(["umount", pool], check=True)

    after = scan([str(pool)])

    assert after.findings == []
    assert gone(before.mounts, after.mounts) == [str(pool)]


def test_what_the_kernel_shows_of_itself_is_not_walked(tmp_path: Path, mount: Mount) -> None:
    mount(tmp_path / "proc", "-t", "proc", "proc")
    write(tmp_path, {"x.cfg": xen("x")})

    assert scan([str(tmp_path)]).counts.directories == 1


def test_a_file_system_that_is_mounted_while_the_scan_runs_is_named(
    tmp_path: Path, mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = mount(tmp_path / "pool", "-t", "tmpfs", "tmpfs")
    write(pool, {"x.cfg": xen("x")})
    read = tree.read_mounts
    tables = [mounts.Table(tuple(one for one in read().mounts if one.point != str(pool)))]
    monkeypatch.setattr(tree, "read_mounts", lambda: tables.pop() if tables else read())

    found = scan([str(tmp_path)])

    assert found.observations[0].stamp.mount == found.mounts[str(pool)]
    assert found.mounts[str(pool)].startswith("local:tmpfs:")


# Permissions and devices


def test_what_may_not_be_read_is_a_finding_and_the_rest_is_kept(public: Path) -> None:
    write(public, {"shut/x.cfg": xen("x"), "secret.cfg": xen("x"), "blind/x.cfg": xen("x"), "y.cfg": xen("y")})
    (public / "shut").chmod(0o711)
    (public / "blind").chmod(0o744)
    (public / "secret.cfg").chmod(0o600)

    with nobody():
        found = scan([str(public)])

    refused = "cannot be read: Permission denied"
    assert machines(found, public) == {"y.cfg": "y"}
    assert problems(found, public) == {"shut": refused, "secret.cfg": refused, "blind/x.cfg": refused}
    assert all(one.lost for one in found.findings)


def test_a_root_that_may_not_be_read_is_a_finding_and_not_missing(public: Path) -> None:
    (public / "shut/pool").mkdir(parents=True)
    (public / "shut").chmod(0o700)

    with nobody():
        found = scan([f"{public}/shut", f"{public}/shut/pool"])

    assert problems(found, public) == dict.fromkeys(["shut", "shut/pool"], "cannot be read: Permission denied")
    assert (found.missing, found.findings[0].lost) == ([], True)


def test_devices_are_not_opened(tmp_path: Path) -> None:
    os.mknod(tmp_path / "null.cfg", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    os.mknod(tmp_path / "disk.cfg", stat.S_IFBLK | 0o600, os.makedev(1, 0))

    found = scan([str(tmp_path)])

    assert (found.observations, found.findings) == ([], [])


# System calls


_SCAN = """
import json, sys
from scanners.tree import scan
known = {path: tuple(stamp) for path, stamp in json.loads(sys.argv[2]).items()}
scan([sys.argv[1]], known=known, threads=4)
"""


def traced(root: Path, stamps: dict[str, tuple[int, int, int, int]]) -> list[str]:
    """Return the system calls of a scan that name a file, or read or write one."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = root.parent / "calls"
    command = [sys.executable, "-c", _SCAN, str(root), json.dumps(stamps)]
    done = subprocess.run(["strace", "-f", "-y", "-o", log, "-e", "trace=%file,%desc", *command], check=False)
    if done.returncode != 0:
        pytest.skip("this system allows no strace")
    return log.read_text(errors="replace").splitlines()


def calls(lines: list[str], name: str) -> list[str]:
    """Return the names of the calls that name a file."""
    return [match[1] for line in lines if name in line and (match := re.match(r"\d+ +(\w+)\(", line))]


def test_a_candidate_costs_one_stat_one_open_and_one_read(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"a/candidate.cfg": xen("x"), "a/disk.img": "x", "a/b/other.cfg": xen("y")})
    (root / "a/link.cfg").symlink_to("candidate.cfg")
    os.mkfifo(root / "a/fifo.cfg")

    lines = traced(root, {})

    assert sorted(calls(lines, "candidate.cfg")) == ["close", "newfstatat", "openat", "read"]
    assert calls(lines, "disk.img") == calls(lines, "link.cfg") == calls(lines, "fifo.cfg") == []


def test_an_unchanged_candidate_costs_one_stat(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"a/candidate.cfg": xen("x")})

    lines = traced(root, known(scan([str(root)])))

    assert [call for call in calls(lines, "candidate.cfg") if call != "execve"] == ["newfstatat"]


# File systems that fail


def test_a_file_system_that_does_not_say_types_is_read(tmp_path: Path, slow: Path) -> None:
    write(tmp_path / "real", {"a/x.cfg": xen("x"), "a/disk.img": "x", "y.vmx": vmx("y")})

    with latfs.mounted(slow, tmp_path / "real", tmp_path / "seen", notype="1") as seen:
        found = scan([str(seen)])

    assert machines(found, seen) == {"a/x.cfg": "x", "y.vmx": "y"}


@pytest.mark.parametrize("failing", ["bad", "bad.cfg"])
def test_what_the_disk_cannot_read_is_a_finding_and_the_rest_is_kept(tmp_path: Path, slow: Path, failing: str) -> None:
    write(tmp_path / "real", {"bad/x.cfg": xen("x"), "bad.cfg": xen("b"), "good/y.cfg": xen("y")})

    with latfs.mounted(slow, tmp_path / "real", tmp_path / "seen", fail=failing) as seen:
        found = scan([str(seen)])

    assert problems(found, seen) == {failing: "cannot be read: Input/output error"}
    assert found.findings[0].lost
    assert machines(found, seen)["good/y.cfg"] == "y"
