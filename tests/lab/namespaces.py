"""Network segments made of namespaces: a bridge in one, hosts with an `eth0` in others, gone when a test is over.

    with segment() as lab:
        scanner, responder = lab.host("10.77.0.1/20"), lab.host("10.77.0.2/20")
        scanner.run("arp-scan", "--localnet")

Nothing is connected to the outside. Names hold the pid, so that test processes side by side do not meet.
Needs root and iproute2; `lose` needs nftables.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

RUN = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_serial = count(1)


@dataclass(frozen=True, slots=True)
class Namespace:
    """One network namespace; to delete it is the business of whoever made it with `namespace`."""

    name: str

    def run(
        self,
        *command: str | Path,
        stdin: str | None = None,
        check: bool = True,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Return the finished command, which ran inside; one that fails raises, unless `check` is False."""
        return _run("ip", "netns", "exec", self.name, *command, stdin=stdin, check=check, timeout=timeout)

    def start(self, *command: str | Path) -> subprocess.Popen[str]:
        """Return the running command; the caller ends it."""
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ip(self, *arguments: str, stdin: str | None = None) -> str:
        """Return what `ip` says inside."""
        return _run("ip", "-n", self.name, *arguments, stdin=stdin).stdout

    def set(self, name: str, value: int | str) -> None:
        """Set a kernel parameter of the namespace, as `ipv6.conf.all.accept_dad`."""
        path = "/proc/sys/net/" + name.replace(".", "/")
        self.run("sh", "-c", f"echo {value} >{path}")

    def mac(self, link: str = "eth0") -> str:
        """Return the MAC of a link."""
        return self.run("cat", f"/sys/class/net/{link}/address").stdout.strip()

    def hold(self, addresses: Sequence[str], link: str = "eth0") -> None:
        """Give a link many more addresses, each with its prefix length."""
        self.ip("-batch", "-", stdin="".join(f"addr add {address} dev {link}\n" for address in addresses))

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let the calling thread, and what it opens, be in the namespace meanwhile."""
        with Path("/proc/thread-self/ns/net").open("rb") as outside, (RUN / self.name).open("rb") as here:
            _enter(here.fileno())
            try:
                yield
            finally:
                _enter(outside.fileno())


@dataclass(slots=True)
class Segment:
    """A bridge and the hosts on it; without `ipv6` they say nothing unless a test makes them."""

    switch: Namespace
    ipv6: bool = True
    ports: int = 0
    _held: ExitStack = field(default_factory=ExitStack, repr=False)

    def host(self, *addresses: str, mac: str | None = None) -> Namespace:
        """Return a new host; its `eth0` is on the bridge and has the addresses, as `10.77.0.1/20`."""
        made = self._held.enter_context(namespace(ipv6=self.ipv6))
        self.ports += 1
        port, given = f"p{self.ports}", ("address", mac) if mac else ()
        peer = ("peer", "name", port, "netns", self.switch.name)
        _run("ip", "link", "add", "eth0", *given, "netns", made.name, "type", "veth", *peer)
        self.switch.ip("link", "set", port, "master", "br0", "up")
        made.ip("link", "set", "eth0", "up")
        made.hold(addresses)
        return made

    def lose(self, match: str) -> None:
        """Let the bridge drop what matches, as `arp operation reply numgen inc mod 20 0`."""
        rule = f"table bridge lab {{ chain loss {{ type filter hook forward priority 0; {match} drop; }}; }}"
        self.switch.run("nft", "-f", "-", stdin=rule)


@contextmanager
def segment(*, ipv6: bool = True) -> Iterator[Segment]:
    """Give a segment without hosts, and delete it with all its hosts afterwards."""
    with namespace(ipv6=ipv6) as switch:
        switch.ip("link", "add", "br0", "type", "bridge")
        switch.ip("link", "set", "br0", "up")
        with ExitStack() as held:
            yield Segment(switch, ipv6=ipv6, _held=held)


@contextmanager
def namespace(*, ipv6: bool = True) -> Iterator[Namespace]:
    """Give a namespace with its loopback up, and delete it afterwards; addresses in it work at once."""
    sweep_up()
    made = Namespace(f"vhost-{os.getpid()}-{next(_serial)}")
    _run("ip", "netns", "add", made.name)
    try:
        for which in ("all", "default"):
            made.set(f"ipv6.conf.{which}.accept_dad", 0)
            made.set(f"ipv6.conf.{which}.disable_ipv6", int(not ipv6))
        made.ip("link", "set", "lo", "up")
        yield made
    finally:
        _run("ip", "netns", "delete", made.name)


@cache
def sweep_up() -> None:
    """Delete the namespaces of test processes that were killed before they could."""
    for left in RUN.glob("vhost-*-*") if RUN.is_dir() else ():
        owner = left.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            _run("ip", "netns", "delete", left.name, check=False)  # another process may be quicker


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _run(
    *command: str | Path, stdin: str | None = None, check: bool = True, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        list(map(str, command)), input=stdin or "", capture_output=True, text=True, timeout=timeout, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}: {done.stderr.strip()}")
    return done
