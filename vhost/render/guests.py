"""The table of guests, as wide as its values need.

host       label   type  state    id  VNC   UUID                              MAC
lab00      tst100  XEN   running  3   5901  6842caf91e3e43249ed596b8b9f2c5c2  00:50:56:13:11:40
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vhost.render.aligned import aligned
from vhost.text import escape

COLUMNS = ("host", "label", "type", "state", "id", "vnc_port", "uuid", "macs", "config_path")
_TITLES = ("host", "label", "type", "state", "id", "VNC", "UUID", "MAC", "configuration")


def table(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Return the title and a line for each row of the values of `COLUMNS`; what is unknown is `-`."""
    return aligned([_TITLES, *([_cell(value) for value in row] for row in rows)])


def _cell(value: object) -> str:
    if isinstance(value, tuple | list):
        value = ",".join(value)
    return escape(str(value)) if value not in {None, ""} else "-"
