"""Which console is wanted of a guest, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vhost.transport import NONE, Host, Privilege

Kind = Literal["CLI", "XTERM", "GTERM", "EMACS", "EMACSM", "EMACSA", "EMACSAM", "VNC", "NONE"]
Location = Literal["DF", "CF"]
"""DF: the window's program runs on the host, its display is forwarded here. CF: it runs here, its connection is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One console. `waits` is whether the call goes on only when it is closed; `words` go to the console's program.

    `place` says where in the call it was asked for.
    """

    kind: Kind
    location: Location = "CF"
    waits: bool = False
    display: str | None = None
    geometry: str | None = None
    agent: bool = False
    words: tuple[str, ...] = ()
    place: str = ""

    @property
    def has_window(self) -> bool:
        """Tell whether a display is needed; EMACS takes the terminal where there is none."""
        return self.kind in {"XTERM", "GTERM", "VNC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """The guest that a console is of, on its host: number or UUID as its hypervisor takes it, VNC port if known.

    `serial` is the socket of a QEMU guest's serial line; `address`
    is that of the guest itself.
    """

    host: Host
    type: str
    label: str
    id: str
    privilege: Privilege = NONE
    uri: str | None = None
    vnc_port: int | None = None
    serial: str | None = None
    address: str | None = None
