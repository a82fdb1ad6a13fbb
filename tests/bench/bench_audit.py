"""Measures the audit to JSON against the bare GROUP BY ... HAVING queries over the same keys in one DuckDB process.

python tests/bench/bench_audit.py [--claims 1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

BARE = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
for key in ("label", "id", "uuid", "mac", "tcp", "netname"):
    con.execute(f"SELECT {key}, count(DISTINCT machine_id) FROM machine WHERE {key} IS NOT NULL GROUP BY {key}"
                " HAVING count(DISTINCT machine_id) > 1").fetchall()
"""


def seconds(command: list[str]) -> tuple[float, float]:
    """Return the wall time and the CPU time of one run of a command."""
    began, used = time.perf_counter(), _used()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began, _used() - used


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Make a fleet, publish it, measure and print."""
    sys.path.insert(0, str(ROOT))
    from tests.bench.fleets import fleet  # noqa: PLC0415 - found once the path is set

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        db = Path(work)
        with (db / "enum.fdb").open("w") as file:
            file.writelines(f"{line}\n" for line in fleet(asked.claims))
        (db / "macmap.fdb").touch()
        subprocess.run([BIN / "vhost", "db", "rebuild", "-p", work], stdout=subprocess.DEVNULL, check=True)
        audit = [str(BIN / "vhost"), "audit", "-p", work, "--format", "json"]
        bare = [sys.executable, "-c", BARE, os.path.realpath(db / "cache.duckdb")]
        pairs = [(seconds(bare), seconds(audit)) for _ in range(asked.rounds)]
        (peer, peer_cpu), (ours, our_cpu) = (map(min, zip(*times, strict=True)) for times in zip(*pairs, strict=True))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(  # noqa: T201 - its output
            f"{asked.claims:,} claims: bare {peer:.2f} s, vhost audit {ours:.2f} s, ratio {ours / peer:.2f};"
            f" CPU {peer_cpu:.2f} s, {our_cpu:.2f} s, ratio {our_cpu / peer_cpu:.2f};"
            f" largest process {peak:.0f} MiB; load {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main()
