"""`vhost query`, and what it shares with the door `ctys-vhost`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from vhost.answer import DEFAULT_MACRO, Request, answer, explained, looked_up, peeked
from vhost.cache.place import chosen
from vhost.cache.snapshot import Snapshot, opened
from vhost.cli.outcome import tell
from vhost.cli.refusing import refuse
from vhost.cli.writing import is_file, refuse_terminal, write, write_bytes
from vhost.errors import Ambiguous
from vhost.query import output, selection
from vhost.query.caching import USUAL, Caching
from vhost.query.macros import Macros, search_path
from vhost.query.narrowing import Watch

if TYPE_CHECKING:
    from vhost.cache.numbering import Arrangement
    from vhost.query.freshness import Held

Shown = Callable[[Snapshot], bool]
"""Shows the answer of a snapshot and tells whether any record matched."""


@dataclass(slots=True, kw_only=True)
class QueryOptions:
    """A query as it was typed, macros expanded.

    `file` is where the answer goes instead of stdout, `level` that of `-I`, `head` stands before the answer.
    `reasons` is that of a request.
    """

    terms: Sequence[str] = field(default_factory=list)
    output: str | None = None
    selection: str = "ALL"
    databases: str | None = None
    static: bool = False
    format: str | None = None
    file: str | None = None
    exit_code: bool = False
    cache: str | None = None
    listing: str | None = None
    input: str | None = None
    types: str | None = None
    reach: str | None = None
    cost: str | None = None
    level: str | None = None
    terse: bool = False
    age: bool = False
    refresh: bool = False
    reasons: bool = False
    head: Sequence[str] = ()


def run_query(options: QueryOptions) -> int:
    """Answer a query, or show what `-S` and `-C` ask for instead, and return the exit code."""
    asked = USUAL if options.cache is None else Caching.of(options.cache)
    if options.listing is not None or asked.instead:
        from vhost.cli.inventory import run  # noqa: PLC0415 - most calls are queries

        return run(options, asked)
    show_it = prepared(options, asked)
    code = _refreshed(options, asked) if options.refresh else 0
    if asked.rebuild:
        from vhost.cli.inventory import rebuild  # noqa: PLC0415 - as above

        rebuild(chosen(options.databases))
    with opened(
        chosen(options.databases),
        static=options.static,
        hint=tell,
        machines=not asked.only,
        arrangement=_arrangement(asked),
    ) as snapshot:
        try:
            matched = show_it(snapshot)
        except Ambiguous as error:
            return refuse(error)
        _marked(snapshot, options, asked)
    return int(options.exit_code and not matched) or code


def _refreshed(options: QueryOptions, asked: Caching) -> int:
    """Scan again what the answer rests on, and return the exit code."""
    from vhost.cli import freshness  # noqa: PLC0415 - as above

    with opened(chosen(options.databases), hint=tell) as snapshot:
        held = _held(snapshot, options, asked)
    return freshness.refresh(held, options.databases)


def _marked(snapshot: Snapshot, options: QueryOptions, asked: Caching) -> None:
    """Tell of claims of the answer that are older than the configuration allows."""
    from vhost.cli import freshness  # noqa: PLC0415 - as above

    config = freshness.configured()
    if config is not None and not asked.only and not asked.off:
        freshness.mark(_held(snapshot, options, asked), config, options.databases)


def _held(snapshot: Snapshot, options: QueryOptions, asked: Caching) -> list[Held]:
    from vhost.cli import reading  # noqa: PLC0415 - as above
    from vhost.query.freshness import of_query  # noqa: PLC0415 - as above

    return of_query(snapshot.con, reading.query(options, asked), selection.parse(options.selection).choice)


def _arrangement(asked: Caching) -> Arrangement | None:
    if not asked.off:
        return None
    from vhost.cache.numbering import Arrangement  # noqa: PLC0415 - as above

    return Arrangement(ordered=False, bound=asked.macmap)


def prepared(options: QueryOptions, asked: Caching = USUAL) -> Shown:
    """Return what shows the answer of a snapshot; everything that may be wrong with the options is raised here."""
    from vhost.cli import reading  # noqa: PLC0415 - as above

    wanted = _wanted(options)
    request = Request(
        terms=reading.query(options, asked),
        wanted=wanted,
        selection=selection.parse(options.selection),
        narrowing=reading.narrowing(options),
        reasons=options.reasons,
    )
    level = reading.level(options.level)
    tries = [replace(request, base=base) for base in reading.bases(request, asked)]
    make = partial(_drawn, options) if options.format is None else _typed(options.format, options, wanted)

    def show_it(snapshot: Snapshot) -> bool:
        matched, put = False, _nothing
        for one in tries:
            with _watched(snapshot, one, level) as watch:
                matched, put = make(one, snapshot, watch)
            if matched:
                break
        put()
        return matched

    return show_it


Made = tuple[bool, Callable[[], None]]
"""Whether any record matched, and what writes the answer."""


def _nothing() -> None:
    """Write nothing."""


@contextmanager
def _watched(snapshot: Snapshot, request: Request, level: int) -> Iterator[Watch]:
    """Give whom a query tells of its steps; hosts that are asked have a progress bar."""
    step = tell if level else None
    for directory in snapshot.directories if step else ():
        tell(f"CHECK             ={directory}")
    if request.narrowing.reach is None:
        yield Watch(hint=tell, step=step)
        return
    from vhost.progress import bar  # noqa: PLC0415 - as above

    with bar("asking hosts") as told:
        yield Watch(hint=tell, step=step, told=told)


def _wanted(options: QueryOptions) -> output.Wanted:
    if options.format is not None:
        return output.parse("machine" if options.output is None else options.output, lambda: "machine")
    default = partial(_default, options.databases)
    return output.parse(default() if options.output is None else options.output, default)


def _default(databases: str | None) -> str:
    return Macros(search_path(chosen(databases))).expand(DEFAULT_MACRO)


def _drawn(options: QueryOptions, request: Request, snapshot: Snapshot, watch: Watch) -> Made:
    answered = answer(request, snapshot, watch)
    return answered.matched, lambda: write(chain(options.head, answered.lines), options.file)


def _typed(form: str, options: QueryOptions, wanted: output.Wanted) -> Callable[[Request, Snapshot, Watch], Made]:
    from vhost.query import typed  # noqa: PLC0415 - only a typed answer pays for it
    from vhost.render import typed as forms  # noqa: PLC0415 - as above

    name = forms.known(form)
    if name in forms.BINARY:
        refuse_terminal(name, options.file)
    columns = typed.columns(wanted.output if wanted.named and options.output is not None else None)

    def make(request: Request, snapshot: Snapshot, watch: Watch) -> Made:
        picked, scope = request.selection, looked_up(request, snapshot, watch)
        found = typed.Typed(snapshot.con, request.terms, columns, picked, picked.ordered(wanted.sort), scope)
        if name in forms.BINARY:
            with explained(request, snapshot, scope):
                table = found.table()
            data = forms.encoded(name, table, seekable=is_file(options.file))
            return bool(table.num_rows), lambda: write_bytes(data, options.file)
        with explained(request, snapshot, scope):
            rows, matched = peeked(found.rows())
        return matched, lambda: write(forms.lines(name, found.columns, rows), options.file)

    return make
