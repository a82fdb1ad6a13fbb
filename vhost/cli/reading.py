"""Reads the options of a query as they were typed; each returns a value, or raises `UsageError`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vhost.errors import UsageError
from vhost.query import terms
from vhost.query.narrowing import EVERYBODY, Narrowing, types
from vhost.query.scope import MACHINES, Scope

if TYPE_CHECKING:
    from vhost.answer import Request
    from vhost.cli.query import QueryOptions
    from vhost.query.caching import Caching
    from vhost.query.hosts import Hosts


def query(options: QueryOptions, asked: Caching) -> terms.Query:
    """Return the terms: expressions, or machine addresses with `-i CTYS`; groups with `-C GROUPS`."""
    if options.input is not None:
        from vhost.query import machine_address  # noqa: PLC0415 - most queries are expressions

        if options.input.upper() != "CTYS":
            raise UsageError("-i", f"unknown keyword {options.input[:80]!r}", "known is CTYS")
        hosts = _hosts(options) if asked.groups else lambda name: (name,)
        return terms.parse(options.terms, machine_address.reader(hosts), machine_address.words)
    return terms.parse(options.terms, _grouped(options) if asked.groups else None)


def _hosts(options: QueryOptions) -> Hosts:
    from vhost.cli.groups import searched  # noqa: PLC0415 - as above
    from vhost.query.hosts import of_groups  # noqa: PLC0415 - as above

    return of_groups(searched(options.databases))


def _grouped(options: QueryOptions) -> Callable[[str], terms.Term]:
    from vhost.query.hosts import reader  # noqa: PLC0415 - as above

    return reader(_hosts(options))


def narrowing(options: QueryOptions) -> Narrowing:
    """Return what `-T`, `-x` and `-c` ask for."""
    if options.types is None and options.reach is None and options.cost is None and not options.age:
        return EVERYBODY
    from vhost.query import cost, reachability  # noqa: PLC0415 - as above

    weighed = None if options.cost is None else cost.parse(options.cost)
    if options.age and weighed == "CNT":
        raise UsageError("--age", "there is one column behind the record, for the age or the cost", "take one of them")
    return Narrowing(
        types=types(options.types or ""),
        reach=None if options.reach is None else reachability.parse(options.reach),
        cost=weighed,
        age=options.age,
    )


def level(text: str | None) -> int:
    """Return how much a query tells of its steps, 0 to 9."""
    if text is None:
        return 0
    if not (len(text) == 1 and text.isascii() and text.isdigit()):
        raise UsageError("-I", f"takes a level from 0 to 9, not {text[:80]!r}", "0 tells nothing")
    return int(text)


def bases(request: Request, asked: Caching) -> tuple[Scope, ...]:
    """Return where to look, one after the other until something is found: the macmap, the records."""
    if not asked.only and (asked.off or not asked.macmap):
        return (MACHINES,)
    from vhost.query import macmap  # noqa: PLC0415 - as above

    problem = macmap.refusal(request.wanted.output, request.terms, request.narrowing)
    if problem is not None and asked.only:
        raise problem
    if problem is not None:
        return (MACHINES,)
    return (macmap.MACMAP,) if asked.only else (macmap.MACMAP, MACHINES)
