from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.config import Broken, Config, Interface
from scanners.libvirt import Libvirt
from vhost.claims import Disk

DOMAIN = """\
<?xml version="1.0"?>
<!-- WARNING: <network> -->
<domain type='kvm' xmlns:os='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
  <name>tst300</name>
  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
  <metadata><os:name>other</os:name></metadata>
  <memory unit='GiB'>2</memory>
  <currentMemory unit='GiB'>1</currentMemory>
  <vcpu current='2'>4</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='/srv/tst300.qcow2'/><target dev='vda'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:12:34:56'/><source bridge='br0'/><target dev='vnet3'/>
    </interface>
    <graphics type='spice' port='5930'/>
    <graphics type='vnc' port='5917' autoport='no'/>
  </devices>
</domain>
"""
STATUS = f"<domstatus state='running'><pid>1</pid>{DOMAIN[DOMAIN.index('<domain') :]}</domstatus>"
SNAPSHOT = f"<domainsnapshot><name>before</name>{DOMAIN[DOMAIN.index('<domain') :]}</domainsnapshot>"

BOMB = """<!DOCTYPE domain [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<domain type='kvm'><name>&b;</name><os/></domain>"""


def domain(inside: str = "", *, kind: str = "kvm", devices: str = "") -> Config:
    text = f"<domain type='{kind}'><name>a</name>{inside}<devices>{devices}</devices></domain>"
    (config,) = Libvirt.parse(text)
    return config


@pytest.mark.parametrize("text", [DOMAIN, STATUS, "\ufeff\n" + DOMAIN, BOMB], ids=["domain", "status", "bom", "bomb"])
def test_a_domain_is_recognised(text: str) -> None:
    assert Libvirt.recognises(text, "tst300.xml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        SNAPSHOT,
        "<network><name>default</name></network>",
        "<domain log-root='x'><name>a</name><memory/></domain>",
        "<domain type='dns'><name>a</name></domain>",
        "<domstatus/>",
        "<!-- <domain type='kvm'><name>a</name><os/></domain>",
        "read <domain type='kvm'><name>a</name><os/></domain>",
        "<domains type='kvm'><name>a</name><os/></domains>",
        "<!DOCTYPE" * 10_000,
    ],
)
def test_another_file_is_not_taken_for_a_domain(text: str) -> None:
    assert not Libvirt.recognises(text, "tst300.xml")


def test_the_facts_of_a_domain() -> None:
    (config,) = Libvirt.parse(DOMAIN)
    assert config.facts == {
        "label": "tst300",
        "uuid": "c7a5fdbd-edaf-9455-926a-d65c16db1809",
        "vram": "2048",
        "vcpu": "2",
        "arch": "x86_64",
        "platform": "pc-q35-7.2",
        "accelerator": "KVM",
        "exepath": "/usr/bin/qemu-system-x86_64",
        "cport": "5917",
        "display": "17",
    }


def test_the_devices_of_a_domain() -> None:
    (config,) = Libvirt.parse(DOMAIN)
    assert (config.interfaces, config.disks) == (
        (Interface(mac="52:54:00:12:34:56", relay="br0"),),
        (Disk(target="vda", source="/srv/tst300.qcow2", format="qcow2", exclusive=True),),
    )


def test_a_status_file_holds_the_domain_that_runs() -> None:
    assert Libvirt.parse(STATUS)[0].facts["label"] == "tst300"


def test_the_domain_of_a_snapshot_is_no_machine() -> None:
    assert Libvirt.parse(SNAPSHOT) == ()


@pytest.mark.parametrize(
    ("element", "vram"),
    [
        ("<memory>524288</memory>", "512"),
        ("<memory unit='KiB'>219100</memory>", "214"),
        ("<memory unit='k'>524288</memory>", "512"),
        ("<memory unit='KB'>1024000</memory>", "977"),
        ("<memory unit='b'>536870912</memory>", "512"),
        ("<memory unit='bytes'>536870912</memory>", "512"),
        ("<memory unit='mib'>512</memory>", "512"),
        ("<memory unit='MB'>1000</memory>", "954"),
        ("<memory unit='G'>1</memory>", "1024"),
        ("<memory unit='TiB'>1</memory>", "1048576"),
        ("<memory> 1024\n</memory>", "1"),
        ("<memory>1</memory>", "1"),
        ("<memory>0</memory>", None),
        ("<memory unit='XiB'>1</memory>", None),
        ("<memory>-1</memory>", None),
        ("<memory>many</memory>", None),
        ("<cpu><numa><cell memory='1' unit='GiB'/><cell memory='524288'/></numa></cpu>", "1536"),
        ("", None),
    ],
)
def test_the_memory_in_every_unit_is_stated_in_mib(element: str, vram: str | None) -> None:
    assert domain(element).facts.get("vram") == vram


@pytest.mark.parametrize(
    ("element", "vcpu"),
    [
        ("<vcpu>4</vcpu>", "4"),
        ("<vcpu current='1'>4</vcpu>", "1"),
        ("<vcpu>no</vcpu>", None),
        ("<vcpu>0</vcpu>", None),
        ("", None),
    ],
)
def test_the_processors_are_those_that_the_domain_starts_with(element: str, vcpu: str | None) -> None:
    assert domain(element).facts.get("vcpu") == vcpu


@pytest.mark.parametrize(
    ("kind", "os_type", "accelerator"),
    [
        ("kvm", "hvm", "KVM"),
        ("qemu", "hvm", "QEMU"),
        ("hvf", "hvm", "HVF"),
        ("xen", "linux", "PARA"),
        ("xen", "xen", "PARA"),
        ("xen", "hvm", "HVM"),
        ("xen", "xenpvh", "PVH"),
        ("lxc", "exe", None),
        ("vmware", "hvm", None),
    ],
)
def test_the_accelerator_follows_from_the_kind_of_domain(kind: str, os_type: str, accelerator: str | None) -> None:
    assert domain(f"<os><type>{os_type}</type></os>", kind=kind).facts.get("accelerator") == accelerator


def test_a_domain_that_starts_a_program_is_a_container() -> None:
    assert domain("<os><type>exe</type></os>", kind="lxc").facts["category"] == "CT"


@pytest.mark.parametrize("uuid", ["00000000-0000-0000-0000-000000000000", "none", ""])
def test_a_uuid_that_is_none_is_not_stated(uuid: str) -> None:
    assert "uuid" not in domain(f"<uuid>{uuid}</uuid>").facts


@pytest.mark.parametrize(
    ("graphics", "cport"),
    [
        ("<graphics type='vnc' port='5903'/>", "5903"),
        ("<graphics type='vnc' port='-1' autoport='yes'/>", None),
        ("<graphics type='vnc' port='5903' autoport='yes'/>", None),
        ("<graphics type='vnc'/><graphics type='spice' port='5901'/>", "5901"),
        ("<graphics type='sdl' port='5901'/>", None),
        ("<graphics type='vnc' port='99999'/>", None),
    ],
)
def test_the_port_of_the_console_is_stated_if_it_is_certain(graphics: str, cport: str | None) -> None:
    assert domain(devices=graphics).facts.get("cport") == cport


def test_a_port_that_was_chosen_at_the_start_is_certain_while_the_domain_runs() -> None:
    text = "<domain type='kvm' id='3'><devices><graphics type='vnc' port='5903' autoport='yes'/></devices></domain>"
    assert Libvirt.parse(text)[0].facts["cport"] == "5903"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("", [Interface()]),
        ("<source network='default' bridge='virbr0'/>", [Interface(relay="virbr0")]),
        ("<source network='default' portgroup='x'/>", [Interface(relay="default")]),
        ("<source dev='eth0' mode='bridge'/>", [Interface(relay="eth0")]),
        ("<guest dev='eth7'/>", [Interface(ifname="eth7")]),
        ("<source><ip address='10.0.0.9'/></source>", [Interface()]),
        (
            """<ip address='10.0.0.1' prefix='8'/><ip address='2001:db8::1'/>
            <route address='0.0.0.0' gateway='10.0.0.2'/>""",
            [Interface(ip="10.0.0.1", netmask="255.0.0.0", gateway="10.0.0.2"), Interface(ip="2001:db8::1")],
        ),
        (
            "<ip address='10.0.0.1'/><route address='10.1.0.0' prefix='16' gateway='10.0.0.2'/>",
            [Interface(ip="10.0.0.1")],
        ),
        ("<filterref><parameter name='IP' value='10.0.0.3'/></filterref>", [Interface(ip="10.0.0.3")]),
        ("<filterref><parameter name='MAC' value='10.0.0.3'/></filterref>", [Interface()]),
    ],
)
def test_an_interface_is_stated_once_for_each_of_its_addresses(inside: str, expected: list[Interface]) -> None:
    assert list(domain(devices=f"<interface>{inside}</interface>").interfaces) == expected


def test_what_is_no_mac_is_named() -> None:
    config = domain(devices="<interface><mac address='zz'/></interface>")
    assert (config.interfaces[0].mac, config.problems[0].problem) == (None, "<mac>: 'zz' cannot be")


@pytest.mark.parametrize(
    ("disk", "expected"),
    [
        ("<disk type='block'><source dev='/dev/a'/></disk>", Disk(source="/dev/a", exclusive=True)),
        ("<disk type='file'><source file='/a'/><shareable/></disk>", Disk(source="/a", exclusive=False)),
        ("<disk type='file'><source file='/a'/><readonly/></disk>", Disk(source="/a", readonly=True)),
        ("<disk type='file' device='cdrom'><source file='/a'/></disk>", Disk(source="/a", readonly=True)),
        ("<disk type='file' device='cdrom'><target dev='sda'/></disk>", Disk(target="sda", readonly=True)),
        ("<disk type='file'><source file='/a'/><transient/></disk>", Disk(source="/a")),
        ("<disk type='volume'><source pool='p' volume='v'/></disk>", Disk(source="p/v")),
        (
            "<disk type='network'><source protocol='rbd' name='p/v'><host name='m1'/><host name='m2'/></source></disk>",
            Disk(source="rbd://m1/p/v"),
        ),
        ("<disk type='network'><source protocol='rbd'/></disk>", Disk()),
    ],
)
def test_a_disk_of_every_kind(disk: str, expected: Disk) -> None:
    assert domain(devices=disk).disks == (expected,)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BOMB, 0),
        ("", 1),
        ("<domain>\n<name>", 2),
        ("\n\n<domain>\n</name>", 4),
        ("<domain type='kvm'>" + "<a>" * 100_000, 0),
        ("<network/>", 0),
        ("<domstatus/>", 0),
        ("<?xml version='1.0' encoding='gbk'?><domain>\udce4</domain>", 0),
        ("<domain>\ud800</domain>", 0),
        ("<domain>\udce4</domain>", 1),
        ('<!DOCTYPE domain SYSTEM "file:///etc/passwd" [<!ENTITY % x SYSTEM "http://a/">%x;]><domain/>', 0),
        ("<!--" + "x" * 4_194_304, 0),
    ],
    ids=[
        *["bomb", "empty", "cut", "mismatch", "deep", "network", "status", "charset", "surrogate", "bytes", "external"],
        "large",
    ],
)
def test_a_file_that_cannot_be_read_is_broken_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Broken) as caught:
        Libvirt.parse(text)
    assert caught.value.line == line


def test_a_declared_encoding_counts_for_bytes_that_are_not_utf_8() -> None:
    text = "<?xml version='1.0' encoding='ISO-8859-1'?><domain type='kvm'><name>t\udce4st</name></domain>"
    assert Libvirt.parse(text)[0].facts["label"] == "täst"


def test_a_domain_in_another_namespace_than_none_is_read() -> None:
    (config,) = Libvirt.parse("<d:domain xmlns:d='urn:x' type='kvm'><d:name>a</d:name><name>b</name></d:domain>")
    assert config.facts["label"] == "a"


@given(name=st.text(st.characters(categories=["L", "N", "P"], exclude_characters="<&"), min_size=1))
def test_every_name_is_stated_as_it_is(name: str) -> None:
    assert Libvirt.parse(f"<domain type='kvm'><name>{name}</name></domain>")[0].facts["label"] == name
