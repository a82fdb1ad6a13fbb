"""Runs queries within limits, and gives their rows in types that every output format can show."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import duckdb

from vhost.errors import LimitExceeded, UsageError, is_interrupt
from vhost.sql.sandbox import problem, statements
from vhost.sql.watch import watched

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 2048

Part = TypeVar("Part")
Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds (None: as long as it needs) and MiB of memory."""

    seconds: float | None = 60.0
    memory_mib: int = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one statement: as columns and rows or, for binary formats, as a whole table.

    Both run the statement, and raise as `answers` does.
    """

    _con: duckdb.DuckDBPyConnection
    _statement: duckdb.Statement
    _values: Parameters | None
    _work: _Work

    def rows(self) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """Return columns, and rows of text, numbers, booleans, lists, mappings and None; times are ISO 8601 in UTC."""
        self._work.within(lambda: self._con.execute(self._statement, self._values))
        return tuple(column[0] for column in self._con.description or ()), self._fetched()

    def _fetched(self) -> Iterator[tuple[Any, ...]]:
        while chunk := self._work.within(lambda: self._con.fetchmany(_CHUNK)):
            yield from (tuple(map(plain, row)) for row in chunk)

    def table(self) -> pa.Table:
        """Return an Arrow table."""
        values: Any = self._values  # by name, which the type stub does not know
        found: pa.Table = self._work.within(lambda: self._con.sql(self._statement, params=values).to_arrow_table())
        return found


def answers(
    con: duckdb.DuckDBPyConnection,
    text: str,
    limits: Limits,
    *,
    where: str = "sql",
    parameters: Parameters | None = None,
) -> Iterator[Answer]:
    """Return the answer of each statement of a text; an answer must be taken before the next one is asked for.

    Raises `UsageError` for what is wrong in `where`, `LimitExceeded` where time or memory run out.
    """
    for statement in statements(con, text, where):
        wanted = {name: value for name, value in (parameters or {}).items() if name in statement.named_parameters}
        missing = sorted(statement.named_parameters - set(wanted))
        if missing:
            raise UsageError(where, f"the parameter ${missing[0]} has no value")
        yield Answer(con, statement, wanted or None, _Work(con, limits, where))


class _Work:
    """The work on one statement: its time began when this was made, and all its parts share it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, limits: Limits, where: str) -> None:
        self.con = con
        self.limits = limits
        self.where = where
        self.late = threading.Event()
        self.until = None if limits.seconds is None else monotonic() + limits.seconds

    def within(self, part: Callable[[], Part]) -> Part:
        """Return what a part of the work returns; break off what takes too long, and name whatever goes wrong."""
        if self.until is not None and self.until <= monotonic():
            raise self._overdue()
        try:
            with watched(self.con, self.until, self.late):
                return part()
        except duckdb.OutOfMemoryException as error:
            advice = "allow more with --limit-memory, or ask for less"
            raise LimitExceeded(self.where, f"needed more than {self.limits.memory_mib} MiB", advice) from error
        except (duckdb.Error, RuntimeError) as error:  # the client passes some interrupts on as RuntimeError
            raise self._named(error) from error

    def _named(self, error: duckdb.Error | RuntimeError) -> BaseException:
        if self.late.is_set():
            return self._overdue()
        if isinstance(error, duckdb.InterruptException) or is_interrupt(error):
            return KeyboardInterrupt()
        return UsageError(self.where, problem(error)) if isinstance(error, duckdb.Error) else error

    def _overdue(self) -> LimitExceeded:
        return LimitExceeded(self.where, f"took longer than {self.limits.seconds:g} s", "allow more with --timeout")


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever SQL has a type for
    """Return a value as text, number, boolean, list, mapping or None."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has neither infinity nor NaN
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=None).isoformat()}Z"
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    return _scalar(value)


def _scalar(value: object) -> str | int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    return str(value)
