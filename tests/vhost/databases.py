"""Small databases for tests: MACHINE lines, or files as a scan saw them, by what matters in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vhost.cache.scan import Scan
from vhost.cache.segment import write
from vhost.claims import FileStamp, Observation
from vhost.record import Machine, line

NAS = "192.168.1.5:/export/vm"
DISK = "local:ext4:/dev/sda1"


def machine_line(**values: str) -> str:
    """Return a MACHINE line with these fields."""
    return line(Machine(**values))


def old_database(directory: Path, lines: Iterable[str], macmap: str = "") -> Path:
    """Return a directory that holds the files of the old tool."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "enum.fdb").write_text("".join(f"{text}\n" for text in lines))
    (directory / "macmap.fdb").write_text(macmap)
    return directory


def seen(
    path: str,
    *,
    mount: str | None = NAS,
    inode: int | None = 131,
    part: int = 0,
    content: str = "c1",
    device: int = 1,
    **values: str,
) -> Observation:
    """Return one file as a scan saw it."""
    stamp = FileStamp(path=path, mount=mount, device=device, inode=inode, size=9, mtime_ns=1, content_hash=content)
    machine = Machine(**{"pm": "lab00", "type": "XEN", "label": "tst100", "id": path, **values})
    return Observation(stamp=stamp, scanner="xen", part=part, machines=(machine,))


def scan(
    db: Path, *found: Observation, observer: str = "o1", host: str = "h1", root: str = "/", at: str = "01"
) -> Path:
    """Return the database after a scan of these files was stored; a later `at` (a day) is newer."""
    db.mkdir(parents=True, exist_ok=True)
    facts = Scan(
        scan_id=f"{observer}{root}{at}",
        kind="machine",
        scanner="tree",
        observer=observer,
        source_host=host,
        as_host=host,
        root=root,
        seen_at=f"2026-01-{at} 00:00:00",
        partial=False,
    )
    write(db, facts, found)
    return db
