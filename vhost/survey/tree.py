"""The configuration files of another host: a script there sends the candidates, our parsers read them here.

The script needs a POSIX shell, find, xargs, tar and gzip, of GNU or of busybox. It runs nothing that it finds,
follows no link below a place, and leaves out what a local scan leaves out by name and size.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanners import archive
from scanners.archive import Archived
from scanners.candidates import LARGEST, NEVER, SKIPPED
from scanners.recognise import View
from vhost.discover import Finding
from vhost.errors import SourceMissing, VhostError
from vhost.survey.sections import first, sections
from vhost.transport import NONE, Host, Privilege, Transport

SECONDS = 600.0
_SCRIPTS = Path(__file__).with_name("scripts")
_STREAM, _END = b"= stream\n", b"= end\n"
_NO_COMPLAINT = "tar: removing leading '/' from member names"
_BLOCKS = LARGEST // 512 + 1
_MOST_COMPLAINTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """What the files of a host say; `pm` is the name that the host has of itself."""

    pm: str
    archived: Archived
    missing: Sequence[str] = ()
    findings: Sequence[Finding] = field(default_factory=list)


def look(  # noqa: PLR0913 - each of them is another matter
    transport: Transport,
    host: Host,
    places: Sequence[str],
    *,
    types: frozenset[str] | None = None,
    every: bool = False,
    pm: str | None = None,
    privilege: Privilege = NONE,
) -> Streamed:
    """Return what the files below the places of a host say; relative ones and `~` are below the user's home there.

    Raises `SourceMissing` if none of the places exists, `VhostError` if the host cannot be asked.
    """
    raised = " ".join(privilege.wrap([]))
    answer = transport.run(
        host, ["sh", "-s", "--", raised], timeout=SECONDS, stdin=script(places).encode(errors="surrogateescape")
    )
    head, found, stream = answer.out.partition(_STREAM)
    if not found:
        raise VhostError(host.account, f"its files cannot be looked at: {answer.complaint or 'no answer'}")
    parts = sections(head.decode("utf-8", "surrogateescape") + "= end\n", host.account)
    state = [line.partition("\t") for line in parts.get("places", "").splitlines()]
    there = [path for kind, _, path in state if kind == "there"]
    missing = [path for kind, _, path in state if kind != "there"]
    if not there:
        raise SourceMissing(f"{host.account}: {', '.join(missing) or 'no place'}", "does not exist", "check the path")
    name = pm or first(parts.get("node", "")) or host.name
    if not stream.endswith(_END):
        raise VhostError(host.account, "its answer is cut off", "try it again")
    archived = archive.read(stream.removesuffix(_END), there, View(name, types, every), host.account)
    return Streamed(pm=name, archived=archived, missing=missing, findings=list(_findings(host, missing, answer.err)))


def _findings(host: Host, missing: Sequence[str], complaints: str) -> Iterator[Finding]:
    yield from (Finding(f"{host.account}: {path}", "does not exist", lost=True) for path in missing)
    lines = [line for text in complaints.splitlines() if (line := text.strip()) and line != _NO_COMPLAINT]
    yield from (Finding(host.account, line[:300], lost=True) for line in lines[:_MOST_COMPLAINTS])
    if len(lines) > _MOST_COMPLAINTS:
        yield Finding(host.account, f"and {len(lines) - _MOST_COMPLAINTS} more complaints", lost=True)


def script(places: Sequence[str]) -> str:
    """Return the text of the script that sends the candidates below these places."""
    common, tree = (_SCRIPTS.joinpath(f"{name}.sh").read_text("utf-8") for name in ("common", "tree"))
    candidates = f'candidates() {{ $raise find -H "$1" {_tests()} -print0; }}'
    return f"{common}{tree}{candidates}\nmain {shlex.join(map(_tidy, places))} </dev/null\n"


def _tidy(place: str) -> str:
    """Return a place without `..` and doubled slashes; the home itself is `~`."""
    tidy = posixpath.normpath(place)
    return "~" if tidy == "." else tidy


def _tests() -> str:
    """Return the tests of find that a candidate passes."""
    skipped = " -o ".join(f"-name {shlex.quote(name)}" for name in sorted(SKIPPED))
    endings = " ".join(f"! -name {shlex.quote(f'*.{_any_case(ending)}')}" for ending in sorted(NEVER))
    system = "-path /proc -o -path /sys -o -path /dev"
    prune = f"\\( -type d \\( {system} -o {skipped} \\) \\) -prune -o"
    return f"{prune} -type f -size -{_BLOCKS} ! -size 0 {endings}"


def _any_case(ending: str) -> str:
    return "".join(f"[{char}{char.upper()}]" if char.isalpha() else char for char in ending)
