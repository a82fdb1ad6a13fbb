"""All claims as a data set: Parquet or CSV files in folders `column=value`, as Hive, DuckDB and pandas read them."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from vhost.cache.scan import brief, literal
from vhost.errors import UsageError
from vhost.schema import quoted

FORMATS = ("parquet", "csv")
PARTITIONS = ("source_host", "pm", "type", "scanner")
"""What the folders may be named after; `source_host` is the site, the host that did the scan."""


def write(con: duckdb.DuckDBPyConnection, directory: Path, form: str, by: str) -> None:
    """Write the claims below a directory that is empty or does not exist. Raises `UsageError`."""
    if form not in FORMATS:
        raise UsageError("--format", f"unknown format {form[:80]!r}", f"known are {', '.join(FORMATS)}")
    if by not in PARTITIONS:
        raise UsageError("--by", f"{by[:80]!r} is no partition", f"known are {', '.join(PARTITIONS)}")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageError(str(directory), "is no empty directory", "name another, or empty it")
    options = f"FORMAT {form}, PARTITION_BY ({quoted(by)}), WRITE_PARTITION_COLUMNS true"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        con.execute(f"COPY (SELECT * FROM machine) TO {literal(os.fspath(directory))} ({options})")
    except (OSError, duckdb.Error) as error:
        raise UsageError(str(directory), f"cannot be written: {brief(error)}") from error
