"""Resolves addresses to machines: one machine, none, several, or one that no scan could see any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from vhost.address import Address
from vhost.ambiguity.asked import Asked
from vhost.ambiguity.hosts import Hosts, loaded
from vhost.ambiguity.matching import match
from vhost.errors import Ambiguous, UsageError

Status = Literal["unique", "none", "ambiguous", "stale"]

SHOWN = ("pm", "label", "id", "uuid", "mac", "tcp")
"""The fields of an answer that tell which machine it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address stands for.

    The fields are those of one claim of the one machine, the claim that fits best; None unless one machine fits.
    `stale`: one machine, but no scan could look at it lately. `problem` says why the host of an address was refused.
    """

    address: Address
    status: Status
    machines: int = 0
    machine_id: str | None = None
    pm: str | None = None
    label: str | None = None
    id: str | None = None
    uuid: str | None = None
    mac: str | None = None
    tcp: str | None = None
    problem: str = ""


class Resolver:
    """Resolves addresses in an open snapshot; the PMs are read when the first address names a host."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._hosts: Hosts | None = None

    @property
    def hosts(self) -> Hosts:
        """Return the PMs that are known."""
        if self._hosts is None:
            self._hosts = loaded(self.con)
        return self._hosts

    def answers(self, addresses: Sequence[Address]) -> list[Answer]:
        """Return the answer of every address, in their order; all of them cost little more than one."""
        distinct = dict.fromkeys(addresses)
        refused = dict(self._refusals(distinct))
        asked = [one for one in distinct if one not in refused]
        found = dict(zip(asked, self._resolved(asked), strict=True)) | refused
        return [found[one] for one in addresses]

    def machines(self, address: Address) -> list[str]:
        """Return the identities of the machines that an address fits, in cache order.

        Raises `Ambiguous` or `UsageError` for a host that is no PM.
        """
        self._match([address])
        rows = self.con.execute('SELECT machine_id FROM matched ORDER BY "index", machine_id').fetchall()
        return [machine_id for (machine_id,) in rows]

    def matches(self, addresses: Sequence[Address]) -> list[tuple[int, str]]:
        """Return which machines the addresses fit: number of the address and machine, for every fit.

        Raises as `machines` does.
        """
        self._match(addresses)
        return self.con.execute('SELECT no, machine_id FROM matched ORDER BY no, "index", machine_id').fetchall()

    def _match(self, addresses: Iterable[Address]) -> None:
        match(self.con, [Asked(one, self._pms(one)) for one in addresses])

    def _pms(self, address: Address) -> tuple[str, ...] | None:
        return None if address.host is None else self.hosts.find(address.host).spellings

    def _refusals(self, addresses: Iterable[Address]) -> Iterable[tuple[Address, Answer]]:
        for address in addresses:
            try:
                self._pms(address)
            except Ambiguous as error:
                yield address, Answer(address=address, status="ambiguous", problem=str(error))
            except UsageError as error:
                yield address, Answer(address=address, status="none", problem=str(error))

    def _resolved(self, addresses: Sequence[Address]) -> Iterable[Answer]:
        if not addresses:
            return
        self._match(addresses)
        rows = {row[0]: row[1:] for row in self.con.execute(_ANSWERS).fetchall()}
        for number, address in enumerate(addresses):
            machines, machine_id, stale, *values = rows.get(number, (0, None, None))
            if machines == 1:
                shown = dict(zip(SHOWN, values, strict=True))
                status: Status = "stale" if stale else "unique"
                yield Answer(address=address, status=status, machines=1, machine_id=machine_id, **shown)
            else:
                yield Answer(address=address, status="ambiguous" if machines else "none", machines=machines)


_ANSWERS = f"""
SELECT no, machines, machine_id, stale, {", ".join(f"any_value({name})" for name in SHOWN)} FROM (
    SELECT no, count(*) AS machines, any_value(machine_id) AS machine_id, any_value("index") AS "index",
    any_value(matched.stale) AS stale FROM matched GROUP BY no
) LEFT JOIN (SELECT machine_id, "index", {", ".join(SHOWN)} FROM machine) AS claim USING (machine_id, "index")
GROUP BY no, machines, machine_id, stale
"""
