"""The tables of a snapshot and the columns of a segment, all derived from `vhost.record`.

The SQL normal forms here are the ones of `vhost.normal`; a property test holds the two together.
Nothing in here runs SQL: it is text for `vhost.cache`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vhost.record import FIELDS, Field


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name, DuckDB type and meaning."""

    name: str
    type: str
    meaning: str


_SQL_TYPES = {"integer": "INTEGER"}

CANONICAL: tuple[Column, ...] = tuple(
    Column(field.column, _SQL_TYPES.get(field.kind, "VARCHAR"), field.meaning) for field in FIELDS
)
"""The 47 canonical columns with typed values in normal form; unknown is NULL."""

PROVENANCE: tuple[Column, ...] = (
    Column("scan_id", "VARCHAR", "the scan that made the claim"),
    Column("scanner", "VARCHAR", "the format or method that read it"),
    Column("source_host", "VARCHAR", "the host that did the scan"),
    Column("path", "VARCHAR", "the file the claim stands in"),
    Column("mount", "VARCHAR", "the file system: server:export, or a local one"),
    Column("device", "UBIGINT", "the device number of the file"),
    Column("inode", "UBIGINT", "the inode number of the file"),
    Column("size", "BIGINT", "the size of the file in bytes"),
    Column("mtime", "TIMESTAMP_NS", "when the file was changed (UTC)"),
    Column("content_hash", "VARCHAR", "a hash of the content of the file"),
    Column("seen_at", "TIMESTAMP", "when the claim was seen (UTC)"),
    Column("observer", "VARCHAR", "the machine-id of the host that did the scan"),
    Column("part", "USMALLINT", "the number of the machine in its file, from 0"),
    Column("stale", "BOOLEAN", "carried on from an earlier scan, because its place could not be read"),
)
"""Where and when a claim was seen; every claim table ends with these."""

DISK = "STRUCT(target VARCHAR, source VARCHAR, format VARCHAR, readonly BOOLEAN, exclusive BOOLEAN)"
CONFLICT = 'STRUCT("column" VARCHAR, kept VARCHAR, kept_from VARCHAR, other VARCHAR, other_from VARCHAR)'

SEGMENT: tuple[Column, ...] = (
    Column("line", "VARCHAR", "the MACHINE line; NULL for a file that holds no machine"),
    *CANONICAL,
    *PROVENANCE,
    Column("disks", f"{DISK}[]", "the disks of the machine, on its first record"),
    Column("conflicts", f"{CONFLICT}[]", "where the configuration contradicts itself, on its first record"),
    Column("finding", "VARCHAR", "what was wrong with the file or place"),
)
"""The columns of a segment of machine claims."""

MACHINE: tuple[Column, ...] = (
    *CANONICAL,
    *PROVENANCE,
    Column("line", "VARCHAR", "the MACHINE line as its source spells it, with an empty INDEX"),
    Column("repeated", "BOOLEAN", "an earlier record has the same line"),
    Column(
        "tcp_from", "VARCHAR", "kind and source of the binding that filled `tcp`; NULL where the claim itself says it"
    ),
    Column("netname_from", "VARCHAR", "kind and source of what filled `netname`; NULL where the claim itself says it"),
    Column("machine_id", "VARCHAR", "the machine that the claim is about; the same for all claims of one machine"),
)

CHILD_KEY = ("scan_id", "path", "part")

IDENTIFYING = ("pm", "type", "label", "id", "uuid", "mac", "tcp", "netname")
"""The columns by which people name a machine."""

OWN_NETNAME = "CASE WHEN netname_from IS NULL THEN netname END"
"""SQL of the NETNAME that a claim says itself; one that follows from MAC or address makes no collision of its own."""

TABLES: dict[str, tuple[Column, ...]] = {
    "machine": MACHINE,
    "disk": (
        *(column for column in PROVENANCE if column.name in CHILD_KEY),
        Column("target", "VARCHAR", "what the guest calls the disk"),
        Column("source", "VARCHAR", "the file or device behind it"),
        Column("format", "VARCHAR", "raw, qcow2, vmdk, ..."),
        Column("readonly", "BOOLEAN", "the guest cannot write to it"),
        Column("exclusive", "BOOLEAN", "two running machines may not share it"),
    ),
    "conflict": (
        *(column for column in PROVENANCE if column.name in CHILD_KEY),
        Column("column", "VARCHAR", "the canonical column that is contradicted"),
        Column("kept", "VARCHAR", "the value that stands in the record"),
        Column("kept_from", "VARCHAR", "who says so"),
        Column("other", "VARCHAR", "the value that does not"),
        Column("other_from", "VARCHAR", "who says that"),
    ),
    "binding": (
        Column("name", "VARCHAR", "the host name"),
        Column("mac", "VARCHAR", "the MAC in normal form"),
        Column("ip", "VARCHAR", "the IP address in normal form"),
        Column("source_kind", "VARCHAR", "dhcpd, dnsmasq, ethers, arp, macmap, ..."),
        Column("source", "VARCHAR", "the file, server or interface that says so"),
        Column("segment", "VARCHAR", "the VLAN or interface, where known"),
        Column("expires_at", "TIMESTAMP", "when a lease ends (UTC)"),
        *PROVENANCE,
        Column("line", "VARCHAR", "the name;MAC;IP line as its source spells it"),
        Column("number", "INTEGER", "the number of the line in its source, from 1"),
    ),
    "dns": (
        Column("owner", "VARCHAR", "the name that was asked for"),
        Column("type", "VARCHAR", "A, AAAA, PTR, CNAME, ..."),
        Column("value", "VARCHAR", "the answer; NULL where the name or type does not exist"),
        Column("ttl", "INTEGER", "seconds the answer holds"),
        Column("server", "VARCHAR", "the server that answered"),
        Column("zone", "VARCHAR", "the zone it was found in"),
        Column("serial", "UBIGINT", "the serial number of that zone"),
        *PROVENANCE,
    ),
    "guest": (
        Column("host", "VARCHAR", "the host that runs it"),
        Column("type", "VARCHAR", "the session type"),
        Column("label", "VARCHAR", "the name the hypervisor gives it"),
        Column("id", "VARCHAR", "the hypervisor's own number or path of it"),
        Column("uuid", "VARCHAR", "its UUID in normal form"),
        Column("macs", "VARCHAR[]", "its MACs in normal form"),
        Column("state", "VARCHAR", "running, paused, shut off, ..."),
        Column("config_path", "VARCHAR", "the configuration it was started from"),
        Column("vnc_port", "INTEGER", "the TCP port of its console"),
        *PROVENANCE,
    ),
    "history": (
        Column("at", "TIMESTAMP", "when it was published (UTC)"),
        Column("event", "VARCHAR", "appeared, changed or vanished"),
        Column("machine_id", "VARCHAR", "the machine"),
        Column("label", "VARCHAR", "its label then; of a vanished machine, the last one"),
        Column("type", "VARCHAR", "its session type"),
        Column("uuid", "VARCHAR", "its UUID"),
        Column("vmstate", "VARCHAR", "its VMSTATE"),
        Column("vram", "INTEGER", "its memory in MiB"),
        Column("vcpu", "INTEGER", "its virtual CPUs"),
        Column("hosts", "VARCHAR[]", "the PMs that see it"),
        Column("paths", "VARCHAR[]", "the paths of its configuration"),
        Column("macs", "VARCHAR[]", "its MACs"),
        Column("addresses", "VARCHAR[]", "its IP addresses"),
        Column("changes", 'STRUCT("column" VARCHAR, "old" VARCHAR, "new" VARCHAR)[]', "what a change changed"),
        Column("replaces", "VARCHAR", "the machine_id it had before its file was replaced by a new one"),
    ),
    "moved": (
        Column("machine_id", "VARCHAR", "the machine of the file that vanished"),
        Column("pm", "VARCHAR", "the PM that saw it"),
        Column("path", "VARCHAR", "where it was"),
        Column("content_hash", "VARCHAR", "what it held"),
        Column("seen_at", "TIMESTAMP", "when it was last seen there (UTC)"),
        Column("gone_at", "TIMESTAMP", "when a scan missed it there (UTC)"),
        Column("new_machine_id", "VARCHAR", "the machine of the file with the same content that appeared elsewhere"),
        Column("new_pm", "VARCHAR", "the PM that sees that"),
        Column("new_path", "VARCHAR", "where it is"),
    ),
    "scan": (
        Column("scan_id", "VARCHAR", "the scan"),
        Column("scan_key", "VARCHAR", "the place and view that was scanned"),
        Column("kind", "VARCHAR", "machine, binding, dns or guest"),
        Column("source", "VARCHAR", "the segment or old file that holds its claims"),
        Column("observer", "VARCHAR", "the machine-id of the host that did the scan"),
        Column("source_host", "VARCHAR", "the name of that host"),
        Column("as_host", "VARCHAR", "the PM whose view it is"),
        Column("root", "VARCHAR", "the path, network or server that was asked"),
        Column("seen_at", "TIMESTAMP", "when it began (UTC)"),
        Column("partial", "BOOLEAN", "some places could not be read"),
    ),
    "finding": (
        Column("scan_id", "VARCHAR", "the scan"),
        Column("path", "VARCHAR", "the place"),
        Column("problem", "VARCHAR", "what was wrong with it"),
    ),
    "meta": (
        Column("key", "VARCHAR", "what is stated"),
        Column("value", "VARCHAR", "the statement"),
    ),
}
"""Every table of a snapshot."""

_OF_MACHINE = ("machine_id", "index", "scan_id", "path", "part", *IDENTIFYING, "vmstate", "mount", "inode")
_OF_MACHINE_SEEN = ("content_hash", "source_host", "observer", "seen_at", "stale", "repeated")

VIEWS: dict[str, tuple[Column, ...]] = {
    "machine_identity": tuple(
        next(column for column in MACHINE if column.name == name) for name in (*_OF_MACHINE, *_OF_MACHINE_SEEN)
    ),
}
"""Every view of a snapshot: the columns it takes from the table `machine`."""


def view(schema: str, name: str) -> str:
    """Return the CREATE VIEW statement of one view; it finds its table in the database that it stands in."""
    return f"CREATE VIEW {quoted(schema)}.{quoted(name)} AS {view_select(name)}"


def view_select(name: str) -> str:
    """Return the SELECT statement of one view."""
    return f"SELECT {names(VIEWS[name])} FROM machine"


def quoted(name: str) -> str:
    """Return an SQL identifier that may be a reserved word."""
    return '"' + name.replace('"', '""') + '"'


def names(columns: tuple[Column, ...]) -> str:
    """Return the names of the columns as an SQL list."""
    return ", ".join(quoted(column.name) for column in columns)


def ddl(schema: str, table: str) -> str:
    """Return the CREATE TABLE statement of one table of a snapshot."""
    body = ", ".join(f"{quoted(column.name)} {column.type}" for column in TABLES[table])
    return f"CREATE TABLE {quoted(schema)}.{quoted(table)} ({body})"


def typed(part: Callable[[int], str], *, forms: bool = True) -> str:
    """Return the SELECT list that makes the 47 typed columns; `part(n)` is the SQL of raw field n.

    Without `forms` addresses stay as they are spelled. To look them up materialises all rows, and loses their order.
    """
    return ", ".join(f"{_typed(field, part(field.number), forms)} AS {quoted(field.column)}" for field in FIELDS)


def _typed(field: Field, raw: str, forms: bool) -> str:  # noqa: FBT001 - passed on
    value = f"nullif({raw}, '')"
    return value if field.kind == "address" and not forms else _NORMAL[field.kind](value)


def mac_sql(value: str) -> str:
    """Return SQL for `vhost.normal.mac`, which keeps what is none as it is."""
    low = f"lower(trim({value}))"
    pairs = r"regexp_replace(regexp_replace({0}, '\.', '', 'g'), '(..)(..)(..)(..)(..)(..)', '\1:\2:\3:\4:\5:\6')"
    parts = "array_to_string(list_transform(string_split(replace({0}, '-', ':'), ':'), lambda x: lpad(x, 2, '0')), ':')"
    joined = " OR ".join(f"regexp_full_match({low}, '{_mac_shape(mark)}')" for mark in ":-")
    bare = r"[0-9a-f]{12}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}"
    return (
        f"CASE WHEN regexp_full_match({low}, '[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{5}}') THEN {low}"
        f" WHEN {joined} THEN {parts.format(low)}"
        f" WHEN regexp_full_match({low}, '{bare}') THEN {pairs.format(low)} ELSE {value} END"
    )


def _mac_shape(mark: str) -> str:
    return f"[0-9a-f]{{1,2}}({mark}[0-9a-f]{{1,2}}){{5}}"


def uuid_sql(value: str) -> str:
    """Return SQL for `vhost.normal.uuid`, which keeps what is none as it is."""
    digits = f"lower(regexp_replace({value}, '[- {{}}]', '', 'g'))"
    return f"CASE WHEN regexp_full_match({digits}, '[0-9a-f]{{32}}') THEN {digits} ELSE {value} END"


def address_sql(value: str) -> str:
    """Return SQL for `vhost.normal.address`, which keeps what is none as it is.

    Dotted quads are their own normal form; the rest is looked up in the table `address_form`, which
    the publisher fills for the few values that hold a colon, a bracket or a blank.
    """
    return f"coalesce((SELECT form FROM address_form WHERE spelling = {value}), {value})"


_NORMAL: dict[str, Callable[[str], str]] = {
    "text": lambda value: value,
    "integer": lambda value: f"TRY_CAST({value} AS INTEGER)",
    "mac": mac_sql,
    "uuid": uuid_sql,
    "address": address_sql,
}
