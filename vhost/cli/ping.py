"""Checks of hosts: what `vhost ping` and the door `ctys-vping` both call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vhost.access.check import Checked, Manner, checked
from vhost.access.targets import targets
from vhost.cache.place import chosen
from vhost.cli.outcome import tell
from vhost.cli.rows import Columns, Row, form, write_rows
from vhost.cli.writing import write
from vhost.errors import DatabaseMissing, MacmapMissing, SourceMissing, UsageError
from vhost.groups import Groups, search_path
from vhost.home import login
from vhost.progress import bar
from vhost.render import pings

if TYPE_CHECKING:
    import duckdb

_COLUMNS: Final[Columns] = {
    "target": "string",
    "host": "string",
    "user": "string",
    "ping": "bool",
    "ssh": "bool",
    "milliseconds": "int32",
    "entry": "string",
    "problem": "string",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A check as it was typed.

    `unchecked` only lists the hosts, `machines` shows PMs in the terse line, `bare` looks nothing up in databases,
    `listed` shows the words of the call, `grouped` puts hosts below their groups.
    """

    words: Sequence[str]
    manner: Manner = field(default_factory=Manner)
    database: str | None = None
    terse: bool = False
    machines: bool = False
    bare: bool = False
    unchecked: bool = False
    listed: bool = False
    grouped: bool = False
    format: str | None = None
    file: str | None = None
    exit_code: bool = False


def run(ping: Ping) -> int:
    """Check, show and return the exit code."""
    if not ping.words:
        raise UsageError("ping", "no host is named", "name hosts, addresses, groups or machines (l:LABEL)")
    typed = form(ping.format, ping.file)
    with _opened(ping) as con:
        wanted = targets(ping.words, Groups(search_path(chosen(ping.database))), con)
    if ping.unchecked:
        found = [Checked(one) for one in wanted]
    else:
        with bar("asking") as progress:
            found = checked(wanted, ping.manner, progress)
    if typed is not None:
        write_rows(typed, _COLUMNS, _rows(found), ping.file)
    else:
        _show(ping, found)
    return int(ping.exit_code and not all(one.passed for one in found))


@contextmanager
def _opened(ping: Ping) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Give the databases of a call, None where none is wanted, or none is named and the user has none."""
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - --help needs no database

    with ExitStack() as stack:
        try:
            wanted = None if ping.bare else opened(chosen(ping.database), hint=tell, machines=False)
            con = None if wanted is None else stack.enter_context(wanted).con
        except (DatabaseMissing, MacmapMissing, SourceMissing):
            if ping.database is not None:
                raise
            con = None
        yield con


def _show(ping: Ping, found: Sequence[Checked]) -> None:
    if ping.terse:
        passed = [Checked(one.target, ping=True) for one in found] if ping.unchecked else found
        write([pings.terse(passed, machines=ping.machines)], ping.file)
        return
    manner = ping.manner
    user = manner.user or login()
    colour = ping.file is None and pings.coloured()
    body = pings.lines(found, manner.parallel, grouped=ping.grouped, colour=colour)
    lines = [*pings.head(ssh=manner.ssh, user=user, words=ping.words if ping.listed else ()), *body, ""]
    write(lines, ping.file)
    for one in found:
        if one.problem and one.target.problem:
            tell(f"{one.target.word}: {one.problem}")


def _rows(found: Sequence[Checked]) -> Iterator[Row]:
    for one in found:
        target = one.target
        milliseconds = None if one.seconds is None else round(one.seconds * 1000)
        known = (target.word, target.host or None, target.user, one.ping, one.ssh, milliseconds, target.entry)
        yield *known, one.problem or None


def number(program: str, option: str, text: str, most: int) -> int:
    """Return the number from 1 to `most` that an option takes. Raises `UsageError`."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise UsageError(program, f"{option} takes a number from 1 to {most}, not {text[:40]!r}")
    return int(text)
