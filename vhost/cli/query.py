"""`vhost query`, and what it shares with the door `ctys-vhost`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from vhost.answer import DEFAULT_MACRO, Request, answer, look_up, peeked
from vhost.cache.place import chosen
from vhost.cache.snapshot import Snapshot, opened
from vhost.cli.outcome import tell
from vhost.cli.writing import is_file, refuse_terminal, write, write_bytes
from vhost.query import output, selection, terms
from vhost.query.macros import Macros, search_path

Shown = Callable[[Snapshot], bool]
"""Shows the answer of a snapshot and tells whether any record matched."""


@dataclass(slots=True, kw_only=True)
class QueryOptions:
    """A query as it was typed, macros expanded; `file` is where the answer goes instead of stdout."""

    terms: Sequence[str] = field(default_factory=list)
    output: str | None = None
    selection: str = "ALL"
    databases: str | None = None
    static: bool = False
    format: str | None = None
    file: str | None = None
    exit_code: bool = False


def run_query(options: QueryOptions) -> int:
    """Answer a query and return the exit code."""
    show_it = prepared(options)
    with opened(chosen(options.databases), static=options.static, hint=tell) as snapshot:
        matched = show_it(snapshot)
    return int(options.exit_code and not matched)


def prepared(options: QueryOptions) -> Shown:
    """Return what shows the answer of a snapshot; everything that may be wrong with the options is raised here."""
    query, picked = terms.parse(options.terms), selection.parse(options.selection)
    if options.format is not None:
        return _typed(options.format, options, query, picked)
    default = partial(_default, options.databases)
    wanted = output.parse(default() if options.output is None else options.output, default)
    request = Request(terms=query, wanted=wanted, selection=picked)

    def show_it(snapshot: Snapshot) -> bool:
        answered = answer(request, snapshot, tell)
        write(answered.lines, options.file)
        return answered.matched

    return show_it


def _default(databases: str | None) -> str:
    return Macros(search_path(chosen(databases))).expand(DEFAULT_MACRO)


def _typed(form: str, options: QueryOptions, query: terms.Query, picked: selection.Selection) -> Shown:
    from vhost.query import typed  # noqa: PLC0415 - only a typed answer pays for it
    from vhost.render import typed as forms  # noqa: PLC0415 - as above

    name = forms.known(form)
    if name in forms.BINARY:
        refuse_terminal(name, options.file)
    wanted = output.parse("machine" if options.output is None else options.output, lambda: "machine")
    columns = typed.columns(wanted.output if wanted.named and options.output is not None else None)

    def show_it(snapshot: Snapshot) -> bool:
        look_up(wanted.output, query, picked.choice, snapshot, tell)
        found = typed.Typed(snapshot.con, query, columns, picked, picked.ordered(wanted.sort))
        if name in forms.BINARY:
            table = found.table()
            write_bytes(forms.encoded(name, table, seekable=is_file(options.file)), options.file)
            return bool(table.num_rows)
        rows, matched = peeked(found.rows())
        write(forms.lines(name, columns, rows), options.file)
        return matched

    return show_it
