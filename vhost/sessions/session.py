"""One session as LIST knows it: 22 fields, of which the first 10 are those of a record."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Kind = Literal["S", "C", "T"]
"""Server, client or tunnel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session; None is what nobody can tell unambiguously."""

    pm: str
    type: str
    label: str | None = None
    id: str | None = None
    uuid: str | None = None
    mac: str | None = None
    tcp: str | None = None
    display: str | None = None
    cport: int | None = None
    sport: int | None = None
    pid: int | None = None
    uid: str | None = None
    gid: str | None = None
    kind: Kind = "S"
    jobid: str | None = None
    ifname: str | None = None
    reserved1: str | None = None
    contextstring: str | None = None
    exepath: str | None = None
    hyperrelrun: str | None = None
    accelerator: str | None = None
    arch: str | None = None
    filled: frozenset[str] = frozenset()
    """The fields that come from the cache instead of from the host."""


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Session))[:22]
"""The columns in their order: field n of LIST is `COLUMNS[n - 1]`."""

TITLES: tuple[str, ...] = (
    *("ContainingMachine", "SessionType", "Label", "ID", "UUID", "MAC", "TCP", "DISPLAY", "ClientAccessPort"),
    *("ServerAccessPort", "PID", "UID", "GUID", "C/S-Type", "JobID", "IFNAME", "RESERVED1", "CONTEXTSTRG"),
    *("EXECPATH", "HYPERRELRUN", "ACCELERATOR", "ARCH"),
)

KEYWORDS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            *("PM HOST H", "TYPE STYPE ST", "LABEL L", "ID IDS I PNAME P", "UUID U", "MAC M", "TCP T IP"),
            *("DISPLAY VNCDISPLAY DISP", "CPORT VNCPORT", "SERVERACCESS SPORT S", "PID", "UID USER", "GUID GID GROUP"),
            *("CSTYPE CST", "JOBID", "IFNAME", "RESERVED1", "CONTEXTSTRING CONTEXTSTRG CSTRG", "EXECPATH EXEPATH EXEP"),
            *("HYPERRELRUN HYRELRUN", "ACCELERATOR ACCEL", "ARCH"),
        ),
        start=1,
    )
    for word in words.split()
}
"""The field of each keyword."""

MARK = "*"
"""What stands behind a value that comes from the cache."""


def values(session: Session) -> tuple[object, ...]:
    """Return the values of `COLUMNS` in their types; None is unknown."""
    return tuple(getattr(session, name) for name in COLUMNS)


def text(session: Session, number: int) -> str:
    """Return a field as text, "" if it is unknown or there is none of that number."""
    if not 0 < number <= len(COLUMNS):
        return ""
    name = COLUMNS[number - 1]
    value = getattr(session, name)
    if value is None:
        return ""
    return f"{value}{MARK}" if name in session.filled else str(value)
