"""Watching a guest: what it does now, asked anew each time, until it does what was wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from scanners.live import SOURCES, Running, State, libvirt, qemu, xen
from vhost.act.gate import compare
from vhost.act.subject import Subject
from vhost.errors import Unreachable, VhostError
from vhost.transport import Site

_BOOT = ("cat", "/proc/sys/kernel/random/boot_id")


@dataclass(slots=True)
class Watch:
    """One machine on one host. `guest` is the run of it that is known, None if it is off."""

    site: Site
    subject: Subject
    uri: str | None = None
    guest: Running | None = field(init=False)
    _boot: str | None = None

    def __post_init__(self) -> None:
        self.guest = self.subject.guest
        if self.subject.recorded.is_physical:
            self._boot = self._booted()

    def state(self, wanted: Collection[State] = ()) -> State:
        """Return what the known run does now, OFF if it has ended. Raises `VhostError` if nobody can say.

        Where it is wanted to be alive, another run of it will do.
        """
        kind, guest = self.subject.recorded.type, self.guest
        if self.subject.recorded.is_physical:
            return State.RUNNING if self._booted() else State.OFF
        if guest is None or guest.id is None:
            return self.another()
        if kind == "XEN":
            return xen.state(self.site, guest.id)
        if kind == "LIBVIRT" and guest.uuid:
            return libvirt.state(self.site, guest.uuid, self.uri)
        if kind == "QEMU":
            alive = wanted and all(state.alive for state in wanted)
            return qemu.state(self.site, guest.id, guest.control, guest.uuid if alive else None)
        return next((one.state for one in self._looked() if one.id == guest.id), State.OFF)

    def another(self) -> State:
        """Return what a new run of the machine does, OFF if there is none yet; it is the known run from then on.

        Raises `VhostError` if nobody can say.
        """
        if self.subject.recorded.is_physical:
            booted = self._booted()
            return State.RUNNING if booted not in {None, self._boot} else State.OFF
        known = self.subject.guest.id if self.subject.guest else None
        fits = [one for one in self._looked() if compare(self.subject.recorded, one).same and one.id != known]
        found = next((one for one in fits if one.state.alive), None)
        self.guest = found or self.guest
        return found.state if found else State.OFF

    def _looked(self) -> list[Running]:
        kind = self.subject.recorded.type
        if kind == "LIBVIRT":
            return libvirt.look(self.site, self.site.host.name, self.uri) or []
        return SOURCES[kind](self.site, self.site.host.name) or []

    def _booted(self) -> str | None:
        """Return what names this boot of a physical machine, None if it does not answer."""
        self.site.transport.forget(self.site.host)
        try:
            return self.site.run(_BOOT, timeout=10, raised=False).text.strip() or "up"
        except Unreachable:
            return None
        except VhostError:
            return None
