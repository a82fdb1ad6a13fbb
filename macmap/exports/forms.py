"""The formats that claims are exported in: what each has room for, and how it is written.

A claim is exported only if the parser of its format reads back what was meant; a name that would
end a quote or a line, or reads as something else, is left out instead.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from macmap import csv_table, dhcpd, ethers, hosts, json_list
from macmap.dnsmasq import config
from macmap.entry import Parsed
from macmap.exports import collisions, lines
from macmap.exports.claim import Claim, family, largest
from macmap.kea import reservations
from vhost.text import escape

Marks = Mapping[Claim, str]
_HOSTNAME: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]{1,63})*\.?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One format.

    `reduced` returns the part of a claim that it has room for, None if it has none for it; `text` is a claim as the
    format spells it, `parse` reads that back. `written` makes the whole of claims and of what is to be marked.
    """

    name: str
    reduced: Callable[[Claim], Claim | None]
    text: Callable[[Claim], str]
    parse: Callable[[str], Parsed]
    written: Callable[[Sequence[Claim], Marks], Iterator[str]]
    pairs: tuple[collisions.Pair, ...] = collisions.ALL
    whole: bool = False

    def claims(self, given: Iterable[Claim]) -> tuple[list[Claim], int]:
        """Return what the format has room for, each once, and how many claims it has none for."""
        if self.whole:
            return list(dict.fromkeys(given)), 0
        reduced = [self.reduced(one) for one in given]
        return largest(one for one in reduced if one is not None), reduced.count(None)

    def fits(self, one: Claim) -> bool:
        """Tell whether a claim comes back from the format as it went in, and its name holds nothing that steers."""
        if not self.whole and one.name and escape(one.name) != one.name:
            return False
        parsed = self.parse(self.text(one))
        back = [Claim(entry.name, entry.mac, entry.ip) for entry in parsed.entries]
        return back == [one.bare] and not parsed.problems


def _ethers(one: Claim) -> Claim | None:
    if not one.mac:
        return None
    return Claim(one.name, one.mac) if one.name else Claim(mac=one.mac, ip=one.ip) if one.ip else None


def _hosts(one: Claim) -> Claim | None:
    return Claim(one.name, None, one.ip) if one.name and one.ip else None


def _dnsmasq(one: Claim) -> Claim | None:
    return one.bare if one.mac and (one.name or one.ip) else None


def _dhcpd(one: Claim) -> Claim | None:
    return one.bare if one.mac and one.name else None


def _kea(version: int) -> Callable[[Claim], Claim | None]:
    def reduced(one: Claim) -> Claim | None:
        fits = one.mac and (family(one.ip) == version if one.ip else one.name)
        return one.bare if fits else None

    return reduced


def _commented(text: Callable[[Claim], str]) -> Callable[[Sequence[Claim], Marks], Iterator[str]]:
    """Return what writes a line for each claim; one that is marked is a comment, with the reason before it."""

    def written(claims: Sequence[Claim], marks: Marks) -> Iterator[str]:
        for one in claims:
            if one in marks:
                yield f"# collision: {escape(marks[one])}"
                yield f"# {text(one)}"
            else:
                yield text(one)

    return written


def _kea_text(version: int) -> Callable[[Claim], str]:
    def text(one: Claim) -> str:
        address = {"ip-address": one.ip} if version == 4 else {"ip-addresses": [one.ip]}
        host = {"hw-address": one.mac, "hostname": one.name, **(address if one.ip else {})}
        return json.dumps({key: value for key, value in host.items() if value})

    return text


def _kea_document(version: int) -> Callable[[Sequence[Claim], Marks], Iterator[str]]:
    def written(claims: Sequence[Claim], marks: Marks) -> Iterator[str]:
        yield f'{{ "Dhcp{version}": {{ "reservations": ['
        left = sum(one not in marks for one in claims)
        for one in claims:
            text = _kea_text(version)(one)
            if one in marks:
                yield f"  // collision: {escape(marks[one])}"
                yield f"  // {text}"
            else:
                left -= 1
                yield f"  {text}{',' if left else ''}"
        yield "] } }"

    return written


def _csv(claims: Sequence[Claim], marks: Marks) -> Iterator[str]:
    names = (*Claim._fields, *(("collision",) if marks else ()))
    yield _row(names)
    for one in claims:
        yield _row([*one, *((marks.get(one),) if marks else ())])


def _row(values: Iterable[str | None]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([escape(value or "") for value in values])
    return line.getvalue()


def _json(claims: Sequence[Claim], marks: Marks) -> Iterator[str]:
    yield "["
    for number, one in enumerate(claims, start=1):
        yield f"  {_object(one, marks.get(one))}{',' if number < len(claims) else ''}"
    yield "]"


def _object(one: Claim, mark: str | None = None) -> str:
    values = {key: value if value is None else escape(value) for key, value in one._asdict().items()}
    return json.dumps({**values, "collision": mark} if mark else values)


def _by_lines(parse: Callable[[Iterable[str]], Parsed]) -> Callable[[str], Parsed]:
    return lambda text: parse([f"{text}\n"])


def _kea_parsed(text: str) -> Parsed:
    """Return what Kea would make of a reservation: it takes no host name but one of DNS."""
    name = json.loads(text).get("hostname")
    if name is not None and not _HOSTNAME.fullmatch(name):
        return Parsed()
    return reservations.parse(f'{{"reservations": [{text}]}}')


FORMS: Final[tuple[Form, ...]] = (
    Form(
        name="ethers",
        reduced=_ethers,
        text=lines.ethers,
        parse=_by_lines(ethers.parse),
        written=_commented(lines.ethers),
        pairs=(("mac", "name"), ("mac", "ip"), ("name", "mac"), ("ip", "mac")),
    ),
    Form(
        name="hosts",
        reduced=_hosts,
        text=lines.hosts,
        parse=_by_lines(hosts.parse),
        written=_commented(lines.hosts),
        pairs=(("name", "ip"),),
    ),
    Form(
        name="dnsmasq",
        reduced=_dnsmasq,
        text=lines.dnsmasq,
        parse=_by_lines(config.parse),
        written=_commented(lines.dnsmasq),
    ),
    Form(name="dhcpd", reduced=_dhcpd, text=lines.dhcpd, parse=dhcpd.parse, written=_commented(lines.dhcpd)),
    Form(name="kea", reduced=_kea(4), text=_kea_text(4), parse=_kea_parsed, written=_kea_document(4)),
    Form(name="kea6", reduced=_kea(6), text=_kea_text(6), parse=_kea_parsed, written=_kea_document(6)),
    Form(
        name="csv",
        reduced=lambda one: one,
        text=lambda one: f"{_row(Claim._fields)}\n{_row(one)}",
        parse=lambda text: csv_table.parse(text.splitlines(keepends=True)),
        written=_csv,
        whole=True,
    ),
    Form(
        name="json",
        reduced=lambda one: one,
        text=lambda one: f"[{_object(one)}]",
        parse=json_list.claims,
        written=_json,
        whole=True,
    ),
)
"""Every format of an export."""

BY_NAME: Final[Mapping[str, Form]] = {form.name: form for form in FORMS}
