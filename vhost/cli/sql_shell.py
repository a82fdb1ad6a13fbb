"""The SQL shell: what `vhost sql` is on a terminal.

A statement ends with `;` and may span lines. Lines that begin with a point are commands of the shell.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, WordCompleter, merge_completers
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from vhost.cache.place import chosen
from vhost.cache.snapshot import opened
from vhost.cli import ending
from vhost.cli.outcome import failed, show, tell
from vhost.cli.sql import TEXT_FORMATS, SqlOptions, lines
from vhost.cli.writing import write
from vhost.errors import UsageError, VhostError
from vhost.sql import answers, catalog, sandboxed
from vhost.sql.report_files import found, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEYWORDS = """
SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT DISTINCT JOIN LEFT USING ON AND OR NOT IN IS NULL LIKE BETWEEN
COUNT SUM MIN MAX AVG UNION ALL WITH AS CASE WHEN THEN ELSE END DESC EXCEPT INTERSECT EXISTS DESCRIBE SUMMARIZE
"""

_WORD = re.compile("([A-Za-z0-9_]+)")


class Shell:
    """One session: the locked connection, and how answers are shown."""

    def __init__(self, con: duckdb.DuckDBPyConnection, options: SqlOptions) -> None:
        self.con = con
        self.options = options
        self.commands: dict[str, tuple[Callable[[Sequence[str]], bool | None], str]] = {
            ".help": (self._help, "these commands"),
            ".tables": (self._tables, "[TABLE...] the tables and views, or the columns of some"),
            ".schema": (self._schema, "[TABLE...] the tables as CREATE statements"),
            ".mode": (self._mode, f"[FORMAT] how answers are shown: {', '.join(TEXT_FORMATS)}"),
            ".export": (self._export, "FILE QUERY: write an answer into a file, in the format of .mode"),
            ".report": (self._report, "[NAME [PARAMETER=VALUE...]] a named report, or the list of them"),
            ".quit": (lambda _: True, "end (or Ctrl-D)"),
        }

    def take(self, text: str) -> bool:
        """Answer one input and tell whether the session ends; what is wrong with it is one line on stderr."""
        try:
            return self._command(text) if text.startswith(".") else self._query(text)
        except VhostError as error:
            tell(str(error))
        except KeyboardInterrupt:
            if ending.asked():
                raise
            tell("interrupted")
        return False

    def _query(self, text: str) -> bool:
        for answer in answers(self.con, text, self.options.limits):
            show(lines(self.options.format, *answer.rows()))
        return False

    def _command(self, text: str) -> bool:
        name, _, rest = text.partition(" ")
        if name not in self.commands:
            raise UsageError(name, "no such command", ".help names them")
        return bool(self.commands[name][0](_words(rest) if name != ".export" else rest.split(None, 1)))

    def _help(self, _: Sequence[str]) -> None:
        show([f"{name:8} {meaning}" for name, (_, meaning) in self.commands.items()])
        show(["         anything else is SQL and ends with a semicolon"])

    def _tables(self, names: Sequence[str]) -> None:
        if names:
            for name in names:
                self._query(catalog.described(name))
            return
        show(catalog.tables(self.con))

    def _schema(self, names: Sequence[str]) -> None:
        statements = catalog.definitions(self.con)
        known = {name for name, _ in statements}
        for name in names:
            if name not in known:
                raise UsageError(".schema", f"no such table: {name!r}", ".tables lists them")
        show(sql for name, sql in statements if not names or name in names)

    def _mode(self, words: Sequence[str]) -> None:
        if words:
            chosen_options = replace(self.options, form=words[0])
            if chosen_options.format not in TEXT_FORMATS:
                raise UsageError(".mode", f"{words[0]} is binary", "use vhost sql --format with --output")
            self.options = chosen_options
        show([self.options.format])

    def _export(self, words: Sequence[str]) -> None:
        if len(words) != 2:
            raise UsageError(".export", "a file and a query are needed", ".export machines.csv SELECT * FROM machine")
        for answer in answers(self.con, words[1].rstrip("; "), self.options.limits):
            write(lines(self.options.format, *answer.rows()), words[0])

    def _report(self, words: Sequence[str]) -> None:
        databases = chosen(self.options.databases)
        if not words:
            reports, problems = listed(databases)
            show(f"{one.name:16} {one.title}" for one in reports)
            failed(problems)
            return
        report = found(words[0], databases)
        values = report.values(words[1:])
        for answer in answers(self.con, report.text, self.options.limits, where=report.name, parameters=values):
            show(lines(self.options.format, *answer.rows()))


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError("sql", f"{text[:80]!r}: {error}", "close the quotation mark") from error


def run_shell(options: SqlOptions) -> int:
    """Read and answer until the user has enough."""
    with opened(chosen(options.databases), static=options.static, hint=tell, machines=False) as snapshot:
        shell = Shell(sandboxed(snapshot, options.memory_mib), options)
        session = _session(shell)
        for text in _inputs(session):
            if shell.take(text):
                break
    return 0


def _inputs(session: PromptSession[str]) -> Iterator[str]:
    while True:
        try:
            text = session.prompt("vhost> ").strip()
        except KeyboardInterrupt:  # Ctrl-C drops what was typed, as in every shell
            if ending.asked():
                raise
            continue
        except EOFError:
            return
        if text.strip(";"):
            yield text


def _session(shell: Shell, **more: Any) -> PromptSession[str]:
    session: PromptSession[str] = PromptSession(
        history=_history(),
        completer=completer(shell),
        auto_suggest=AutoSuggestFromHistory(),
        lexer=PygmentsLexer(SqlLexer),
        multiline=Condition(lambda: not complete(session.default_buffer.text)),
        prompt_continuation="  ...> ",
        **more,
    )
    return session


def complete(text: str) -> bool:
    """Tell whether Enter ends the input: a command of the shell, nothing at all, or a statement with its `;`."""
    stripped = text.strip()
    return not stripped or stripped.startswith(".") or stripped.endswith(";")


def completer(shell: Shell) -> Completer:
    """Return what completes commands, tables, columns and the commonest words of SQL."""
    words = [*catalog.tables(shell.con), *catalog.columns(shell.con), *_KEYWORDS.split()]
    return merge_completers(
        [
            WordCompleter(list(shell.commands), sentence=True),
            WordCompleter(list(dict.fromkeys(words)), ignore_case=True, pattern=_WORD),
        ]
    )


def _history() -> History:
    """Return the history in the user's state directory, or one in memory where that cannot be written."""
    try:
        path = user_state_path("vhost", appauthor=False) / "sql_history"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where the user's home is
        return InMemoryHistory()
    return FileHistory(path)
