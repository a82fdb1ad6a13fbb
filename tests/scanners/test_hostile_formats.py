"""Hostile files: whatever a file holds, a format recognises it or not, and reads it or says that it is broken."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.config import Broken, Config, Format
from scanners.libvirt import Libvirt
from scanners.virtualbox import VirtualBox
from scanners.vmware import Vmware
from scanners.xen import LARGEST, Xen
from vhost.record import COLUMNS

SAMPLES: dict[type[Format], str] = {
    Xen: """\
import os
name = "tst100"; memory = 0512
if os.uname():
    vcpus = 2
kernel = '/boot/' + "vmlinuz-%s" % 'x' \\
    ''
vif = [ 'mac=00:50:56:13:11:40, bridge=xenbr0, ip=10.0.0.1/8 10.0.0.2', { 'mac': 1 } ]
vif += [ \"\"\"bridge=b\"\"\" ]
disk = [ 'tap:aio:/a.img,ioemu:hda,w!', 'format=raw, vdev=hdc, devtype=cdrom, target=/a,b' ]
vfb = [ 'type=vnc,vncunused=0,vncdisplay=17' ]
""",
    Libvirt: """\
<?xml version='1.0' encoding='utf-8'?><!-- x --><domain type='xen' id='1'><name>tst200</name>
<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><memory unit='MB'>512</memory><vcpu current='1'>2</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices><emulator>/bin/q</emulator>
<disk type='file' device='disk'><driver type='raw'/><source file='/a'/><target dev='vda'/><shareable/></disk>
<disk type='network'><source protocol='rbd' name='p/v'><host name='m'/></source></disk>
<interface type='bridge'><mac address='52:54:00:12:34:56'/><source bridge='b'/><ip address='10.0.0.1' prefix='8'/>
<route address='0.0.0.0' gateway='10.0.0.2'/></interface><graphics type='vnc' port='5917'/></devices></domain>
""",
    Vmware: """\
#!/usr/bin/vmware
config.version = "8"
displayName = "tst|20003%2f"
guestOS = "rhel6-64"
memsize = "256"
uuid.bios = "56 4d 68 42 ca f9 1e 3e-43 24 9e d5 96 b8 b9 f2"
ethernet0.present = "TRUE"
ethernet0.address = "00:50:56:13:13:03"
ethernet0.addressType = "static"
scsi0.present = "TRUE"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "a.vmdk"
RemoteDisplay.vnc.enabled = "TRUE"
RemoteDisplay.vnc.port = "5903"
""",
    VirtualBox: """\
<VirtualBox xmlns="http://www.virtualbox.org/"><Machine uuid="{00000001-0000-0000-0000-000000000000}" name="a"
OSType="Debian_64"><MediaRegistry><HardDisks><HardDisk uuid="{00000002-0000-0000-0000-000000000000}" location="a"
format="VDI" type="Normal"/></HardDisks></MediaRegistry><Hardware><CPU count="2"/><Memory RAMSize="512"/>
<RemoteDisplay enabled="true"><VRDEProperties><Property name="TCP/Ports" value="1"/></VRDEProperties></RemoteDisplay>
<Network><Adapter enabled="true" MACAddress="0800271A2B3C"><NAT/></Adapter></Network></Hardware><StorageControllers>
<StorageController name="S"><AttachedDevice type="HardDisk" port="0"><Image
uuid="{00000002-0000-0000-0000-000000000000}"/></AttachedDevice></StorageController></StorageControllers>
</Machine></VirtualBox>
""",
}
FORMATS = pytest.mark.parametrize("form", SAMPLES, ids=lambda form: form.name)

BYTES = st.binary(max_size=200).map(lambda data: data.decode("utf-8", "surrogateescape"))
TEXTS = st.one_of(st.text(st.characters(), max_size=200), BYTES)
PIECES = st.one_of(
    TEXTS,
    st.sampled_from("\"'[](){}<>=,;:#\\%|&\n\0 +-*"),
    st.sampled_from(
        ["'''", '"""', "<a>", "</", "<!--", "]]>", "<![CDATA[", "&lt;", "&x;", "99999999999999999999", "-1"]
    ),
    st.sampled_from(
        ["name", "name=", "if x:\n ", "def f():\n ", "%s", "\\x", "|7", "\ud800", "\udcff", "\ufeff", "\u2028"]
    ),
)
DAMAGES = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 30), PIECES),
    min_size=1,
    max_size=4,
)


def damaged(text: str, damages: list[tuple[int, int, str]]) -> str:
    for at, length, piece in damages:
        begin = at % (len(text) + 1)
        text = text[:begin] + piece + text[begin + length :]
    return text


def read(form: type[Format], text: str) -> tuple[Config, ...]:
    """Return what a format makes of a text, nothing if it is broken."""
    form.recognises(text, "a")
    with contextlib.suppress(Broken):
        return tuple(form.parse(text))
    return ()


@FORMATS
def test_a_sample_is_read_whole(form: type[Format]) -> None:
    assert form.recognises(SAMPLES[form], "a")
    assert {"label", "vram", "cport"} <= read(form, SAMPLES[form])[0].facts.keys()


@FORMATS
def test_a_sample_is_recognised_by_no_other_format(form: type[Format]) -> None:
    assert [other for other in SAMPLES if other.recognises(SAMPLES[form], "a")] == [form]


@FORMATS
@given(text=TEXTS)
def test_any_text_is_read_or_broken(form: type[Format], text: str) -> None:
    read(form, text)


@FORMATS
@given(damages=DAMAGES)
def test_any_damage_leaves_known_columns_with_a_value(form: type[Format], damages: list[tuple[int, int, str]]) -> None:
    for config in read(form, damaged(SAMPLES[form], damages)):
        assert config.facts.keys() <= set(COLUMNS)
        assert all(config.facts.values())


@FORMATS
@given(damages=DAMAGES)
def test_any_damage_leaves_interfaces_and_disks_without_empty_values(
    form: type[Format], damages: list[tuple[int, int, str]]
) -> None:
    for config in read(form, damaged(SAMPLES[form], damages)):
        assert all(interface.mac != "" and interface.ip != "" for interface in config.interfaces)
        assert all(disk.source != "" and disk.target != "" for disk in config.disks)


HUGE = 1 << 20
QUOTES = ["a", "'", "\\", "[", "a=[\n", "a=(\n b=1\n", "'\\\n", "a='''\n", 'b=\\"""\n', "'\"", "))\n"]
CODE = ["-", "a+=a;", "if a:\n", "a=1;", "@", "\n", "1", "a."]
MARKUP = ["<", "<a ", "<a>", "</a>", "<!--", "<!---->", "<?", "<!DOCTYPE", "<!DOCTYPE a>", "<!DOCTYPE a [", "<a b='"]
LINES = ["a\n", "\t", "=", "|41", 'a = "|"\n']
UNITS = {Xen: [*QUOTES, *CODE], Libvirt: MARKUP, Vmware: LINES}


@pytest.mark.parametrize(
    ("form", "unit"),
    [(form, unit) for form, units in UNITS.items() for unit in units],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_very_much_of_one_thing_is_read_in_reasonable_time(form: type[Format], unit: str) -> None:
    middle = SAMPLES[form].lower().index("name")
    begin, end = SAMPLES[form][:middle], SAMPLES[form][middle:]
    room = LARGEST - len(SAMPLES[form]) if form is Xen else HUGE
    started = time.perf_counter()
    read(form, begin + unit * (room // len(unit)) + end)
    assert time.perf_counter() - started < 10
