"""Sweeps of real segments, held against arp-scan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import BIN
from tests.lab.crafted import answering, reply
from tests.lab.namespaces import Namespace, Segment, segment
from tests.lab.sweeping import NET_RAW, NOTHING, arp_scan, command, pairs, scan

pytestmark = pytest.mark.integration

FAST = ("--rate", "0", "--timeout", "200")
MANY = [f"10.77.{number // 250}.{number % 250 + 5}/20" for number in range(3800)]


@pytest.fixture
def lab() -> Iterator[Segment]:
    with segment() as made:
        yield made


@pytest.fixture
def asker(lab: Segment) -> Namespace:
    return lab.host("10.77.0.1/20", mac="02:00:00:00:00:01")


def test_a_sweep_finds_what_arp_scan_finds(lab: Segment, asker: Namespace) -> None:
    lab.host().hold(MANY)
    lab.host(MANY[7], mac="02:00:00:00:00:07")
    found = pairs(scan(asker, "--localnet", *FAST))
    assert len(found) == 3801
    assert found == arp_scan(asker, "--localnet", "-B", "100M")


def test_two_macs_for_one_address_are_both_found_and_told(lab: Segment, asker: Namespace) -> None:
    macs = ["02:00:00:00:00:0a", "02:00:00:00:00:0b"]
    for mac in macs:
        lab.host("10.77.0.9/20", mac=mac)
    done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "10.77.0.8-10")
    lines = done.stdout.splitlines()
    assert sorted(line.split("\t")[1] for line in lines) == macs
    assert [line.split("\t")[2] for line in lines] == ["locally administered", "locally administered (DUP: 2)"]
    assert f"10.77.0.9: 2 MACs answer: {lines[0].split()[1]}, {lines[1].split()[1]}" in done.stderr
    assert "asked 3, answered 1, duplicates 1; " in done.stderr


def test_another_holder_of_our_own_address_is_found_without_announcing_it(lab: Segment, asker: Namespace) -> None:
    other = lab.host(mac="02:00:00:00:00:0a")
    with answering(other, lambda address, to: [reply("02:00:00:00:00:0a", address, to)]) as heard:
        (row,) = scan(asker, *FAST, "10.77.0.1")
    assert (row["mac"], row["own"], row["duplicate"]) == ("02:00:00:00:00:0a", True, True)
    assert [data[28:32] for data in heard] == [bytes(4)]


def test_a_lossy_segment_is_found_wholly_and_says_who_was_late(lab: Segment, asker: Namespace) -> None:
    lab.host().hold(MANY[:400])
    lab.lose("arp operation reply numgen inc mod 20 0")
    done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "--retry", "5", "10.77.0.0/23")
    assert len(done.stdout.splitlines()) == 400
    assert ", answered 400, late 20, duplicates 0" in done.stderr


def test_a_tagged_reply_names_its_vlan(lab: Segment, asker: Namespace) -> None:
    with answering(lab.host(), lambda address, to: [reply("02:00:00:00:00:0a", address, to, tags=[5])]):
        (row,) = scan(asker, *FAST, "10.77.0.9")
    assert (row["mac"], row["vlan"]) == ("02:00:00:00:00:0a", 5)


def test_a_reply_with_two_tags_is_found(lab: Segment, asker: Namespace) -> None:
    with answering(lab.host(), lambda address, to: [reply("02:00:00:00:00:0a", address, to, tags=[5, 6])]):
        (row,) = scan(asker, *FAST, "10.77.0.9")
    assert (row["mac"], row["vlan"]) == ("02:00:00:00:00:0a", 5)


def test_requests_can_be_tagged(lab: Segment, asker: Namespace) -> None:
    seen = lab.host()
    with answering(seen, lambda *_: []) as heard:
        assert scan(asker, *FAST, "--vlan", "5", "10.77.0.9") == []
    assert [data[12:18].hex() for data in heard] == ["810000050806"] * 2


def test_a_spoofed_reply_is_kept_and_marked(lab: Segment, asker: Namespace) -> None:
    claimed, spoofer = "02:00:00:00:00:0a", "02:00:00:00:00:66"
    with answering(lab.host(), lambda address, to: [reply(claimed, address, to, sender=spoofer)]):
        done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "10.77.0.9")
    assert done.stdout == f"10.77.0.9\t{claimed}\tlocally administered (sent by {spoofer})\n"
    assert f"10.77.0.9: {spoofer} answers that it is at {claimed}" in done.stderr


def test_replies_nobody_asked_for_are_kept_and_marked(lab: Segment, asker: Namespace) -> None:
    mac = "02:00:00:00:00:0a"
    with answering(lab.host(), lambda _, to: [reply(mac, address, to) for address in ("10.77.0.99", "172.16.0.1")]):
        done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "10.77.0.9")
    marked = "locally administered (not asked)"
    assert done.stdout.splitlines() == [f"10.77.0.99\t{mac}\t{marked}", f"172.16.0.1\t{mac}\t{marked}"]
    assert "asked 1, answered 0, duplicates 0, not asked 2" in done.stderr


def test_replies_that_no_host_can_send_are_counted_and_left_out(lab: Segment, asker: Namespace) -> None:
    wrong = [("ff:ff:ff:ff:ff:ff", "10.77.0.9"), ("00:00:00:00:00:00", "10.77.0.9"), ("02:00:00:00:00:0a", "0.0.0.7")]
    wrong += [("02:00:00:00:00:0a", "255.255.255.255"), ("02:00:00:00:00:0a", "127.0.0.1")]
    with answering(lab.host(), lambda _, to: [reply(mac, ip, to, sender="02:00:00:00:00:0a") for mac, ip in wrong]):
        done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "--retry", "1", "10.77.0.9")
    assert done.stdout == ""
    assert "unusable replies 5" in done.stderr


def test_cap_net_raw_is_all_that_is_needed(lab: Segment, asker: Namespace) -> None:
    lab.host("10.77.0.9/20", mac="02:00:00:00:00:0a")
    assert pairs(scan(asker, *FAST, "10.77.0.8-10", within=NET_RAW)) == [("10.77.0.9", "02:00:00:00:00:0a")]


def test_without_a_capability_it_says_how_to_grant_it(asker: Namespace) -> None:
    done = command(asker, "vhost", "scan", "arp", "--no-store", "10.77.0.9", within=NOTHING)
    assert (done.returncode, done.stdout) == (14, "")
    (line,) = done.stderr.splitlines()
    assert "CAP_NET_RAW" in line
    assert "setpriv" in line


def test_a_receive_buffer_that_is_too_small_is_told(lab: Segment, asker: Namespace) -> None:
    lab.host("10.77.0.9/20")
    limit = int(Path("/proc/sys/net/core/rmem_max").read_text())
    done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "10.77.0.0/20", within=NET_RAW)
    assert ("the receive buffer is" in done.stderr) == (limit < 4 << 20)
    assert "answered 1," in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["-I", "nope", "10.77.0.9"], 2, "nope: no such interface; there are: eth0"),
        (["-I", "lo", "10.77.0.9"], 2, "lo: is no Ethernet interface that does ARP"),
        (["0.0.0.0/0"], 1, "0.0.0.0/0: 4294967296 addresses are too many; at most 1048576"),
        (["2001:db8::/64"], 1, "2001:db8::/64: is IPv6"),
        ([], 1, "scan arp: nothing to ask for"),
        (["10.77.0.300"], 1, "10.77.0.300: is no IPv4 address, network or range"),
    ],
)
def test_a_wrong_call_is_one_line(asker: Namespace, arguments: list[str], code: int, problem: str) -> None:
    done = command(asker, "vhost", "scan", "arp", "--no-store", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    (line,) = done.stderr.splitlines()
    assert problem in line


def test_an_interface_that_is_down_is_named(asker: Namespace) -> None:
    asker.ip("link", "set", "eth0", "down")
    done = command(asker, "vhost", "scan", "arp", "--no-store", "-I", "eth0", "10.77.0.9")
    assert (done.returncode, done.stderr) == (2, "vhost: eth0: the interface is down; ip link set eth0 up\n")


def test_an_interface_without_a_carrier_is_named(lab: Segment, asker: Namespace) -> None:
    lab.switch.ip("link", "set", "p1", "down")
    done = command(asker, "vhost", "scan", "arp", "--no-store", "-I", "eth0", "10.77.0.9")
    assert done.returncode == 2
    assert "eth0: the interface has no carrier" in done.stderr


def test_what_is_outside_the_segment_is_named_and_the_rest_is_asked(lab: Segment, asker: Namespace) -> None:
    lab.host("10.77.0.9/20")
    done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "10.77.0.9", "10.9.9.0/24", "nohost.invalid")
    assert done.returncode == 3
    assert done.stdout.startswith("10.77.0.9\t")
    problems = done.stderr.splitlines()[:2]
    assert problems[0] == "vhost: nohost.invalid: no IPv4 address is known for this name; not asked"
    assert problems[1] == "vhost: 10.9.9.0-10.9.9.255: is in no network of this host; not asked"


def test_where_nothing_is_left_nothing_is_sent(lab: Segment, asker: Namespace) -> None:
    with answering(lab.host(), lambda *_: []) as heard:
        done = command(asker, "vhost", "scan", "arp", "--no-store", "10.9.9.9")
    assert (done.returncode, heard) == (1, [])
    assert "nothing is left to ask for" in done.stderr


def test_an_address_off_the_link_is_asked_for_on_demand(lab: Segment, asker: Namespace) -> None:
    lab.host("172.16.0.9/24", mac="02:00:00:00:00:0a")
    assert pairs(scan(asker, *FAST, "-I", "eth0", "--off-link", "172.16.0.9")) == [("172.16.0.9", "02:00:00:00:00:0a")]


def test_an_interface_that_goes_down_meanwhile_costs_no_answer(lab: Segment, asker: Namespace) -> None:
    lab.host().hold(MANY)
    running = asker.start(BIN / "vhost", "scan", "arp", "--no-store", "--rate", "500", "10.77.0.0/20")
    assert running.stdout is not None
    assert running.stderr is not None
    first = running.stdout.readline()
    asker.ip("link", "set", "eth0", "down")
    out, errors = running.stdout.read(), running.stderr.read()  # communicate() would lose what readline() has buffered
    running.communicate(timeout=30)
    assert running.returncode == 3
    assert first.startswith("10.77.0.5\t")
    assert "eth0 10.77.0.0/20: ended early: Network is down; what had answered is kept" in errors
    assert f"answered {1 + len(out.splitlines())}," in errors


def test_a_reader_that_goes_costs_no_answer(lab: Segment, asker: Namespace, tmp_path: Path) -> None:
    lab.host().hold(MANY[:300])
    vhost = BIN / "vhost"
    done = asker.run("sh", "-c", f"{vhost} scan arp --db {tmp_path}/db {' '.join(FAST)} 10.77.0.0/20 | head -n 1")
    assert len(done.stdout.splitlines()) == 1
    assert "answered 300," in done.stderr
    assert "Traceback" not in done.stderr
