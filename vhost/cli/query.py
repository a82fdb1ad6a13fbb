"""`vhost query`, and what it shares with the door `ctys-vhost`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vhost.cache.place import chosen
from vhost.cache.snapshot import opened
from vhost.cli.outcome import show, tell
from vhost.query import output, terms
from vhost.query.macros import Macros, search_path
from vhost.query.request import DEFAULT_MACRO, Request, answer, selection


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
    databases = chosen(options.databases)
    query = terms.parse(options.terms)
    mode, unique = selection(options.selection)
    if options.format is None:
        request = Request(terms=query, output=_old_output(options.output, databases), mode=mode, unique=unique)
        with opened(databases, static=options.static, hint=tell) as snapshot:
            show(answer(request, snapshot))
        return 0
    from vhost.query import typed  # noqa: PLC0415 - only a typed answer pays for it

    wanted = output.parse(options.output) if options.output else None
    with opened(databases, static=options.static, hint=tell) as snapshot:
        show(typed.lines(typed.chosen(snapshot, query, mode, wanted, unique=unique), options.format))
    return 0


def _old_output(text: str | None, databases: Sequence[Path]) -> output.Output:
    if text is None or text.upper() in {"TITLE", "TITLEIDX", "TITLEIDXASC"}:
        default = Macros(search_path(databases)).expand(DEFAULT_MACRO)
        text = f"{default},{text}" if text and text.upper() != "TITLE" else default
    return output.parse(text)
