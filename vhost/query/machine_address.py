"""Machine addresses, as `-i CTYS` takes them and `-o ctys` prints them: a PM, and what names a machine on it.

    lab00.soho[/root/xen/tst101/tst101.conf,tst101,26bb9d9c7ae14bf7a9d56a2d6b0a1ac7,00:50:56:13:11:41]
    lab00[tst101]        lab00.soho[l:tst101,m:00-50-56-13-11-41]        lab00.soho

A part stands for a machine that has exactly this ID, label, UUID, MAC or TCP, in any spelling; with a key of
`vhost.address`, for one that has it there. A PM without its domain is the PM of that name in any domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vhost.address import KEYWORDS, Kind
from vhost.errors import UsageError
from vhost.query.expression import Pattern
from vhost.query.hosts import Hosts
from vhost.query.terms import InField, Same, Term, Together

_FORM = re.compile(r"(?P<pm>[^\[\]]*)(?:\[(?P<parts>.*)\])?", re.DOTALL)
_KEYED = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_PM, _ID = 1, 4
_FIELDS: dict[Kind, int] = {"l": 3, "u": 5, "m": 6, "t": 7, "p": _ID}
_ANY = tuple(sorted(_FIELDS.values()))
_PARTS_LIMIT = 100


def words(argument: str) -> list[str]:
    """Return the addresses and operators of an argument, which is split at the blanks outside of brackets."""
    found, start, depth = [], 0, 0
    for place, char in enumerate(argument):
        depth = max(0, depth + (char == "[") - (char == "]"))
        if char.isspace() and not depth:
            found.append(argument[start:place])
            start = place + 1
    return [word for word in [*found, argument[start:]] if word.strip()]


def reader(hosts: Hosts) -> Callable[[str], Term]:
    """Return what makes a term of an address, whose PM may be a group. It raises `UsageError` for what is none."""
    return lambda text: _term(text, hosts)


def _term(text: str, hosts: Hosts) -> Term:
    match = _FORM.fullmatch(text)
    if match is None:
        raise UsageError("-i CTYS", f"{text[:80]!r} is no machine address", "write PM[PART,PART...]")
    parts = [part.strip() for part in (match["parts"] or "").split(",") if part.strip()]
    if len(parts) > _PARTS_LIMIT:
        raise UsageError("-i CTYS", f"an address of {len(parts)} parts, {_PARTS_LIMIT} are allowed")
    pm = [_pm(hosts(match["pm"].strip()))] if match["pm"].strip() else []
    made = (*pm, *map(_part, parts))
    if not made:
        raise UsageError("-i CTYS", f"{text[:80]!r} names neither a PM nor a machine", "write PM[PART,PART...]")
    return Together(made)


def _pm(names: Sequence[str]) -> Term:
    pattern = "|".join(re.escape(name) + ("$" if "." in name else r"(?:\.|$)") for name in names)
    return InField(_PM, names[0] if len(names) == 1 else "", Pattern(f"^(?:{pattern})"))


def _part(text: str) -> Term:
    match = _KEYED.fullmatch(text)
    kind = KEYWORDS.get(match[1].upper()) if match else None
    if match is None or kind is None:
        return Same(_ANY, text)
    if kind in _FIELDS:
        return Same((_FIELDS[kind],), match[2])
    inner = re.escape(match[2].strip("/"))
    return InField(_ID, "", Pattern(f"(?:^|/){inner}$" if kind == "f" else f"^/?{inner}/"))
