"""Runs a scan and stores what it said: the claims it read, those that still hold, those it lost sight of.

One root is one segment. A claim of an earlier scan goes on as it is where its file is unchanged,
goes on as stale where its place could not be looked at, and ends where its file is gone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scanners import tree
from scanners.crossings import gone
from scanners.tree import TreeScan
from vhost.cache.memory import Memory, below, recalled
from vhost.cache.place import OLD_MACHINES, SCANS
from vhost.cache.publish import locked, publish
from vhost.cache.scan import Report, Scan, scan_key
from vhost.cache.segment import Carried, newest_first, stored_lines, write
from vhost.claims import FileStamp, Observation
from vhost.discover import Finding, Progress
from vhost.errors import DatabaseUnusable, SourceMissing
from vhost.host import observer, own_name
from vhost.record import line

SCANNER = "tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRequest:
    """A scan of config trees: where, as whose view, and what of it."""

    roots: Sequence[str]
    as_host: str
    threads: int = tree.THREADS
    types: Sequence[str] | None = None
    all_states: bool = False
    all_dirs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One root after its scan: what was found, what goes on from before, what went wrong."""

    root: str
    scan: TreeScan
    unchanged: Sequence[str] = ()
    stale: Sequence[str] = ()
    kept: Sequence[str] = ()
    vanished: Sequence[str] = ()
    findings: Sequence[Finding] = ()
    mounts: Mapping[str, str] = field(default_factory=dict)
    memory: Memory | None = field(default=None, repr=False)

    @property
    def absent(self) -> bool:
        """Tell whether the root does not exist, and never did as far as we know."""
        return self.memory is None and bool(self.scan.missing)

    @property
    def partial(self) -> bool:
        """Tell whether some place could not be looked at."""
        return bool(self.stale) or any(finding.lost for finding in self.findings)


def look(request: TreeRequest, directory: Path | None = None, progress: Progress | None = None) -> list[Collected]:
    """Scan the roots and return what each said, compared with what `directory` knows of it. Nothing is stored.

    Raises `SourceMissing` if none of the roots exists and nothing is known of them.
    """
    looked = [_looked(root, request, directory, progress) for root in _absolute(request.roots)]
    absent = [one.root for one in looked if one.absent]
    if len(absent) == len(looked):
        raise SourceMissing(", ".join(absent), "does not exist", "check the path")
    return looked


def _absolute(roots: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(os.path.abspath(root) for root in roots))  # noqa: PTH100 - links stay as the user spells them


def _looked(root: str, request: TreeRequest, directory: Path | None, progress: Progress | None) -> Collected:
    memory = recalled(newest_first(directory, key(root, request))) if directory else None
    alike = memory is not None and memory.scan.options == _options(request)
    found = tree.scan(
        [root],
        as_host=request.as_host,
        known=memory.known if memory and alike else {},
        threads=request.threads,
        types=request.types,
        scan_all_states=request.all_states,
        all_dirs=request.all_dirs,
        progress=progress,
    )
    if memory is None:
        return Collected(root=root, scan=found, findings=found.findings, mounts=found.mounts)
    return _compared(root, found, memory)


def key(root: str, request: TreeRequest) -> str:
    """Return the key of the scans of a root."""
    return scan_key(SCANNER, observer(), request.as_host, root)


def _options(request: TreeRequest) -> tuple[str, ...]:
    given = {"all-states": request.all_states, "all-dirs": request.all_dirs}
    return tuple(name for name, on in given.items() if on)


def _compared(root: str, found: TreeScan, memory: Memory) -> Collected:
    """Return the scan with what becomes of each path of the one before."""
    missing = gone(memory.scan.mounts, found.mounts)
    unseen = [*found.findings, *_unmounted(found, missing), *_unrecognised(found, memory)]
    lost = {finding.where for finding in unseen if finding.lost}
    settled = {one.stamp.path for one in found.observations}.union(found.unchanged, found.filtered)
    stale = {path for path in memory.paths if (path not in settled or path in lost) and below(path, lost)}
    others = memory.paths - settled - stale
    skipped = {path for path in others if below(path, set(found.skipped))}
    return Collected(
        root=root,
        scan=found,
        unchanged=found.unchanged,
        stale=sorted(stale),
        kept=sorted(skipped | (memory.paths & set(found.filtered))),
        vanished=sorted(others - skipped),
        findings=unseen,
        mounts={**_expected(memory, missing, stale), **found.mounts},
        memory=memory,
    )


def _unmounted(found: TreeScan, missing: Sequence[str]) -> list[Finding]:
    """Name the file systems that were mounted at the last scan and are not now.

    Where a root does not exist, that is said already, and nothing is known of what held it.
    """
    problem = "is not mounted now; what was known there goes on as stale"
    named = (path for path in missing if not any(below(root, {path}) for root in found.missing))
    return [Finding(path, problem, lost=True) for path in named]


def _expected(memory: Memory, missing: Sequence[str], stale: set[str]) -> dict[str, str]:
    """Return the mounts that are gone but still wanted: claims below them are stale, not ended."""
    wanted = {path for path in missing if any(below(claim, {path}) for claim in stale)}
    return {path: memory.scan.mounts[path] for path in wanted}


def _unrecognised(found: TreeScan, memory: Memory) -> list[Finding]:
    """Name the files that were configurations and hold nothing of the kind now: half-written, emptied, zeroed.

    What they said goes on until they say something again or are removed: a crash must not make names unique.
    """
    problem = "was a configuration and is none now; what it said goes on as stale"
    return [
        Finding(one.stamp.path, problem, lost=True)
        for one in found.observations
        if one.scanner == SCANNER and not one.finding and one.stamp.path in memory.machines
    ]


def store(
    collected: Sequence[Collected],
    request: TreeRequest,
    directory: Path,
    skipped: Report,
    *,
    publishing: bool = True,
) -> list[Collected]:
    """Write a segment for each root, publish the snapshot and return what was stored.

    Without `publishing` the caller publishes, or the next query does.
    If another scan of the same place was stored meanwhile, what ours compared itself with is out of
    date: that root is scanned again, alone. Raises `DatabaseUnusable`.
    """
    now = datetime.now(UTC)
    with locked(directory):
        current = [_renewed(one, request, directory) for one in collected]
        for one in current:
            if not one.absent:
                _stored(one, request, directory, now)
        if publishing:
            publish(directory, skipped)
    return current


def _renewed(one: Collected, request: TreeRequest, directory: Path) -> Collected:
    return one if _is_current(one, request, directory) else _looked(one.root, request, directory, None)


def _is_current(one: Collected, request: TreeRequest, directory: Path) -> bool:
    """Tell whether the segment that the scan was compared with is still the last one that can be read."""
    known = one.memory.segment if one.memory else None
    newest = newest_first(directory, key(one.root, request))
    return known in newest[:1] or (known is None and not newest) or (known in newest and recalled(newest) == one.memory)


def _stored(one: Collected, request: TreeRequest, directory: Path, now: datetime) -> Path:
    carried = Carried(one.memory.segment, one.unchanged, one.stale, one.kept) if one.memory else None
    return write(directory, facts(one, request, now), [*one.scan.observations, *_places(one)], carried)


def _places(one: Collected) -> Iterator[Observation]:
    """Return the places with findings that are no file that was read, so that the database can name them."""
    read = {observation.stamp.path for observation in one.scan.observations if observation.finding}
    for finding in one.findings:
        if finding.where not in read:
            yield Observation(stamp=FileStamp(path=finding.where), scanner=SCANNER, finding=finding.problem)


def facts(one: Collected, request: TreeRequest, now: datetime) -> Scan:
    """Return what is to be said of the scan of one root; `now` is aware."""
    return Scan(
        scan_id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
        kind="machine",
        scanner=SCANNER,
        observer=observer(),
        source_host=own_name(),
        as_host=request.as_host,
        root=one.root,
        seen_at=f"{now:%Y-%m-%d %H:%M:%S.%f}",
        partial=one.partial,
        options=_options(request),
        types=tuple(sorted(one.scan.types or ())),
        mounts=dict(one.mounts),
    )


def prepare(directory: Path) -> None:
    """Make the directory of a database if it is missing. Raises `DatabaseUnusable` before any work is done."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            str(directory), f"cannot be made: {error.strerror}", "name another database with -p"
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise DatabaseUnusable(str(directory), "cannot be written", "name another database with -p, or use --no-store")


def lines(one: Collected, request: TreeRequest, directory: Path | None) -> list[str]:
    """Return the MACHINE lines of one root: those that are stored, or those that would be."""
    if directory is None:
        return sorted(line(machine) for observation in one.scan.observations for machine in observation.machines)
    return stored_lines(newest_first(directory, key(one.root, request))[0])


def set_aside_others(request: TreeRequest, directory: Path) -> list[str]:
    """Move every machine scan but this one's, and enum.fdb, below `replaced`; publish and return their names.

    Nothing is deleted: what was replaced can be moved back. Raises `DatabaseUnusable`.
    """
    own = {key(root, request) for root in _absolute(request.roots)}
    target = directory / "replaced" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    with locked(directory):
        scans = [path for path in (directory / SCANS).iterdir() if path.name not in own and path.is_dir()]
        moved = [path for path in (*scans, directory / OLD_MACHINES) if path.exists()]
        for path in moved:
            target.mkdir(parents=True, exist_ok=True)
            path.rename(target / path.name)
        publish(directory, lambda *_: None)
    return [str(path.relative_to(directory)) for path in moved]
