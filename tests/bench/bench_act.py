"""Measures acting: a dry-run cancel among 100,000 records, 50 targets over one sshd, the list of 200 libvirt guests.

python tests/bench/bench_act.py [--records 100000] [--targets 50] [--guests 200]     needs root for its sshd
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_query import BIN, record, say, seconds
from tests.lab.qemu_guests import Guests
from tests.lab.ssh_server import server

ROUNDS = 7


def compared(peer: Sequence[str], ours: Sequence[str]) -> tuple[float, float]:
    """Return the best wall times of both, run in turn after one run of each that does not count."""
    seconds(peer)
    seconds(ours)
    pairs = [(seconds(peer), seconds(ours)) for _ in range(ROUNDS)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def dry_run(records: int) -> None:
    """Print how long a cancel takes that is only planned, beside the query that finds one machine."""
    with tempfile.TemporaryDirectory() as work:
        db = Path(work)
        (db / "enum.fdb").write_text("".join(f"{record(number)}\n" for number in range(records)))
        (db / "macmap.fdb").touch()
        label = f"tst{records // 2}"
        query = [str(BIN / "ctys-vhost"), "-p", work, "-o", "l,pm", label]
        cancel = [str(BIN / "vhost"), "cancel", f"l:{label}", "--on", "lab00", "--mode", "poweroff:30"]
        peer, ours = compared(query, [*cancel, "--dry-run", "-p", work])
    say(
        f"dry-run cancel at {records:,} records: single-hit query {peer:.3f} s, cancel {ours:.3f} s,"
        f" {ratio(peer, ours)}"
    )


def ratio(peer: float, ours: float) -> str:
    """Return the ratio as it is printed."""
    return f"ratio {ours / peer:.2f}"


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def targets(count: int) -> None:
    """Print how long it takes to pause and resume many QEMU guests over one sshd, and to list many hosts of it."""
    with tempfile.TemporaryDirectory() as work, server() as lab:
        guests = Guests(Path(work) / "pool")
        hosts = [lab.host(f"lab{number:02}") for number in range(count)]
        labels = [f"act{number:02}" for number in range(count)]
        values = {"VHOST_DB": f"{work}/db", "XDG_STATE_HOME": f"{work}/state", "VHOST_SSH_CONFIG": str(lab.config)}
        with _environment(values):
            try:
                for number, label in enumerate(labels):
                    guests.start(guests.script(label, uuid=f"6842caf9-1e3e-4324-9ed5-{number:012x}"), "-S")
                seconds([str(BIN / "vhost"), "scan", "tree", "--as-host", hosts[0], str(guests.directory)])
                one, all_ = statistics.median(_turns(labels[:1], hosts[0])), statistics.median(_turns(labels, hosts[0]))
                say(f"{count} guests over one sshd: one {one:.2f} s, all {all_:.2f} s, {ratio(one, all_)}")
                list_ = [str(BIN / "vhost"), "list", "-T", "XEN"]
                peer, ours = compared([*list_, hosts[0]], [*list_, *hosts])
                say(f"{count} hosts of one sshd listed: one {peer:.2f} s, all {ours:.2f} s, {ratio(peer, ours)}")
            finally:
                guests.end()


def _turns(labels: Sequence[str], host: str) -> list[float]:
    """Return the wall times of calls that resume and pause guests in turn."""
    calls = [[str(BIN / "vhost"), verb, *labels, "--on", host] for verb in ("resume", "pause")]
    return [seconds(call) for _ in range(3) for call in calls]


def libvirt(count: int) -> None:
    """Print how long the list of a test driver's guests takes, beside the list of virsh itself."""
    with tempfile.TemporaryDirectory() as work:
        node = Path(work) / "node.xml"
        domains = [_DOMAIN.format(number=number, high=number >> 8, low=number & 255) for number in range(count)]
        node.write_text(f"<node>{''.join(domains)}</node>")
        uri = f"test://{node}"
        virsh = [shutil.which("virsh") or "virsh", "-c", uri, "list", "--all"]
        peer, ours = compared(virsh, [str(BIN / "vhost"), "list", "-T", "LIBVIRT", "-c", uri])
    say(f"list of {count} libvirt guests: virsh list {peer:.3f} s, vhost list {ours:.3f} s, {ratio(peer, ours)}")


_DOMAIN = """<domain type='test'>
  <name>web{number}</name><uuid>6842caf9-1e3e-4324-9ed5-{number:012x}</uuid>
  <memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><source file='/pool/web{number}.img'/><target dev='vda' bus='virtio'/></disk>
    <interface type='bridge'><mac address='52:54:00:00:{high:02x}:{low:02x}'/><source bridge='br0'/></interface>
  </devices>
</domain>
"""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--targets", type=int, default=50)
    parser.add_argument("--guests", type=int, default=200)
    given = parser.parse_args()
    say(f"load {os.getloadavg()[0]:.1f}")
    dry_run(given.records)
    libvirt(given.guests)
    targets(given.targets)


if __name__ == "__main__":
    main()
