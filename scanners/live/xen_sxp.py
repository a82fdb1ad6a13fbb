"""Xen's old toolstack: the domains of `xm list -l`, which are S-expressions.

    (domain (domid 3) (name tst100) (uuid 6842caf9-...) (state -b----) (device (vif (mac 00:50:56:13:11:40))))

Source: xm(1), the SXP of xend's configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanners.live.guest import Running, State
from vhost import normal

_WORD = re.compile(r"""[()]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()'"]+""")
_DEEPEST = 64
_PORT = re.compile(r".*:(\d{1,5})")


def domains(text: str, host: str) -> list[Running]:
    """Return the domains in their order; what is no S-expression gives none."""
    return [_domain(one, host) for one in _trees(text) if one[:1] == ["domain"]]


def state_of(letters: str) -> State:
    """Return the state that six letters as `-b----` stand for; a domain that is just not scheduled runs."""
    if not letters:
        return State.UNKNOWN
    for letter, found in (("d", State.STOPPING), ("c", State.CRASHED), ("s", State.STOPPING), ("p", State.PAUSED)):
        if letter in letters:
            return found
    return State.RUNNING


def _trees(text: str) -> list[list[Any]]:
    """Return the lists of the outermost level."""
    stack: list[list[Any]] = [[]]
    for word in _WORD.findall(text):
        if word == "(" and len(stack) < _DEEPEST:
            stack.append([])
        elif word == ")" and len(stack) > 1:
            done = stack.pop()
            stack[-1].append(done)
        elif word not in "()":
            stack[-1].append(re.sub(r"\\(.)", r"\1", word[1:-1]) if word[0] in "'\"" else word)
    return [one for one in stack[0] if isinstance(one, list)]


def _domain(tree: list[Any], host: str) -> Running:
    devices = [one[1] for one in _named(tree, "device") if len(one) > 1 and isinstance(one[1], list)]
    port = _PORT.fullmatch(next((_value(one, "location") for one in devices if one[:1] == ["vfb"]), ""))
    letters = _value(tree, "state")
    return Running(
        host=host,
        type="XEN",
        label=_value(tree, "name"),
        id=_value(tree, "domid") or None,
        uuid=normal.uuid(_value(tree, "uuid")),
        macs=tuple(mac for one in devices if one[:1] == ["vif"] and (mac := normal.mac(_value(one, "mac")))),
        disks=tuple(_disk(one) for one in devices if one[:1] in (["vbd"], ["tap"], ["tap2"]) and _disk(one)),
        state=state_of(letters),
        word=letters or "unknown",
        vnc_port=int(port[1]) if port and 0 < int(port[1]) <= 65_535 else None,
    )


def _disk(device: list[Any]) -> str:
    kind, colon, path = _value(device, "uname").partition(":")
    return path.removeprefix("aio:") if colon and kind in {"file", "phy", "tap", "tap2"} else ""


def _named(tree: list[Any], name: str) -> Iterator[list[Any]]:
    yield from (one for one in tree if isinstance(one, list) and one[:1] == [name])


def _value(tree: list[Any], name: str) -> str:
    found = next((one for one in _named(tree, name) if len(one) > 1), None)
    return found[1] if found and isinstance(found[1], str) else ""
