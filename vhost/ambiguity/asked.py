"""The parts of many addresses as one table, in the spellings in which a snapshot may hold them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from vhost.address import Address, Kind, Part
from vhost.normal import address
from vhost.text import escape

PATHS: frozenset[Kind] = frozenset(("p", "b", "f"))
"""The kinds that speak of the file; those of one address have to fit the same path."""

Row = tuple[int, int, int, int, str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """An address and the spellings of the PM that it is restricted to; None: it is not restricted."""

    address: Address
    pms: tuple[str, ...] | None = None


def store(con: duckdb.DuckDBPyConnection, asked: Sequence[Asked]) -> None:
    """Make the tables `asked` (one row for each part and spelling), `asked_host` and `asked_address`.

    `part` counts the parts that may fit different interfaces of a machine, all path parts together being one;
    `sub` counts those within it, of which there are `subs`.
    """
    rows = [row for number, one in enumerate(asked) for row in _rows(number, one.address)]
    hosts = [(number, pm) for number, one in enumerate(asked) for pm in one.pms or ()]
    parts = [(number, _count(one.address), one.pms is not None) for number, one in enumerate(asked)]
    _table(con, "asked", "no INTEGER, part INTEGER, sub INTEGER, subs INTEGER, kind VARCHAR, value VARCHAR", rows)
    _table(con, "asked_host", "no INTEGER, pm VARCHAR", hosts)
    _table(con, "asked_address", "no INTEGER, parts INTEGER, hosted BOOLEAN", parts)
    if any(kind == "t" and address(value) is None for *_, kind, value in rows):
        con.execute(_BOUND)


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if rows:
        lists = ", ".join(f"UNNEST(?::{column.split()[1]}[])" for column in columns.split(", "))
        con.execute(f"INSERT INTO {name} SELECT {lists}", [list(column) for column in zip(*rows, strict=True)])


BOUND_NAMES = """
    SELECT lower(rtrim(name, '.')) AS name, ip FROM binding WHERE name IS NOT NULL AND ip IS NOT NULL
    UNION SELECT lower(rtrim(owner, '.')), value FROM dns WHERE type IN ('A', 'AAAA') AND value IS NOT NULL"""
"""A name stands for every address that DHCP, the macmap or DNS is known to give it, too."""

_BOUND = f"""
INSERT INTO asked SELECT DISTINCT no, part, sub, subs, kind, ip
FROM asked JOIN ({BOUND_NAMES}) AS bound ON bound.name = asked.value WHERE kind = 't'
"""


def _count(address: Address) -> int:
    return len([part for part in address.parts if part.kind not in PATHS]) + any(
        part.kind in PATHS for part in address.parts
    )


def _rows(number: int, address: Address) -> Iterator[Row]:
    paths = [part for part in address.parts if part.kind in PATHS]
    for sub, part in enumerate(paths):
        yield from ((number, 0, sub, len(paths), part.kind, value) for value in spellings(part))
    others = (part for part in address.parts if part.kind not in PATHS)
    for place, part in enumerate(others, start=1):
        yield from ((number, place, 0, 1, part.kind, value) for value in spellings(part))


def spellings(part: Part) -> Iterable[str]:
    """Return how a snapshot may spell the values of a part: escaped as in a record, or as an old file has them."""
    plain = [*part.values, *(map(_tidy, part.values) if part.kind in "pb" else ())]
    spelled = [spelling for value in plain for spelling in (escape(value), value)]
    return dict.fromkeys(spelling for spelling in spelled if _is_valid(spelling))


def _tidy(path: str) -> str:
    return re.sub("^//", "/", posixpath.normpath(path))


def _is_valid(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
