"""A whole query as a value, and its answer: what `ctys-vhost` and `vhost query` both call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from vhost.errors import Ambiguous
from vhost.query import terms
from vhost.query.narrowing import EVERYBODY, Narrowing, Watch, scope
from vhost.query.output import Addresses, FieldList, Table, Wanted
from vhost.query.scope import MACHINES, Scope
from vhost.query.select import selected
from vhost.query.selection import EVERYTHING, Selection

if TYPE_CHECKING:
    from vhost.cache.snapshot import Snapshot
    from vhost.query.output import Output
    from vhost.render.drawing import Drawing, Row

Item = TypeVar("Item")

DEFAULT_MACRO = "macro:TAB_CTYS_VHOST_DEFAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One query: terms, selection, what narrows it, and output; `base` are the records it is about.

    With `reasons` a refusal of `-M unique` says which machines match and why; else it is one line, as of old.
    """

    terms: terms.Query = ()
    wanted: Wanted
    selection: Selection = EVERYTHING
    narrowing: Narrowing = EVERYBODY
    base: Scope = MACHINES
    reasons: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines of an answer, and whether any record is among them."""

    lines: Iterator[str]
    matched: bool


def answer(request: Request, snapshot: Snapshot, watch: Watch | None = None) -> Answer:
    """Return the answer. Raises `Ambiguous` where one distinct record was asked for and several match."""
    found = looked_up(request, snapshot, watch or Watch())
    output, selection = request.wanted.output, request.selection
    if request.narrowing.cost == "CNT" or request.narrowing.age:
        from vhost.query import cost  # noqa: PLC0415 - only `-c` and `--age` pay for it

        output = cost.shown(output, "age" if request.narrowing.age else "cost")
    drawing = _drawing(output, found)
    rows: Iterable[Row] = selected(
        snapshot.con, request.terms, selection.choice, drawing.expressions, found.split(), found.condition
    )
    if (sort := selection.ordered(request.wanted.sort)) is not None:
        from vhost.query.order import ordered  # noqa: PLC0415 - most queries keep the order of the cache

        rows = ordered(rows, sort, drawing.separator, drawing.sorted_as)
    if selection.unique:
        with explained(request, snapshot, found):
            rows = only(rows, drawing.sorted_as)
    texts, matched = peeked(_texts(drawing, rows))
    return Answer(chain(drawing.head, texts), matched)


def looked_up(request: Request, snapshot: Snapshot, watch: Watch) -> Scope:
    """Return the scope of the records that an answer shows; what it shows as IP and DNS has been asked for."""
    choice, output = request.selection.choice, request.wanted.output
    found = scope(snapshot.con, request.terms, choice, request.narrowing, watch, request.base)
    if found.looked_up is None and isinstance(output, FieldList) and (output.numeric or output.names):
        from vhost.query.names import resolve  # noqa: PLC0415 - only IP and DNS pay for it

        late = resolve(snapshot.con, request.terms, choice, found, numeric=output.numeric, names=output.names)
        if late:
            watch.hint(f"{late} names or addresses had no answer in time and are shown as unknown")
    return found


@contextmanager
def explained(request: Request, snapshot: Snapshot, found: Scope) -> Iterator[None]:
    """Let a refusal of `-M unique` name the machines whose claims match, and why they are several."""
    try:
        yield
    except Ambiguous as error:
        if not request.reasons or request.base.condition is not MACHINES.condition:  # bindings are no machines
            raise
        from vhost.ambiguity.choice import NotUnique  # noqa: PLC0415 - only a refusal pays for it
        from vhost.ambiguity.resolve import Resolver  # noqa: PLC0415 - as above

        rows = selected(
            snapshot.con, request.terms, request.selection.choice, ["machine_id"], found.rows, found.condition
        )
        machines = list(dict.fromkeys(machine for (machine,) in rows if machine))
        raise NotUnique(error, Resolver(snapshot.con), machines) from error


def only(rows: Iterable[Row], text: Callable[[Row], str]) -> list[Row]:
    """Return the one distinct record, or none. Raises `Ambiguous` where there are several."""
    distinct = {text(row): row for row in rows}
    if len(distinct) > 1:
        raise Ambiguous("-M unique", f"{len(distinct)} different records match", "show them with -M all")
    return list(distinct.values())


def _drawing(output: Output, found: Scope) -> Drawing:
    """Return the drawing of an output; each call pays for its own renderer only."""
    if isinstance(output, FieldList | Addresses):
        from vhost.render import fields  # noqa: PLC0415 - as above

        return fields.field_list(output, found.source) if isinstance(output, FieldList) else fields.addresses(output)
    if isinstance(output, Table):
        from vhost.render.table import table  # noqa: PLC0415 - as above

        return table(output)
    from vhost.render.records import records  # noqa: PLC0415 - as above

    return records(output)


def _texts(drawing: Drawing, rows: Iterable[Row]) -> Iterator[str]:
    draw = drawing.text
    if draw is not None:
        return (draw(number, row) for number, row in enumerate(rows, start=1))
    texts: Iterator[str] = map(itemgetter(0), rows)
    return texts if drawing.blanks else filter(None, texts)


def peeked(items: Iterator[Item]) -> tuple[Iterator[Item], bool]:
    """Return the items and whether there are any; the first is made now, so that what is wrong shows early."""
    for first in items:
        return chain([first], items), True
    return items, False
