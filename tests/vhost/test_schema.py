from __future__ import annotations

import pyarrow as pa

from vhost.cache import columns
from vhost.cache.build import connection
from vhost.claims import FileStamp, Observation
from vhost.record import COLUMNS, Machine
from vhost.schema import CANONICAL, MACHINE, PROVENANCE, SEGMENT, TABLES, ddl

DOCUMENTED = (
    "pm type label id uuid mac tcp display cport sport vncbase dist distrel os osrel verno serno category vmstate"
    " hyperrel"
    " stackcap stackreq hwcap hwreq execlocation reloccap sshport netname hyperrelrun accelerator exepath index ifname"
    " ctysrelease netmask gateway relay arch platform vram vcpu contextstring userstring uid gid defhosts defconsole"
).split()
PROVENANCE_DOCUMENTED = "scan_id scanner source_host path mount device inode size mtime content_hash seen_at".split()


def test_columns_are_the_documented_ones() -> None:
    assert list(COLUMNS) == DOCUMENTED


def test_provenance_follows_the_fields() -> None:
    names = [column.name for column in MACHINE]
    assert names[: 47 + 11] == [*DOCUMENTED, *PROVENANCE_DOCUMENTED]


def test_integer_columns_are_the_documented_ones() -> None:
    integers = {column.name for column in CANONICAL if column.type == "INTEGER"}
    assert integers == {"cport", "sport", "vncbase", "sshport", "vcpu", "vram", "index"}


def test_duckdb_makes_every_table_as_it_is_described() -> None:
    with connection() as con:
        con.execute("ATTACH ':memory:' AS snapshot")
        for table, described in TABLES.items():
            con.execute(ddl("snapshot", table))
            made = con.execute(f"DESCRIBE snapshot.{table}").fetchall()
            assert [(name, kind) for name, kind, *_ in made] == [(column.name, column.type) for column in described]


def test_arrow_columns_are_columns_of_a_segment() -> None:
    names = [column.name for column in SEGMENT]
    assert [name for name in names if name in columns.RAW] == sorted(columns.RAW, key=names.index)


def test_arrow_types_fit_the_segment() -> None:
    table = columns.table([Observation(stamp=FileStamp(path="/x"), scanner="xen", machines=(Machine(label="a"),))])
    with connection() as con:
        con.register("made", table)
        found = {name: kind for name, kind, *_ in con.execute("DESCRIBE made").fetchall()}
    described = {column.name: column.type for column in SEGMENT}
    assert {name: described[name].replace('"', "") for name in columns.RAW} == {
        name: kind.replace('"', "") for name, kind in found.items()
    }


def test_a_year_that_no_timestamp_holds_becomes_unknown() -> None:
    table = columns.table([Observation(stamp=FileStamp(path="/x", mtime_ns=2**70), scanner="xen")])
    assert table["mtime"].to_pylist() == [None]


def test_no_claim_table_lacks_provenance() -> None:
    claims = {name: {column.name for column in TABLES[name]} for name in ("machine", "binding", "dns", "guest")}
    wanted = {column.name for column in PROVENANCE}
    assert {name: wanted - held for name, held in claims.items()} == {name: set() for name in claims}


def test_an_empty_scan_has_the_schema_of_a_full_one() -> None:
    full = columns.table([Observation(stamp=FileStamp(path="/x"), scanner="xen")])
    assert columns.table([]).schema == full.schema == pa.schema(full.schema)
