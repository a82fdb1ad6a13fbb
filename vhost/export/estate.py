"""One row for each machine: what the exports write. Values stand as their sources spelled them, unescaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import duckdb

from vhost.errors import Ambiguous, UsageError
from vhost.query import select, terms
from vhost.text import unescape

Key = Literal["label", "uuid", "mac", "tcp", "id"]
KEYS: tuple[Key, ...] = get_args(Key)
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One machine: its claims put together; what several claims say differently is a list."""

    machine_id: str
    label: str | None
    type: str | None
    category: str | None
    state: str | None
    os: str | None
    uuid: str | None
    ssh_port: int | None
    memory_mib: int | None
    vcpus: int | None
    stale: bool
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    macs: tuple[str, ...]
    addresses: tuple[str, ...]

    def keyed(self, key: Key) -> str | None:
        """Return the value of a key, the first of several; None if it has none."""
        lists = {"mac": self.macs, "tcp": self.addresses, "id": self.paths}
        if key in lists:
            return lists[key][0] if lists[key] else None
        return self.label if key == "label" else self.uuid


_ONE = {
    "label": "label",
    "type": "type",
    "category": "category",
    "state": "vmstate",
    "os": "os",
    "uuid": "uuid",
    "ssh_port": "sshport",
    "memory_mib": "vram",
    "vcpus": "vcpu",
}
_MANY = {"hosts": "pm", "paths": "id", "macs": "mac", "addresses": "tcp"}


def estate(con: duckdb.DuckDBPyConnection, query: terms.Query = ()) -> list[Exported]:
    """Return the machines that a query selects, by label and path; one claim of a machine is enough."""
    chosen = [identity for (identity,) in select.selected(con, query, select.ALL, ["machine_id"])]
    one = ", ".join(f'arg_min({column}, "index") AS {name}' for name, column in _ONE.items())
    many = ", ".join(
        f"coalesce(list_sort(list(DISTINCT {c}) FILTER ({c} IS NOT NULL)), []) AS {n}" for n, c in _MANY.items()
    )
    found = con.execute(
        f"SELECT machine_id, {one}, bool_and(coalesce(stale, false)) AS stale, {many} FROM machine"
        " WHERE machine_id IN (SELECT UNNEST(?)) GROUP BY machine_id ORDER BY label, paths, machine_id",
        [list(dict.fromkeys(chosen))],
    )
    names = [column[0] for column in found.description or ()]
    return [Exported(**dict(zip(names, map(_plain, row), strict=True))) for row in found.fetchall()]


def _plain(value: object) -> Any:  # noqa: ANN401 - one of the types of Exported
    if isinstance(value, list):
        return tuple(map(unescape, value))
    return unescape(value) if isinstance(value, str) else value


def unique(machines: Iterable[Exported], key: Key) -> dict[str, Exported]:
    """Return the machines by a key; those without it are left out. Raises `Ambiguous` if two share a value."""
    found: dict[str, list[Exported]] = {}
    for machine in machines:
        if (value := machine.keyed(key)) is not None:
            found.setdefault(value, []).append(machine)
    shared = {value: several for value, several in found.items() if len(several) > 1}
    if shared:
        listed = ", ".join(f"{value} ({len(several)} machines)" for value, several in list(shared.items())[:_NAMED])
        more = f" and {len(shared) - _NAMED} more" if len(shared) > _NAMED else ""
        others = " or ".join(f"--key {other}" for other in KEYS if other != key)
        advice = f"choose another key ({others}), or select the machines with terms; vhost audit says why they collide"
        raise Ambiguous(f"--key {key}", f"not unique: {listed}{more}", advice)
    return {value: several[0] for value, several in found.items()}


def known_key(text: str) -> Key:
    """Return a key by its name. Raises `UsageError`."""
    for key in KEYS:
        if text.lower() == key:
            return key
    raise UsageError("--key", f"unknown key {text[:80]!r}", f"known are {', '.join(KEYS)}")


Keep = Callable[[str, str], None]
"""Told of what could not be written: (what, why)."""

Machines = Sequence[Exported]
