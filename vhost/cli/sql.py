"""`vhost sql` and `vhost report`, behind their options."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vhost.cache.place import chosen
from vhost.cache.snapshot import opened
from vhost.cli.outcome import failed, show, tell
from vhost.cli.writing import is_file, refuse_terminal, write, write_bytes
from vhost.errors import SourceMissing, UsageError
from vhost.sql import Answer, Limits, answers, sandboxed
from vhost.sql.report_files import Report, found, listed

TABLE = "table"
XML = "xml"
TEXT_FORMATS = (TABLE, "json", "ndjson", "csv", "markdown", "yaml", XML)
FORMATS = (*TEXT_FORMATS, "arrow", "parquet")
_BINARY = frozenset({"arrow", "parquet"})
_NESTED = frozenset({"json", "ndjson", "yaml", TABLE})
_LONGEST_FILE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlOptions:
    """How SQL is answered: format, file, limits, databases."""

    form: str | None = None
    output: str | None = None
    memory_mib: int = 1024
    seconds: float | None = 60.0
    databases: str | None = None
    static: bool = False

    @property
    def limits(self) -> Limits:
        """Return what a query may take."""
        return Limits(self.seconds, self.memory_mib)

    @property
    def format(self) -> str:
        """Return the name of the format. Raises `UsageError` for an unknown one."""
        return form_of(self.form, FORMATS)


def form_of(text: str | None, known: Sequence[str] = TEXT_FORMATS) -> str:
    """Return the name of a format, by default that of a table. Raises `UsageError` for an unknown one."""
    name = (text or TABLE).lower()
    if name not in known:
        raise UsageError("--format", f"unknown format {name[:80]!r}", f"known are {', '.join(known)}")
    return name


def run_sql(query: str | None, file: str | None, options: SqlOptions) -> int:
    """Answer a query, a file or standard input; on a terminal without any of them, a shell."""
    if query is not None and file is not None:
        raise UsageError("sql", "a query and a file were given", "leave out one of them")
    if query is None and file is None and sys.stdin is not None and sys.stdin.isatty():
        from vhost.cli.sql_shell import run_shell  # noqa: PLC0415 - only a shell pays for it

        return run_shell(options)
    where, text = _source(query, file)
    return _answered(text, options, where, {})


def _source(query: str | None, file: str | None) -> tuple[str, str]:
    if file is not None:
        return file, read_sql(Path(file))
    if query is not None and query != "-":
        return "sql", query
    if sys.stdin is None:
        raise UsageError("sql", "standard input is closed", "give the query as an argument")
    return "standard input", sys.stdin.buffer.read(_LONGEST_FILE).decode("utf-8", "replace")


def read_sql(path: Path) -> str:
    """Return the text of a file. Raises `SourceMissing` if it cannot be read, `UsageError` if it is too long."""
    try:
        with path.open("rb") as opened_file:
            data = opened_file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise SourceMissing(str(path), error.strerror or "cannot be read", "name a file with SQL") from error
    if len(data) > _LONGEST_FILE:
        raise UsageError(str(path), f"the file is larger than {_LONGEST_FILE} bytes")
    return data.decode("utf-8", "replace")


def run_report(name: str | None, given: Sequence[str], options: SqlOptions, *, show_sql: bool) -> int:
    """Answer a named report, print its SQL, or list all of them."""
    directories = chosen(options.databases)
    if name is None:
        reports, problems = listed(directories)
        write(_list(reports, options), options.output)
        return failed(problems)
    report = found(name, directories)
    if show_sql:
        show(report.text.splitlines())
        return 0
    return _answered(report.text, options, str(report.path), report.values(given))


def _list(reports: Sequence[Report], options: SqlOptions) -> Iterator[str]:
    rows = ((one.name, one.title, " ".join(map(str, one.parameters))) for one in reports)
    return lines(options.format, ("report", "shows", "parameters"), rows)


def _answered(text: str, options: SqlOptions, where: str, parameters: Mapping[str, object]) -> int:
    form = options.format
    if form in _BINARY:
        refuse_terminal(form, options.output)
    with opened(chosen(options.databases), static=options.static, hint=tell, machines=False) as snapshot:
        con = sandboxed(snapshot, options.memory_mib)
        made = answers(con, text, options.limits, where=where, parameters=parameters)
        if form in _BINARY:
            _write_binary(form, made, options.output, where)
        else:
            write(_texts(form, made), options.output)
    return 0


def _write_binary(form: str, made: Iterator[Answer], output: str | None, where: str) -> None:
    from vhost.render import typed  # noqa: PLC0415 - only binary formats pay for it

    tables = [answer.table() for answer in made]
    if len(tables) != 1:
        raise UsageError(where, f"{form} holds the answer of one statement, not of {len(tables)}")
    write_bytes(typed.encoded(form, tables[0], seekable=is_file(output)), output)


def _texts(form: str, made: Iterator[Answer]) -> Iterator[str]:
    if form == XML:
        yield from _xml(answer.rows() for answer in made)
        return
    for number, answer in enumerate(made):
        if number:
            yield ""
        yield from lines(form, *answer.rows())


def lines(form: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    """Return the lines of an answer in a format that is text."""
    if form == TABLE:
        from vhost.render.plain_table import table_lines  # noqa: PLC0415 - each format pays for itself

        return table_lines(columns, rows)
    if form == XML:
        return _xml([(columns, rows)])
    from vhost.render import typed  # noqa: PLC0415 - as above

    return typed.lines(form, columns, rows if form in _NESTED else map(_flat, rows))


def _xml(made: Iterable[tuple[Sequence[str], Iterator[tuple[object, ...]]]]) -> Iterator[str]:
    from vhost.render.xml_answers import xml_answers  # noqa: PLC0415 - as above

    return xml_answers((columns, map(_flat, rows)) for columns, rows in made)


def _flat(row: tuple[object, ...]) -> tuple[object, ...]:
    """Return a row whose lists and mappings are JSON, for formats that have none."""
    if not any(isinstance(value, list | dict) for value in row):
        return row
    import json  # noqa: PLC0415 - rows with lists only

    return tuple(json.dumps(value) if isinstance(value, list | dict) else value for value in row)
