"""What else a scan can claim, and the provenance that every claim carries.

Times are nanoseconds since 1970 (UTC) where they are numbers, aware datetimes otherwise.
Paths and names are text whose undecodable bytes are surrogates, as `os.fsdecode` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vhost.record import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """Where a claim stands: the file, as `stat` saw it, and the file system that holds it.

    `mount` is `server:export` on a network file system, else a name of the local file system;
    together with the inode it says whether two paths are the same file.
    """

    path: str
    mount: str | None = None
    device: int | None = None
    inode: int | None = None
    size: int | None = None
    mtime_ns: int | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One disk of a machine: what the guest calls it, and the file or device behind it.

    `exclusive` is True where two running machines may not share it, False where the configuration
    says that they may, None where nothing is said (a read-only disk, a network volume).
    """

    target: str | None = None
    source: str | None = None
    format: str | None = None
    readonly: bool = False
    exclusive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One configuration says two things of a field; `kept` stands in the record, `other` does not."""

    column: str
    kept: str
    kept_from: str
    other: str
    other_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One machine in one file that a scan looked at, as its interfaces' records.

    Without machines it is a file that is no configuration; `finding` says what was wrong with it.
    `part` counts the machines of one file from 0; nearly every file holds one.
    """

    stamp: FileStamp
    scanner: str
    part: int = 0
    machines: tuple[Machine, ...] = ()
    disks: tuple[Disk, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    finding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One source says that a name, a MAC and an IP belong together; each part may be missing."""

    name: str | None = None
    mac: str | None = None
    ip: str | None = None
    source_kind: str
    source: str
    seen_at: datetime
    expires_at: datetime | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsClaim:
    """One resource record, or its absence (`value` None), as one server answered; `ttl` in seconds."""

    owner: str
    type: str
    value: str | None
    ttl: int | None
    server: str
    zone: str | None
    serial: int | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One guest that a hypervisor runs or knows now; `state` in the hypervisor's own word."""

    host: str
    type: str
    label: str
    id: str | None = None
    uuid: str | None = None
    macs: tuple[str, ...] = ()
    state: str
    config_path: str | None = None
    vnc_port: int | None = None
    seen_at: datetime
