from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vhost.databases import seen
from vhost.address import parse
from vhost.ambiguity.choice import NoMachine, SeveralMachines, only
from vhost.ambiguity.profile import Profile, profile
from vhost.ambiguity.resolve import Resolver
from vhost.cache.scan import Scan
from vhost.cache.segment import write
from vhost.cache.snapshot import opened
from vhost.claims import Binding, Conflict, Disk, Guest, Observation
from vhost.keep import Said, keep
from vhost.render.machine import lines, value

NOW = datetime(2026, 1, 3, tzinfo=UTC)
MACS = ("00:50:56:13:11:40", "00:50:56:13:12:40")
UUID = "6842caf91e3e43249ed596b8b9f2c5c2"


def observed(path: str, label: str, inode: int) -> Observation:
    first = seen(path, inode=inode, label=label, uuid=UUID, mac=MACS[0], tcp="10.0.0.1", vram="512")
    second = seen(path, label=label, uuid=UUID, mac=MACS[1])
    return Observation(
        stamp=first.stamp,
        scanner="xen",
        machines=(*first.machines, *second.machines),
        disks=(Disk(target="xvda", source="/vm/xvda.img", format="raw", exclusive=True),),
        conflicts=(Conflict(column="vcpu", kept="1", kept_from="vcpus", other="2", other_from="tag"),),
    )


@pytest.fixture
def db(tmp_path: Path) -> Path:
    facts = Scan(
        scan_id="s", kind="machine", scanner="tree", observer="o", source_host="h", as_host="lab00", root="/vm",
        seen_at="2026-01-01 00:00:00", partial=False,
    )  # fmt: skip
    write(
        tmp_path,
        facts,
        [observed("/vm/machines/a.conf", "tst100", 1), observed("/vm/machines/other-a.conf", "tst100-old", 2)],
    )
    at = datetime(2026, 1, 2, tzinfo=UTC)
    guest = Guest(host="lab00.soho", type="XEN", label="tst100", state="running", uuid=UUID, seen_at=at)
    other = Guest(host="lab09", type="XEN", label="tst100", state="running", seen_at=at)
    bound = Binding(name="web", mac=MACS[1], ip="10.0.0.9", source_kind="dhcpd", source="/etc/dhcpd.conf", seen_at=at)
    said = [
        Said(kind="guest", scanner="live", root="lab00", claims=[guest, other]),
        Said(kind="binding", scanner="dhcpd", root="/etc/dhcpd.conf", claims=[bound]),
    ]
    keep(tmp_path, said, lambda *_: None)
    return tmp_path


@pytest.fixture
def found(db: Path) -> Profile:
    with opened([db]) as snapshot:
        resolver = Resolver(snapshot.con)
        return profile(resolver, only(resolver, parse("l:tst100")))


def test_interfaces_and_disks_come_from_the_claims_and_a_missing_address_from_dhcp(found: Profile) -> None:
    assert [(one.mac, one.tcp) for one in found.interfaces] == [(MACS[0], "10.0.0.1"), (MACS[1], "10.0.0.9")]
    assert [(one.target, one.exclusive) for one in found.disks] == [("xvda", True)]
    assert [(one.column, one.kept, one.other) for one in found.conflicts] == [("vcpu", "1", "2")]


def test_claims_say_who_saw_what_and_when(found: Profile) -> None:
    assert [(one.path, one.source_host, one.seen_at, one.vram) for one in found.claims] == [
        ("/vm/machines/a.conf", "h", datetime(2026, 1, 1, tzinfo=UTC), 512),
        ("/vm/machines/a.conf", "h", datetime(2026, 1, 1, tzinfo=UTC), None),
    ]


def test_a_running_guest_counts_by_what_it_shares_and_a_label_only_on_its_host(found: Profile) -> None:
    assert [(one.host, one.state, one.by) for one in found.running] == [("lab00.soho", "running", ("uuid", "label"))]


def test_names_and_addresses_that_others_bind_to_its_interfaces_are_known(found: Profile) -> None:
    assert [(one.name, one.mac, one.ip, one.kind) for one in found.bindings] == [("web", MACS[1], "10.0.0.9", "dhcpd")]


def test_collisions_name_the_other_machines_and_their_addresses(found: Profile) -> None:
    assert [(one.key, one.value, one.others) for one in found.collisions] == [
        ("uuid", UUID, 1),
        ("mac", MACS[0], 1),
        ("mac", MACS[1], 1),
        ("tcp", "10.0.0.1", 1),
        ("tcp", "10.0.0.9", 1),
    ]
    assert {one.address for shared in found.collisions for one in shared.machines} == {"l:tst100-old"}


def test_the_text_is_for_people(found: Profile) -> None:
    text = "\n".join(lines(found, NOW))
    assert "State:        running on lab00.soho as tst100, same uuid, label, 24 hours ago" in text
    assert "Memory:       512 MiB" in text
    assert "dhcpd" in text


def test_the_value_is_plain(found: Profile) -> None:
    made = value(found)
    assert made["machine"] == {
        "machine_id": found.machine.machine_id,
        "address": "p:/vm/a" if found.machine.address == "p:/vm/a" else "l:tst100",
        "pms": ["lab00"],
        "type": "XEN",
        "label": "tst100",
        "paths": ["/vm/machines/a.conf"],
        "uuid": UUID,
        "mac": MACS[0],
        "tcp": "10.0.0.1",
        "stale": False,
        "seen_at": "2026-01-01T00:00:00.000000Z",
    }


def test_several_machines_are_refused_with_what_tells_them_apart(db: Path) -> None:
    with opened([db]) as snapshot, pytest.raises(SeveralMachines) as caught:
        only(Resolver(snapshot.con), parse(f"u:{UUID}"))
    assert (caught.value.exit_code, caught.value.total) == (11, 2)
    assert {one.address for one in caught.value.candidates} == {"l:tst100", "l:tst100-old"}


def test_no_machine_is_refused_with_what_is_like_it(db: Path) -> None:
    with opened([db]) as snapshot, pytest.raises(NoMachine) as caught:
        only(Resolver(snapshot.con), parse("l:tst10"))
    assert (caught.value.exit_code, caught.value.near[0].address) == (1, "l:tst100")
