"""Whose word counts first where several bindings say what address a MAC has.

The old macmap, because it always did; then what somebody has configured; then what a DHCP server has
leased; then what was seen on the wire. Kinds that stand nowhere come last. The other claims stay.
"""

from __future__ import annotations

from typing import Final

MACMAP: Final = "macmap"
CONFIGURED: Final = 1
"""The rank of what somebody has configured; what counts less was seen, and the newest of that counts first."""

LEASED: Final = ("dhcpd-leases", "kea-leases", "dnsmasq-leases", "libvirt-status")
"""The kinds of what a DHCP server has leased."""

PRECEDENCE: Final[tuple[tuple[str, ...], ...]] = (
    (MACMAP,),
    ("dhcpd", "kea", "dnsmasq", "dnsmasq-hosts", "libvirt", "ethers", "hosts", "csv", "json"),
    LEASED,
    ("dns",),
)
"""The source kinds, the first that count first; those that stand together are equals."""


def rank(kind: str) -> int:
    """Return the place of a source kind, from 0."""
    return next((place for place, kinds in enumerate(PRECEDENCE) if kind in kinds), len(PRECEDENCE))
