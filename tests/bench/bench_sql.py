"""Measures `vhost sql` as a whole process against bare Python that opens the same snapshot and asks the same.

python tests/bench/bench_sql.py [--records 100000]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 15
BIN = Path(sys.executable).parent
QUERY = "select count(*) from machine"


def seconds(command: Sequence[str]) -> float:
    """Return the wall time of one run of a command."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Make a database, publish it, measure in turn and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    count = parser.parse_args().records
    with tempfile.TemporaryDirectory() as work:
        db = Path(work)
        rows = (f"lab{n % 40};XEN;tst{n};/x/{n}.conf;{n:032x};;10.0.0.1" + ";" * 40 for n in range(count))
        (db / "enum.fdb").write_text("\n".join(rows) + "\n")
        (db / "macmap.fdb").touch()
        ours = [str(BIN / "vhost"), "sql", "-p", work, QUERY]
        seconds(ours)
        connect = f"duckdb.connect('{db}/cache.duckdb', read_only=True)"
        bare = [sys.executable, "-c", f'import duckdb; print({connect}.execute("{QUERY}").fetchall())']
        pairs = [(seconds(bare), seconds(ours)) for _ in range(ROUNDS)]
    peer, own = (min(column) for column in zip(*pairs, strict=True))
    medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
    print(f"best: bare {peer:.3f} s, vhost sql {own:.3f} s, ratio {own / peer:.2f}")  # noqa: T201 - its output
    print(f"median: {medians[0]:.3f} s, {medians[1]:.3f} s, ratio {medians[1] / medians[0]:.2f}")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
