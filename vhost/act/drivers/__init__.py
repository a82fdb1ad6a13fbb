"""The drivers: each turns a request into the steps that its hypervisor needs. They run nothing."""

from __future__ import annotations

from collections.abc import Callable

from vhost.act.drivers import libvirt, pm, qemu, virtualbox, vmware, xen
from vhost.act.plan import Step
from vhost.act.request import Request
from vhost.act.subject import Subject

Driver = Callable[[Request, Subject], list[Step]]
"""Returns the steps of a request. Raises `UsageError` for what the hypervisor cannot do."""

DRIVERS: dict[str, Driver] = {
    "XEN": xen.steps,
    "LIBVIRT": libvirt.steps,
    "QEMU": qemu.steps,
    "VBOX": virtualbox.steps,
    "VMW": vmware.steps,
    "PM": pm.steps,
}
"""The driver of each session type."""
