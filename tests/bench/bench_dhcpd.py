"""Measures the parser of dhcpd.conf: hosts in one subnet, as a site with one server has them.

python tests/bench/bench_dhcpd.py [--hosts 100000]
"""

from __future__ import annotations

import argparse
import sys
import time

from macmap.dhcpd import parse

ROUNDS = 5
_HOST = """\
  host h{0:06} {{
    hardware ethernet 52:54:00:{1:02x}:{2:02x}:{3:02x};
    fixed-address 10.{1}.{2}.{3};
    option host-name "h{0}";
  }}
"""


def text(hosts: int) -> str:
    """Return a configuration with that many hosts."""
    body = "".join(_HOST.format(number, number >> 16, number >> 8 & 255, number & 255) for number in range(hosts))
    return f"subnet 10.0.0.0 netmask 255.0.0.0 {{\n option routers 10.0.0.1;\n{body}}}\n"


def main() -> None:
    """Measure and print the fastest round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=100_000)
    written = text(parser.parse_args().hosts)
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = len(parse(written).entries)
        taken.append(time.perf_counter() - began)
    sys.stdout.write(f"{found} hosts, {len(written) / 1e6:.1f} MB: {min(taken):.2f} s\n")


if __name__ == "__main__":
    main()
