"""The configuration formats that are read: the whole registry."""

from __future__ import annotations

from scanners.config import Format
from scanners.libvirt import Libvirt
from scanners.pm import Pm
from scanners.proxmox import Proxmox
from scanners.qemu import Qemu
from scanners.virtualbox import VirtualBox
from scanners.vmware import Vmware
from scanners.xen import Xen

FORMATS: tuple[type[Format], ...] = (Xen, Libvirt, Vmware, VirtualBox, Proxmox, Qemu, Pm)
"""Every configuration format; the first one that recognises a file reads it."""
