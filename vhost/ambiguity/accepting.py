"""Takes the collisions that an accept file names out of an audit, and says which entries do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from vhost import normal
from vhost.address import Address, parse
from vhost.ambiguity.acceptfile import Entry
from vhost.ambiguity.audit import Audit
from vhost.ambiguity.resolve import Resolver
from vhost.errors import UsageError
from vhost.text import escape

_IDENTITY = re.compile("[0-9a-f]{16}")
_FORMS = {"uuid": normal.uuid, "mac": normal.mac, "tcp": normal.address}

_VALUES = "SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS value"
_MACHINES = "SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS machine_id"
_MEANT = """
CREATE OR REPLACE TEMP TABLE meant_entry AS
WITH wanted AS (SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS cause,
    unnest(?::BOOLEAN[]) AS valued, unnest(?::BOOLEAN[]) AS named),
named_machine AS (SELECT DISTINCT number, machine_id FROM accepted_machine),
by_value AS (SELECT entry, number FROM listed JOIN accepted_value USING (value) JOIN wanted USING (number, key)
    WHERE listed.cause = coalesce(wanted.cause, listed.cause)),
candidate AS (SELECT entry, number, ids FROM listed JOIN named_machine ON ids[1] = machine_id
    JOIN wanted USING (number, key) WHERE listed.cause = coalesce(wanted.cause, listed.cause)),
by_machines AS (SELECT entry, number FROM candidate JOIN (
        SELECT number, list(machine_id) AS all_named FROM named_machine GROUP BY number) USING (number)
    WHERE list_has_all(all_named, ids))
SELECT entry, number FROM wanted
    JOIN (FROM by_value UNION SELECT entry, number FROM by_machines JOIN wanted USING (number) WHERE NOT valued)
    USING (number) WHERE NOT (valued AND named) OR (entry, number) IN (SELECT (entry, number) FROM by_machines)
"""
"""The collisions that the entries mean: of their value, or of no other machines than theirs, or both."""

_ACCEPT = """
INSERT INTO accepted SELECT entry, reason FROM meant_entry
JOIN (SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS reason) USING (number)
QUALIFY row_number() OVER (PARTITION BY entry ORDER BY number) = 1
"""


def accept(audit: Audit, entries: Sequence[Entry], today: date) -> list[str]:
    """Accept what entries mean that have not expired; return a line for each entry that is of no use."""
    unclear = _prepare(audit, entries)
    named = [bool(one.machines) for one in entries]
    facts = [[one.key for one in entries], [one.cause for one in entries], [one.value is not None for one in entries]]
    audit.con.execute(_MEANT, [[*range(len(entries))], *facts, named])
    valid = [(number, one.reason) for number, one in enumerate(entries) if one.expires >= today]
    audit.con.execute(_ACCEPT, [[number for number, _ in valid], [reason for _, reason in valid]])
    meant = {number for (number,) in audit.con.execute("SELECT DISTINCT number FROM meant_entry").fetchall()}
    return [
        f"{one.where}: {said}"
        for number, one in enumerate(entries)
        for said in _said(one, number, meant, unclear, today)
    ]


def _said(one: Entry, number: int, meant: set[int], unclear: Mapping[int, str], today: date) -> Iterator[str]:
    """Yield what a user should know of an entry."""
    if one.expires < today:
        rest = "renew or remove it" if number in meant else "and no collision is like that any more, remove it"
        yield f"expired on {one.expires}: {one}; {rest}"
    elif number in unclear:
        yield f"{unclear[number]}; correct or remove it"
    elif number not in meant:
        yield f"no collision is like that: {one}; correct or remove it"


def _prepare(audit: Audit, entries: Sequence[Entry]) -> dict[int, str]:
    """Make the tables of values and machines; return, by the number of an entry, why a machine of it is unclear."""
    values = [(number, value) for number, one in enumerate(entries) for value in _spellings(one)]
    audit.con.execute(f"CREATE OR REPLACE TEMP TABLE accepted_value AS {_VALUES}", _columns(values))
    machines, unclear = _named(Resolver(audit.con), entries)
    audit.con.execute(f"CREATE OR REPLACE TEMP TABLE accepted_machine AS {_MACHINES}", _columns(machines))
    return unclear


def _columns(pairs: Sequence[tuple[int, str]]) -> list[list[object]]:
    return [[number for number, _ in pairs], [value for _, value in pairs]]


def _spellings(one: Entry) -> Iterator[str]:
    """Yield the value as a snapshot may hold it: as it is, escaped, in normal form."""
    if one.value is not None:
        form = _FORMS.get(one.key, str)(one.value)
        yield from dict.fromkeys([one.value, escape(one.value), *([form] if form else [])])


def _named(resolver: Resolver, entries: Sequence[Entry]) -> tuple[list[tuple[int, str]], dict[int, str]]:
    machines: list[tuple[int, str]] = []
    unclear: dict[int, str] = {}
    asked = [(number, text) for number, one in enumerate(entries) for text in one.machines]
    machines += [(number, text) for number, text in asked if _IDENTITY.fullmatch(text)]
    written = [(number, text) for number, text in asked if not _IDENTITY.fullmatch(text)]
    addresses = [_parsed(entries[number].where, text) for number, text in written]
    for (number, text), answer in zip(written, resolver.answers(addresses), strict=True):
        if answer.machine_id is not None:
            machines.append((number, answer.machine_id))
        else:
            count = f"{answer.machines} machines" if answer.machines else "no machine"
            unclear[number] = answer.problem or f"address {text[:80]!r} fits {count}"
    return machines, unclear


def _parsed(where: str, text: str) -> Address:
    try:
        return parse(text)
    except UsageError as error:
        raise UsageError(where, f"{error.where}: {error.problem}", error.advice) from error
