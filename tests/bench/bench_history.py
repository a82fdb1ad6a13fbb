"""Measures what history costs: publishing with it against without, and `vhost diff` over all that appeared.

python tests/bench/bench_history.py [--records 100000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_publish import segment
from vhost.cache.publish import locked, publish

BIN = Path(sys.executable).parent


def published(db: Path) -> tuple[float, float]:
    """Return the wall and CPU seconds of publishing in this process."""
    before, began = _cpu(), time.perf_counter()
    with locked(db):
        publish(db, print)
    return time.perf_counter() - began, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def without(db: Path) -> tuple[float, float]:
    """Return the same for publishing that neither reads nor writes history."""
    with patch("vhost.cache.history.record"), patch("vhost.cache.history.recall"):
        return published(db)


def apart(measure: Callable[[Path], tuple[float, float]], db: Path) -> tuple[float, float]:
    """Return what a process of its own measures: memory of the one before must not help the next."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, json.dumps(measure(db)).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:  # noqa: PTH123 - it is open already
        wall, cpu = json.loads(pipe.read())
    os.wait()
    return wall, cpu


def main(arguments: Sequence[str]) -> None:
    """Measure in turn and print the best of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        db = Path(work)
        if os.fork() == 0:
            segment(db, options.records)
            os._exit(0)
        os.wait()
        rounds = []
        for _ in range(options.rounds):
            shutil.rmtree(db / "history", ignore_errors=True)
            rounds.append((apart(without, db), apart(published, db), apart(published, db)))
        best = [tuple(map(min, zip(*column, strict=True))) for column in zip(*rounds, strict=True)]
        for name, (wall, cpu) in zip(("without", "all appear", "none changes"), best, strict=True):
            ratios = f"{wall / best[0][0]:.2f}, {cpu / best[0][1]:.2f}"
            print(f"{name:>12}: {wall:.2f} s, CPU {cpu:.2f} s; ratio to without {ratios}")  # noqa: T201 - its output
        diff = [_seconds([str(BIN / "vhost"), "diff", "-p", work]) for _ in range(options.rounds)]
    load = os.getloadavg()[0]
    print(f"vhost diff of {options.records:,} records: {min(diff):.2f} s; load {load:.1f}")  # noqa: T201 - as above


def _seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1:])
