"""A look at a host: every hypervisor that it has, and the guests that each says it runs.

A hypervisor that is installed and does not answer is a finding: nobody may take its silence for "runs nothing".
One that does not run at all is a finding only for who asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from scanners.live.guest import Absent, Running
from vhost.errors import Unreachable, VhostError
from vhost.transport import Site

if TYPE_CHECKING:
    from vhost.discover import Finding

Source = Callable[[Site, str], list[Running] | None]


def _xen(site: Site, name: str) -> list[Running] | None:
    from scanners.live import xen  # noqa: PLC0415 - each look pays for what it asks

    return xen.look(site, name)


def _libvirt(site: Site, name: str, uri: str | None = None) -> list[Running] | None:
    from scanners.live import libvirt  # noqa: PLC0415 - as above

    return libvirt.look(site, name, uri)


def _qemu(site: Site, name: str) -> list[Running] | None:
    from scanners.live import qemu  # noqa: PLC0415 - as above

    return qemu.look(site, name)


def _virtualbox(site: Site, name: str) -> list[Running] | None:
    from scanners.live import desktop  # noqa: PLC0415 - as above

    return desktop.virtualbox(site, name)


def _vmware(site: Site, name: str) -> list[Running] | None:
    from scanners.live import desktop  # noqa: PLC0415 - as above

    return desktop.vmware(site, name)


SOURCES: dict[str, Source] = {
    "XEN": _xen,
    "LIBVIRT": _libvirt,
    "QEMU": _qemu,
    "VBOX": _virtualbox,
    "VMW": _vmware,
}
"""Who is asked for the guests of each session type."""

_LIBVIRT = "LIBVIRT"


@dataclass(slots=True)
class Look:
    """What one host said: its guests, the types that answered, and what went wrong with the others.

    `absent` are hypervisors that do not run there, and that nobody asked for.
    """

    host: str
    guests: list[Running] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    failures: dict[str, VhostError] = field(default_factory=dict)
    absent: dict[str, Absent] = field(default_factory=dict)

    def problem(self, kind: str) -> VhostError | None:
        """Return what kept the guests of a type from being told, None if nothing did."""
        return self.failures.get(kind) or self.absent.get(kind)

    @property
    def findings(self) -> list[Finding]:
        """Return the failures by the place that did not answer."""
        if not self.failures:
            return []
        from vhost.discover import Finding  # noqa: PLC0415 - mostly there are none

        return [Finding(f"{error.where} ({kind})", error.problem, lost=True) for kind, error in self.failures.items()]


def look(site: Site, types: Collection[str] | None = None, *, uri: str | None = None) -> Look:
    """Return what the hypervisors of a host say, those of these session types only if any are named.

    `uri` is the connection of libvirt. Raises `Unreachable` or `TimedOut` if the host itself does not answer.
    """
    seen = Look(site.host.name)
    site.tool("xl")  # whether there is a host at all
    for kind, source in SOURCES.items():
        if types is not None and kind not in types:
            continue
        ask = partial(_libvirt, uri=uri) if kind == _LIBVIRT else source
        try:
            guests = ask(site, site.host.name)
        except Unreachable:
            raise
        except VhostError as error:
            asked_for = types is not None or (kind == _LIBVIRT and uri is not None)
            if isinstance(error, Absent) and not asked_for:
                seen.absent[kind] = error
            else:
                seen.failures[kind] = error
            continue
        if guests is not None:
            seen.guests += guests
            seen.answered.append(kind)
    return seen
