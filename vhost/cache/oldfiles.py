r"""Reads the two files of the old tool: `enum.fdb` (MACHINE lines) and `macmap.fdb` (`name;MAC;IP;`).

    lab00.soho;XEN;tst100;/root/xen/tst100/tst100.conf;6842caf9...;00:50:56:13:11:40;192.168.1.220;...
    tst100;00:50:56:13:11:40;192.168.1.220;

Their bytes come out again as they were; only what is not UTF-8, and NUL, is escaped.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vhost.errors import DatabaseUnusable
from vhost.record import COUNT, FIELDS, SHORT_FORM, values

if TYPE_CHECKING:
    import pyarrow as pa

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


def lines(path: Path) -> list[tuple[int, str]]:
    """Return number and text of the lines of the file, empty ones left out. Raises `DatabaseUnusable`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatabaseUnusable(str(path), error.strerror or "cannot be read", "check its permissions") from error
    return [(number, line) for number, line in enumerate(decoded(data).split("\n"), start=1) if line]


def decoded(data: bytes) -> str:
    """Return the text, each byte that is not UTF-8 (or is NUL) as `\\xHH`."""
    text = data.decode("utf-8", "surrogateescape")
    return _UNDECODED.sub(lambda match: f"\\x{ord(match.group()) & 0xFF:02x}", text)


def machine_lines(path: Path) -> list[str]:
    """Return the MACHINE lines: the 15-field form mapped, INDEX emptied, all else as it is.

    Raises `vhost.errors.UsageError` naming the line that has too many fields.
    """
    return [_canonical(line, f"{path}:{number}") for number, line in lines(path)]


def _canonical(line: str, where: str) -> str:
    count = line.count(";") + 1
    if count == COUNT and line.split(";", _INDEX)[_INDEX - 1] == "":
        return line
    if count == len(SHORT_FORM) or count > COUNT:
        return ";".join(values(line, where))
    if count < _INDEX:
        return line
    parts = line.split(";")
    parts[_INDEX - 1] = ""
    return ";".join(parts)


def machine_table(found: list[str]) -> pa.Table:
    """Return the raw fields f1 to f47 and the line (a column each) of MACHINE lines."""
    import pyarrow as pa  # noqa: PLC0415 - a reader of a snapshot must not pay for it
    from pyarrow import csv  # noqa: PLC0415 - as above

    names = [f"f{number}" for number in range(1, COUNT + 1)]
    if not found:
        return pa.table({name: pa.array([], pa.string()) for name in [*names, "line"]})
    padded = [line if line.count(";") == COUNT - 1 else ";".join(values(line)) for line in found]
    text = "\n".join(padded) + "\n"
    if "\r" in text:  # the CSV reader takes it for the end of a line
        columns = zip(*(line.split(";") for line in padded), strict=True)
        return pa.table([*map(pa.array, columns), pa.array(found)], [*names, "line"])
    table = csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=csv.ReadOptions(column_names=names),
        parse_options=csv.ParseOptions(delimiter=";", quote_char=False, double_quote=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    return table.append_column("line", pa.array(found, pa.string()))


def bindings(path: Path) -> list[Bound]:
    """Return the lines of a macmap file; a part that is empty or missing is None."""
    return [_bound(number, line) for number, line in lines(path)]


def _bound(number: int, line: str) -> Bound:
    name, mac, ip = [part.strip() or None for part in (*line.split(";"), "", "", "")[:3]]
    return Bound(number, line, name, mac, ip)
