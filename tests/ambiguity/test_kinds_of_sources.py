"""Every kind of binding that a format or a sweep makes has the limit of age of what it is."""

from __future__ import annotations

import pytest

from macmap.formats import FORMATS
from vhost.collisions.sources import kind
from vhost.precedence import PRECEDENCE

CONFIGURED, LEASED = PRECEDENCE[1], PRECEDENCE[2]
SEEN = ("arp", "nd", "interface", "neighbour", "neigh", "proc-arp", "arpwatch")


@pytest.mark.parametrize(
    ("source_kind", "expected"),
    [
        *((name, "dhcp") for name in ("macmap", *CONFIGURED)),
        *((name, "lease") for name in LEASED),
        *((name, "arp") for name in SEEN),
    ],
)
def test_a_source_has_its_kind(source_kind: str, expected: str) -> None:
    assert kind(source_kind) == expected


def test_every_format_is_among_them() -> None:
    assert {form.name for form in FORMATS} <= {"macmap", *CONFIGURED, *LEASED, *SEEN}
