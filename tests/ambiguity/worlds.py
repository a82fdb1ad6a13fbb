"""Small worlds of machines, each a database: files as scans saw them, and what DHCP, DNS, ARP and hypervisors say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vhost.ambiguity.audit import Audit, Collision, audited
from vhost.ambiguity.wanted import Wanted
from vhost.cache.claim_columns import Claim, ClaimKind
from vhost.cache.publish import locked, publish
from vhost.cache.scan import Scan
from vhost.cache.segment import write
from vhost.cache.snapshot import opened
from vhost.claims import Conflict, Disk, FileStamp, Observation
from vhost.keep import Said, keep
from vhost.record import Machine

NOW = datetime.now(UTC).replace(microsecond=0)
NAS = "192.168.1.5:/export/vm"
UUID = "6842caf91e3e43249ed596b8b9f2c5c2"
OTHER_UUID = "d6f0e60c2d364aa19ec92e15cfdc20f3"
MAC = "00:50:56:13:11:40"
OTHER_MAC = "00:50:56:13:11:41"
IP = "192.168.1.220"


def ago(**span: float) -> datetime:
    """Return a time in the past."""
    return NOW - timedelta(**span)


@dataclass(frozen=True, kw_only=True)
class File:
    """One configuration file: where it lies, what it says, and the disks of its machine."""

    path: str
    inode: int = 0
    mount: str = NAS
    content: str = ""
    disks: Sequence[str | Disk] = ()
    conflicts: Sequence[Conflict] = ()
    values: Sequence[dict[str, str | None]] = field(default_factory=lambda: [{}])

    def observed(self, host: str) -> Observation:
        stamp = FileStamp(
            path=self.path,
            mount=self.mount,
            device=1,
            inode=self.inode or abs(hash(self.path)) % 10**9,
            size=9,
            mtime_ns=1,
            content_hash=self.content or f"content of {self.path}",
        )
        machines = tuple(Machine(**{"pm": host, "type": "XEN", "id": self.path, **one}) for one in self.values)
        disks = tuple(one if isinstance(one, Disk) else Disk(source=one, exclusive=True) for one in self.disks)
        return Observation(stamp=stamp, scanner="xen", machines=machines, disks=disks, conflicts=tuple(self.conflicts))


def file(path: str, *, disks: Sequence[str | Disk] = (), content: str = "", **values: str | None) -> File:
    """Return a file with one record; without values a machine that shares nothing with others."""
    return File(path=path, disks=disks, content=content, values=[values])


def scanned(
    db: Path,
    files: Sequence[File],
    *,
    host: str = "lab00.soho",
    observer: str = "o1",
    root: str = "/",
    at: datetime = NOW,
    partial: bool = False,
    publishing: bool = True,
) -> Path:
    """Return the database after a scan of a host found these files; without publishing no snapshot is made."""
    db.mkdir(parents=True, exist_ok=True)
    facts = Scan(
        scan_id=f"{at:%Y%m%dT%H%M%S}-{host}{root}",
        kind="machine",
        scanner="tree",
        observer=observer,
        source_host=host,
        as_host=host,
        root=root,
        seen_at=f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        partial=partial,
    )
    with locked(db):
        write(db, facts, [one.observed(host) for one in files])
        if publishing:
            publish(db, lambda *_: None)
    return db


def said(db: Path, kind: ClaimKind, *claims: Claim, host: str | None = None, scanner: str = "test") -> Path:
    """Return the database after a scan of names, addresses or guests."""
    db.mkdir(parents=True, exist_ok=True)
    keep(db, [Said(kind=kind, scanner=scanner, root="lab", claims=claims, as_host=host)], lambda *_: None)
    return db


@contextmanager
def audit_of(*databases: Path, **limits: timedelta) -> Iterator[Audit]:
    """Return the audit of the databases as one."""
    with opened(databases) as snapshot, audited(snapshot.con, limits) as made:
        yield made


def found(*databases: Path, **limits: timedelta) -> list[Collision]:
    """Return every collision of the databases."""
    with audit_of(*databases, **limits) as made:
        return list(made.collisions(Wanted()))


def causes(*databases: Path, **limits: timedelta) -> dict[str, str]:
    """Return the cause of each collision by its key; several of one key are joined by `+`."""
    by_key: dict[str, list[str]] = {}
    for one in found(*databases, **limits):
        by_key.setdefault(one.key, []).append(one.cause)
    return {key: "+".join(sorted(listed)) for key, listed in by_key.items()}


def one(*databases: Path, key: str, cause: str, **limits: timedelta) -> Collision:
    """Return the only collision of a key and cause."""
    (collision,) = (item for item in found(*databases, **limits) if (item.key, item.cause) == (key, cause))
    return collision


def paths(collision: Collision) -> list[str]:
    """Return the paths of the machines of a collision, without the host."""
    return sorted({path.partition(":")[2] for machine in collision.machines for path in machine["paths"]})


def facts(collision: Collision) -> str:
    """Return the evidence as one text."""
    return "\n".join(f"{row['fact']} | {row['source']} | {row['seen_at']}" for row in collision.evidence)
