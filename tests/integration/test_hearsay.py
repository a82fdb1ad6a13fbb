"""What real segments say without being asked: heard live, captured by tcpdump, remembered by the kernel."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6NDOptDstLLAddr, IPv6
from scapy.layers.l2 import Ether

from tests.commands import BIN, run
from tests.lab.captures import pcapng
from tests.lab.crafted import BROADCAST, arp, frame, mac, reply, send
from tests.lab.namespaces import Namespace, Segment, segment
from tests.lab.sweeping import NOTHING, command
from vhost.cache.snapshot import opened
from vhost.errors import NotPermitted

pytestmark = pytest.mark.integration

A, B, OWN = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:01"


@pytest.fixture
def lab() -> Iterator[Segment]:
    with segment(ipv6=False) as made:
        yield made


@pytest.fixture
def listener(lab: Segment) -> Namespace:
    return lab.host("10.77.0.1/24", mac=OWN)


def announced() -> list[bytes]:
    client = Ether(src=A, dst=BROADCAST) / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)  # noqa: S104
    client /= BOOTP(op=1, chaddr=mac(A)) / DHCP(
        options=[("message-type", "request"), ("hostname", b"tst100"), ("requested_addr", "10.77.0.20"), "end"]
    )
    node = Ether(src=B, dst="33:33:00:00:00:01") / IPv6(src="fe80::b", dst="ff02::1", hlim=255)
    node /= ICMPv6ND_NA(tgt="fd00:77::b") / ICMPv6NDOptDstLLAddr(lladdr=B)
    return [
        frame(BROADCAST, A, arp(1, A, "10.77.0.9", BROADCAST, "10.77.0.9")),
        frame(BROADCAST, B, arp(1, B, "10.77.0.10", BROADCAST, "10.77.0.1"), tags=[5]),
        bytes(client),
        bytes(node),
    ]


EXPECTED = [
    ("10.77.0.10", B, None, "arp", "eth0.5"),
    ("10.77.0.20", A, "tst100", "dhcp", "eth0"),
    ("10.77.0.9", A, None, "arp", "eth0"),
    ("fd00:77::b", B, None, "nd", "eth0"),
]


def facts(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in ("ip", "mac", "name", "kind", "segment")) for row in rows)


def _hears(line: str) -> bool:
    """Tell whether a line of /proc/net/packet is that of a socket which is bound to an interface."""
    _, _, _, protocol, link, running, *_ = line.split()
    return (protocol, running) == ("0003", "1") and link != "0"


@contextmanager
def listening(host: Namespace, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Give a running program once its packet socket hears the interface."""
    running = host.start(*arguments)
    try:
        until = time.monotonic() + 20
        while not any(_hears(line) for line in host.run("cat", "/proc/net/packet").stdout.splitlines()[1:]):
            assert time.monotonic() < until
            select.select([], [], [], 0.02)
        yield running
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate(timeout=10)


def test_listening_hears_arp_dhcp_and_neighbour_discovery(lab: Segment, listener: Namespace, tmp_path: Path) -> None:
    other = lab.host()
    call = (BIN / "vhost", "scan", "arp", "--passive", "2", "--db", tmp_path / "db", "--format", "json")
    with listening(listener, *call) as running:
        send(other, *announced())
        out, errors = running.communicate(timeout=20)
    assert running.returncode == 0, errors
    assert facts(json.loads(out)) == EXPECTED
    assert "vhost: eth0: frames 4, claims 4, addresses 4, duplicates 0" in errors.splitlines()


def test_what_is_heard_is_shown_as_it_comes_and_kept_when_interrupted(
    lab: Segment, listener: Namespace, tmp_path: Path
) -> None:
    other = lab.host()
    call = (BIN / "vhost", "scan", "arp", "--passive", "600", "-I", "eth0", "--db", tmp_path / "db")
    with listening(listener, *call) as running:
        send(other, announced()[0])
        assert running.stdout is not None
        assert running.stdout.readline() == f"10.77.0.9\t{A}\tlocally administered\tarp eth0\n"
        os.kill(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "eth0: interrupted; what was heard is kept" in errors
    assert stored(tmp_path / "db") == [("10.77.0.9", A, False)]


def test_who_is_not_heard_again_is_not_stale_for_that(lab: Segment, listener: Namespace, tmp_path: Path) -> None:
    other, db = lab.host(), tmp_path / "db"
    for data in announced()[:2]:
        with listening(listener, BIN / "vhost", "scan", "arp", "--passive", "1", "--db", db) as running:
            send(other, data)
            running.communicate(timeout=20)
    assert stored(db) == [("10.77.0.10", B, False), ("10.77.0.9", A, False)]


def test_listening_sends_nothing(listener: Namespace) -> None:
    sent = Path("/sys/class/net/eth0/statistics/tx_packets")
    before = listener.run("cat", sent).stdout
    assert command(listener, "vhost", "scan", "arp", "--passive", "1", "--no-store").returncode == 0
    assert listener.run("cat", sent).stdout == before


def test_a_forged_sender_and_a_contested_address_are_told(lab: Segment, listener: Namespace) -> None:
    other = lab.host()
    with listening(listener, BIN / "vhost", "scan", "arp", "--passive", "1", "--no-store") as running:
        send(other, reply(A, "10.77.0.9", BROADCAST), reply(B, "10.77.0.9", BROADCAST, sender="02:00:00:00:00:66"))
        _, errors = running.communicate(timeout=20)
    assert f"vhost: 10.77.0.9: 2 MACs claim it: {A}, {B}" in errors.splitlines()
    assert f"vhost: 10.77.0.9: 02:00:00:00:00:66 says that it is at {B}" in errors.splitlines()


def test_listening_without_a_capability_says_how_to_grant_it(listener: Namespace) -> None:
    done = command(listener, "vhost", "scan", "arp", "--passive", "1", "--no-store", within=NOTHING)
    assert done.returncode == NotPermitted.exit_code
    assert "CAP_NET_RAW" in done.stderr


def stored(db: Path) -> list[tuple[str, str, bool]]:
    with opened([db], machines=False) as snapshot:
        found: list[tuple[str, str, bool]] = snapshot.con.execute(
            "SELECT ip, mac, stale FROM binding ORDER BY ip, mac"
        ).fetchall()
        return found


def dumped(lab: Segment, listener: Namespace, path: Path, frames: Sequence[bytes]) -> Path:
    """Return the capture that tcpdump made of the frames."""
    other = lab.host()
    running = listener.start(
        *("tcpdump", "-i", "eth0", "-Z", "root", "-U", "-c", str(len(frames)), "-w", path),
        f"ether src {A} or ether src {B}",
    )
    assert running.stderr is not None
    assert any("listening on" in line for line in running.stderr)
    send(other, *frames)
    running.communicate(timeout=20)
    return path


@pytest.mark.parametrize("tagged", [False, True])
def test_a_capture_of_tcpdump_is_read(lab: Segment, listener: Namespace, tmp_path: Path, tagged: bool) -> None:
    tags = [5] if tagged else []
    frames = [
        frame(BROADCAST, A, arp(1, A, "10.77.0.9", BROADCAST, "10.77.0.9"), tags=tags),
        frame(OWN, B, arp(2, B, "10.77.0.10", OWN, "10.77.0.1"), tags=tags),
    ]
    path = dumped(lab, listener, tmp_path / "real.pcap", frames)
    done = run("vhost", "scan", "arp", "--read", path, "--no-store", "--format", "json")
    assert done.returncode == 0, done.stderr
    vlan = "vlan 5" if tagged else None
    assert facts(json.loads(done.stdout)) == [("10.77.0.10", B, None, "arp", vlan), ("10.77.0.9", A, None, "arp", vlan)]


def test_a_capture_that_is_cut_off_is_partial_and_what_was_good_is_kept(
    lab: Segment, listener: Namespace, tmp_path: Path
) -> None:
    frames = [reply(A, f"10.77.0.{number}", OWN) for number in (8, 9)]
    path = dumped(lab, listener, tmp_path / "real.pcap", frames)
    path.write_bytes(path.read_bytes()[:-30])
    done = run("vhost", "scan", "arp", "--read", path, "--db", tmp_path / "db")
    assert done.returncode == 3
    assert done.stdout == f"10.77.0.8\t{A}\tlocally administered\tarp\n"
    assert f"vhost: {path}: is cut off or damaged after packet 2: " in done.stderr
    assert stored(tmp_path / "db") == [("10.77.0.8", A, False)]


def test_a_capture_that_is_read_again_says_what_it_says_now(tmp_path: Path) -> None:
    path, db = tmp_path / "made.pcapng", tmp_path / "db"
    path.write_bytes(pcapng([reply(A, f"10.77.0.{number}", OWN) for number in (8, 9)]))
    assert "new 2, vanished 0" in run("vhost", "scan", "arp", "--read", path, "--db", db).stderr
    path.write_bytes(pcapng([reply(A, "10.77.0.8", OWN)]))
    assert "new 0, vanished 1" in run("vhost", "scan", "arp", "--read", path, "--db", db).stderr
    assert stored(db) == [("10.77.0.8", A, False)]


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["--read", "/nonexistent"], 2, "/nonexistent: No such file or directory"),
        (["--read", "/dev/null"], 2, "/dev/null: is no regular file"),
        (["--read", __file__], 2, "is no capture; pcap and pcapng are read"),
        (["--read", "a", "--passive", "1"], 1, "exclude each other"),
        (["--read", "a", "10.0.0.1"], 1, "exclude each other"),
        (["--passive", "0"], 1, "--passive"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], code: int, problem: str) -> None:
    done = run("vhost", "scan", "arp", "--no-store", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    (line,) = done.stderr.splitlines()
    assert problem in line


def test_the_table_of_neighbours_is_that_of_ip_neigh(listener: Namespace, tmp_path: Path) -> None:
    listener.ip("neigh", "add", "10.77.0.9", "lladdr", A, "dev", "eth0", "nud", "permanent")
    listener.ip("neigh", "add", "10.77.0.10", "lladdr", B, "dev", "eth0", "nud", "stale")
    listener.ip("neigh", "add", "10.77.0.11", "dev", "eth0", "nud", "failed")
    done = command(listener, "vhost", "scan", "neighbours", "--db", tmp_path / "db", "--format", "json")
    assert done.returncode == 0, done.stderr
    theirs = json.loads(listener.ip("-j", "neigh"))
    expected = sorted((one["dst"], one["lladdr"]) for one in theirs if "lladdr" in one)
    assert sorted((row["ip"], row["mac"]) for row in json.loads(done.stdout)) == expected
    assert expected == [("10.77.0.10", B), ("10.77.0.9", A)]
    assert done.stderr == "vhost: every interface: new 2, vanished 0\n"


def test_a_neighbour_that_the_kernel_forgot_is_stale(listener: Namespace, tmp_path: Path) -> None:
    listener.ip("neigh", "add", "10.77.0.9", "lladdr", A, "dev", "eth0", "nud", "permanent")
    first = command(listener, "vhost", "scan", "neighbours", "-I", "eth0", "--db", tmp_path / "db")
    assert first.stdout == f"10.77.0.9\t{A}\tlocally administered\tneighbour eth0\n"
    listener.ip("neigh", "del", "10.77.0.9", "dev", "eth0")
    again = command(listener, "vhost", "scan", "neighbours", "-I", "eth0", "--db", tmp_path / "db")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "vhost: eth0: new 0, vanished 1\n")
    assert stored(tmp_path / "db") == [("10.77.0.9", A, True)]


def test_neighbours_of_a_missing_interface_are_named(listener: Namespace) -> None:
    done = command(listener, "vhost", "scan", "neighbours", "-I", "nope", "--no-store")
    assert (done.returncode, done.stderr) == (2, "vhost: nope: no such interface; see ip link\n")
