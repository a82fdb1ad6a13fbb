"""Authoritative name servers on loopback ports, with zones that a test wrote; each ends with its test.

with bind(tmp_path, {"lab.example": ZONE}) as server:
    dig(server, "lab.example", "AXFR")
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class NameServer:
    """A running server."""

    host: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def stop(self) -> None:
        """End the server now."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who gets zones: everybody, those who sign with a key (name to algorithm and secret), nobody."""

    transfers: bool = True
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    closed: Sequence[str] = ()
    incremental: bool = False


OPEN = Policy()


def soa(zone: str, serial: int = 1) -> str:
    """Return the head of a zone file."""
    return (
        f"$ORIGIN {zone}.\n$TTL 3600\n"
        f"@ IN SOA ns.lab.example. admin.lab.example. {serial} 3600 900 604800 300\n@ IN NS ns.lab.example.\n"
    )


def free_port(host: str = HOST) -> int:
    """Return a port that neither TCP nor UDP uses now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(50):
        with socket.socket(family, socket.SOCK_STREAM) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
            tcp.bind((host, 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind((host, port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


def _written(folder: Path, zones: Mapping[str, str]) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = {zone: folder / f"{zone.replace('/', '_')}.zone" for zone in zones}
    for zone, text in zones.items():
        paths[zone].write_text(text, encoding="utf-8")
    return paths


@contextmanager
def bind(
    folder: Path, zones: Mapping[str, str], policy: Policy = OPEN, *, host: str = HOST, options: str = ""
) -> Iterator[NameServer]:
    """Run BIND with these zones."""
    paths, port = _written(folder, zones), free_port(host)
    listen = f"listen-on port {port} {{ {host if '.' in host else 'none'}; }};"
    listen += f" listen-on-v6 port {port} {{ {host if ':' in host else 'none'}; }};"
    keys = "".join(
        f'key "{name}" {{ algorithm {how}; secret "{secret}"; }};\n' for name, (how, secret) in policy.keys.items()
    )
    whom = " ".join(f'key "{name}";' for name in policy.keys) or ("any;" if policy.transfers else "none;")
    blocks = "".join(
        f'zone "{zone}" {{ type primary; file "{path}";'
        f" allow-transfer {{ {'none;' if zone in policy.closed else whom} }};"
        f"{' ixfr-from-differences yes;' if policy.incremental else ''} }};\n"
        for zone, path in paths.items()
    )
    config = folder / "named.conf"
    config.write_text(
        f'{keys}options {{ directory "{folder}"; {listen} recursion no; pid-file none; notify no; {options}'
        f' check-names primary ignore; dnssec-validation no; session-keyfile "{folder}/session.key";'
        f' managed-keys-directory "{folder}";'
        f" empty-zones-enable no; }};\ncontrols {{ }};\n{blocks}",
        encoding="utf-8",
    )
    with _running(["named", "-g", "-n", "1", "-c", str(config)], folder, host, port, list(zones)) as server:
        yield server


@contextmanager
def knot(folder: Path, zones: Mapping[str, str], policy: Policy = OPEN, *, host: str = HOST) -> Iterator[NameServer]:
    """Run Knot DNS with these zones."""
    paths, port = _written(folder, zones), free_port(host)
    keys = "".join(
        f"  - id: {name}\n    algorithm: {how}\n    secret: {secret}\n" for name, (how, secret) in policy.keys.items()
    )
    whom = f"    key: [{', '.join(policy.keys)}]\n" if policy.keys else ""
    config = folder / "knot.conf"
    for name in ("run", "db"):
        (folder / name).mkdir(exist_ok=True)
    blocks = "".join(
        f'  - domain: "{zone}"\n    file: "{path}"\n'
        + ("" if zone in policy.closed or not policy.transfers else "    acl: transfer\n")
        + ("    zonefile-load: difference\n    journal-content: changes\n" if policy.incremental else "")
        for zone, path in paths.items()
    )
    config.write_text(
        f"server:\n  listen: {host}@{port}\n  rundir: {folder}/run\n  pidfile: {folder}/run/pid\n"
        "  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
        f"database:\n  storage: {folder}/db\n  journal-db-max-size: 8M\n  kasp-db-max-size: 8M\n"
        "  timer-db-max-size: 2M\n  catalog-db-max-size: 8M\n"
        f"log:\n  - target: stderr\n    any: warning\n{'key:' + chr(10) + keys if keys else ''}"
        'acl:\n  - id: transfer\n    address: [127.0.0.0/8, "::1"]\n    action: transfer\n'
        f"{whom}"
        f"template:\n  - id: default\n    zonefile-sync: -1\n    semantic-checks: off\nzone:\n{blocks}",
        encoding="utf-8",
    )
    with _running(["knotd", "-c", str(config)], folder, host, port, list(zones)) as server:
        yield server


@contextmanager
def nsd(folder: Path, zones: Mapping[str, str]) -> Iterator[NameServer]:
    """Run NSD with these zones."""
    paths, port = _written(folder, zones), free_port()
    blocks = "".join(
        f'zone:\n  name: "{zone}"\n  zonefile: "{path}"\n  provide-xfr: 127.0.0.0/8 NOKEY\n'
        for zone, path in paths.items()
    )
    config = folder / "nsd.conf"
    config.write_text(
        f'server:\n  ip-address: {HOST}@{port}\n  zonesdir: "{folder}"\n  database: ""\n  username: ""\n'
        f'  pidfile: "{folder}/pid"\n  xfrdfile: "{folder}/xfrd"\n  xfrdir: "{folder}"\n'
        f'  zonelistfile: "{folder}/zones"\n  logfile: "{folder}/log"\n'
        f"remote-control:\n  control-enable: no\n{blocks}",
        encoding="utf-8",
    )
    with _running(["nsd", "-d", "-c", str(config)], folder, HOST, port, list(zones)) as server:
        yield server


@contextmanager
def _running(command: list[str], folder: Path, host: str, port: int, zones: Sequence[str]) -> Iterator[NameServer]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        server = NameServer(host, port, folder, process)
        try:
            for zone in zones:
                wait_for_soa(server, zone)
            yield server
        finally:
            server.stop()


def wait_for_soa(server: NameServer, zone: str, serial: int | None = None, seconds: float = 30) -> None:
    """Return when the server answers for the zone, with this serial number if one is named."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert server.process.poll() is None, (server.folder / "output").read_text(errors="replace")
        answer = dig(server, zone, "SOA", "+short", "+tries=1", "+time=1")
        fields = answer.split()
        if len(fields) == 7 and (serial is None or fields[2] == str(serial)):
            return
        time.sleep(0.05)
    raise AssertionError((server.folder / "output").read_text(errors="replace"))


def dig(server: NameServer, *arguments: str) -> str:
    """Return what dig says."""
    command = ["dig", f"@{server.host}", "-p", str(server.port), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
