"""A snapshot in memory of what a scan just observed, for answers that shall not be stored."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vhost.cache.build import connection, create, fill_machines
from vhost.cache.scan import Scan
from vhost.cache.segment import copy
from vhost.cache.snapshot import Snapshot
from vhost.claims import Observation


@contextmanager
def transient(scan: Scan, found: Sequence[Observation]) -> Iterator[Snapshot]:
    """Return a snapshot that holds these observations and nothing else."""
    with tempfile.TemporaryDirectory(prefix="vhost-") as work, connection(Path(work) / "spill") as con:
        segment = Path(work) / "segment.parquet"
        copy(segment, scan, found, None)
        con.execute("ATTACH ':memory:' AS snapshot")
        create(con, "snapshot")
        fill_machines(con, "snapshot", [os.fspath(segment)])
        con.execute("USE snapshot")
        yield Snapshot(con, ())
