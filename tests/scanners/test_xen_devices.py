from __future__ import annotations

import pytest

from scanners import xen_devices
from scanners.config import Interface
from scanners.xen import Xen
from vhost.claims import Disk


@pytest.mark.parametrize(
    ("text", "cport"),
    [
        ("vnc = 1\nvncunused = 0\nvncdisplay = 3", "5903"),
        ("vnc = 1\nvncdisplay = 3", "5903"),
        ("vnc = 1\nvncunused = 0", "5900"),
        ("vnc = 1\nvnclisten = '127.0.0.1:4'", "5904"),
        ("vnc = 1\nvncport = 6001", "6001"),
        ("vnc = 1", None),
        ("vnc = 1\nvncunused = 1\nvncdisplay = 3", None),
        ("vnc = 0\nvncdisplay = 3", None),
        ("vnc = 1\nvncdisplay = 70000", None),
        ("vfb = [ 'type=vnc,vncunused=1,vnclisten=127.0.0.1' ]", None),
        ("vfb = [ 'type=vnc, vncunused=0, vncdisplay=7' ]", "5907"),
        ("vfb = [ 'type=sdl', 'vnc=1,vncdisplay=8' ]", "5908"),
        ("vfb = [ { 'type': 'vnc', 'vncdisplay': 9 } ]", "5909"),
        ("vnc = 0\nspice = 1\nspiceport = 6000", "6000"),
        ("spice = 0\nspiceport = 6000", None),
    ],
)
def test_the_port_of_the_console_is_stated_if_it_is_certain(text: str, cport: str | None) -> None:
    (config,) = Xen.parse(f"name = 'a'\n{text}\n")
    assert config.facts.get("cport") == cport


@pytest.mark.parametrize(
    ("vif", "expected"),
    [
        ("", [Interface()]),
        ("mac=00:16:3E:00:00:01", [Interface(mac="00:16:3E:00:00:01")]),
        ("bridge=b, ip=10.0.0.1", [Interface(relay="b", ip="10.0.0.1")]),
        ("ip=10.0.0.1/24", [Interface(ip="10.0.0.1", netmask="255.255.255.0")]),
        ("ip=2001:db8::1/64", [Interface(ip="2001:db8::1", netmask="64")]),
        ("ip=10.0.0.1/99", [Interface(ip="10.0.0.1")]),
        ("ip=10.0.0.1 10.0.0.2,bridge=b", [Interface(ip="10.0.0.1", relay="b"), Interface(ip="10.0.0.2", relay="b")]),
        ("mac=zz,ip=dhcp,vifname=v,script=s,type=ioemu", [Interface()]),
    ],
)
def test_an_interface_is_stated_once_for_each_of_its_addresses(vif: str, expected: list[Interface]) -> None:
    assert xen_devices.interfaces(vif)[0] == expected


def test_what_is_no_mac_and_no_address_is_named() -> None:
    (config,) = Xen.parse("name = 'a'\nvif = ['mac=zz,ip=dhcp']")
    assert [(problem.line, problem.problem) for problem in config.problems] == [
        (2, "`vif`: 'zz' is no MAC address"),
        (2, "`vif`: 'dhcp' is no IP address"),
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("/dev/vg/a,,hda", Disk(target="hda", source="/dev/vg/a", format="raw", exclusive=True)),
        ("/srv/a.qcow2,qcow2,xvda,w", Disk(target="xvda", source="/srv/a.qcow2", format="qcow2", exclusive=True)),
        ("format=vhd,vdev=xvda,target=/a,b", Disk(target="xvda", source="/a,b", format="vhd", exclusive=True)),
        ("raw:/dev/vg/a,hda,w", Disk(target="hda", source="/dev/vg/a", format="raw", exclusive=True)),
        ("tap:aio:/a.img,xvda,w", Disk(target="xvda", source="/a.img", format="raw", exclusive=True)),
        ("tap:qcow2:/a.img,ioemu:hda,w", Disk(target="hda", source="/a.img", format="qcow2", exclusive=True)),
        ("phy:/dev/a,xvda,w!", Disk(target="xvda", source="/dev/a", format="raw", exclusive=False)),
        ("phy:/dev/a,xvda,r", Disk(target="xvda", source="/dev/a", format="raw", readonly=True)),
        ("file:/a.iso,hdc:cdrom,r", Disk(target="hdc", source="/a.iso", format="raw", readonly=True)),
        ("/a.iso,,hdc,cdrom", Disk(target="hdc", source="/a.iso", format="raw", readonly=True)),
        (",hdc:cdrom,r", Disk(target="hdc", readonly=True)),
        ("iscsi:iqn.2001-05,xvda,w", Disk(target="xvda", source="iqn.2001-05", format="raw")),
        ("rbd:pool/a,raw,xvda", Disk(target="xvda", source="rbd:pool/a", format="raw")),
        ("script=block-drbd,vdev=xvda,target=r0", Disk(target="xvda", source="r0", format="raw")),
        ("", None),
    ],
)
def test_a_disk_in_every_form_of_its_specification(spec: str, expected: Disk | None) -> None:
    assert xen_devices.disk(spec) == expected
