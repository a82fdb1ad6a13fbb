from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.config import Broken, Config, Interface
from scanners.vmware import MOST_PROBLEMS, Vmware, encoding
from vhost.claims import Disk

VMX = """\
#!/usr/bin/vmware
.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "4"
displayName = "tst003 |22big|22"
guestOS = "rhel6-64"
memsize = "256"
numvcpus = "2"
uuid.location = "56 4d 00 00 00 00 00 00-00 00 00 00 00 00 00 01"
uuid.bios = "56 4d 68 42 ca f9 1e 3e-43 24 9e d5 96 b8 b9 f2"
Ethernet0.Present = "TRUE"
ethernet0.addressType = "static"
ethernet0.address = "00:50:56:13:13:03"
ethernet0.generatedAddress = "00:0c:29:00:00:01"
ethernet0.networkName = "VM Network"
ethernet1.present = "FALSE"
ethernet1.generatedAddress = "00:0c:29:00:00:02"
scsi0.present = "TRUE"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "tst003.vmdk"
ide1:0.present = "TRUE"
ide1:0.fileName = "/iso/a.iso"
ide1:0.deviceType = "cdrom-image"
RemoteDisplay.vnc.enabled = "TRUE"
RemoteDisplay.vnc.port = "5903"
"""


def machine(text: str = "") -> Config:
    (config,) = Vmware.parse(f'config.version = "8"\n{text}')
    return config


@pytest.mark.parametrize("text", [VMX, VMX.upper(), "\ufeff" + VMX, VMX.replace("\n", "\r\n"), VMX.replace(" = ", "=")])
def test_a_vmx_file_is_recognised(text: str) -> None:
    assert Vmware.recognises(text, "tst003.vmx")


@pytest.mark.parametrize(
    "text",
    [
        "",
        'config.version = "8"\n',
        'displayName = "a"\nmemsize = "512"\n',
        '.encoding = "UTF-8"\nsnapshot.numSnapshots = "1"\n',
        '#!/bin/sh\ncat > a.vmx <<EOF\nconfig.version = "8"\nmemsize = "512"\nEOF\n',
        'Write config.version = "8"\nconfig.version = "8"\nmemsize = "512"\n',
        '[a]\nconfig.version = "8"\nmemsize = "512"\n',
        "\n" * 200_000,
    ],
)
def test_another_file_is_not_taken_for_a_vmx_file(text: str) -> None:
    assert not Vmware.recognises(text, "tst003.vmx")


def test_the_facts_of_a_machine() -> None:
    assert Vmware.parse(VMX)[0].facts == {
        "label": 'tst003 "big"',
        "uuid": "564d6842caf91e3e43249ed596b8b9f2",
        "vram": "256",
        "vcpu": "2",
        "arch": "x86_64",
        "os": "Linux",
        "cport": "5903",
        "display": "3",
    }


def test_a_device_exists_if_it_is_present() -> None:
    assert Vmware.parse(VMX)[0].interfaces == (Interface(mac="00:50:56:13:13:03", relay="VM Network"),)


def test_keys_have_no_case() -> None:
    assert Vmware.parse(VMX.replace("uuid.bios", "UUID.BIOS").replace("memsize", "memSize")) == Vmware.parse(VMX)


def test_what_is_not_said_has_the_default_of_the_format() -> None:
    assert machine().facts == {"vram": "32", "vcpu": "1", "arch": "i686"}


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("addressType = vpx\nethernet0.generatedAddress = 00:50:56:00:00:01", "00:50:56:00:00:01"),
        ("generatedAddress = 00:0c:29:00:00:01\nethernet0.address = 00:50:56:00:00:02", "00:0c:29:00:00:01"),
        ("addressType = static\nethernet0.generatedAddress = 00:0c:29:00:00:01", None),
        ("addressType = static\nethernet0.address = broken", None),
    ],
)
def test_the_type_of_the_address_chooses_the_mac(text: str, mac: str | None) -> None:
    assert machine(f"ethernet0.present = TRUE\nethernet0.{text}").interfaces[0].mac == mac


@pytest.mark.parametrize(
    ("text", "relay"),
    [
        ('networkName = "net1"\nethernet0.connectionType = "custom"', "net1"),
        ('vnet = "/dev/vmnet2"\nethernet0.connectionType = "custom"', "/dev/vmnet2"),
        ('dvs.portgroupId = "dvportgroup-1285"', "dvportgroup-1285"),
        ('connectionType = "nat"', "nat"),
        ('virtualDev = "e1000"', None),
    ],
)
def test_the_network_is_the_relay(text: str, relay: str | None) -> None:
    assert machine(f"ethernet0.present = TRUE\nethernet0.{text}").interfaces[0].relay == relay


def test_interfaces_are_in_the_order_of_their_numbers() -> None:
    text = "".join(f"ethernet{n}.present = TRUE\nethernet{n}.networkName = n{n}\n" for n in (10, 2, 0))
    assert [interface.relay for interface in machine(text).interfaces] == ["n0", "n2", "n10"]


@pytest.mark.parametrize(
    ("text", "uuid"),
    [
        ('uuid.location = "56 4d 00 00 00 00 00 00-00 00 00 00 00 00 00 01"', "564d0000000000000000000000000001"),
        ('uuid.bios = "00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00"', None),
        ('uuid.bios = "56 4d"', None),
        ('vc.uuid = "56 4d 00 00 00 00 00 00-00 00 00 00 00 00 00 01"', None),
    ],
)
def test_the_uuid_is_that_of_the_bios_or_the_location(text: str, uuid: str | None) -> None:
    assert machine(text).facts.get("uuid") == uuid


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ('"a"', "a"),
        ('""', None),
        ("a b", "a b"),
        ('"a" # comment', "a"),
        ('"|7Ca|7c |C3|A4"', "|a| ä"),
        ('"|E4"', "\udce4"),
        ('"50%25 of a%2Fb%5cc%41"', "50% of a/b\\c%41"),
        ('"a', "a"),
        ('"a|"', "a|"),
        ('"a=b"', "a=b"),
    ],
)
def test_a_value_is_stated_without_quotes_and_escapes(value: str, label: str | None) -> None:
    assert machine(f"displayName = {value}").facts.get("label") == label


@pytest.mark.parametrize(
    ("guest", "os", "arch"),
    [
        ("rhel5", "Linux", "i686"),
        ("other26xlinux", "Linux", "i686"),
        ("ubuntu-64", "Linux", "x86_64"),
        ("arm-debian12-64", "arm-debian12-64", "aarch64"),
        ("winXPPro", "Windows", "i686"),
        ("windows8srv-64", "Windows", "x86_64"),
        ("darwin10-64", "macOS", "x86_64"),
        ("freebsd11-64", "FreeBSD", "x86_64"),
        ("solaris10-64", "Solaris", "x86_64"),
        ("vmkernel65", "ESXi", "x86_64"),
        ("brandnew-64", "brandnew-64", "x86_64"),
        ("other", None, "i686"),
        ("other-64", None, "x86_64"),
    ],
)
def test_the_guest_says_system_and_architecture(guest: str, os: str | None, arch: str) -> None:
    facts = machine(f"guestOS = {guest}").facts
    assert (facts.get("os"), facts["arch"]) == (os, arch)


DISK = "scsi0.present = TRUE\nscsi0:0.present = TRUE\nscsi0:0.fileName = a.vmdk\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DISK, [Disk(target="scsi0:0", source="a.vmdk", format="vmdk", exclusive=True)]),
        (DISK + "scsi0.sharedBus = virtual", [Disk(target="scsi0:0", source="a.vmdk", format="vmdk", exclusive=False)]),
        (
            DISK + "scsi0:0.sharing = multi-writer",
            [Disk(target="scsi0:0", source="a.vmdk", format="vmdk", exclusive=False)],
        ),
        (DISK + "disk.locking = FALSE", [Disk(target="scsi0:0", source="a.vmdk", format="vmdk", exclusive=False)]),
        (DISK + "scsi0:0.mode = independent-nonpersistent", [Disk(target="scsi0:0", source="a.vmdk", format="vmdk")]),
        (DISK.replace("scsi0.present = TRUE", "scsi0.present = FALSE"), []),
        (DISK.replace("0:0.present = TRUE", "0:0.present = FALSE"), []),
        (DISK.replace("scsi", "sata"), [Disk(target="sata0:0", source="a.vmdk", format="vmdk", exclusive=True)]),
        (DISK.replace("scsi", "nvme"), [Disk(target="nvme0:0", source="a.vmdk", format="vmdk", exclusive=True)]),
        ("ide0:1.present = TRUE\nide0:1.fileName = auto detect", [Disk(target="ide0:1")]),
        (
            "ide0:1.present = TRUE\nide0:1.fileName = /dev/sr0\nide0:1.deviceType = atapi-cdrom",
            [Disk(target="ide0:1", source="/dev/sr0", readonly=True)],
        ),
        (
            "ide0:1.present = TRUE\nide0:1.fileName = x\nide0:1.deviceType = cdrom-raw\nide0:1.clientDevice = TRUE",
            [Disk(target="ide0:1", readonly=True)],
        ),
    ],
)
def test_a_disk_of_every_kind(text: str, expected: list[Disk]) -> None:
    assert list(machine(text).disks) == expected


@pytest.mark.parametrize(
    ("text", "cport"),
    [
        ("RemoteDisplay.vnc.enabled = TRUE\nRemoteDisplay.vnc.port = 5901", "5901"),
        ("RemoteDisplay.vnc.enabled = FALSE\nRemoteDisplay.vnc.port = 5901", None),
        ("RemoteDisplay.vnc.port = 5901", None),
        ("RemoteDisplay.vnc.enabled = TRUE", None),
        ("RemoteDisplay.vnc.enabled = TRUE\nRemoteDisplay.vnc.port = 99999", None),
    ],
)
def test_the_port_of_the_console_is_stated_if_it_is_on(text: str, cport: str | None) -> None:
    assert machine(text).facts.get("cport") == cport


def test_a_port_below_that_of_display_0_says_no_display() -> None:
    assert "display" not in machine("RemoteDisplay.vnc.enabled = TRUE\nRemoteDisplay.vnc.port = 590").facts


def test_a_damaged_line_is_named_and_loses_no_other() -> None:
    config = machine('no setting\nmemsize = "512"\nmemsize = "1024"\nnumvcpus = "x"\n')
    assert (config.facts["vram"], [(problem.line, problem.problem) for problem in config.problems]) == (
        "512",
        [
            (2, "not readable as a setting"),
            (4, "`memsize` is set a second time"),
            (0, "`numvcpus`: 'x' is no number above 0"),
        ],
    )


def test_many_problems_are_counted_instead_of_listed() -> None:
    assert len(machine("damaged\n" * 100).problems) == MOST_PROBLEMS + 1


@pytest.mark.parametrize("text", ["", "damaged\n", "# a comment\n"])
def test_a_file_without_a_setting_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        Vmware.parse(text)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'#!/usr/bin/vmware\n.encoding = "UTF-8"\n', "utf-8"),
        (b'.ENCODING = "windows-1252"\r\n', "cp1252"),
        (b'.encoding = "GBK"\n', "gbk"),
        (b".encoding=Shift_JIS", "shift_jis"),
        (b'.encoding = "UTF-16"\n', None),
        (b'.encoding = "unicode_escape"\n', None),
        (b'.encoding = "bz2"\n', None),
        (b'.encoding = "cp99999"\n', None),
        (b'config.version = "8"\n', None),
        (b'annotation = ".encoding = UTF-8"\n', None),
        (b"\xff\xfe\x00", None),
        (b"", None),
    ],
)
def test_the_declared_encoding_is_found_before_the_text_is_decoded(head: bytes, expected: str | None) -> None:
    assert encoding(head) == expected


@given(head=st.binary() | st.binary(max_size=20).map(lambda name: b".encoding = " + name))
def test_an_encoding_that_is_found_can_decode_the_keys(head: bytes) -> None:
    found = encoding(head)
    assert found is None or b"displayName".decode(found) == "displayName"


@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_every_escaped_value_is_stated_as_it_was(name: str) -> None:
    written = "".join(char if char.isalnum() else "".join(f"|{byte:02X}" for byte in char.encode()) for char in name)
    stated = machine(f'guestOS = "x{written}"').facts["os"]
    assert stated == f"x{name}".strip()
