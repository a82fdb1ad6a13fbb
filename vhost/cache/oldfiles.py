r"""Reads the two files of the old tool: `enum.fdb` (MACHINE lines) and `macmap.fdb` (`name;MAC;IP;`).

    lab00.soho;XEN;tst100;/root/xen/tst100/tst100.conf;6842caf9...;00:50:56:13:11:40;192.168.1.220;...
    tst100;00:50:56:13:11:40;192.168.1.220;

Their bytes come out again as they were; only what is not UTF-8, and NUL, is escaped.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vhost.errors import DatabaseUnusable
from vhost.record import COUNT, FIELDS, SHORT_FORM, values

_INDEX = next(field.number for field in FIELDS if field.column == "index")
_UNDECODED = re.compile("[\x00\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Bound:
    """One line of a macmap: its number from 1, the line without its end, and its three parts."""

    number: int
    line: str
    name: str | None
    mac: str | None
    ip: str | None


Columns = dict[str, Sequence[str]]


def machines(path: Path) -> Columns | None:
    """Return the raw fields f1 to f47 of every record and its `line`; None for a large file that DuckDB reads itself.

    The 15-field form is mapped, INDEX emptied; all else stays as it is. Raises `DatabaseUnusable`,
    or `vhost.errors.UsageError` naming the line that has too many fields.
    """
    data = _content(path)
    return None if len(data) > _LITTLE and _is_plain(data) else _repaired(path, data)


def repaired(path: Path) -> Columns:
    """Return the same of a file that DuckDB could not read. Raises as `machines` does."""
    return _repaired(path, _content(path))


def reading(path: Path) -> str:
    """Return the SELECT of the raw fields f1 to f47; it fails unless every line has as many."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in NAMES)
    name = re.sub(r"([*?[])", r"[\1]", os.fspath(path)).replace("'", "''")
    return (
        f"SELECT * REPLACE ('' AS f{_INDEX}) FROM read_csv('{name}', columns = {{{columns}}}, auto_detect = false,"
        f" header = false, delim = ';', quote = '', escape = '', new_line = '\\n', nullstr = '{_NEVER}',"
        " compression = 'none')"
    )


def _is_plain(data: bytes) -> bool:
    """Tell whether nothing in the file needs an escape, or is more than text to a reader of CSV."""
    if any(odd in data for odd in (b"\0", b"\r", _NEVER.encode())):
        return False
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_unblocked) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise DatabaseUnusable(str(path), "is no regular file", "put the file of the old tool there")
            return file.read()
    except OSError as error:
        raise DatabaseUnusable(str(path), error.strerror or "cannot be read", "check what it is") from error


def _unblocked(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def decoded(data: bytes) -> str:
    r"""Return the text, each byte that is not UTF-8 (or is NUL) as `\xHH`."""
    if data.isascii() and b"\0" not in data:
        return data.decode("ascii")
    text = data.decode("utf-8", "surrogateescape")
    return _UNDECODED.sub(lambda match: f"\\x{ord(match.group()) & 0xFF:02x}", text)


def _numbered(data: bytes) -> Iterator[tuple[int, str]]:
    """Return number and text of the lines, empty ones left out."""
    return ((number, line) for number, line in enumerate(decoded(data).split("\n"), start=1) if line)


NAMES = [f"f{number}" for number in range(1, COUNT + 1)]
_LITTLE = 1 << 17
"""Bytes of a file that is read line by line."""

_NEVER = "\1"
"""What stands for NULL in CSV; an empty field is none."""


def _repaired(path: Path, data: bytes) -> Columns:
    """Return the columns of a file that is small, or holds short or long records, or odd bytes; line by line."""
    rows = [_record(line, f"{path}:{number}") for number, line in _numbered(data)]
    columns: Iterable[Sequence[str]] = zip(*rows, strict=True) if rows else [()] * (COUNT + 1)
    return dict(zip([*NAMES, "line"], columns, strict=True))


def _record(line: str, where: str) -> list[str]:
    """Return the 47 values and the line of one record; a short one keeps its own line."""
    parts = values(line, where)
    parts[_INDEX - 1] = ""
    count = line.count(";") + 1
    keeps = count < COUNT and count != len(SHORT_FORM)
    return [*parts, ";".join(parts[:count]) if keeps else ";".join(parts)]


def bindings(path: Path) -> list[Bound]:
    """Return the lines of a macmap file; a part that is empty or missing is None."""
    return [_bound(number, line) for number, line in _numbered(_content(path))]


def _bound(number: int, line: str) -> Bound:
    name, mac, ip = [part.strip() or None for part in (*line.split(";"), "", "", "")[:3]]
    return Bound(number, line, name, mac, ip)
