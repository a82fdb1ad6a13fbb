"""DHCP servers in a namespace, and clients that ask them: dnsmasq, ISC dhcpd, Kea; each ends with its test.

    with segment() as lab, running(dnsmasq(lab.host("10.78.0.1/24"), tmp_path, hosts)) as server:
        asked(lab.host(mac="02:00:00:00:00:07"), "client")

Nothing of the system is read or written: every file is in the folder of the test.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.namespaces import Namespace

SECONDS = 40.0
RANGE = ("10.78.0.100", "10.78.0.150")
RANGE6 = ("2001:db8:78::100", "2001:db8:78::150")


@dataclass(frozen=True, slots=True)
class Server:
    """How a server is started, and the files that it reads and writes."""

    host: Namespace
    command: Sequence[str | Path]
    conf: Path
    leases: Path


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Give the server while it runs; it is ended by its own process."""
    process = server.host.start(*server.command)
    try:
        yield server
        assert process.poll() is None, process.communicate(timeout=10)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def dnsmasq(host: Namespace, folder: Path, extra: str = "", *, v6: bool = False) -> Server:
    """Return a dnsmasq that gives leases of an hour; `extra` is more configuration."""
    conf, leases = folder / "dnsmasq.conf", folder / "dnsmasq.leases"
    dynamic = f"{RANGE6[0]},{RANGE6[1]},64,1h" if v6 else f"{RANGE[0]},{RANGE[1]},1h"
    conf.write_text(
        f"port=0\ninterface=eth0\nbind-interfaces\ndhcp-authoritative\nuser=root\ndhcp-range={dynamic}\n"
        f"dhcp-leasefile={leases}\nno-ping\n{extra}"
    )
    return Server(host, ("dnsmasq", "--keep-in-foreground", "--pid-file", "-C", conf), conf, leases)


def dhcpd(host: Namespace, folder: Path, extra: str = "", *, v6: bool = False) -> Server:
    """Return an ISC dhcpd; `extra` is more configuration."""
    conf, leases = folder / "dhcpd.conf", folder / "dhcpd.leases"
    subnet = (
        f"subnet6 2001:db8:78::/64 {{ range6 {RANGE6[0]} {RANGE6[1]}; }}\n"
        if v6
        else f"subnet 10.78.0.0 netmask 255.255.255.0 {{ range {RANGE[0]} {RANGE[1]}; }}\n"
    )
    conf.write_text(f"default-lease-time 3600;\nauthoritative;\nping-check false;\n{subnet}{extra}")
    leases.touch()
    files = ("-cf", conf, "-lf", leases, "-pf", folder / "dhcpd.pid")
    return Server(host, ("dhcpd", "-6" if v6 else "-4", "-f", "-d", *files, "eth0"), conf, leases)


def kea(host: Namespace, folder: Path, reservations: object = ()) -> Server:
    """Return a kea-dhcp4 with these reservations."""
    conf, leases = folder / "kea-dhcp4.conf", folder / "kea-leases4.csv"
    subnet = {"id": 1, "subnet": "10.78.0.0/24", "pools": [{"pool": " - ".join(RANGE)}], "reservations": reservations}
    document = {
        "interfaces-config": {"interfaces": ["eth0"]},
        "lease-database": {"type": "memfile", "persist": True, "name": str(leases)},
        "valid-lifetime": 3600,
        "subnet4": [subnet],
    }
    conf.write_text(json.dumps({"Dhcp4": document}, indent=1))
    places = [f"KEA_{name}_DIR={folder}" for name in ("PIDFILE", "LOCKFILE", "LOGGER_DESTINATION")]
    return Server(host, ("env", *places, "kea-dhcp4", "-c", conf), conf, leases)


def asked(client: Namespace, name: str) -> None:
    """Let a host ask for an IPv4 lease under a name, until it has one. The server may still be starting."""
    ask = ("busybox", "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "3", "-T", "1", "-s", "/bin/true")
    _until(lambda: client.run(*ask, "-x", f"hostname:{name}", check=False).returncode == 0, f"{name} got no lease")


def asked6(client: Namespace, folder: Path) -> None:
    """Let a host ask for an IPv6 lease until it has one."""
    files = ("-lf", folder / "client6.leases", "-pf", folder / "client6.pid", "-sf", "/bin/true")

    def answered() -> bool:
        process = client.start("dhclient", "-6", "-1", "-d", *files, "eth0")
        until = time.monotonic() + 12
        try:
            while time.monotonic() < until:
                if (folder / "client6.leases").exists() and "iaaddr" in (folder / "client6.leases").read_text():
                    return True
                if process.poll() is not None:
                    return False
                time.sleep(0.1)
            return False
        finally:
            process.terminate()
            process.communicate(timeout=20)

    _until(answered, "no IPv6 lease")


def said(path: Path, text: str) -> str:
    """Return what a file holds as soon as this text is in it."""
    _until(lambda: path.exists() and text in path.read_text(), f"{text!r} not in {path}")
    return path.read_text()


def takes(*command: str | Path, folder: Path) -> str:
    """Return the complaint of a program that tests a configuration, empty if it takes it."""
    places = {f"KEA_{name}_DIR": str(folder) for name in ("PIDFILE", "LOCKFILE", "LOGGER_DESTINATION")}
    done = subprocess.run(
        list(map(str, command)), env={**os.environ, **places}, capture_output=True, text=True, timeout=60, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _until(done: Callable[[], bool], complaint: str) -> None:
    until = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < until, complaint
        time.sleep(0.2)
