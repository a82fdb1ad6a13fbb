"""Measures DNS: transfers beside `dig axfr` and sweeps beside `dig -f`, on the same servers in the same run.

python tests/bench/bench_dns.py [--hosts 100000] [--sweep 20000] [--runs 5] [--huge 2000000]

Each of our measurements runs in a process of its own; the start of the interpreter and imports are not counted,
that of dig is. A record is (owner, type, TTL, value) as text. Peak memory is that of the whole process.
"""

from __future__ import annotations

import argparse
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import dns.message

from scanners.dns.peers import Pace
from scanners.dns.questions import of_addresses
from scanners.dns.servers import Server
from scanners.dns.sweep import sweep as swept
from scanners.dns.transfer import Wanted, fetch
from scanners.dns.zone_reader import blocks
from tests.lab.nameservers import NameServer, bind, knot, nsd, soa
from tests.lab.scripted_nameserver import scripted

FORWARD, REVERSE = "lab.example", "10.in-addr.arpa"
BASE = int(IPv4Address("10.0.0.0"))
say = print


def zones(hosts: int) -> dict[str, str]:
    """Return the zones of so many hosts."""
    numbers = [(number, IPv4Address(BASE + number)) for number in range(hosts)]
    forward = "".join(f"host{number:07} A {address}\n" for number, address in numbers)
    names = (
        (".".join(reversed(str(address).split(".")[1:])), f"host{number:07}.{FORWARD}.") for number, address in numbers
    )
    return {
        FORWARD: soa(FORWARD) + "ns A 127.0.0.1\n" + forward,
        REVERSE: soa(REVERSE) + "".join(f"{name} PTR {host}\n" for name, host in names),
    }


def peak() -> int:
    """Return the peak of resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def transfer(port: int) -> None:
    """Fetch both zones into records, print seconds, records and memory."""
    dns.message.make_query(FORWARD, "AXFR")  # what it loads is no part of a transfer
    began, count = time.perf_counter(), 0
    for zone in (FORWARD, REVERSE):
        with tempfile.TemporaryFile() as file:
            fetched = fetch(Wanted(server=Server("127.0.0.1", port), zone=zone), file)
            file.seek(0)
            for found in blocks(fetched, file):
                count += len(list(zip(found.owners, found.types, found.ttls, found.values, strict=True)))
    say(f"{time.perf_counter() - began} {count} {peak()}")


def sweep(port: int, count: int) -> None:
    """Ask for the names of addresses, print seconds, answers and memory."""
    addresses = [IPv4Address(BASE + number) for number in range(count)]
    rows: list[object] = []
    began = time.perf_counter()
    swept([Server("127.0.0.1", port)], of_addresses(addresses), lambda *told: rows.extend(told[2].rows), Pace(rate=0))
    say(f"{time.perf_counter() - began} {len(rows)} {peak()}")


def ours(*arguments: object, runs: int) -> tuple[float, int, int]:
    """Return the best time of one of our measurements, its count, and the largest peak."""
    command = [sys.executable, __file__, *map(str, arguments)]
    times = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(runs)]
    return min(float(one[0]) for one in times), int(times[0][1]), max(int(one[2]) for one in times)


def timed(call: Callable[[], object], runs: int) -> float:
    """Return the best time of a call."""
    best = float("inf")
    for _ in range(runs):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


def dig(server: NameServer, *arguments: str) -> int:
    """Run dig, whose output goes nowhere, and return its exit code."""
    command = ["dig", f"@{server.host}", "-p", str(server.port), *arguments]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=True).returncode


def beside_dig(name: str, server: NameServer, questions: Path, count: int, runs: int) -> None:
    """Measure one server."""
    theirs = timed(lambda: (dig(server, FORWARD, "AXFR"), dig(server, REVERSE, "AXFR")), runs)
    mine, records, memory = ours("--transfer", server.port, runs=runs)
    say(
        f"{name:5} transfer of {records} records: dig axfr {theirs:.3f} s, ours {mine:.3f} s,"
        f" ratio {mine / theirs:.2f} (at most 2.5), peak {memory} MiB"
    )
    theirs = timed(lambda: dig(server, "-f", str(questions), "+short"), runs)
    mine, answers, memory = ours("--sweep-port", server.port, "--sweep", count, runs=runs)
    say(
        f"{name:5} sweep of {answers} addresses: dig -f {theirs:.3f} s ({count / theirs:.0f}/s),"
        f" ours {mine:.3f} s ({count / mine:.0f}/s), ratio {mine / theirs:.2f} (at most 1), peak {memory} MiB"
    )


def huge_zone(request: bytes, records: int) -> Iterator[bytes]:
    """Return the messages of a zone that is made while it is sent."""
    head = request[:2] + struct.pack("!HHHHH", 0x8400, 0, 0, 0, 0)
    start = b"\x03lab\x07example\x00"
    numbers = struct.pack("!IIIII", 1, 1, 1, 1, 1)
    mark = start + struct.pack("!HHIH", 6, 1, 60, len(numbers) + 2) + b"\0\0" + numbers

    def message(bodies: Sequence[bytes]) -> bytes:
        return head[:6] + struct.pack("!HHH", len(bodies), 0, 0) + b"".join(bodies)

    yield message([mark])
    for first in range(0, records, 1500):
        yield message(
            [
                b"\x0bh%010d" % number
                + (start if number == first else b"\xc0\x18")
                + struct.pack("!HHIHI", 1, 1, 60, 4, number)
                for number in range(first, min(records, first + 1500))
            ]
        )
    yield message([mark])


def huge(records: int) -> None:
    """Scan and store a zone of so many records with the installed command, print time and memory."""
    with tempfile.TemporaryDirectory() as work, scripted(tcp=lambda request: huge_zone(request, records)) as server:
        command = [Path(sys.executable).with_name("vhost"), "scan", "dns", "-p", Path(work) / "db"]
        command += ["--server", str(server), "--timeout", "60", FORWARD]
        began = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True)
        output = (process.stderr.read() if process.stderr else "").strip()
        _, _, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - began
        memory = usage.ru_maxrss // 1024
        say(f"zone of {records} records, stored and published: {taken:.1f} s, peak {memory} MiB: {output}")


def stored(server: NameServer) -> None:
    """Scan and store both zones with the installed command, print time and memory."""
    with tempfile.TemporaryDirectory() as work:
        command = [Path(sys.executable).with_name("vhost"), "scan", "dns", "-p", Path(work) / "db", "--server", server]
        began = time.perf_counter()
        process = subprocess.Popen(list(map(str, [*command, FORWARD, REVERSE])), stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - began
    say(
        f"vhost scan dns as a whole, both zones stored: {taken:.2f} s, peak {usage.ru_maxrss // 1024} MiB (at most 300)"
    )


def main() -> None:
    """Measure all of it, or one thing in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option, default in (("--hosts", 100_000), ("--sweep", 20_000), ("--runs", 5), ("--huge", 2_000_000)):
        parser.add_argument(option, type=int, default=default)
    parser.add_argument("--transfer", type=int)
    parser.add_argument("--sweep-port", type=int)
    asked = parser.parse_args()
    if asked.transfer:
        return transfer(asked.transfer)
    if asked.sweep_port:
        return sweep(asked.sweep_port, asked.sweep)
    say(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, best of {asked.runs}")
    with tempfile.TemporaryDirectory() as work:
        questions = Path(work) / "questions"
        questions.write_text("".join(f"-x {IPv4Address(BASE + number)}\n" for number in range(asked.sweep)))
        for start in (knot, bind, nsd):
            with start(Path(work) / start.__name__, zones(asked.hosts)) as server:
                beside_dig(start.__name__, server, questions, asked.sweep, asked.runs)
                if start is knot:
                    stored(server)
    if asked.huge:
        huge(asked.huge)
    return None


if __name__ == "__main__":
    main()
