r"""The mount table, and the name of a file system that is the same wherever it is mounted.

    36 25 0:47 / /vmpool rw,relatime shared:1 - nfs4 nas:/export/vm rw,vers=4.2,addr=192.168.1.5
    (id, parent, device, root, mount point, options, optional fields, -, type, source, options)

Blanks, tabs, newlines and backslashes in names are written as `\040`, `\011`, `\012`, `\134`.
Source: proc_pid_mountinfo(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from vhost import normal

Resolver = Callable[[str], str | None]
"""Returns the numeric address of a server's name, None if it has none."""

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "ceph", "lustre", "glusterfs", "9p"}
    | {"fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.sshfs", "fuse.rclone"}
)
"""Types of file systems that a server exports."""

PSEUDO = frozenset(
    {"proc", "sysfs", "cgroup", "cgroup2", "devtmpfs", "devpts", "debugfs", "tracefs", "securityfs", "selinuxfs", "bpf"}
    | {"pstore", "configfs", "efivarfs", "mqueue", "hugetlbfs", "binfmt_misc", "nsfs", "rpc_pipefs", "fusectl", "nfsd"}
)
"""Types of file systems that show the kernel and hold no files."""

_INVENTED_INODES = frozenset({"fuse.sshfs", "fuse.rclone"})
_NAMED_BY_SOURCE = frozenset({"zfs", "virtiofs", "9p", "btrfs"})
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_CEPH = re.compile(r"[^@]*@([0-9a-f-]{36}\.[^=]+)=(/.*)")
_SERVER = re.compile(r"(\[[^]/]*\]|[^:/]+):(.*)", re.DOTALL)
_USER = re.compile(r"\A[^@:/]*@")
_SHARE = re.compile(r"//([^/]+)/(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount: `root` is the directory of the file system that is seen at `point`."""

    number: int
    parent: int
    device: str
    root: str
    point: str
    fstype: str
    source: str
    options: str

    def option(self, key: str) -> str | None:
        """Return the value of an option of the file system, None if it is not set."""
        begin = f"{key}="
        return next((one[len(begin) :] for one in self.options.split(",") if one.startswith(begin)), None)

    @property
    def shape(self) -> tuple[int, str]:
        """Return what mounts are sorted by: the ones near the root first."""
        return depth(self.point), self.point


@dataclass(frozen=True)
class Table:
    """The mounts of one process, in the order of the kernel."""

    mounts: tuple[Mount, ...] = ()

    def find(self, path: str) -> Mount | None:
        """Return the mount that holds an absolute path without links; None only in an empty table.

        What a later mount hides is not found.
        """
        found = None
        for prefix in _prefixes(path):
            while above := self._stacked.get((found.number if found else None, prefix)):
                found = above
        return found

    def below(self, path: str) -> list[Mount]:
        """Return the mounts that can be reached below a path, the ones near it first."""
        begin = path.rstrip("/") + "/"
        inside = (mount for mount in self.mounts if mount.point.startswith(begin) and mount.point != begin)
        return sorted((mount for mount in inside if self.find(mount.point) is mount), key=lambda mount: mount.shape)

    def identity(self, mount: Mount, resolve: Resolver | None = None) -> str:
        """Return the name of the file system that is mounted there.

        `server:export` on a network file system, the server as its address where that is known
        (IPv6 in brackets), else as its name in lower case; the export is the shortest one of those
        by which the same file system is mounted here. Else `local:type:source`, with the device
        number where the source says nothing, and the subvolume of a btrfs behind it. A server's
        files whose inode numbers are made up by this machine are local to it.
        """
        found = _exported(mount, resolve)
        if found is None:
            return _local(mount)
        server, export = found
        if mount.fstype in _INVENTED_INODES or "noserverino" in mount.options.split(","):
            return f"local:{mount.fstype}:{server}:{export}"
        others = (_exported(other, resolve) for other in self.mounts if other.device == mount.device)
        above = [other[1] for other in others if other and other[0] == server and _holds(other[1], export)]
        return f"{server}:{min(above, key=len)}"

    def nested(self, mount: Mount, path: str, resolve: Resolver | None = None) -> str:
        """Return the name of a part of a mounted file system that begins at `path` and counts inodes anew.

        Such are the subvolumes of a btrfs that are not mounted themselves.
        """
        inner = path[len(mount.point.rstrip("/")) :]
        if mount.fstype == "btrfs":
            return f"local:btrfs:{mount.source}[{mount.root.rstrip('/')}{inner}]"
        return f"{self.identity(mount, resolve)}[{inner}]"

    @cached_property
    def _stacked(self) -> dict[tuple[int | None, str], Mount]:
        """Every mount by the one that it is mounted on (None: none that is known) and its point."""
        numbers: dict[int, Mount] = {}
        for mount in self.mounts:
            numbers.setdefault(mount.number, mount)
        stacked: dict[tuple[int | None, str], Mount] = {}
        for mount in numbers.values():
            known = mount.parent in numbers and mount.parent != mount.number
            stacked[mount.parent if known else None, mount.point] = mount
        return stacked


def parse(text: str) -> Table:
    """Return the mounts of a /proc/PID/mountinfo; lines that are none are left out. Never raises.

    `text` is the file as `os.fsdecode` decodes it.
    """
    return Table(tuple(_mounts(text.split("\n"))))


def depth(path: str) -> int:
    """Return how many names an absolute path has."""
    return sum(1 for name in path.split("/") if name)


def _mounts(lines: Iterable[str]) -> Iterator[Mount]:
    for line in lines:
        fields = line.split(" ")  # and not at other blanks, which the kernel does not escape
        try:
            end = fields.index("-", 6)
            number, parent = int(fields[0]), int(fields[1])
            root, point, fstype, source, options = map(_unescaped, (*fields[3:5], *fields[end + 1 : end + 4]))
        except ValueError:
            continue
        yield Mount(number, parent, fields[2], root, point, fstype, source, options)


def _unescaped(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text) if "\\" in text else text


def _prefixes(path: str) -> Iterator[str]:
    """Yield `/`, `/a`, `/a/b` for `/a/b`."""
    yield "/"
    at = path.find("/", 1)
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)
    if path != "/":
        yield path


def _holds(upper: str, lower: str) -> bool:
    return lower == upper or lower.startswith(upper.rstrip("/") + "/")


def _exported(mount: Mount, resolve: Resolver | None) -> tuple[str, str] | None:
    """Return server and export of a network file system; None if it is none, or does not say."""
    if mount.fstype not in NETWORK:
        return None
    if ceph := _CEPH.fullmatch(mount.source):
        return ceph[1], _tidy(ceph[2])
    if mount.fstype == "ceph":
        monitors, _, export = mount.source.partition(":/")
        return ",".join(sorted(monitors.lower().split(","))), _tidy(f"/{export}")
    if mount.fstype == "9p":
        return _plan9(mount, resolve)
    share = _SHARE.fullmatch(mount.source.replace("\\", "/"))
    if share:  # without a leading `/`, so that it is never taken for an export by NFS
        return _server(share[1], mount, resolve), share[2].strip("/")
    match = _SERVER.fullmatch(_USER.sub("", mount.source) if mount.fstype == "fuse.sshfs" else mount.source)
    return (_server(match[1], mount, resolve), _tidy(match[2])) if match else None


def _plan9(mount: Mount, resolve: Resolver | None) -> tuple[str, str] | None:
    """Return server and tree of a 9p mount by TCP; a tag of the hypervisor (virtio) names no server."""
    if mount.option("trans") != "tcp":
        return None
    return _server(mount.source, mount, resolve), _tidy(mount.option("aname") or "/")


def _server(name: str, mount: Mount, resolve: Resolver | None) -> str:
    """Return the one spelling of a server."""
    plain = name.strip("[]").rstrip(".").lower()
    stated = mount.option("addr")
    address = normal.address(stated) if stated else normal.address(plain)
    if address is None and resolve is not None:
        address = normal.address(resolve(plain) or "")
    if address is None:
        return plain
    return f"[{address}]" if ":" in address else address


def _tidy(export: str) -> str:
    tidy = re.sub("/{2,}", "/", export)
    return tidy.rstrip("/") or "/"


def _local(mount: Mount) -> str:
    if mount.fstype == "btrfs" and (subvolume := mount.option("subvol")):
        return f"local:btrfs:{mount.source}[{subvolume}]"
    is_disk = not mount.device.startswith("0:")
    named = mount.source and (is_disk or mount.fstype in _NAMED_BY_SOURCE)
    return f"local:{mount.fstype}:{mount.source if named else mount.device}"
