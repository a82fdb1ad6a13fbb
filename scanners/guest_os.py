"""The operating system behind the identifier that VMware and VirtualBox have for a kind of guest.

    rhel6-64   debian6-64   winxppro   Debian_64   Windows10_64

Sources: `VirtualMachineGuestOsIdentifier` of the vSphere API with the ids that .vmx files hold,
`VBoxManage list ostypes`.
"""

from __future__ import annotations

import re

_SYSTEMS = (
    (r"other(?:guest)?(?:[-_](?:64|arm64))?", None),
    (r".*(?:linux|ubuntu).*", "Linux"),
    (r"(?:debian|fedora|rhel|redhat|centos|(?:open)?suse|sles|nld9|sjds|mandr|gentoo|oracle|xandros).*", "Linux"),
    (r"(?:coreos|vmware-photon|crxsys|crxpod|asianux|flatcar).*", "Linux"),
    (r"(?:win|longhorn).*", "Windows"),
    (r"(?:darwin|macos).*", "macOS"),
    (r"freebsd.*", "FreeBSD"),
    (r"netbsd.*", "NetBSD"),
    (r"openbsd.*", "OpenBSD"),
    (r"(?:open)?solaris.*", "Solaris"),
    (r"netware.*", "NetWare"),
    (r"os2.*", "OS/2"),
    (r"dos", "DOS"),
    (r"vmkernel.*", "ESXi"),
)
_KNOWN = tuple((re.compile(pattern), system) for pattern, system in _SYSTEMS)


def system(identifier: str) -> str | None:
    """Return the operating system, the identifier itself if it is not known, None if it says nothing."""
    for pattern, name in _KNOWN:
        if pattern.fullmatch(identifier.lower()):
            return name
    return identifier or None


def architecture(identifier: str) -> str | None:
    """Return x86_64, aarch64 or i686: an identifier without a suffix is that of a 32-bit guest."""
    lower = identifier.lower()
    if lower.startswith("arm-") or lower.endswith("_arm64"):
        return "aarch64"
    return "x86_64" if lower.endswith(("-64", "_64")) or lower.startswith("vmkernel") else "i686"
