"""The one machine of an address, or a refusal that says which machines it fits and how to name each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vhost.address import Address
from vhost.ambiguity.minimal import minimal
from vhost.ambiguity.near import Near, near
from vhost.ambiguity.reasons import Reason, reasons
from vhost.ambiguity.resolve import Resolver
from vhost.errors import Ambiguous, VhostError

_MOST = 50
"""How many machines a refusal lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A machine that an address fits; `address` is the smallest one of its own, None if none fits it alone.

    `pms` and `paths` are all that claims name; the other fields are those of its first claim.
    """

    machine_id: str
    address: str | None
    pms: tuple[str, ...]
    type: str | None
    label: str | None
    paths: tuple[str, ...]
    uuid: str | None
    mac: str | None
    tcp: str | None
    stale: bool
    seen_at: datetime | None


class Several(Ambiguous):
    """Several machines where one was asked for: some of them are listed, and the reasons why they are several."""

    candidates: tuple[Candidate, ...] = ()
    total: int = 0
    reasons: tuple[Reason, ...] = ()


class SeveralMachines(Several):
    """An address fits several machines; some of them are listed."""

    def __init__(
        self, address: Address, total: int, candidates: Sequence[Candidate], reasons: Sequence[Reason] = ()
    ) -> None:
        self.candidates, self.total, self.reasons = tuple(candidates), total, tuple(reasons)
        advice = (
            "use an address that fits one alone"
            if any(one.address for one in candidates)
            else ("no address tells them apart: their hosts, paths and keys are the same")
        )
        super().__init__(f"address '{address}'", f"fits {total} machines", advice)


class NotUnique(Several):
    """Different records match a query for one; the machines that they are claims of are listed."""

    def __init__(self, refused: Ambiguous, resolver: Resolver, machines: Sequence[str]) -> None:
        listed = machines[:_MOST]
        self.candidates, self.total = tuple(candidates(resolver, listed)), len(machines)
        self.reasons = reasons(resolver.con, listed)
        super().__init__(refused.where, refused.problem, refused.advice)


class NoMachine(VhostError):
    """An address fits no machine; similar ones that do are listed."""

    def __init__(self, address: Address, similar: Sequence[Near]) -> None:
        self.near = tuple(similar)
        advice = "similar ones do" if similar else "see what is known: vhost query -o l,pm,id"
        super().__init__(f"address '{address}'", "fits no machine", advice)


def only(resolver: Resolver, address: Address) -> str:
    """Return the identity of the one machine that an address fits.

    Raises `SeveralMachines`, `NoMachine`, or what `Resolver.machines` raises for the host.
    """
    found = resolver.machines(address)
    if len(found) == 1:
        return found[0]
    if found:
        listed = found[:_MOST]
        raise SeveralMachines(address, len(found), candidates(resolver, listed), reasons(resolver.con, listed))
    raise NoMachine(address, near(resolver, address))


def candidates(resolver: Resolver, machines: Sequence[str]) -> list[Candidate]:
    """Return what tells these machines apart, in their order."""
    addresses = minimal(resolver, machines)
    rows = resolver.con.execute(_CANDIDATES, [[*machines]]).fetchall()
    return [
        Candidate(
            machine_id=machine_id,
            address=addresses[machine_id],
            pms=tuple(pms),
            paths=tuple(paths),
            stale=stale,
            seen_at=seen_at and seen_at.replace(tzinfo=UTC),
            **first,
        )
        for machine_id, pms, paths, stale, seen_at, first in rows
    ]


_CANDIDATES = """
WITH wanted AS (SELECT UNNEST(?::VARCHAR[]) AS machine_id, generate_subscripts(?1::VARCHAR[], 1) AS place)
SELECT machine_id, list_sort(coalesce(list(DISTINCT pm) FILTER (pm IS NOT NULL), [])),
    list_sort(coalesce(list(DISTINCT id) FILTER (id IS NOT NULL), [])), bool_and(coalesce(stale, false)), max(seen_at),
    arg_min({type: type, label: label, uuid: uuid, mac: mac, tcp: tcp}, "index")
FROM wanted JOIN machine USING (machine_id) GROUP BY machine_id ORDER BY any_value(place)
"""
