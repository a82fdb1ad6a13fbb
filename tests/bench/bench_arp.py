"""Measures ARP sweeps against arp-scan on the same namespaces: full speed, polite, with losses, a /16.

python tests/bench/bench_arp.py [--runs 5] [--skip-polite]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scanners.nd.links import IPv6Link
from tests.commands import BIN
from tests.lab.namespaces import Namespace, Segment, segment
from vhost.cli.arp_report import line
from vhost.sweeps.plan import SweepRequest, planned
from vhost.sweeps.result import asked, question

NETWORK, ANSWERING = "10.77.0.0/20", 3802
LOSS = "arp operation reply numgen inc mod 20 0"  # 5 %, and the same every time


def made(lab: Segment) -> Namespace:
    """Return the host that asks; two hosts hold one address each, a third one 3,800 of the /20."""
    asker = lab.host("10.77.0.1/20")
    lab.host("10.77.0.2/20")
    lab.host("10.77.0.3/20")
    lab.host().hold([f"10.77.{number // 250}.{number % 250 + 4}/20" for number in range(3800)])
    return asker


def best(runs: int, once: Callable[[], tuple[float, int]]) -> tuple[float, int]:
    """Return the shortest wall time of several runs, and the smallest number that was found."""
    measured = [once() for _ in range(runs)]
    return min(seconds for seconds, _ in measured), min(found for _, found in measured)


def peer(asker: Namespace, *arguments: str) -> tuple[float, int]:
    """Return wall time and addresses of arp-scan."""
    began = time.perf_counter()
    out = asker.run("arp-scan", "-I", "eth0", "-x", *arguments).stdout
    return time.perf_counter() - began, len({text.split()[0] for text in out.splitlines()})


def engine(asker: Namespace) -> tuple[float, int]:
    """Return wall time and addresses of a sweep at full speed in this process, lines of replies made, imports done."""
    request = SweepRequest(words=[NETWORK], rate=0, attempts=1, window=0.1)
    lines: list[str] = []
    with asker.inside():
        (place,) = planned(request, lambda _: {}).places
        assert not isinstance(place, IPv6Link)
        made_before = question(place, None)  # by scapy, whose import is left out
        began = time.perf_counter()
        result = asked(place, request, lambda news: lines.extend(map(line, news)), arp=made_before)
        return time.perf_counter() - began, result.answered


def program(asker: Namespace, *arguments: str | Path) -> tuple[float, int, int, str]:
    """Return wall time, lines, peak MiB and the summary of the whole program."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        running = subprocess.Popen(
            ["ip", "netns", "exec", asker.name, str(BIN / "vhost"), "scan", "arp", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
        )  # fmt: skip
        _, status, usage = os.wait4(running.pid, 0)
        taken = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        return taken, len(out.readlines()), usage.ru_maxrss >> 10, errors.readlines()[-1].strip()


def show(text: str) -> None:
    """Print one line of the report."""
    print(text, flush=True)  # noqa: T201 - its output


def full_speed(runs: int) -> None:
    """Measure the /20 as fast as it goes."""
    with segment() as lab:
        asker = made(lab)
        engine(asker)  # scapy and the vendors are imported
        theirs, seen = best(runs, lambda: peer(asker, "-B", "100M", "-r", "1", "-t", "100", NETWORK))
        ours, found = best(runs, lambda: engine(asker))
    show(f"/20 full speed: arp-scan {theirs:.3f} s ({seen}), ours {ours:.3f} s ({found}), ratio {ours / theirs:.2f}")


def polite() -> None:
    """Measure the /20 with the defaults of both programs, starting ours included."""
    with segment() as lab:
        asker = made(lab)
        theirs, seen = peer(asker, NETWORK)
        ours, found, _, _ = program(asker, "--no-store", NETWORK)
    show(f"/20 polite: arp-scan {theirs:.2f} s ({seen}), ours {ours:.2f} s ({found}), ratio {ours / theirs:.2f}")


def lossy() -> None:
    """Measure the /20 with 5 % of the replies lost."""
    with segment() as lab:
        asker = made(lab)
        lab.lose(LOSS)
        taken, found, _, summary = program(asker, "--no-store", "--rate", "0", "--retry", "5", NETWORK)
    show(f"/20 with 5 % loss: {found} of {ANSWERING} found in {taken:.2f} s; {summary}")


def large(anything: bool) -> None:
    """Measure a /16 at 10,000 frames a second, stored; 3,801 or half of its addresses answer."""
    with segment() as lab, tempfile.TemporaryDirectory() as work:
        asker = lab.host("10.66.0.1/16")
        other = lab.host("10.66.0.2/16")
        if anything:
            other.ip("route", "add", "local", "10.66.128.0/17", "dev", "lo")
        else:
            other.hold([f"10.66.{number // 250}.{number % 250 + 4}/16" for number in range(3800)])
        taken, found, peak, summary = program(asker, "--db", Path(work) / "db", "--rate", "10000", "10.66.0.0/16")
    show(f"/16 at 10,000 frames/s: {found} found in {taken:.2f} s, peak {peak} MiB; {summary}")


def main(arguments: Sequence[str]) -> None:
    """Run every measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--skip-polite", action="store_true")
    options = parser.parse_args(arguments)
    show(f"load {os.getloadavg()[0]:.1f}")
    full_speed(options.runs)
    if not options.skip_polite:
        polite()
    lossy()
    for anything in (False, True):
        large(anything)


if __name__ == "__main__":
    main(sys.argv[1:])
