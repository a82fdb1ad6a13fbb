"""Arrow and Parquet: typed columns for other programs."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet


def stream(table: pa.Table) -> memoryview:
    """Return the Arrow stream format, for a pipe."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def file(table: pa.Table) -> memoryview:
    """Return the Arrow file format (Feather), which can be read at any place."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def parquet(table: pa.Table) -> memoryview:
    """Return a Parquet file."""
    sink = pa.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink)
    return memoryview(sink.getvalue())
