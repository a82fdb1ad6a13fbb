"""The segments that other tests stand on."""

from __future__ import annotations

import socket
import subprocess

import pytest

from tests.commands import BIN
from tests.lab.namespaces import RUN, namespace, segment, sweep_up
from vhost.act.wake import PORT, frame

pytestmark = pytest.mark.integration


def test_hosts_of_a_segment_see_each_other_with_the_mac_that_was_given() -> None:
    with segment() as lab:
        asker = lab.host("10.77.0.1/24")
        lab.host("10.77.0.2/24", mac="02:00:00:00:00:02")
        answered = asker.run("arp-scan", "-q", "-x", "-I", "eth0", "10.77.0.0/29").stdout
    assert answered.split() == ["10.77.0.2", "02:00:00:00:00:02"]


def test_a_host_can_hold_thousands_of_addresses() -> None:
    with segment() as lab:
        host = lab.host()
        host.hold([f"10.77.{number // 250}.{number % 250 + 1}/20" for number in range(3000)])
        assert host.ip("-o", "-4", "addr", "show", "dev", "eth0").count("\n") == 3000


def test_a_bridge_drops_the_same_frames_every_time() -> None:
    seen = []
    for _ in range(2):
        with segment() as lab:
            asker = lab.host("10.77.0.1/24")
            lab.host(mac="02:00:00:00:00:02").hold([f"10.77.0.{number}/24" for number in range(10, 50)])
            lab.lose("arp operation reply numgen inc mod 4 0")
            seen.append(asker.run("arp-scan", "-q", "-x", "-I", "eth0", "-r", "1", "10.77.0.10-10.77.0.49").stdout)
    assert seen[0].count("\n") == 30
    assert seen[0] == seen[1]


def test_a_thread_enters_a_namespace_and_leaves_it_again() -> None:
    before = socket.if_nameindex()
    with namespace() as here:
        with here.inside():
            assert [name for _, name in socket.if_nameindex()] == ["lo"]
        assert socket.if_nameindex() == before


def test_namespaces_are_deleted_even_when_a_test_fails() -> None:
    names: list[str] = []

    def fail() -> None:
        with segment() as lab:
            names.extend([lab.switch.name, lab.host().name])
            assert all((RUN / name).exists() for name in names)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(names) == 2
    assert not any((RUN / name).exists() for name in names)


def test_what_a_killed_test_left_is_deleted() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait(timeout=10)
    left = f"vhost-{ended.pid}-1"
    subprocess.run(["ip", "netns", "add", left], check=True, timeout=10)
    sweep_up.cache_clear()
    with namespace() as here:
        assert not (RUN / left).exists()
        assert (RUN / here.name).exists()


def test_the_frame_that_wakes_machines_up_goes_over_every_link() -> None:
    with segment(ipv6=False) as near, segment(ipv6=False) as far:
        host = near.host("10.77.0.1/24")
        host.ip("link", "add", "eth1", "type", "veth", "peer", "name", "p9", "netns", far.switch.name)
        far.switch.ip("link", "set", "p9", "master", "br0", "up")
        host.ip("addr", "add", "10.78.0.1/24", "dev", "eth1")
        host.ip("link", "set", "eth1", "up")
        heard = []
        for wire, address in ((near, "10.77.0.2/24"), (far, "10.78.0.2/24")):
            with wire.host(address).inside():
                listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                listener.bind(("", PORT))
                listener.settimeout(10)
                heard.append(listener)
        host.run(BIN / "vhost", "wake", "00:0e:0c:35:f8:48")
        for listener in heard:
            with listener:
                assert listener.recv(200) == frame("00:0e:0c:35:f8:48")
