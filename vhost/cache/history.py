"""History: which machines appeared, changed and vanished, publish by publish, in append-only Parquet.

    <db>/history/<first>-<last>.parquet     the events of the publishes so numbered

What a publish is compared with is not the snapshot before, which may have been deleted, but what the history itself
says last of every machine. So a publish that was killed on its way records nothing twice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb

from vhost.cache.scan import Report, brief, literal
from vhost.schema import TABLES, quoted

FOLDER = "history"
MOST_FILES = 32
"""How many files there may be before they become one."""

_FILE = re.compile(r"(\d+)-(\d+)\.parquet")
_ONE = {"label": "label", "type": "type", "uuid": "uuid", "vmstate": "vmstate", "vram": "vram", "vcpu": "vcpu"}
_MANY = {"hosts": "pm", "paths": "id", "macs": "mac", "addresses": "tcp"}
_STATE = (*_ONE, *_MANY)
_COLUMNS = ", ".join(quoted(column.name) for column in TABLES["history"])


def files(directory: Path) -> list[Path]:
    """Return the files of the history, oldest first, without those that a later one has taken in."""
    return [path for path in _files(directory) if path.is_file()]


def _files(directory: Path) -> list[Path]:
    numbered = _numbered(directory)
    ranges = [(first, last) for first, last, _ in numbered]
    return [path for first, last, path in numbered if not any(_within((first, last), other) for other in ranges)]


def _numbered(directory: Path) -> list[tuple[int, int, Path]]:
    try:
        names = os.listdir(directory / FOLDER)  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return []
    matches = [(_FILE.fullmatch(name), name) for name in names]
    return sorted((int(match[1]), int(match[2]), directory / FOLDER / name) for match, name in matches if match)


def _within(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and other[0] <= one[0] and one[1] <= other[1]


def recall(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, skipped: Report) -> None:
    """Fill the table `history` of a snapshot from the files; one that is damaged is reported and left out."""
    for path in _files(directory):
        if not path.is_file():  # a pipe would be waited for
            skipped(f"{FOLDER}/{path.name}", "is no regular file")
            continue
        try:
            con.execute(f"INSERT INTO {schema}.history SELECT {_COLUMNS} FROM read_parquet({literal(os.fspath(path))})")
        except duckdb.Error as error:
            skipped(f"{FOLDER}/{path.name}", brief(error))


def record(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, at: datetime) -> int:
    """Add what this publish changed to the table `history` and to the files, and return the number of events.

    `at` is in UTC without a zone. Raises `duckdb.Error` or `OSError`.
    """
    events = _events(con, schema)
    count = _told(con, schema, directory, events.replace("$at", f"TIMESTAMP '{at}'")) if events else 0
    for table in ("every_state", "every_known", "odd"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    with suppress(duckdb.Error):  # a damaged file, which stays and is reported by `recall`
        _compact(con, directory)
    return count


def _events(con: duckdb.DuckDBPyConnection, schema: str) -> str:
    """Return the SELECT of the events of a publish `$at` some time, empty where there are none.

    Only what differs is stored for it: most publishes change hardly anything.
    """
    state, known = _state(schema), _known(schema)
    if not con.execute(f"FROM {schema}.history LIMIT 1").fetchone():
        appears = con.execute(f"FROM {schema}.machine LIMIT 1").fetchone()
        return f"WITH every_state AS ({state}) {_FIRST}" if appears else ""
    both = f"WITH every_state AS ({state}), every_known AS ({known})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE odd AS {both} {_ODD}")
    if not con.execute("FROM odd LIMIT 1").fetchone():
        return ""
    for table, rows in (("every_state", state), ("every_known", known)):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM ({rows}) SEMI JOIN odd USING (machine_id)")
    return _EVENTS


def _told(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, events: str) -> int:
    """Write the events into a file, take them from there into the snapshot, and return how many they are."""
    path = os.fspath(_append(con, directory, events))
    rows = f"SELECT {_COLUMNS} FROM read_parquet({literal(path)})"
    (count,) = con.execute(f"INSERT INTO {schema}.history {rows}").fetchone() or (0,)
    return int(count)


def _state(schema: str) -> str:
    """Return the SELECT of what is known of every machine now."""
    one = ", ".join(f'arg_min({column}, "index") AS {name}' for name, column in _ONE.items())
    many = ", ".join(
        f"coalesce(list_sort(list(DISTINCT {column}) FILTER ({column} IS NOT NULL)), []) AS {name}"
        for name, column in _MANY.items()
    )
    single = [f"{column} AS {name}" for name, column in _ONE.items()]
    single += [f"CASE WHEN {column} IS NULL THEN [] ELSE [{column}] END AS {name}" for name, column in _MANY.items()]
    return (
        f"WITH several AS ({_several(f'{schema}.machine')})"
        f" SELECT machine_id, {', '.join(single)} FROM {schema}.machine ANTI JOIN several USING (machine_id)"
        f" UNION ALL SELECT machine_id, {one}, {many} FROM {schema}.machine SEMI JOIN several USING (machine_id)"
        " GROUP BY machine_id"
    )


_WHEN = "row(\"at\", event <> 'vanished')"
"""What orders the events of one machine_id: a file may vanish and another get its inode number in one publish."""


def _known(schema: str) -> str:
    """Return the SELECT of what the history says last of every machine that neither vanished nor was replaced."""
    names = (*_STATE, "event")
    last = ", ".join(f"(arg_max(struct_pack(v := {name}), {_WHEN})).v AS {name}" for name in names)
    columns = ", ".join(("machine_id", *_STATE))
    history = f"{schema}.history"
    return (
        f"WITH several AS ({_several(history)}),"
        f' latest AS (SELECT machine_id, "at" AS seen, {", ".join(names)} FROM {history} ANTI JOIN several'
        f' USING (machine_id) UNION ALL SELECT machine_id, max("at") AS seen, {last} FROM {history} SEMI JOIN several'
        " USING (machine_id) GROUP BY machine_id),"
        f' replaced AS (SELECT replaces AS machine_id, max("at") AS gone FROM {history}'
        " WHERE replaces IS NOT NULL GROUP BY replaces)"
        f" SELECT {columns} FROM latest LEFT JOIN replaced USING (machine_id)"
        " WHERE event <> 'vanished' AND (gone IS NULL OR gone <= seen)"
    )


def _several(table: str) -> str:
    """Return the SELECT of the machines that have several rows; the others need no aggregates, which cost the most."""
    return f"SELECT machine_id FROM {table} GROUP BY machine_id HAVING count(*) > 1"


def _text(table: str, name: str) -> str:
    return f"array_to_string({table}.{name}, ', ')" if name in _MANY else f"{table}.{name}::VARCHAR"


_DIFFERS = " OR ".join(f"state.{name} IS DISTINCT FROM known.{name}" for name in _STATE)
_CHANGES = ", ".join(
    f"CASE WHEN state.{name} IS DISTINCT FROM known.{name}"
    f" THEN {{'column': '{name}', 'old': {_text('known', name)}, 'new': {_text('state', name)}}} END"
    for name in _STATE
)
_NOTHING = '[]::STRUCT("column" VARCHAR, old VARCHAR, new VARCHAR)[] AS changes'


def _listed(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in ("machine_id", *_STATE))


_CHANGE = f"list_filter([{_CHANGES}], lambda one: one IS NOT NULL)"

_SAME = (
    "state.machine_id = known.machine_id AND (coalesce(state.label = known.label, false)"
    " OR coalesce(state.uuid = known.uuid, false) OR list_has_any(state.paths, known.paths))"
)
"""The same file, and not another one that has got its inode number."""

_ODD = (
    "SELECT coalesce(state.machine_id, known.machine_id) AS machine_id FROM every_state AS state"
    " FULL JOIN every_known AS known ON state.machine_id = known.machine_id"
    f" WHERE state.machine_id IS NULL OR known.machine_id IS NULL OR NOT coalesce({_SAME}, false) OR {_DIFFERS}"
)
"""The machines of which there may be something to say: hardly any, most of the time."""

_FIRST = (
    f"SELECT $at::TIMESTAMP AS \"at\", 'appeared' AS event, {_listed('every_state')}, {_NOTHING},"
    " NULL::VARCHAR AS replaces FROM every_state"
)
"""Where nothing was known, everything appears."""

_EVENTS = (
    "WITH state AS (FROM every_state), known AS (FROM every_known),"
    f" new AS (FROM state ANTI JOIN known ON {_SAME}), gone AS (FROM known ANTI JOIN state ON {_SAME}),"
    # an editor replaces a file by a new one: the same path on the same hosts is the machine that was there
    " again AS (SELECT new.machine_id AS id, gone.machine_id AS replaces FROM new JOIN gone USING (hosts, paths, type)"
    " QUALIFY count(*) OVER (PARTITION BY id) = 1 AND count(*) OVER (PARTITION BY gone.machine_id) = 1)"
    f" SELECT $at::TIMESTAMP AS \"at\", 'appeared' AS event, {_listed('new')}, {_NOTHING}, NULL::VARCHAR AS replaces"
    " FROM new WHERE machine_id NOT IN (SELECT id FROM again)"
    f" UNION ALL SELECT $at, 'vanished', {_listed('gone')}, {_NOTHING}, NULL"
    " FROM gone WHERE machine_id NOT IN (SELECT replaces FROM again)"
    f" UNION ALL SELECT $at, 'changed', {_listed('state')}, {_CHANGE}, replaces"
    " FROM state JOIN again ON state.machine_id = id JOIN known ON known.machine_id = replaces"
    f" UNION ALL SELECT $at, 'changed', {_listed('state')}, {_CHANGE}, NULL"
    f" FROM state JOIN known ON {_SAME} WHERE {_DIFFERS}"
)


def _append(con: duckdb.DuckDBPyConnection, directory: Path, rows: str) -> Path:
    number = max((last for _, last, _ in _numbered(directory)), default=0) + 1
    return _write(con, rows, directory, (number, number))


def _compact(con: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """Make one file of all of them when there are many, and remove what an earlier one has taken in."""
    current = files(directory)
    if len(current) > MOST_FILES:
        numbered = [(first, last) for first, last, path in _numbered(directory) if path in current]
        listed = ", ".join(literal(os.fspath(path)) for path in current)
        rows = f"FROM read_parquet([{listed}], union_by_name = true) ORDER BY ALL"
        _write(con, rows, directory, (min(numbered)[0], max(last for _, last in numbered)))
        current = files(directory)
    for _, _, path in _numbered(directory):
        if path not in current:
            path.unlink(missing_ok=True)


def _write(con: duckdb.DuckDBPyConnection, rows: str, directory: Path, numbers: tuple[int, int]) -> Path:
    folder = directory / FOLDER
    folder.mkdir(exist_ok=True)
    temporary = folder / f".{os.getpid()}.tmp"
    try:
        con.execute(
            f"COPY ({rows}) TO {literal(os.fspath(temporary))} (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 16384)"
        )
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        return temporary.rename(folder / f"{numbers[0]:08}-{numbers[1]:08}.parquet")
    finally:
        temporary.unlink(missing_ok=True)


def prune(con: duckdb.DuckDBPyConnection, directory: Path, before: datetime) -> int:
    """Remove events before a time, but for the last one of every machine that is still there; return how many.

    The caller holds the lock. Raises `duckdb.Error` or `OSError`.
    """
    current: Sequence[Path] = files(directory)
    if not current:
        return 0
    listed = ", ".join(literal(os.fspath(path)) for path in current)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM read_parquet([{listed}], union_by_name = true)"
        ' QUALIFY "at" >= $before OR (event <> \'vanished\' AND "at" = max("at") OVER (PARTITION BY machine_id))',
        {"before": before},
    )
    counts = f"SELECT (SELECT count(*) FROM read_parquet([{listed}])) - (SELECT count(*) FROM kept)"
    (removed,) = con.execute(counts).fetchone() or (0,)
    if removed:
        last = max(last for _, last, _ in _numbered(directory))
        _write(con, "FROM kept ORDER BY ALL", directory, (0, last))
        for _, _, path in _numbered(directory):
            if path not in files(directory):
                path.unlink(missing_ok=True)
    return int(removed)
