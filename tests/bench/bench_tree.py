"""How long a scan of many directories takes, beside a bare loop that reads the same files, and `find`.

    python tests/bench/bench_tree.py [--dirs 5000] [--latency-us 1000] [--threads 64]

Each directory holds one Xen configuration. With a latency the tree is seen through the file system
of latfs.c, freshly mounted for each run, so that no run profits from the one before; that needs root.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scanners.files import Stamp
from scanners.tree import THREADS, TreeScan, scan
from tests.bench import latfs
from vhost.collect import TreeRequest, look, store

_CONFIGURATION = """\
name = "vm{number:06}"
uuid = "26bb9d9c-7ae1-4bf7-a9d5-{number:012x}"
memory = 1024
vcpus = 2
bootloader = "/usr/bin/pygrub"
disk = [ "tap:aio:/root/xen/vm{number:06}/xvda.img,xvda,w" ]
vif = [ "mac=00:16:3e:{high:02x}:{middle:02x}:{low:02x},bridge=xenbr0" ]
"""
_POOL = 100  # machines in each directory of the tree


def make(root: Path, count: int) -> None:
    """Write the tree."""
    for number in range(count):
        folder = root / f"pool{number // _POOL:04}" / f"vm{number:06}"
        folder.mkdir(parents=True)
        high, middle, low = number.to_bytes(3, "big")
        text = _CONFIGURATION.format(number=number, high=high, middle=middle, low=low)
        (folder / f"vm{number:06}.cfg").write_text(text)


def bare(root: str, threads: int) -> None:
    """Scan directories, stat and read files with threads, and do nothing with them."""

    def visit(path: str) -> list[str]:
        inner = []
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    entry.stat(follow_symlinks=False)
                    with open(entry.path, "rb") as file:  # noqa: PTH123 - as bare as it gets
                        file.read()
        return inner

    with ThreadPoolExecutor(threads) as pool:
        level = [root]
        while level:
            level = [path for inner in pool.map(visit, level) for path in inner]


def find(root: str) -> None:
    """Let find(1) list the files."""
    subprocess.run(["find", root, "-type", "f"], check=True, stdout=subprocess.DEVNULL)


def stamps(found: TreeScan) -> dict[str, Stamp]:
    """Return what a second scan knows after the first."""
    files = (one.stamp for one in found.observations)
    return {file.path: (file.device or 0, file.inode or 0, file.size or 0, file.mtime_ns or 0) for file in files}


def whole(root: str, threads: int, database: Path) -> None:
    """Scan, store and publish."""
    request = TreeRequest(roots=[root], as_host="lab00", threads=threads)
    store(look(request, database), request, database, lambda *_: None)


class Measure:
    """Runs each thing as often as asked, each time on a fresh view of the tree, and prints the medians."""

    def __init__(self, root: Path, work: Path, chosen: argparse.Namespace) -> None:
        self.root = root
        self.work = work
        self.chosen = chosen
        self.program = latfs.compiled(work) if chosen.latency_us else None

    @contextmanager
    def view(self) -> Iterator[str]:
        """Give the path at which the tree is seen."""
        if self.program is None:
            yield str(self.root)
            return
        point = self.work / "slow"
        with latfs.mounted(self.program, self.root, point, us=str(self.chosen.latency_us)):
            yield str(point)

    def median(self, action: Callable[[str], object], before: Callable[[str], object] = lambda _: None) -> float:
        """Return the median of the seconds that an action takes; `before` prepares it and does not count."""
        taken = []
        for _ in range(self.chosen.repeat):
            with self.view() as path:
                before(path)
                begin = time.perf_counter()
                action(path)
                taken.append(time.perf_counter() - begin)
        return statistics.median(taken)

    def report(self) -> None:
        """Print the figures."""
        threads = self.chosen.threads
        base = self.median(lambda path: bare(path, threads))
        known: dict[str, Stamp] = {}
        figures = {
            "bare loop": base,
            "find": self.median(find),
            "crawl, first": self.median(lambda path: scan([path], threads=threads)),
            "crawl, again": self.median(
                lambda path: scan([path], threads=threads, known=known),
                lambda path: known.update(stamps(scan([path], threads=threads))),
            ),
            "whole scan, first": self.median(lambda path: whole(path, threads, self.database())),
            "whole scan, again": self.median(
                lambda path: whole(path, threads, self.last), lambda path: whole(path, threads, self.database())
            ),
        }
        for name, seconds in figures.items():
            print(f"{name:20} {seconds:8.3f} s   {seconds / base:6.2f} x bare loop")  # noqa: T201 - a script's output

    def database(self) -> Path:
        """Return the folder of a new database."""
        self.last = Path(tempfile.mkdtemp(dir=self.work))
        return self.last


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dirs", type=int, default=5000)
    parser.add_argument("--latency-us", type=int, default=0, help="microseconds for each operation")
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--repeat", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root, work = Path(name, "tree"), Path(name, "work")
        work.mkdir()
        make(root, chosen.dirs)
        Measure(root, work, chosen).report()


if __name__ == "__main__":
    main()
