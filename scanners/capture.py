"""Frames of capture files, read with scapy one after the other: pcap and pcapng, also packed with gzip.

A capture that is cut off, or damaged, gives what was good of it and says where that ended.
"""

from __future__ import annotations

import gzip
import logging
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from scanners.packets import Frame
from vhost.errors import SourceMissing

_GZIP: Final = b"\x1f\x8b"
_LARGEST: Final = 16 << 20
"""Bytes that are read at once at most, whatever length a block says it has."""
_LONGEST: Final = 65_535
"""Bytes of a packet that scapy gives at most."""
_ETHERNET, _COOKED, _COOKED_2 = 1, 113, 276
_ARPHRD_ETHERNET: Final = 1
_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(slots=True)
class Capture:
    """A capture; after its frames were read, `problems` says what was wrong with it.

    `unknown` counts the packets of each link type that is not understood.
    """

    path: Path
    packets: int = 0
    problems: list[str] = field(default_factory=list)
    unknown: dict[int, int] = field(default_factory=dict)

    def frames(self) -> Iterator[tuple[Frame, datetime]]:
        """Return each frame with the time at which it was captured. Raises `SourceMissing` if it is no capture."""
        with _opened(self.path) as (file, changed), _warnings() as warned:
            source = _Source(file)
            yield from self._packets(source, changed)
            if problem := source.problem or next(iter(warned), None):
                self.problems.append(f"is cut off or damaged after packet {self.packets}: {problem}")
        for kind, count in self.unknown.items():
            self.problems.append(f"{count} packets of link type {kind} are not understood")

    def _packets(self, source: _Source, changed: datetime) -> Iterator[tuple[Frame, datetime]]:
        from scapy.error import Scapy_Exception  # noqa: PLC0415 - takes 200 ms, which only a capture may cost
        from scapy.utils import RawPcapReader  # noqa: PLC0415 - as above

        broken = (Scapy_Exception, EOFError, struct.error, ValueError, OverflowError)
        try:
            reader: Any = RawPcapReader(source)  # type: ignore[arg-type] # it takes whatever reads like a file
        except broken as error:
            raise SourceMissing(str(self.path), "is no capture", "pcap and pcapng are read, also with gzip") from error
        try:
            for data, facts in reader:
                if (frame := self._frame(reader, data, facts, source)) is not None:
                    yield frame, _time(reader, facts) or changed
        except broken as error:
            source.problem = source.problem or str(error) or type(error).__name__

    def _frame(self, reader: Any, data: bytes, facts: Any, source: _Source) -> Frame | None:  # noqa: ANN401 - scapy's
        """Return a packet as an Ethernet frame, None if it cannot be one; a short one is the last of its capture."""
        self.packets += 1
        if len(data) < min(getattr(facts, "caplen", 0), _LONGEST):
            source.problem = "the last packet is not whole"
        kind = facts.linktype if hasattr(facts, "linktype") else reader.linktype
        frame = ethernet(kind, data)
        if frame is None:
            self.unknown[kind] = self.unknown.get(kind, 0) + 1
        return frame


class _Source:
    """What scapy reads instead of the file: bounded, unpacked, and not closed by it."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == _GZIP else file
        self.name = str(file.name)
        self.problem: str | None = None

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end; an end in the middle of what was wanted is a problem."""
        try:
            data = self._file.read(min(size, _LARGEST))
        except (EOFError, OSError, zlib.error) as error:
            self.problem = f"it cannot be unpacked: {error}"
            return b""
        if 0 < len(data) < size:
            self.problem = "it ends in the middle of a packet"
        return data

    def close(self) -> None:
        """Leave the file to whoever opened it."""


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BufferedReader, datetime]]:
    """Give an open regular file and when it was changed. Raises `SourceMissing`."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise SourceMissing(str(path), error.strerror or "cannot be read", "name a capture") from error
    with open(handle, "rb") as file:  # noqa: PTH123 - of a handle that no FIFO or device can block
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise SourceMissing(str(path), "is no regular file", "name a capture")
        yield file, datetime.fromtimestamp(facts.st_mtime, UTC)


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Give the list of what scapy warns of meanwhile, which nobody else is told."""
    import scapy.error  # noqa: F401, PLC0415 - makes the logger as it is

    warned: list[str] = []
    logger = logging.getLogger("scapy.runtime")
    before = logger.propagate, logger.handlers[:], logger.filters[:]
    handler = logging.Handler()
    handler.emit = lambda record: warned.append(record.getMessage())  # type: ignore[method-assign] # all it does
    logger.propagate, logger.handlers[:], logger.filters[:] = False, [handler], []
    try:
        yield warned
    finally:
        logger.propagate, logger.handlers[:], logger.filters[:] = before


def ethernet(kind: int, data: bytes) -> Frame | None:
    """Return a packet of this link type as an Ethernet frame; None for other types and other hardware.

    A capture of all interfaces is "cooked" (Linux SLL and SLL2): the receiver is not known, and stays zero.
    """
    if kind == _ETHERNET:
        return Frame(data)
    if kind == _COOKED and len(data) >= 16:
        _, hardware, length, sender, protocol = struct.unpack_from("!HHH6s2x2s", data)
        return _cooked(hardware, length, sender, protocol + data[16:])
    if kind == _COOKED_2 and len(data) >= 20:
        protocol, hardware, length, sender = struct.unpack_from("!2s2x4xHxB6s", data)
        return _cooked(hardware, length, sender, protocol + data[20:])
    return None


def _cooked(hardware: int, length: int, sender: bytes, rest: bytes) -> Frame | None:
    return Frame(bytes(6) + sender + rest) if (hardware, length) == (_ARPHRD_ETHERNET, 6) else None


def _time(reader: Any, facts: Any) -> datetime | None:  # noqa: ANN401 - scapy's
    """Return when a packet was captured, None where the capture does not say, or says what cannot be."""
    try:
        if hasattr(facts, "tsresol"):
            seconds = ((facts.tshigh << 32) + facts.tslow) / facts.tsresol
        else:
            seconds = facts.sec + facts.usec / (1e9 if reader.nano else 1e6)
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError, ZeroDivisionError):
        return None
