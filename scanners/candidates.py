"""Which names in a tree are looked at: everything that could be a configuration.

A configuration is recognised by its content, because people call them `.cfg`, `.conf`, `.hvm`,
`.bak` or nothing at all. So a name only decides what is certainly none: a name that ends like an
image, a log, an archive or a program is never opened, whatever it holds; every other regular
file of at most `LARGEST` bytes is. That costs one stat and one read for each stray text file and
loses no machine. Directories are all entered, except copies of the same tree at another time
(snapshots of the storage, version control) and `lost+found`, whose files nothing runs from.
"""

from __future__ import annotations

LARGEST = 1_048_576
"""Bytes of the largest file that is read."""

NEVER = frozenset(
    {"img", "raw", "iso", "qcow", "qcow2", "qed", "vmdk", "vdi", "vhd", "vhdx", "hdd", "hds", "dsk", "dmg", "ova"}
    | {"nvram", "vmem", "vmss", "vmsn", "vswp", "swp", "log", "pcap", "sqlite", "duckdb", "parquet"}
    | {"gz", "bz2", "xz", "zst", "lz4", "lzo", "7z", "rar", "tar", "tgz", "tbz", "txz", "cpio", "rpm", "deb", "jar"}
    | {"png", "jpg", "jpeg", "gif", "bmp", "webp", "pdf", "mp3", "mp4", "mkv", "avi", "wav", "ogg", "webm"}
    | {"pyc", "exe", "dll", "msi"}
)
"""Last parts of names, in lower case, that are no configuration: images, logs, archives, media, programs."""

CONFIGS = frozenset({"cfg", "conf", "ctys", "vmx", "vbox", "xml", "sh", "sxp", "hvm", "pvlinux", "pvhlinux", "args"})
"""Last parts of names, in lower case, that promise a configuration: a large one is worth a line."""

_REMOVED = (".nfs0", ".fuse_hidden")  # what a network file system keeps of a file that is removed while it is open
_COPIES = frozenset({"bak", "orig", "old", "save", "dist", "tmp", "new", "prev"})

SKIPPED = frozenset(
    {".snapshot", ".snapshots", "~snapshot", "#snapshot", ".zfs", ".ckpt", "lost+found"}
    | {".git", ".hg", ".svn", ".bzr"}
)
"""Directories below a root that are not entered unless all are asked for."""


def is_candidate(name: str) -> bool:
    """Tell whether a regular file of this name is looked at."""
    _, dot, suffix = name.rpartition(".")
    if not dot:
        return True
    if name.startswith(_REMOVED):
        return False
    suffix = suffix.lower()
    return suffix not in NEVER and not (suffix.isdigit() and name.lower().endswith(f".log.{suffix}"))


def promises_configuration(name: str) -> bool:
    """Tell whether a file of this name would be expected to be a configuration, or a copy of one."""
    parts = name.lower().rstrip("~").split(".")
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _COPIES):
        parts.pop()
    return len(parts) > 1 and parts[-1] in CONFIGS
