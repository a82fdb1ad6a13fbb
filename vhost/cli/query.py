"""`vhost query`, and what it shares with the door `ctys-vhost`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vhost.answer import DEFAULT_MACRO, Request, answer, selection
from vhost.cache.place import chosen
from vhost.cache.snapshot import Snapshot, opened
from vhost.cli.outcome import show, tell
from vhost.query import output, terms
from vhost.query.macros import Macros, search_path


@dataclass(slots=True, kw_only=True)
class QueryOptions:
    """A query as it was typed, macros expanded."""

    terms: Sequence[str] = field(default_factory=list)
    output: str | None = None
    selection: str = "ALL"
    databases: str | None = None
    static: bool = False
    format: str | None = None


def run_query(options: QueryOptions) -> int:
    """Answer a query on stdout and return the exit code."""
    show_it = prepared(options)
    with opened(chosen(options.databases), static=options.static, hint=tell) as snapshot:
        show_it(snapshot)
    return 0


def prepared(options: QueryOptions) -> Callable[[Snapshot], None]:
    """Return what shows the answer of a snapshot; everything that may be wrong with the options is raised here."""
    query = terms.parse(options.terms)
    mode, unique = selection(options.selection)
    if options.format is None:
        wanted = _old_output(options.output, chosen(options.databases))
        request = Request(terms=query, output=wanted, mode=mode, unique=unique)
        return lambda snapshot: show(answer(request, snapshot))
    from vhost.query import typed  # noqa: PLC0415 - only a typed answer pays for it
    from vhost.render.typed import form  # noqa: PLC0415 - as above

    columns = output.parse(options.output) if options.output else None
    shown = form(options.format)
    return lambda snapshot: show(shown(typed.chosen(snapshot, query, mode, columns, unique=unique)))


def _old_output(text: str | None, databases: Sequence[Path]) -> output.Output:
    if text is None or text.upper() in {"TITLE", "TITLEIDX", "TITLEIDXASC"}:
        default = Macros(search_path(databases)).expand(DEFAULT_MACRO)
        text = f"{default},{text}" if text and text.upper() != "TITLE" else default
    return output.parse(text)
