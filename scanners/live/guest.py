"""A guest that a hypervisor runs or knows now, and the states that all hypervisors have in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from vhost.errors import VhostError

if TYPE_CHECKING:
    from datetime import datetime

    from vhost.claims import Guest


class Absent(VhostError):
    """A hypervisor's programs are installed, but it does not run there, and so can have no guests."""


class State(Enum):
    """What a guest does, in words that hold for every hypervisor."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "shutting down"
    CRASHED = "crashed"
    SAVED = "saved"
    OFF = "shut off"
    UNKNOWN = "unknown"

    @property
    def alive(self) -> bool:
        """Tell whether the guest holds memory and disks: anything but off or saved."""
        return self not in {State.OFF, State.SAVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One guest, as its hypervisor describes it; UUID and MACs in normal form.

    `word` is the state in the hypervisor's own word, `disks` are the files and devices behind its disks,
    `id` is the number or process that this run of it has, `control` the socket of its monitor.
    """

    host: str
    type: str
    label: str
    id: str | None = None
    uuid: str | None = None
    macs: tuple[str, ...] = ()
    disks: tuple[str, ...] = ()
    state: State
    word: str
    config_path: str | None = None
    vnc_port: int | None = None
    control: str | None = None

    def claim(self, seen_at: datetime) -> Guest:
        """Return what is stored of it."""
        from vhost.claims import Guest  # noqa: PLC0415 - who only looks stores nothing

        return Guest(
            host=self.host,
            type=self.type,
            label=self.label,
            id=self.id,
            uuid=self.uuid,
            macs=self.macs,
            state=self.word,
            config_path=self.config_path,
            vnc_port=self.vnc_port,
            seen_at=seen_at,
        )
