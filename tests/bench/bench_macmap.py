"""Measures the macmap: parsing a dhcpd.conf, importing leases, exporting them; wall time and peak memory.

python tests/bench/bench_macmap.py [--hosts 100000] [--leases 1000000]

The parser of Kea's CSV is set beside Python's own csv module, which only cuts the same lines.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vhost import bindings


def hosts(count: int) -> Iterator[str]:
    """Return a dhcpd.conf of so many hosts in subnets of 250."""
    for number in range(count):
        if number % 250 == 0:
            yield f"subnet 10.{number // 64000}.{number // 250 % 256}.0 netmask 255.255.255.0 {{\n"
        yield f"  host h{number} {{\n    hardware ethernet {_mac(number)};\n    fixed-address {_ip(number)};\n  }}\n"
        if number % 250 == 249 or number == count - 1:
            yield "}\n"


def isc(count: int) -> Iterator[str]:
    """Return a dhcpd.leases."""
    for number in range(count):
        at = f"{number % 24:02}:{number // 24 % 60:02}:{number // 1440 % 60:02}"
        yield (
            f"lease {_ip(number)} {{\n  starts 1 2026/07/06 07:50:42;\n  ends 1 2099/07/06 {at};\n"
            f"  cltt 1 2026/07/06 {at};\n  binding state active;\n  next binding state free;\n"
            f'  rewind binding state free;\n  hardware ethernet {_mac(number)};\n  uid "\\001dZ\\004j\\007\\242";\n'
            f'  client-hostname "host-{number}";\n}}\n'
        )


def kea(count: int) -> Iterator[str]:
    """Return a memfile."""
    yield "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
    for number in range(count):
        yield f"{_ip(number)},{_mac(number)},01:{_mac(number)},3600,{4_000_000_000 + number},1,0,0,host-{number},0,\n"


def _mac(number: int) -> str:
    return f"52:54:00:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def _ip(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def written(path: Path, lines: Iterator[str]) -> Path:
    """Return the path after the lines were written to it."""
    with path.open("w") as file:
        file.writelines(lines)
    return path


def best(measure: Callable[[], object], runs: int) -> float:
    """Return the shortest of some runs, in seconds."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        measure()
        taken.append(time.perf_counter() - began)
    return min(taken)


def command(*arguments: str) -> str:
    """Run an installed command in a process of its own and return its wall time."""
    program = Path(sys.executable).with_name("vhost")
    began = time.perf_counter()
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, error = process.communicate()
    taken = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(error.decode())
    return f"{taken:6.1f} s"


def imported(path: Path, database: Path) -> str:
    """Import a file in a child and return its wall time and peak memory."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        taken = command("macmap", "import", "-p", str(database), str(path))
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        os.write(writing, f"{taken} ({cpu:.1f} s of CPU), peak {used.ru_maxrss // 1024} MiB".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    os.waitpid(child, 0)
    return text


def main(arguments: Sequence[str]) -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=100_000)
    parser.add_argument("--leases", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        conf = written(folder / "dhcpd.conf", hosts(asked.hosts))
        say(f"dhcpd.conf, {asked.hosts:,} hosts: parsed in {best(lambda: bindings.read(conf), asked.runs):.2f} s\n")
        memfile = written(folder / "kea-leases4.csv", kea(asked.leases))
        ours = best(lambda: bindings.read(memfile), 1)
        theirs = best(lambda: sum(1 for _ in csv.reader(memfile.open())), 1)
        say(f"kea-leases4.csv, {asked.leases:,} lines: parsed in {ours:.1f} s, {ours / theirs:.1f} times csv.reader\n")
        say(f"kea-leases4.csv: imported in {imported(memfile, folder / 'kea')}\n")
        leases = written(folder / "dhcpd.leases", isc(asked.leases))
        say(f"dhcpd.leases, {asked.leases:,} leases: imported in {imported(leases, folder / 'isc')}\n")
        say(f"dhcpd.leases: imported again in {imported(leases, folder / 'isc')}\n")
    say(f"load: {Path('/proc/loadavg').read_text().split()[0]}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
