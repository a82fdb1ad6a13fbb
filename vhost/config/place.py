"""Where the configuration lies, and its text."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from vhost.errors import SourceMissing, UsageError
from vhost.home import expanded, home

VARIABLE: Final = "VHOST_CONFIG"
_LARGEST: Final = 1 << 20


def place() -> Path:
    """Return the file that is the configuration: that of `--config` or VHOST_CONFIG, else the user's own."""
    if named := os.environ.get(VARIABLE):
        return expanded(named).absolute()
    # the answer of platformdirs, whose import takes longer than a query may
    return Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config") / "vhost/config.toml"


def is_there() -> bool:
    """Tell whether there is a configuration, or one was named; it costs one look."""
    return bool(os.environ.get(VARIABLE)) or place().exists()


def text(path: Path) -> str | None:
    """Return what the file says; None if there is none and nobody named it.

    Raises `SourceMissing` for one that was named or cannot be read, `UsageError` for what can be no configuration.
    """
    try:
        data = _bytes(path)
    except FileNotFoundError:
        if os.environ.get(VARIABLE):
            advice = f"name another with --config or {VARIABLE}, or make it: vhost config edit"
            raise SourceMissing(str(path), "no such configuration", advice) from None
        return None
    except OSError as error:
        raise SourceMissing(str(path), error.strerror or "cannot be read", "look at its permissions") from error
    if len(data) > _LARGEST:
        raise UsageError(str(path), f"a configuration has at most {_LARGEST} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}", "is not UTF-8", "save it as UTF-8") from error


def _bytes(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)  # a FIFO must not keep us waiting
    with open(handle, "rb") as file:  # noqa: PTH123 - it is open already
        kind = os.fstat(handle).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISCHR(kind)):  # /dev/null is no configuration, as one may want
            raise UsageError(str(path), "is no file", "name another with --config")
        return file.read(_LARGEST + 1)
