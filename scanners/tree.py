"""The scan of config trees: which machines the files below some directories describe.

found = scan(["/vmpool"], as_host="lab00", known={"/vmpool/tst100/tst100.conf": (64768, 131, 611, 1700000000000)})
"""

from __future__ import annotations

import os
import resource
import stat
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanners import mounts
from scanners.crawl import Enter, Single, Tree, above
from scanners.crossings import Crossings
from scanners.files import Found, Stamp, Unchanged
from scanners.formats import FORMATS
from scanners.recognise import Filtered, View
from scanners.walk import unreadable
from vhost.claims import Observation
from vhost.discover import Finding, Progress, run
from vhost.errors import UsageError

THREADS = 64
"""Threads at most. With 5 ms for each operation 5,000 directories take 16 of them 8.6 s, 32 4.5 s,
64 3.3 s and 128 no less."""

TYPES: Mapping[str, str] = {
    **{name: name for known in FORMATS for name in known.types},
    "KVM": "QEMU",
    "VMWARE": "VMW",
    "VIRTUALBOX": "VBOX",
    "PROXMOX": "PVE",
    "LXC": "PVE",
}
"""Session types by the names that `-T` takes, in capitals."""

_MOUNTINFO = Path("/proc/self/mountinfo")
_OTHER_DESCRIPTORS = 64  # what the rest of the program may have open
_DESCRIPTORS_OF_A_THREAD = 4  # a directory, its listing, one that is found again by its path, a file
_MOST_OPEN = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a scan did; `read` and `unchanged` are the files that were looked at."""

    directories: int
    read: int
    unchanged: int
    machines: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeScan:
    """What one scan of some trees says of the files there. Everything is sorted by its path.

    A path of an earlier scan that is in none of `observations`, `unchanged` and `filtered` no
    longer exists, unless it is below (or is) a path of a `lost` finding, of `again`, of `skipped`
    or of what `scanners.crossings.gone` says of the mounts of both scans.
    """

    roots: tuple[str, ...]
    """The roots as absolute paths, as the user spelled them, each once."""

    observations: Sequence[Observation]
    """Every file that was read, with its machines; without any if it is no configuration."""

    unchanged: Sequence[str]
    """Files that are as they were known: all that was recorded of them still holds."""

    filtered: Sequence[str]
    """Files with machines of other types than asked for: what was recorded of those machines still
    holds, and the stamp of the file that was recorded stays (so that a full scan reads it)."""

    findings: Sequence[Finding]
    """What could not be looked at (`lost`), and what is wrong in files that were."""

    mounts: Mapping[str, str]
    """File systems by the points where they were mounted: below the roots, and those that hold them."""

    missing: Sequence[str]
    """Roots that do not exist. Each has a finding too."""

    skipped: Sequence[str]
    """Directories that were not entered because of their names."""

    again: Mapping[str, str]
    """Directories that were reached once more, by the path under which they were walked."""

    types: frozenset[str] | None
    """The session types that were asked for, None for all."""

    counts: Counts


def scan(  # noqa: PLR0913 - each of them is another matter, and none has to be given
    roots: Iterable[str],
    *,
    as_host: str | None = None,
    known: Mapping[str, Stamp] | None = None,
    threads: int = THREADS,
    types: Iterable[str] | None = None,
    scan_all_states: bool = False,
    all_dirs: bool = False,
    resolve: mounts.Resolver | None = None,
    progress: Progress | None = None,
) -> TreeScan:
    """Return what the files at and below the roots say; a file that cannot be read is a finding.

    `as_host` is the PM of the records. `known` are the stamps of files that need not be read again:
    of an earlier scan with the same `as_host`, `scan_all_states` and `all_dirs`, without those that
    had a finding. `types` are names of session types (see `TYPES`), in any case; an unknown one is
    a `UsageError`. Machines that are tagged to be ignored are left out unless `scan_all_states`,
    directories of `scanners.candidates.SKIPPED` unless `all_dirs`. `resolve` is asked for addresses
    of file servers that the mount table does not tell.
    """
    began = time.monotonic()
    wanted = _types(types)
    places = _Places(roots)
    crossings = Crossings([*places.directories, *map(above, places.files)], read_mounts, resolve)
    threads, descriptors = _allowed(threads)
    tree = Tree(
        [*(Enter(None, path) for path in places.directories), *map(Single, places.files)],
        crossings,
        view=View(as_host, wanted, scan_all_states),
        known=known or {},
        descriptors=descriptors,
        all_dirs=all_dirs,
    )
    found: list[Found] = []
    findings = places.findings
    while tree.waiting:
        outcome = run(tree, threads=threads, progress=progress)
        found += outcome.found
        findings += outcome.findings
    return _result(tree, places, found, wanted, began)


def read_mounts() -> mounts.Table:
    """Return the mount table of this process; an empty one where the system shows none."""
    try:
        return mounts.parse(os.fsdecode(_MOUNTINFO.read_bytes()))
    except OSError:
        return mounts.Table()


class _Places:
    """The roots, by what stands there."""

    def __init__(self, roots: Iterable[str]) -> None:
        self.roots = tuple(dict.fromkeys(os.path.abspath(root) for root in roots))  # noqa: PTH100 - as the user spells it, with its links
        self.directories: list[str] = []
        self.files: list[str] = []
        self.missing: list[str] = []
        self.findings: list[Finding] = []
        for root in self.roots:
            self._add(root)

    def _add(self, root: str) -> None:
        try:
            mode = Path(root).stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            self.missing.append(root)
            self.findings.append(Finding(root, "does not exist", lost=True))
        except OSError as error:
            self.findings.append(unreadable(root, error))
        else:
            if stat.S_ISDIR(mode):
                self.directories.append(root)
            elif stat.S_ISREG(mode):
                self.files.append(os.path.realpath(root))
            else:
                self.findings.append(Finding(root, "is neither a directory nor a regular file", lost=True))


def _types(names: Iterable[str] | None) -> frozenset[str] | None:
    if names is None:
        return None
    unknown = [name for name in names if name.upper() not in TYPES]
    if unknown:
        raise UsageError(", ".join(unknown), "no session type", f"known are {', '.join(sorted(TYPES))}")
    return frozenset(TYPES[name.upper()] for name in names)


def _allowed(threads: int) -> tuple[int, int]:
    """Return how many threads may work and how many directories may stay open, by the limit of open files."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    free = (_MOST_OPEN if limit == resource.RLIM_INFINITY else limit) - _OTHER_DESCRIPTORS
    threads = max(1, min(threads, free // (2 * _DESCRIPTORS_OF_A_THREAD)))
    return threads, min(_MOST_OPEN, max(0, free - threads * _DESCRIPTORS_OF_A_THREAD))


def _result(
    tree: Tree, places: _Places, found: Sequence[Found], types: frozenset[str] | None, began: float
) -> TreeScan:
    observed = {(one.stamp.path, one.part): one for one in found if isinstance(one, Observation)}
    unchanged = {one.path for one in found if isinstance(one, Unchanged)}
    filtered = {one.path for one in found if isinstance(one, Filtered)}
    return TreeScan(
        roots=places.roots,
        observations=[observed[key] for key in sorted(observed)],
        unchanged=sorted(unchanged),
        filtered=sorted(filtered),
        findings=sorted(places.findings, key=lambda finding: (finding.where, finding.problem)),
        mounts=tree.crossings.mounts,
        missing=places.missing,
        skipped=sorted(tree.skipped),
        again=tree.again,
        types=types,
        counts=Counts(
            directories=len(tree.seen),
            read=len(filtered.union(path for path, _ in observed)),
            unchanged=len(unchanged),
            machines=sum(1 for one in observed.values() if one.machines),
            seconds=time.monotonic() - began,
        ),
    )
