from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.vhost.databases import DISK, NAS, machine_line, old_database, scan, seen
from vhost.cache.snapshot import opened
from vhost.claims import FileStamp, Observation
from vhost.record import Machine


def machines(*databases: Path) -> list[list[str]]:
    """Return the paths (else the labels) of every machine, sorted."""
    together: dict[str, list[str]] = defaultdict(list)
    with opened(databases) as snapshot:
        rows = snapshot.con.execute(
            "SELECT machine_id, coalesce(path, label, line) FROM machine ORDER BY ALL"
        ).fetchall()
        for machine_id, name in rows:
            together[machine_id].append(name)
    return sorted(together.values())


def identities(*databases: Path) -> set[str]:
    with opened(databases) as snapshot:
        return {found for (found,) in snapshot.con.execute("SELECT machine_id FROM machine_identity").fetchall()}


def test_a_file_on_a_server_is_one_machine_for_all_observers(tmp_path: Path) -> None:
    scan(tmp_path, seen("/vmpool/a"), observer="o1")
    scan(tmp_path, seen("/mnt/a"), observer="o2", host="h2")
    assert machines(tmp_path) == [["/mnt/a", "/vmpool/a"]]


def test_two_exports_of_a_server_count_inodes_apart(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a"), seen("/b", mount="192.168.1.5:/export/other"))
    assert machines(tmp_path) == [["/a"], ["/b"]]


def test_local_disks_of_two_observers_are_never_the_same(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a", mount=DISK), observer="o1")
    scan(tmp_path, seen("/a", mount=DISK), observer="o2")
    assert machines(tmp_path) == [["/a"], ["/a"]]


def test_hosts_that_were_cloned_with_their_machine_id_are_told_apart_by_name(tmp_path: Path) -> None:
    scan(tmp_path / "1", seen("/a", mount=DISK), host="h1")
    scan(tmp_path / "2", seen("/a", mount=DISK), host="h2")
    assert machines(tmp_path / "1", tmp_path / "2") == [["/a"], ["/a"]]


def test_hard_links_are_one_machine(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a", mount=DISK), seen("/b", mount=DISK))
    assert machines(tmp_path) == [["/a", "/b"]]


def test_equal_content_is_no_identity(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a", inode=1), seen("/b", inode=2))
    assert machines(tmp_path) == [["/a"], ["/b"]]


def test_the_machines_of_one_file_are_told_apart(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a", part=0), seen("/a", part=1, label="tst101"))
    assert machines(tmp_path) == [["/a"], ["/a"]]


def test_several_interfaces_are_one_machine(tmp_path: Path) -> None:
    both = tuple(Machine(pm="lab00", id="/a", mac=f"00:50:56:13:11:4{n}") for n in range(2))
    stamp = FileStamp(path="/a", mount=NAS, device=1, inode=1, content_hash="c")
    scan(tmp_path, Observation(stamp=stamp, scanner="xen", machines=both))
    assert machines(tmp_path) == [["/a", "/a"]]


@pytest.mark.parametrize("mount", ["local:fuse.sshfs:srv:/vm", "local:vfat:/dev/sdb1", "local:cifs:srv:vm"])
def test_where_inodes_are_invented_the_path_decides(tmp_path: Path, mount: str) -> None:
    scan(tmp_path, seen("/a", mount=mount, inode=7), root="/1")
    scan(tmp_path, seen("/b", mount=mount, inode=7), root="/2")
    scan(tmp_path, seen("/b", mount=mount, inode=8), root="/3")
    assert machines(tmp_path) == [["/a"], ["/b", "/b"]]


def test_without_a_mount_table_the_device_decides(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a", mount=None), seen("/b", mount=None), seen("/c", mount=None, device=2))
    assert machines(tmp_path) == [["/a", "/b"], ["/c"]]


def test_an_inode_that_was_used_again_is_another_machine(tmp_path: Path) -> None:
    scan(tmp_path, seen("/old", content="c1", label="tst100"), root="/1", at="01")
    scan(tmp_path, seen("/new", content="c2", label="tst200"), root="/2", at="02")
    assert machines(tmp_path) == [["/new"], ["/old"]]


def test_an_edited_file_stays_the_same_machine(tmp_path: Path) -> None:
    scan(tmp_path, seen("/a", content="c1", label="tst100", uuid="1" * 32), root="/1", at="01")
    scan(tmp_path, seen("/b", content="c2", label="renamed", uuid="1" * 32), root="/2", at="02")
    assert machines(tmp_path) == [["/a", "/b"]]


def test_an_inode_that_was_used_again_shows_over_several_databases(tmp_path: Path) -> None:
    scan(tmp_path / "1", seen("/old", content="c1", label="tst100"), at="01")
    scan(tmp_path / "2", seen("/new", content="c2", label="tst200"), at="02")
    assert machines(tmp_path / "1", tmp_path / "2") == [["/new"], ["/old"]]


def test_one_file_seen_by_two_databases_is_one_machine(tmp_path: Path) -> None:
    scan(tmp_path / "1", seen("/a"), observer="o1")
    scan(tmp_path / "2", seen("/b"), observer="o2")
    assert machines(tmp_path / "1", tmp_path / "2") == [["/a", "/b"]]


def test_a_machine_keeps_its_identity_in_every_snapshot(tmp_path: Path) -> None:
    other = scan(tmp_path / "other", seen("/x", inode=9))
    one = scan(tmp_path / "one", seen("/a"), at="01")
    first = identities(one)
    scan(one, seen("/a", content="c2", vcpu="4"), at="03")
    assert (identities(one), first & identities(one, other)) == (first, first)


OLD: dict[str, Any] = {"pm": "lab00", "type": "XEN", "label": "tst100", "id": "/a", "uuid": "1" * 32}


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({"mac": "00:50:56:13:11:41"}, 1),
        ({"pm": "lab01"}, 2),
        ({"id": "/b"}, 2),
        ({"uuid": "2" * 32}, 2),
        ({"label": "tst101"}, 2),
        ({"uuid": "1" * 8 + "-" + "1" * 4 + "-" + "1" * 4 + "-" + "1" * 4 + "-" + "1" * 12}, 1),
    ],
)
def test_records_of_the_old_form_are_told_apart_by_what_they_say(
    tmp_path: Path, other: dict[str, str], count: int
) -> None:
    db = old_database(tmp_path, [machine_line(**OLD, mac="00:50:56:13:11:40"), machine_line(**{**OLD, **other})])
    assert len(identities(db)) == count


def test_records_without_path_and_uuid_are_machines_of_their_own(tmp_path: Path) -> None:
    lines = [machine_line(pm="lab00", label="tst100", mac=f"00:50:56:13:11:4{n}") for n in range(2)]
    assert len(identities(old_database(tmp_path, lines))) == 2


def test_records_without_path_keep_their_identity_when_the_macmap_gives_an_address(tmp_path: Path) -> None:
    line = machine_line(pm="lab00", label="tst100", mac="00:50:56:13:11:40")
    bound = old_database(tmp_path / "bound", [line], "x;00:50:56:13:11:40;10.0.0.1;\n")
    more = scan(tmp_path / "more", seen("/x"))
    assert identities(bound) < identities(bound, more)


def test_the_identity_can_be_queried_in_the_file_itself(tmp_path: Path) -> None:
    identities(scan(tmp_path, seen("/a")))
    with duckdb.connect(str(tmp_path / "cache.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT label, path, seen_at FROM machine_identity").fetchall()
    assert rows == [("tst100", "/a", datetime(2026, 1, 1))]  # noqa: DTZ001 - times of a snapshot are UTC without saying so
