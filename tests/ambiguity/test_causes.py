"""Every rule of docs/audit.md in a world that it fits, and in one that it just does not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ambiguity.worlds import (
    IP,
    MAC,
    OTHER_MAC,
    OTHER_UUID,
    UUID,
    File,
    ago,
    causes,
    facts,
    file,
    found,
    one,
    paths,
    scanned,
)


def test_machines_that_share_nothing_are_no_collision(tmp_path: Path) -> None:
    assert causes(scanned(tmp_path, [file("/a", label="a", uuid=UUID), file("/b", label="b", uuid=OTHER_UUID)])) == {}


def test_records_without_any_key_are_no_collision(tmp_path: Path) -> None:
    assert causes(scanned(tmp_path, [file("/a", id=None), file("/b", id=None)])) == {}


def test_several_interfaces_of_one_machine_are_no_collision(tmp_path: Path) -> None:
    nics = File(
        path="/a", values=[{"label": "a", "uuid": UUID, "mac": MAC}, {"label": "a", "uuid": UUID, "mac": OTHER_MAC}]
    )
    assert causes(scanned(tmp_path, [nics])) == {}


def test_one_file_seen_by_two_hosts_is_one_machine_by_several_paths(tmp_path: Path) -> None:
    seen = file("/vmpool/a.cfg", label="a", uuid=UUID, mac=MAC)
    scanned(tmp_path, [seen], host="lab00.soho", observer="o1")
    scanned(tmp_path, [seen], host="lab01.soho", observer="o2")
    collision = one(tmp_path, key="uuid", cause="multipath")
    assert (collision.severity, collision.machines[0]["paths"]) == (
        "info",
        ["lab00.soho:/vmpool/a.cfg", "lab01.soho:/vmpool/a.cfg"],
    )
    assert causes(tmp_path) == {"uuid": "multipath"}


def test_one_file_mounted_at_two_places_is_one_machine(tmp_path: Path) -> None:
    first = File(path="/mnt/a/x.cfg", inode=7, content="c", values=[{"label": "x", "mac": MAC}])
    assert causes(scanned(tmp_path, [first, replace(first, path="/mnt/b/x.cfg")])) == {"mac": "multipath"}


def test_equal_files_of_two_exports_are_two_machines(tmp_path: Path) -> None:
    first = File(path="/mnt/a/x.cfg", inode=7, content="c", values=[{"label": "x", "mac": MAC}])
    second = replace(first, path="/mnt/b/x.cfg", mount="192.168.1.5:/export/other")
    assert causes(scanned(tmp_path, [first, second])) == {"label": "backup", "mac": "backup"}


@pytest.mark.parametrize("state", ["BACKUP", "TEMPLATE", "ignore"])
def test_a_file_whose_state_says_so_is_a_backup(state: str, tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", label="a", uuid=UUID), file("/b", label="b", uuid=UUID, vmstate=state)])
    collision = one(db, key="uuid", cause="backup")
    assert (collision.severity, [machine["role"] for machine in collision.machines]) == (
        "warning",
        ["original", "backup"],
    )
    assert "VMSTATE" in facts(collision)


def test_an_active_state_makes_no_backup(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", label="a", uuid=UUID), file("/b", label="b", uuid=UUID, vmstate="ACTIVE")])
    assert causes(db) == {"uuid": "clone"}


def test_a_second_file_with_equal_content_is_a_backup(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/p/a", content="c", uuid=UUID), file("/long/er/b", content="c", uuid=UUID)])
    collision = one(db, key="uuid", cause="backup")
    assert [(machine["role"], machine["id"]) for machine in collision.machines] == [
        ("original", "/p/a"),
        ("backup", "/long/er/b"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "/xen/web01-inst.cfg",
        "/xen/web01.cfg.bak",
        "/xen/web01.cfg.orig",
        "/xen/web01.cfg~",
        "/xen/web01.cfg.old",
        "/xen/web01.cfg.2010-05-31",
        "/xen/web01-20100531.cfg",
        "/xen/web01_2010-05-31-1200.cfg",
        "/xen/web01 - Copy (2).cfg",
        "/xen/web01 (1).cfg",
        "/xen/Copy of web01.cfg",
        "/xen/web01.cfg.bak~",
        "/xen/backup/2010-05-31/web01.cfg",
    ],
)
def test_a_file_with_the_name_of_the_other_and_a_mark_is_a_backup(name: str, tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/xen/web01.cfg", label="web01", mac=MAC), file(name, label="web01", mac=MAC)])
    collision = one(db, key="mac", cause="backup")
    assert [machine["id"] for machine in collision.machines if machine["role"] == "backup"] == [name]


@pytest.mark.parametrize(
    "name", ["/xen/web02.cfg", "/xen/web01b.cfg", "/xen/web01-prod.cfg", "/other/web01.cfg", "/xen/web01.xml"]
)
def test_another_name_makes_no_backup(name: str, tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/xen/web01.cfg", label="web01", uuid=UUID), file(name, label="x", uuid=UUID)])
    assert causes(db) == {"uuid": "clone"}


def test_a_label_with_a_mark_is_the_backup_of_the_label_without(tmp_path: Path) -> None:
    db = scanned(
        tmp_path, [file("/xen/1.cfg", label="web01", uuid=UUID), file("/xen/2.cfg", label="web01-old", uuid=UUID)]
    )
    assert one(db, key="uuid", cause="backup").machines[1]["label"] == "web01-old"


def test_a_backup_does_not_hide_a_clone_of_the_same_value(tmp_path: Path) -> None:
    db = scanned(
        tmp_path,
        [
            file("/xen/a.cfg", label="a", uuid=UUID),
            file("/xen/a.cfg.bak", label="a", uuid=UUID),
            file("/xen/c.cfg", label="c", uuid=UUID),
        ],
    )
    assert causes(db) == {"uuid": "backup+clone", "label": "backup"}
    assert paths(one(db, key="uuid", cause="clone")) == ["/xen/a.cfg", "/xen/c.cfg"]
    assert paths(one(db, key="uuid", cause="backup")) == ["/xen/a.cfg", "/xen/a.cfg.bak"]


def test_a_file_that_was_renamed_moved(tmp_path: Path) -> None:
    old = File(path="/p/a.cfg", inode=7, content="c", values=[{"label": "a", "uuid": UUID}])
    scanned(tmp_path, [old], at=ago(hours=2))
    db = scanned(tmp_path, [replace(old, path="/p/retired/a.cfg")], at=ago(hours=1))
    collision = one(db, key="uuid", cause="moved")
    assert (collision.severity, paths(collision)) == ("info", ["/p/retired/a.cfg"])
    assert "/p/a.cfg until" in facts(collision)


def test_a_file_that_moved_to_another_file_system_is_no_backup_of_itself(tmp_path: Path) -> None:
    old = File(path="/p/a.cfg", inode=7, content="c", values=[{"label": "a", "uuid": UUID}])
    new = replace(old, path="/q/a.cfg", inode=8, mount="192.168.1.5:/export/q")
    for host, observer in (("lab00.soho", "o1"), ("lab01.soho", "o2")):
        scanned(tmp_path, [old], host=host, observer=observer, at=ago(hours=3))
    db = scanned(tmp_path, [new], at=ago(hours=1))  # lab01 has not looked since
    collision = one(db, key="uuid", cause="moved")
    assert [(machine["role"], machine["id"]) for machine in collision.machines] == [
        ("old", "/p/a.cfg"),
        ("new", "/q/a.cfg"),
    ]
    assert causes(db) == {"label": "moved", "uuid": "moved"}


def test_two_files_that_changed_places_are_audited_to_an_end(tmp_path: Path) -> None:
    first = File(path="/p/a.cfg", inode=7, content="a", values=[{"label": "x", "uuid": UUID}])
    second = File(path="/p/b.cfg", inode=8, content="b", values=[{"label": "x", "uuid": UUID}])
    scanned(tmp_path, [first, second], at=ago(hours=2), publishing=False)
    db = scanned(tmp_path, [replace(first, path="/p/b.cfg"), replace(second, path="/p/a.cfg")], at=ago(hours=1))
    assert {item.cause for item in found(db)} <= {"moved", "clone"}
    assert paths(one(db, key="uuid", cause="clone")) == ["/p/a.cfg", "/p/b.cfg"]


def test_backups_of_each_other_leave_an_original(tmp_path: Path) -> None:
    names = ["/x/a.cfg", "/x/a.cfg.bak", "/x/a.cfg.bak.bak", "/x/Copy of a.cfg", "/x/backup/a.cfg"]
    db = scanned(tmp_path, [file(name, label="a", uuid=UUID, content="same") for name in names])
    collision = one(db, key="uuid", cause="backup")
    assert [machine["id"] for machine in collision.machines if machine["role"] == "original"] == ["/x/a.cfg"]
    assert len(collision.machines) == len(names)


def test_a_copy_whose_original_is_still_there_did_not_move(tmp_path: Path) -> None:
    old = File(path="/p/a.cfg", inode=7, content="c", values=[{"label": "a", "uuid": UUID}])
    scanned(tmp_path, [old], at=ago(hours=2))
    db = scanned(tmp_path, [old, replace(old, path="/p/b.cfg", inode=8)], at=ago(hours=1))
    assert causes(db) == {"label": "backup", "uuid": "backup"}


def test_a_file_of_a_mount_that_is_gone_did_not_move(tmp_path: Path) -> None:
    old = File(path="/p/a.cfg", inode=7, content="c", values=[{"label": "a", "uuid": UUID}])
    copy = replace(old, path="/q/a.cfg", inode=8)
    scanned(tmp_path, [old, copy], at=ago(hours=2))
    assert "moved" not in str(causes(scanned(tmp_path, [copy], at=ago(hours=1))))


def test_the_same_uuid_under_another_label_is_a_clone(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", label="a", uuid=UUID, mac=MAC), file("/b", label="b", uuid=UUID, mac=MAC)])
    assert causes(db) == {"uuid": "clone", "mac": "clone"}
    assert one(db, key="uuid", cause="clone").severity == "error"


def test_the_same_uuid_with_a_disk_of_its_own_is_a_clone(tmp_path: Path) -> None:
    db = scanned(
        tmp_path,
        [file("/a", label="a", uuid=UUID, disks=["/1.img"]), file("/b", label="a", uuid=UUID, disks=["/2.img"])],
    )
    assert causes(db) == {"uuid": "clone", "label": "clone"}


def test_a_second_definition_with_the_same_disk_is_a_clone_of_which_one_can_run(tmp_path: Path) -> None:
    db = scanned(
        tmp_path,
        [file("/a", label="a", uuid=UUID, disks=["/1.img"]), file("/b", label="a", uuid=UUID, disks=["/1.img"])],
    )
    collision = one(db, key="uuid", cause="clone")
    assert (collision.severity, "second definition" in collision.why) == ("warning", True)
    assert "at most one can run" in facts(collision)


def test_a_label_that_was_taken_again_is_a_relabel(tmp_path: Path) -> None:
    db = scanned(
        tmp_path, [file("/a", label="a", uuid=UUID, mac=MAC), file("/b", label="a", uuid=OTHER_UUID, mac=OTHER_MAC)]
    )
    assert causes(db) == {"label": "relabel"}
    assert one(db, key="label", cause="relabel").severity == "warning"


def test_the_same_path_on_two_hosts_is_a_relabel(tmp_path: Path) -> None:
    scanned(
        tmp_path, [replace(file("/etc/pve/100.conf", label="a"), mount="local:1")], host="lab00.soho", observer="o1"
    )
    scanned(
        tmp_path,
        [replace(file("/etc/pve/100.conf", label="b", content="x"), mount="local:1")],
        host="lab01.soho",
        observer="o2",
    )
    assert causes(tmp_path) == {"id": "relabel"}


def test_one_address_of_two_machines_is_an_address_collision(tmp_path: Path) -> None:
    db = scanned(
        tmp_path,
        [
            file("/a", label="a", uuid=UUID, mac=MAC, tcp=IP),
            file("/b", label="b", uuid=OTHER_UUID, mac=OTHER_MAC, tcp=IP),
        ],
    )
    assert causes(db) == {"tcp": "address"}
    assert one(db, key="tcp", cause="address").severity == "error"


def test_one_address_is_one_in_every_spelling(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", tcp="2001:DB8::0:1"), file("/b", tcp="2001:db8::1")])
    assert causes(db) == {"tcp": "address"}


def test_the_same_mac_with_another_uuid_is_a_mac_collision(tmp_path: Path) -> None:
    db = scanned(
        tmp_path,
        [
            file("/a", label="a", uuid=UUID, mac=MAC, disks=["/1.img"]),
            file("/b", label="a", uuid=OTHER_UUID, mac="00-50-56-13-11-40", disks=["/1.img"]),
        ],
    )
    assert causes(db) == {"label": "mac", "mac": "mac"}


def test_a_file_that_was_not_seen_for_long_is_stale(tmp_path: Path) -> None:
    scanned(tmp_path, [file("/a", label="a", uuid=UUID)], root="/a", at=ago(days=40))
    db = scanned(tmp_path, [file("/b", label="a", uuid=UUID)], root="/b")
    collision = one(db, key="uuid", cause="stale")
    assert (collision.severity, "seen last 40 days ago" in facts(collision)) == ("warning", True)


def test_a_placeholder_is_reported_without_its_machines(tmp_path: Path) -> None:
    nothing = {"uuid": "00000000-0000-0000-0000-000000000000", "mac": "00:00:00:00:00:00"}
    db = scanned(tmp_path, [file(f"/{name}", label=name, **nothing) for name in "abc"])
    assert [(one.key, one.cause, one.severity, one.machines, one.why) for one in found(db)] == [
        ("uuid", "placeholder", "info", [], "the nil UUID (RFC 9562): 3 machines have it, which says nothing of them"),
        ("mac", "placeholder", "info", [], "no address (all zero): 3 machines have it, which says nothing of them"),
    ]


@pytest.mark.parametrize("uuid", ["Not Settable", "03000200-0400-0500-0006-000700080009", "f" * 32, "1" * 32])
def test_what_firmware_has_for_want_of_a_uuid_is_a_placeholder(uuid: str, tmp_path: Path) -> None:
    assert causes(scanned(tmp_path, [file("/a", uuid=uuid), file("/b", uuid=uuid)])) == {"uuid": "placeholder"}


def test_a_uuid_of_half_the_fleet_is_a_placeholder_in_a_large_one(tmp_path: Path) -> None:
    fleet = [file(f"/{number}", uuid=UUID if number % 3 else None) for number in range(200)]
    assert causes(scanned(tmp_path, fleet)) == {"uuid": "placeholder"}


def test_the_path_of_every_pm_is_a_placeholder(tmp_path: Path) -> None:
    own = replace(file("/etc/ctys.d/pm.conf", type="PM", content="x"), mount="local:1")
    for host, observer in (("lab00.soho", "o1"), ("lab01.soho", "o2")):
        scanned(tmp_path, [replace(own, content=host)], host=host, observer=observer)
    assert causes(tmp_path) == {"id": "placeholder"}


def test_collisions_are_found_across_databases(tmp_path: Path) -> None:
    scanned(tmp_path / "1", [file("/a", label="a", uuid=UUID)], observer="o1")
    scanned(tmp_path / "2", [file("/b", label="b", uuid=UUID)], observer="o2")
    assert (causes(tmp_path / "1"), causes(tmp_path / "1", tmp_path / "2")) == ({}, {"uuid": "clone"})


def test_one_file_in_two_databases_is_one_machine(tmp_path: Path) -> None:
    seen = file("/vmpool/a.cfg", label="a", uuid=UUID)
    scanned(tmp_path / "1", [seen], host="lab00.soho", observer="o1")
    scanned(tmp_path / "2", [seen], host="lab01.soho", observer="o2")
    assert causes(tmp_path / "1", tmp_path / "2") == {"uuid": "multipath"}
