"""Records of zone files (RFC 1035, section 5), which dnspython reads. Import it only where one is read.

    tst100   IN  A   192.168.1.220

Records are handed on while the file is read, so that a large zone is never in memory as a whole. $INCLUDE
is refused: what a zone file names may be any file of the one who scans.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any, Final, TextIO

import dns.exception
import dns.name
import dns.rdataclass
import dns.tokenizer
import dns.transaction
import dns.zonefile

from scanners.dns import names
from scanners.dns.wire import AAAA, SOA, TYPES
from scanners.dns.zone_reader import Row
from vhost.errors import SourceMissing

LARGEST: Final = 256 << 20
LONGEST: Final = 65536
MOST: Final = 4_000_000
_TOGETHER: Final = 10_000
_PLACE: Final = re.compile(r"^<zone>:\d+: ")
_MOST_LINES: Final = 100_000
_FILE: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class _TooMuch(ValueError):
    """What no zone file holds."""


class ZoneFileBroken(ValueError):
    """A zone file that cannot be read to its end; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone file says of itself: the zone and the serial number of its SOA record, None where it has none."""

    name: str | None
    serial: int | None


Took = Callable[[Sequence[Row], Zone], None]
"""Told records, and what is known of the zone by then."""


def read(path: Path, origin: str | None, took: Took) -> Zone:
    """Hand on every record that is a claim and return the zone; `origin` is its name where the file does not say it.

    Raises `SourceMissing` or `ZoneFileBroken`.
    """
    with _opened(path) as file:
        text = _Text(file)
        records = _Records(_Manager(origin), took, text)
        tokens = dns.tokenizer.Tokenizer(text, "<zone>")
        reader = dns.zonefile.Reader(
            tokens, dns.rdataclass.IN, records, allow_directives=("$ORIGIN", "$TTL", "$GENERATE")
        )
        try:
            reader.read()
        except dns.zonefile.UnknownOrigin as error:
            raise ZoneFileBroken("does not say which zone it is; name it: --file FILE ZONE") from error
        except (dns.exception.DNSException, ValueError, OverflowError) as error:
            raise ZoneFileBroken(f"{text.number}: {_reason(error)}") from error
    records.flush()
    return records.known()


def _reason(error: Exception) -> str:
    """Return what is wrong, without file and line, of which dnspython names the one after."""
    text = str(error).strip().split("\n", 1)[0]
    return _PLACE.sub("", text) or "is no zone file"


def _opened(path: Path) -> TextIO:
    try:
        handle = os.open(path, _FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file has such a name"
        raise SourceMissing(str(path), reason, "name a zone file") from error
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST:
        return open(handle, encoding="utf-8", errors="surrogateescape", newline="")  # noqa: PTH123 - of a handle
    os.close(handle)
    what = f"is larger than {LARGEST} bytes" if stat.S_ISREG(status.st_mode) else "is no regular file"
    raise SourceMissing(str(path), what, "name a zone file")


class _Text:
    """The characters of a file, one by one; a line and a record have a limit, for both would be kept in memory."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.number = self.lines = 0
        self.characters: Iterator[str] = iter("")

    def read(self, _: int) -> str:
        """Return the next character, nothing at the end."""
        for character in self.characters:
            return character
        line = self.file.readline(LONGEST)
        self.number, self.lines = self.number + 1, self.lines + 1
        if len(line) == LONGEST or self.lines > _MOST_LINES:
            raise _TooMuch("a line or record that is longer than any should be")
        self.characters = iter(line)
        return next(self.characters, "")


class _Manager(dns.transaction.TransactionManager):
    """Knows the zone; see dnspython."""

    def __init__(self, origin: str | None) -> None:
        self.origin = None if origin is None else dns.name.from_text(origin)

    def origin_information(self) -> tuple[dns.name.Name | None, bool, dns.name.Name | None]:
        return self.origin, False, self.origin

    def get_class(self) -> dns.rdataclass.RdataClass:
        return dns.rdataclass.IN


class _Records(dns.transaction.Transaction):
    """Takes what the reader reads, and hands it on."""

    def __init__(self, manager: _Manager, took: Took, text: _Text) -> None:
        super().__init__(manager)
        self.took, self.text = took, text
        self.zone = manager.origin
        self.serial: int | None = None
        self.count = 0
        self.waiting: list[Row] = []

    def known(self) -> Zone:
        """Return what the file has said of its zone until now."""
        return Zone(None if self.zone is None else names.spelled(self.zone.labels), self.serial)

    def flush(self) -> None:
        """Hand on what waits."""
        if self.waiting:
            self.took(self.waiting, self.known())
            self.waiting = []

    def add(self, *args: Any) -> None:
        """Take one record: name, TTL, data."""
        name, ttl, data = args
        self.text.lines = 0
        self.count += 1
        if self.count > MOST:
            raise _TooMuch(f"more than {MOST} records")
        if data.rdtype == SOA:
            self.zone, self.serial = name, data.serial
        elif data.rdtype in TYPES:
            self.waiting.append((names.spelled(name.labels), TYPES[data.rdtype], ttl, _value(data)))
        if len(self.waiting) >= _TOGETHER:
            self.flush()

    def _set_origin(self, origin: dns.name.Name | None) -> None:
        """Take what the file says first of its zone."""
        self.zone = self.zone or origin


def _value(data: Any) -> str:  # noqa: ANN401 - dnspython makes a class for each type
    if hasattr(data, "target"):
        return names.spelled(data.target.labels)
    text: str = data.to_text()
    return str(IPv6Address(text)) if data.rdtype == AAAA else text
