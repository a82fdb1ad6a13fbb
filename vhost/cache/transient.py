"""A snapshot in memory of what a scan just observed, for answers that shall not be stored."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from vhost.cache.build import connection, create, fill_machines
from vhost.cache.scan import Scan
from vhost.cache.segment import copy
from vhost.cache.snapshot import Snapshot
from vhost.claims import Observation


def transient(scan: Scan, found: Sequence[Observation]) -> AbstractContextManager[Snapshot]:
    """Return a snapshot that holds these observations and nothing else."""
    return transients([(scan, found)])


@contextmanager
def transients(scanned: Iterable[tuple[Scan, Sequence[Observation]]]) -> Iterator[Snapshot]:
    """Return a snapshot that holds the observations of several scans and nothing else."""
    with tempfile.TemporaryDirectory(prefix="vhost-") as work, connection(Path(work) / "spill") as con:
        segments = []
        for number, (scan, found) in enumerate(scanned):
            segments.append(Path(work) / f"segment-{number}.parquet")
            copy(segments[-1], scan, found, None)
        con.execute("ATTACH ':memory:' AS snapshot")
        create(con, "snapshot")
        fill_machines(con, "snapshot", [os.fspath(segment) for segment in segments])
        con.execute("USE snapshot")
        yield Snapshot(con, ())
