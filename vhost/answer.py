"""A whole query as a value, and its answer: what `ctys-vhost` and `vhost query` both call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from vhost.errors import Ambiguous, UsageError
from vhost.query import terms
from vhost.query.output import FieldList, Output
from vhost.query.select import Mode, select

if TYPE_CHECKING:
    from vhost.cache.snapshot import Snapshot

DEFAULT_MACRO = "macro:TAB_CTYS_VHOST_DEFAULT"
_MODES: dict[str, Mode] = {"ALL": "ALL", "FIRST": "FIRST", "LAST": "LAST", "COMPLEMENT": "COMPLEMENT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One query: terms, selection and output."""

    terms: terms.Query = ()
    output: Output
    mode: Mode = "ALL"
    unique: bool = False


def selection(text: str) -> tuple[Mode, bool]:
    """Return mode and uniqueness of an `-M` argument. Raises `UsageError` for an unknown keyword."""
    mode: Mode = "ALL"
    unique = False
    for word in filter(None, text.upper().split(",")):
        if word == "UNIQUE":
            unique = True
        elif word in _MODES:
            mode = _MODES[word]
        else:
            raise UsageError("-M", f"unknown keyword {word!r}", f"known are {', '.join([*_MODES, 'UNIQUE'])}")
    return mode, unique


def answer(request: Request, snapshot: Snapshot) -> Iterator[str]:
    """Return the lines of the answer. Raises `Ambiguous` where one distinct record was asked for and several match."""
    selected = select(snapshot.con, request.terms, request.mode)
    head, records = _rendered(request.output, selected.rows)
    if not request.unique:
        return chain(head, records)
    distinct = sorted(set(records))
    if len(distinct) > 1:
        raise Ambiguous("-M unique", f"{len(distinct)} different records match", "show them with -M all")
    return chain(head, distinct)


def _rendered(output: Output, rows: Sequence[tuple[object, ...]]) -> tuple[list[str], Iterator[str]]:
    if isinstance(output, FieldList):
        from vhost.render import fields  # noqa: PLC0415 - each call pays for its own renderer only

        return fields.head(output), fields.records(output, rows)
    from vhost.render import table  # noqa: PLC0415 - as above

    return table.head(output), table.records(output, rows)
