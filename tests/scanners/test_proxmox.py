from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners import machines, tags
from scanners.config import Broken, Config, Interface
from scanners.proxmox import Proxmox
from vhost import record
from vhost.claims import Disk

MACHINE = """\
##@#VMSTATE="ACTIVE"
##@#MAC0="A2%3AC0%3A43%3A77%3A08%3AA0"
boot: order=scsi0;net0
cores: 3
ide2: local:iso/debian.iso,media=cdrom,size=600M
ipconfig0: ip=192.168.1.60/24,gw=192.168.1.1
lock: backup
machine: pc-q35-8.1,viommu=intel
memory: 768
name: tst300
net0: virtio=A2:C0:43:77:08:A0,bridge=vmbr0,firewall=1
ostype: l26
scsi0: local:8006/vm-8006-disk-0.qcow2,discard=on,size=104858K
scsihw: virtio-scsi-pci
smbios1: uuid=7b10d7af-b932-4c66-b2c3-3996152ec465
sockets: 2
vmgenid: c773c261-d800-4348-9f5d-167fadd53cf8

[PENDING]
memory: 4096

[before]
name: old
memory: 1024
net1: virtio=A2:C0:43:77:08:A1,bridge=vmbr1

[special:cloudinit]
name: cloud
"""

CONTAINER = """\
arch: amd64
cores: 2
hostname: ct300
memory: 1024
mp0: local:101/vm-101-disk-1.raw,mp=/srv/data,ro=1
mp1: /srv/host,mp=/srv/guest
net0: name=eth0,bridge=vmbr0,gw=192.168.1.1,hwaddr=BC:24:11:5A:02:00,ip=192.168.1.65/24,ip6=2001:db8::65/64,type=veth
net1: name=eth1,bridge=vmbr1,hwaddr=BC:24:11:5A:02:01,ip=dhcp,type=veth
ostype: debian
rootfs: local-lvm:vm-101-disk-0,size=8G
swap: 512
unprivileged: 1
lxc.apparmor.profile: unconfined
lxc.cgroup2.devices.allow = c 10:200 rwm
"""


def parsed(text: str) -> Config:
    (config,) = Proxmox.parse(text)
    return config


def fact(line: str, column: str) -> str | None:
    return parsed(f"ostype: other\n{line}\n").facts.get(column)


def test_a_virtual_machine_is_read_whole_and_without_its_snapshots() -> None:
    assert parsed(MACHINE) == Config(
        type="PVE",
        facts={
            "label": "tst300",
            "uuid": "7b10d7af-b932-4c66-b2c3-3996152ec465",
            "vram": "768",
            "vcpu": "6",
            "os": "Linux",
            "platform": "pc-q35-8.1",
            "accelerator": "KVM",
            "contextstring": "lock=backup",
        },
        interfaces=(
            Interface(
                mac="A2:C0:43:77:08:A0",
                ip="192.168.1.60",
                netmask="255.255.255.0",
                gateway="192.168.1.1",
                relay="vmbr0",
            ),
        ),
        disks=(
            Disk(target="ide2", source="local:iso/debian.iso", readonly=True),
            Disk(target="scsi0", source="local:8006/vm-8006-disk-0.qcow2", format="qcow2", exclusive=True),
        ),
    )


def test_a_container_is_read_whole() -> None:
    first = Interface(mac="BC:24:11:5A:02:00", relay="vmbr0", ifname="eth0")
    assert parsed(CONTAINER) == Config(
        type="PVE",
        facts={
            "label": "ct300",
            "vram": "1024",
            "vcpu": "2",
            "arch": "amd64",
            "dist": "debian",
            "os": "Linux",
            "category": "CT",
            "accelerator": "LXC",
        },
        interfaces=(
            Interface(
                mac=first.mac,
                relay=first.relay,
                ifname=first.ifname,
                ip="192.168.1.65",
                netmask="255.255.255.0",
                gateway="192.168.1.1",
            ),
            Interface(mac=first.mac, relay=first.relay, ifname=first.ifname, ip="2001:db8::65", netmask="64"),
            Interface(mac="BC:24:11:5A:02:01", relay="vmbr1", ifname="eth1"),
        ),
        disks=(
            Disk(target="/srv/data", source="local:101/vm-101-disk-1.raw", format="raw", readonly=True),
            Disk(target="/srv/guest", source="/srv/host"),
            Disk(target="/", source="local-lvm:vm-101-disk-0", exclusive=True),
        ),
    )


def test_tags_in_the_notes_count() -> None:
    found, conflicts = machines.records(
        parsed(MACHINE), tags.read(MACHINE), path="/etc/pve/300.conf", pm="lab03", uid=None, gid=None
    )
    assert (found[0].vmstate, conflicts) == ("ACTIVE", ())


@pytest.mark.parametrize(
    ("line", "vram"),
    [
        ("memory: 768", "768"),
        ("memory: current=768", "768"),
        ("cores: 1", "512"),
        ("memory: -1", None),
        ("memory: 2G", None),
        ("memory: 1\nmemory: 2", "2"),
    ],
)
def test_memory_is_512_mib_where_nothing_is_said(line: str, vram: str | None) -> None:
    assert fact(line, "vram") == vram


@pytest.mark.parametrize(
    ("line", "vcpu"),
    [
        ("cores: 3", "3"),
        ("sockets: 2", "2"),
        ("sockets: 2\ncores: 3", "6"),
        ("smp: 2\ncores: 3", "6"),
        ("sockets: 2\ncores: 3\nvcpus: 4", "4"),
        ("memory: 1", "1"),
        ("cores: many", None),
        ("sockets: 0\ncores: 3", None),
        ("vcpus: x", None),
        ("rootfs: local:1", None),
    ],
)
def test_cpus_at_the_start(line: str, vcpu: str | None) -> None:
    assert fact(line, "vcpu") == vcpu


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ("template: 1", "vmstate", "TEMPLATE"),
        ("template: 0", "vmstate", None),
        ("kvm: 0", "accelerator", "TCG"),
        ("kvm: 1\narch: aarch64", "accelerator", "KVM"),
        ("arch: aarch64", "accelerator", None),
        ("arch: aarch64", "arch", "aarch64"),
        ("machine: type=q35,viommu=virtio", "platform", "q35"),
        ("ostype: win11", "os", "Windows"),
        ("ostype: w2k8", "os", "Windows"),
        ("ostype: wxp", "os", "Windows"),
        ("ostype: solaris", "os", "Solaris"),
        ("ostype: l24", "os", "Linux"),
        ("ostype: other", "os", None),
        ("smbios1: uuid=00000000-0000-0000-0000-000000000000", "uuid", None),
        ("smbios1: base64=1,manufacturer=eA==,uuid=7b10d7af-b932-4c66-b2c3-3996152ec465", "uuid", "7b10d7af"),
        ("smbios1: uuid=nonsense", "uuid", None),
        ('args: -vnc 0.0.0.0:77 -device \'{"driver":"x"}\'', "display", "77"),
        ("args: -vnc 0.0.0.0:77", "cport", "5977"),
        ("args: -vnc 0.0.0.0:77", "vncbase", "5900"),
        ("args: -cpu host", "cport", None),
        ("rootfs: local:1\nostype: unmanaged", "dist", None),
    ],
)
def test_facts(line: str, column: str, value: str | None) -> None:
    found = fact(line, column)
    assert (found[:8] if found and column == "uuid" else found) == value


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("net0: virtio=A2:C0:43:77:08:A0,bridge=vmbr0", [("A2:C0:43:77:08:A0", "vmbr0")]),
        ("net0: model=virtio,macaddr=A2:C0:43:77:08:A0", [("A2:C0:43:77:08:A0", None)]),
        ("net0: virtio,bridge=vmbr0", [(None, "vmbr0")]),
        (
            "net10: e1000=A2:C0:43:77:08:AA\nnet2: e1000=A2:C0:43:77:08:A2",
            [("A2:C0:43:77:08:A2", None), ("A2:C0:43:77:08:AA", None)],
        ),
        ("net0: virtio=nonsense,bridge=vmbr0", [(None, "vmbr0")]),
        ("name: a", []),
    ],
)
def test_interfaces_come_by_their_number(line: str, expected: list[tuple[str | None, str | None]]) -> None:
    found = parsed(f"ostype: other\n{line}\n").interfaces
    assert [(interface.mac, interface.relay) for interface in found] == expected


@pytest.mark.parametrize(
    ("line", "addresses"),
    [
        ("ipconfig0: ip=10.0.0.5/8,gw=10.0.0.1", [("10.0.0.5", "255.0.0.0", "10.0.0.1")]),
        ("ipconfig0: ip=dhcp,ip6=auto", [(None, None, None)]),
        ("ipconfig0: ip=10.0.0.5", [("10.0.0.5", None, None)]),
        ("ipconfig0: ip=10.0.0.5/99", [("10.0.0.5", None, None)]),
        (
            "ipconfig0: ip=10.0.0.5/24,ip6=2001:db8::5/48,gw6=2001:db8::1",
            [("10.0.0.5", "255.255.255.0", None), ("2001:db8::5", "48", "2001:db8::1")],
        ),
        ("ipconfig1: ip=10.0.0.5/24", [(None, None, None)]),
    ],
)
def test_addresses_of_cloud_init(line: str, addresses: list[tuple[str | None, str | None, str | None]]) -> None:
    found = parsed(f"net0: virtio=A2:C0:43:77:08:A0\n{line}\n").interfaces
    assert [(interface.ip, interface.netmask, interface.gateway) for interface in found] == addresses


@pytest.mark.parametrize(
    ("line", "disks"),
    [
        ("virtio0: /dev/sdg,size=1G", (Disk(target="virtio0", source="/dev/sdg", exclusive=True),)),
        (
            "sata1: file=s:1/a.vmdk,shared=1",
            (Disk(target="sata1", source="s:1/a.vmdk", format="vmdk", exclusive=False),),
        ),
        (
            "scsi0: rbd:vm-1-disk-0,format=raw",
            (Disk(target="scsi0", source="rbd:vm-1-disk-0", format="raw", exclusive=True),),
        ),
        ("scsi0: a:b,ro=1", (Disk(target="scsi0", source="a:b", readonly=True),)),
        ("efidisk0: a:b", (Disk(target="efidisk0", source="a:b", exclusive=True),)),
        ("ide2: none,media=cdrom", ()),
        ("ide2: cdrom,media=cdrom", ()),
        ("unused0: local:vm-1-disk-9", ()),
        ("scsihw: lsi", ()),
    ],
)
def test_disks(line: str, disks: tuple[Disk, ...]) -> None:
    assert parsed(f"ostype: other\n{line}\n").disks == disks


def test_what_cannot_be_read_is_named_and_the_rest_is_there() -> None:
    config = parsed("ostype: l26\nno colon here\nmemory: x\nnet0: virtio=zz,bridge=b\nsmbios1: uuid=zz\nname: a\n")
    assert config.facts["label"] == "a"
    assert [(problem.line, problem.problem) for problem in config.problems] == [
        (2, "not a `key: value` line"),
        (0, "net0: 'zz' is no MAC address"),
        (0, "smbios1: 'zz' is no UUID"),
        (0, "memory: 'x' is no number"),
    ]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "[snap]\nname: a\n", "nothing\n"])
def test_a_text_without_settings_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        Proxmox.parse(text)


@pytest.mark.parametrize(
    ("text", "filename"),
    [
        (MACHINE, "300.conf"),
        (MACHINE, "300.bak"),
        (CONTAINER, "101.conf"),
        ("ostype: l26\n", "x"),
        ("scsi0: local:1/vm-1-disk-0.raw\n", "x"),
        ("net0: name=eth0,bridge=vmbr0,hwaddr=BC:24:11:5A:02:00\n", "x"),
        ("machine: q35\n\n[snap]\n", "x"),
        ("vga: qxl,clipboard=vnc\r\n", "x"),
        ("agent: 1\n", "1.conf"),
        ("onboot: 1\nname: a\nmemory: 512\n", "1.conf"),
        (MACHINE.replace("boot: ", "some new key: "), "300.conf"),
    ],
)
def test_a_proxmox_configuration_is_recognised(text: str, filename: str) -> None:
    assert Proxmox.recognises(text, filename)


@pytest.mark.parametrize(
    ("text", "filename"),
    [
        ("", "1.conf"),
        ("# comment\n", "1.conf"),
        ("agent: 1\n", "x.yml"),
        ("name: a\nmemory: 512\ncores: 2\n", "1.conf"),
        ("name: a\nmemory: 512\nostype: l26\nservices:\n  web:\n    image: x\n  db:\n    image: y\n", "compose.yml"),
        ("---\nostype: l26\n", "x.yml"),
        ("- ostype: l26\n", "x.yml"),
        ("[global]\nostype: l26\n", "x.ini"),
        ('name = "tst100"\nmemory = 512\n', "tst100.cfg"),
        ('displayName = "tst003"\nmemsize = "256"\n', "tst003.vmx"),
        ("<domain type='kvm'/>\n", "x.xml"),
        ("subnet 10.0.0.0 netmask 255.0.0.0 {\n}\n", "dhcpd.conf"),
        ("#!/bin/sh\nqemu-kvm -m 512\n", "x.sh"),
        ("import os\nname: str = os.name\n", "x.py"),
        ("Name: a\nVersion: 1\nDescription: b\n", "x.pc"),
        ("# Title\n\nSome text: here\n", "README"),
        ("nameserver 10.0.0.1\nsearch: x\n", "resolv.conf"),
        ("tags: [a]\nstartup: order\nboot: x\nfoo: bar\n", "1.conf"),
    ],
)
def test_other_formats_are_not_recognised(text: str, filename: str) -> None:
    assert not Proxmox.recognises(text, filename)


@pytest.mark.parametrize(
    "text",
    [
        "ostype: l26\n" + "a\n" * 500_000,
        "net0: " + "bridge" * 150_000 + "\nostype: l26",
        "net0: " + "," * 1_000_000 + "\nostype: l26",
        "ostype: l26\n" + "".join(f"net{number}: bridge=a\n" for number in range(60_000)),
        "ostype: l26\nargs: " + "$(" * 200_000,
        "hostpci0: " + "0f:" * 300_000 + "\nostype: l26",
        "ostype: l26\ncores: " + "9" * 1_000_000,
        "a: " + " " * 1_000_000 + "x\nostype: l26",
        "mp0: " + ",mp=" * 250_000 + "\nostype: l26",
    ],
    ids=lambda text: repr(text[:16]),
)
def test_hostile_text_takes_little_time(text: str) -> None:
    began = time.process_time()
    Proxmox.recognises(text, "1.conf")
    with contextlib.suppress(Broken):
        Proxmox.parse(text)
    assert time.process_time() - began < 10


SCRAPS = st.sampled_from(
    [
        *("net0: ", "virtio=", "A2:C0:43:77:08:A0", ",", "bridge=vmbr0", "\n", "ostype: l26", "memory: ", "512", "="),
        *(
            "ipconfig0: ip=",
            "10.0.0.1/24",
            "[snap]",
            "#",
            "rootfs: a:b",
            "mp1: x",
            "cores: ",
            "smbios1: uuid=",
            "args: ",
        ),
        *("scsi0: ", "lxc.a: b", "hostname: c", "-vnc :", "vcpus: 0", "sockets: ", "99999999999"),
    ]
)


@settings(deadline=None)
@given(st.lists(SCRAPS | st.text(max_size=4), max_size=30).map("".join))
def test_no_text_is_too_strange(text: str) -> None:
    try:
        found = list(Proxmox.parse(text))
    except Broken:
        found = []
    assert not Proxmox.recognises(text, "1.conf") or found


@settings(deadline=None)
@given(st.sampled_from([MACHINE, CONTAINER]), st.integers(0, 700), st.integers(0, 700), st.text(max_size=3))
def test_a_damaged_configuration_still_makes_records_or_is_broken(text: str, start: int, end: int, put: str) -> None:
    text = text[:start] + put + text[end:]
    with contextlib.suppress(Broken):
        (config,) = Proxmox.parse(text)
        found, _ = machines.records(config, tags.read(text), path="/x", pm="lab03", uid=None, gid=None)
        lines = [record.line(machine) for machine in found]
        assert [record.line(record.parse(line)) for line in lines] == lines
