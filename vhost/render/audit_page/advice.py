"""What each cause means and what to do about it, as docs/audit.md has it (a test compares them)."""

from __future__ import annotations

from typing import Final

ADVICE: Final[dict[str, tuple[str, str]]] = {
    "multipath": (
        "one file that several hosts see, or one host under several paths",
        "nothing; name the host when you act",
    ),
    "backup": (
        "a file kept beside the original",
        'move it out of the scanned trees, or set VMSTATE="BACKUP"',
    ),
    "moved": (
        "the file is gone from its old place, and the same content is elsewhere",
        "scan the other hosts again",
    ),
    "clone": (
        "copied with its identity, or defined twice",
        "give one of them a new UUID and MAC, or remove the left-over definition",
    ),
    "relabel": ("a name, path or address used twice; the machines are different", "rename one of them"),
    "address": ("two machines with one IP address in a segment", "correct one of them"),
    "mac": ("two machines with one MAC in a segment", "correct one of them"),
    "contradiction": (
        "configuration, DHCP, DNS, ARP or a hypervisor say different things of one machine",
        "correct who is wrong: the evidence names who says what and when",
    ),
    "stale": ("what is known of one of them is old, or its file is gone", "scan again"),
    "placeholder": ("no collision: a value that identifies nothing", "set a real one where you need it"),
}
"""By cause: (meaning, what to do)."""
