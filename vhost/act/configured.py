"""What is configured on hosts and does not run there: recorded machines that none of the guests is.

A host or hypervisor that did not answer leaves open whether they run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from scanners.live import SOURCES, Running
from vhost.act import records
from vhost.act.gate import compare
from vhost.act.records import Found
from vhost.act.subject import Recorded
from vhost.guests import Seen

_MACHINES = """
SELECT machine_id FROM machine
WHERE pm IN (SELECT UNNEST(?::VARCHAR[])) AND type IN (SELECT UNNEST(?::VARCHAR[]))
GROUP BY machine_id ORDER BY min("index") LIMIT 100000
"""


@dataclass(frozen=True, slots=True)
class Configured:
    """A machine of a host; `known` tells whether the host has said that it does not run."""

    host: str
    recorded: Recorded
    known: bool


def configured(
    con: duckdb.DuckDBPyConnection,
    seen: Sequence[Seen],
    spellings: Callable[[str], tuple[str, ...]],
    types: Collection[str] | None = None,
) -> Iterator[Configured]:
    """Yield the machines of every host that none of its guests is, each configuration once whatever its backups.

    `spellings` gives the names under which records know a host.
    """
    for one in seen:
        pms = spellings(one.name)
        ids = [row[0] for row in con.execute(_MACHINES, [[*pms], sorted(types or SOURCES)]).fetchall()]
        guests = _by_fact(one.look.guests if one.look else ())
        shown: set[str] = set()
        machines = [found for found in records.found(con, ids, pms) if not found.reserved]
        for found in sorted(machines, key=lambda found: not _runs(found, guests)):
            if found.content not in shown and not _runs(found, guests):
                answered = one.look is not None and one.look.problem(found.recorded.type) is None
                absent = one.look is not None and found.recorded.type in one.look.absent
                yield Configured(one.name, found.recorded, answered or absent)
            shown |= {found.content} if found.content else set()


def _by_fact(guests: Sequence[Running]) -> dict[str, list[Running]]:
    """Return the guests by everything that names them."""
    found: dict[str, list[Running]] = defaultdict(list)
    for guest in guests:
        for fact in (guest.label, guest.uuid, guest.config_path, *guest.macs):
            if fact:
                found[fact].append(guest)
    return found


def _runs(found: Found, guests: dict[str, list[Running]]) -> bool:
    recorded = found.recorded
    facts = (recorded.label, recorded.uuid, *recorded.macs, *recorded.paths)
    return any(compare(recorded, guest).same for fact in facts if fact for guest in guests.get(fact, ()))
