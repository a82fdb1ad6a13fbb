"""What the history says: which machines appeared, changed and vanished, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import duckdb

from vhost.errors import UsageError

COLUMNS = ("at", "event", "label", "host", "path", "what")

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,6})([mhdw])")

_SELECT = (
    "SELECT strftime(\"at\", '%Y-%m-%dT%H:%M:%SZ'), event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths, ', '),"
    " array_to_string(list_transform(changes, lambda one:"
    " one.column || ': ' || coalesce(nullif(one.old, ''), '-') || ' -> ' || coalesce(nullif(one.new, ''), '-')), '; ')"
    " FROM history"
)
_ORDER = ' ORDER BY "at", event, label, paths, machine_id'

_TOLD = "(event <> 'changed' OR len(changes) > 0)"
"""What is worth telling: a file that was replaced by an equal one is still the same machine."""

Event = tuple[str, ...]


def moment(text: str, now: datetime) -> datetime:
    """Return the time that a text names, in UTC without a zone: `7d` (ago), `2026-11-28`, `2026-11-28T12:00`.

    A time without a zone is local. Raises `UsageError`.
    """
    if ago := _AGO.fullmatch(text.strip()):
        try:
            return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return datetime(1, 1, 1)  # noqa: DTZ001 - before everything
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            "--since", f"{text[:80]!r} is no time", "write 7d, 12h, 2026-11-28 or 2026-11-28T12:00"
        ) from error


def since(con: duckdb.DuckDBPyConnection, begin: datetime | None) -> Iterator[Event]:
    """Return the events from a time on, oldest first; without one those of the last publish that changed anything."""
    if begin is None:
        return _events(con, f'{_TOLD} AND "at" = (SELECT max("at") FROM history WHERE {_TOLD})', [])
    return _events(con, f'{_TOLD} AND "at" >= ?', [begin])


def of_machines(con: duckdb.DuckDBPyConnection, identities: Sequence[str]) -> Iterator[Event]:
    """Return all events of some machines, oldest first, also those of the files that theirs replaced."""
    return _events(con, f"machine_id IN ({_WITH_REPLACED})", [list(identities)])


_WITH_REPLACED = (
    "WITH RECURSIVE whole(id) AS (SELECT UNNEST(?) UNION"
    " SELECT replaces FROM history JOIN whole ON machine_id = id WHERE replaces IS NOT NULL) SELECT id FROM whole"
)


def _events(con: duckdb.DuckDBPyConnection, condition: str, values: Sequence[object]) -> Iterator[Event]:
    con.execute(f"{_SELECT} WHERE {condition}{_ORDER}", values)
    while chunk := con.fetchmany(8192):
        yield from chunk
