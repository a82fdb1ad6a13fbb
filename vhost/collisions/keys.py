"""The identity keys by which machines can be taken for each other, and the values of them that identify nothing."""

from __future__ import annotations

from typing import Final

KEYS: Final = ("label", "id", "uuid", "mac", "tcp", "netname")
"""The columns of `machine` that are keys, in the order in which collisions are listed."""

PLACEHOLDERS: Final[dict[str, dict[str, str]]] = {
    "uuid": {
        "00000000000000000000000000000000": "the nil UUID (RFC 9562)",
        "ffffffffffffffffffffffffffffffff": "the max UUID (RFC 9562)",
        "03000200040005000006000700080009": "the default of American Megatrends firmware",
        "00020003000400050006000700080009": "the default of American Megatrends firmware, bytes swapped",
        "03020100050407060809" + "0a0b0c0d0e0f": "a default of mainboard firmware: the bytes counted up",
        "00010203040506070809" + "0a0b0c0d0e0f": "a default of mainboard firmware: the bytes counted up",
        "4c4c4544000020108020" + "80c04f202020": "the default of Dell boards without a service tag",
        "12345678123412341234" + "123456789abc": "an example of documentation",
        "12345678123456789012" + "123456789012": "an example of documentation",
        "123456781234567890ab" + "cddeefaabbcc": "a default of mainboard firmware",
        "fefefefefefefefefefe" + "fefefefefefe": "a default of mainboard firmware",
        "f81d4fae7dec11d0a765" + "00a0c91e6bf6": "the example of RFC 4122",
        "550e8400e29b41d4a716" + "446655440000": "an example of documentation",
    },
    "mac": {
        "00:00:00:00:00:00": "no address (all zero)",
        "ff:ff:ff:ff:ff:ff": "the broadcast address",
    },
    "tcp": {
        "0.0.0.0": "any address",  # noqa: S104 - it is named here, nothing is bound to it
        "255.255.255.255": "the broadcast address",
        "127.0.0.1": "the loopback address",
        "::": "any address",
        "::1": "the loopback address",
        "localhost": "the loopback address",
        "dhcp": "chosen by DHCP",
    },
    "label": {"localhost": "the name of every host", "localhost.localdomain": "the name of every host"},
    "netname": {"localhost": "the name of every host", "localhost.localdomain": "the name of every host"},
    "id": {
        "/etc/ctys.d/pm.conf": "where every PM describes itself",
        "/etc/ctys.d/vm.conf": "where every guest describes itself",
    },
}
"""Values that many machines have because nobody chose one: by key, with what they are."""

NO_UUID: Final = "no UUID (32 hexadecimal digits)"
NO_MAC: Final = "no MAC address"
HALF_OF_FLEET: Final = "more than half of all machines have it"
FLEET: Final = 100
"""Where there are so many machines, a UUID, MAC or path that more than half of them share identifies nothing."""


def stage() -> str:
    """Return SQL of what is no identity: (key, value, reason)."""
    rows = [f"('{key}', '{value}', '{why}')" for key, values in PLACEHOLDERS.items() for value, why in values.items()]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS known(key, value, reason)"
