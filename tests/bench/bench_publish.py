"""Measures publishing: wall time and peak memory for segments of 100,000 and 1,000,000 records, and for enum.fdb.

python tests/bench/bench_publish.py [--records 100000 1000000]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from vhost.cache.publish import locked, publish
from vhost.cache.scan import Scan
from vhost.cache.segment import write
from vhost.claims import Disk, FileStamp, Observation
from vhost.record import parse

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_query import record


def segment(db: Path, count: int) -> None:
    """Write the records as the segment of a scan, in steps that a Python list can hold."""
    observed = [
        Observation(
            stamp=FileStamp(
                path=f"/vmpool/{number}.conf", mount="nas:/vm", device=1, inode=number, size=900, mtime_ns=10**18
            ),
            scanner="xen",
            machines=(parse(record(number)),),
            disks=(Disk(target="xvda", source=f"/vmpool/{number}.img", exclusive=True),),
        )
        for number in range(count)
    ]
    scan = Scan(
        scan_id="bench", kind="machine", scanner="tree", observer="o", source_host="h", as_host="h", root="/vmpool",
        seen_at="2026-01-01 00:00:00", partial=False,
    )  # fmt: skip
    write(db, scan, observed)


def measured(db: Path) -> None:
    """Publish in this process and print wall time and peak memory."""
    began = time.perf_counter()
    with locked(db):
        made = publish(db, print)
    taken = time.perf_counter() - began
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, load = used.ru_utime + used.ru_stime, os.getloadavg()[0]
    sizes = f"peak {int(peak.split()[1]) // 1024} MiB, snapshot {made.stat().st_size >> 20} MiB"
    print(f"{taken:6.2f} s, CPU of the process {cpu:5.2f} s, {sizes}, load {load:.1f}")  # noqa: T201 - its output


def main(arguments: Sequence[str]) -> None:
    """Measure each size in a process of its own."""
    if arguments[:1] == ["--publish"]:
        measured(Path(arguments[1]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[100_000, 1_000_000])
    for count in parser.parse_args(arguments).records:
        with tempfile.TemporaryDirectory() as work:
            db = Path(work)
            if os.fork() == 0:  # the memory of making the records is not the publisher's
                segment(db, count)
                os._exit(0)
            os.wait()
            print(f"segment of {count:>9,} records:", end=" ", flush=True)  # noqa: T201 - its output
            subprocess.run([sys.executable, __file__, "--publish", work], check=True)
        if count > 100_000:
            continue
        with tempfile.TemporaryDirectory() as work:
            (Path(work) / "enum.fdb").write_text("".join(f"{record(number)}\n" for number in range(count)))
            (Path(work) / "macmap.fdb").touch()
            print(f"enum.fdb of {count:>8,} records:", end=" ", flush=True)  # noqa: T201 - its output
            subprocess.run([sys.executable, __file__, "--publish", work], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
