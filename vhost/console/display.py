"""The display of a console's window: whether an X server takes connections there."""

from __future__ import annotations

import os
import re
import socket

_SECONDS = 5.0
_NAME = re.compile(r"(?P<host>[^:]*):(?P<number>\d{1,4})(?:\.\d+)?")


def problem(name: str | None) -> str:
    """Return why no window can be opened on a display, "" if one can; None is what DISPLAY names."""
    name = os.environ.get("DISPLAY", "") if name is None else name
    if not name:
        return "DISPLAY is not set"
    place = _NAME.fullmatch(name)
    if place is None:
        return f"{name!r} names no display"
    number = int(place["number"])
    local = place["host"] in {"", "unix"}
    address: str | tuple[str, int] = f"/tmp/.X11-unix/X{number}" if local else (place["host"], 6000 + number)  # noqa: S108 - where X servers listen
    try:
        with socket.socket(socket.AF_UNIX if local else socket.AF_INET) as connection:
            connection.settimeout(_SECONDS)
            connection.connect(address)
    except OSError as error:
        return f"display {name} does not exist: {error.strerror or error}"
    return ""
