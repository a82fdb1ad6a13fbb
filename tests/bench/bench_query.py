"""Measures one query of 100,000 records against the bare interpreter that imports duckdb and runs one SELECT.

python tests/bench/bench_query.py [--records 100000]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 11
BIN = Path(sys.executable).parent


def seconds(command: Sequence[str]) -> float:
    """Return the wall time of one run of a command, whose modules are compiled once, as an installation does it."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=env)
    return time.perf_counter() - began


def compared(peer: Sequence[str], ours: Sequence[str]) -> tuple[float, float]:
    """Return the median wall times of both, run in turn."""
    pairs = [(seconds(peer), seconds(ours)) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


QUERIES: dict[str, tuple[str, ...]] = {
    "single hit": ("-o", "l,pm", "tst50000"),
    "default table": ("tst50000",),
    "three ANDs": ("-o", "l", "lab01", "XEN", "tst5000"),
    "a OR b": ("-o", "l", "tst5000", "OR", "tst6000"),
    "all records, 47 fields": ("-o", "machine"),
}


def main() -> None:
    """Make a database, publish it, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    count = parser.parse_args().records
    with tempfile.TemporaryDirectory() as work:
        db = Path(work)
        with (db / "enum.fdb").open("w") as file:
            file.writelines(record(number) + "\n" for number in range(count))
        (db / "macmap.fdb").touch()
        door = [str(BIN / "ctys-vhost"), "-p", work]
        say(f"first query, which publishes {count:,} records: {seconds([*door, '-o', 'l', 'tst50000']):.2f} s")
        select = "SELECT label, pm FROM machine WHERE regexp_matches(line, 'tst50000')"
        connect = f"duckdb.connect('{db}/cache.duckdb', read_only=True)"
        script = f'import duckdb; print({connect}.execute("{select}").fetchall())'
        for name, arguments in QUERIES.items():
            peer, ours = compared([sys.executable, "-c", script], [*door, *arguments])
            say(f"{name}: bare python {peer:.3f} s, ctys-vhost {ours:.3f} s, ratio {ours / peer:.2f}")
    peer, ours = compared([sys.executable, "-c", "import typer"], [str(BIN / "vhost"), "--help"])
    say(f"vhost --help: import typer {peer:.3f} s, ours {ours:.3f} s, ratio {ours / peer:.2f}")


def say(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def record(number: int) -> str:
    """Return a MACHINE line as a Xen guest of the old tool had it."""
    mac = f"00:50:56:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
    return (
        f"lab{number % 40:02}.soho;XEN;tst{number};/vmpool/xen/tst{number}/tst{number}.conf;{number:032x};{mac};"
        f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255};;;;;CentOS;5.4;Linux;2.6.18;01.11.001;20100101001;"
        "VM;ACTIVE;"
        f"Xen-3.0.3-x86_64;;;;;;;22;tst{number}.soho.;xen-3.1.2;PARA;/usr/sbin/xm;;0;01_11_011;255.255.255.0;10.0.0.1;"
        "xenbr0;x86_64;pc;512;1;;;root;root;VNC;GTERM"
    )


if __name__ == "__main__":
    main()
