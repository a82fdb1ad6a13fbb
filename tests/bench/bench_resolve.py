"""Measures `vhost resolve --batch`: addresses a second as a whole process, beside one `ctys-vhost` for each address.

python tests/bench/bench_resolve.py [--records 100000] [--addresses 50000]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vhost.library import Cache

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_query import BIN, record, seconds

ROUNDS = 3
KINDS: dict[str, Callable[[int], str]] = {
    "labels": lambda n: f"l:tst{n}",
    "labels on hosts": lambda n: f"l:tst{n},h:lab{n % 40:02}",
    "UUIDs": lambda n: f"u:{n:032x}",
    "MACs": lambda n: f"m:00-50-56-{n >> 16 & 255:02X}-{n >> 8 & 255:02X}-{n & 255:02X}",
    "paths": lambda n: f"p:/vmpool/xen/tst{n}/tst{n}.conf",
    "label, file, base": lambda n: f"l:tst{n},f:tst{n}.conf,b:/vmpool",
}


def answered(db: Path, words: Path) -> float:
    """Return the best wall time of a batch."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with words.open("rb") as asked:
            command = [str(BIN / "vhost"), "resolve", "-p", str(db), "--batch"]
            done = subprocess.run(command, stdin=asked, stdout=subprocess.PIPE, check=True)
        times.append(time.perf_counter() - began)
        found = done.stdout.count(b";unique;")
        if found != words.read_bytes().count(b"\n"):
            raise SystemExit(f"{found} answers are unique")
    return min(times)


def coprocess(db: Path, count: int) -> float:
    """Return the seconds that one question and its answer take, one after the other."""
    command = [str(BIN / "vhost"), "resolve", "-p", str(db), "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise SystemExit("no pipes")
        began = 0.0
        for number in range(count + 1):
            process.stdin.write(f"l:tst{number * 31}\n".encode())
            process.stdin.flush()
            process.stdout.readline()
            began = began or time.perf_counter()
        taken = time.perf_counter() - began
        process.stdin.close()
        process.wait(60)
    return taken / count


def smallest(records: int) -> None:
    """Print how long the smallest addresses of many machines in collisions take."""
    with tempfile.TemporaryDirectory() as work:
        lines = [record(number) for number in range(records - records // 4)]
        clones = [
            line.replace("/vmpool/", "/backup/").replace(".conf;", ".conf.bak;") for line in lines[: records // 4]
        ]
        (Path(work) / "enum.fdb").write_text("".join(f"{line}\n" for line in [*lines, *clones]))
        (Path(work) / "macmap.fdb").touch()
        with Cache.open(work) as cache:
            asked = cache.query([f"F:3:^tst[0-9]{{1,{len(str(records // 4 - 1))}}}$"], fields=["label", "machine_id"])
            wanted = [one.machine_id for one in asked if one.machine_id and int((one.label or "")[3:]) < records // 4]
            began = time.perf_counter()
            found = cache.addresses(wanted)
            taken = time.perf_counter() - began
    none = sum(address is None for address in found.values())
    print(f"smallest addresses of {len(found):,} machines that share keys: {taken:.2f} s, {none} without one")  # noqa: T201 - its output


def main() -> None:
    """Make a database, publish it, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--addresses", type=int, default=50_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        db, words = Path(work), Path(work) / "words"
        (db / "enum.fdb").write_text("".join(f"{record(number)}\n" for number in range(given.records)))
        (db / "macmap.fdb").touch()
        one = [str(BIN / "ctys-vhost"), "-p", work, "-o", "pm,l,id,uuid,mac,tcp", "-M", "unique", "F:3:^tst50$"]
        seconds(one)
        single = min(seconds(one) for _ in range(ROUNDS))
        print(f"load {os.getloadavg()[0]:.1f}; one ctys-vhost for each address: {1 / single:,.1f} addresses/s")  # noqa: T201 - its output
        for name, address in KINDS.items():
            words.write_text("".join(f"{address(n * 7 % given.records)}\n" for n in range(given.addresses)))
            taken = answered(db, words)
            rate = given.addresses / taken
            print(f"{name}: {given.addresses:,} in {taken:.2f} s, {rate:,.0f} a second, ratio {rate * single:,.0f}")  # noqa: T201 - its output
        print(f"coprocess, one after the other: {coprocess(db, 50) * 1000:.1f} ms each")  # noqa: T201 - its output
    smallest(given.records)


if __name__ == "__main__":
    main()
