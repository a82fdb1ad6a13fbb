"""The parameters of a host declaration, and the entries that it gives.

host db01 { hardware ethernet 52:54:00:4e:01:33; fixed-address 192.168.1.33, db01.soho; }
host v6 { host-identifier option dhcp6.client-id 00:01:00:01:00:04; fixed-address6 2001:db8::33; }

A parameter that is wrong is named and left out; the rest of its host stays.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from macmap.dhcpd.context import Block, Context, Host, shown
from macmap.dhcpd.tokens import STRING, WORD, Token, value
from macmap.entry import Entry
from vhost import normal

_MAC_TYPES: Final = frozenset({"ethernet", "token-ring", "fddi"})
_OTHER_TYPES: Final = re.compile(r"infiniband|unknown-\d+", re.IGNORECASE)
_QUAD: Final = re.compile(r"[\d.]+")
_PLAIN_QUAD: Final = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|\Z)){4}(?<!\.)", re.ASCII)
_PLAIN_MAC: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.\-\x80-\U0010ffff]+")
_HEX: Final = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{1,2})*", re.IGNORECASE)


def entries(block: Block, file: str) -> list[Entry]:
    """Return what a host declaration says: an entry for each address, one without any if it has none."""
    host = block.host
    if host is None or host.deleted:
        return []
    if not (host.name or host.mac or host.duid or host.addresses):
        return []
    return [
        Entry(
            name=host.name,
            mac=host.mac,
            ip=address,
            line=block.line,
            duid=host.duid,
            hostname=host.hostname,
            file=file,
        )
        for address in dict.fromkeys(host.addresses) or (None,)
    ]


def named(context: Context, words: list[Token], line: int) -> Host:
    """Return the host that a declaration begins."""
    if len(words) < 2:
        context.expected(line, "the name of the host expected")
        return Host(None)
    if len(words) > 2:
        context.expected(line, f"'{{' expected after host {shown(words[1:2])}, not {shown(words[2:])}")
    return Host(value(words[1]) or None)


def _hardware(context: Context, host: Host, words: list[Token]) -> None:
    line = words[0].line
    kind = words[1].text.lower() if len(words) > 1 else ""
    if kind in _MAC_TYPES:
        mac = _mac("".join(word.text for word in words[2:]))
        if mac is None:
            context.expected(line, f"a MAC of 6 bytes expected, not {shown(words[2:])}")
        host.mac = mac or host.mac
    elif not _OTHER_TYPES.fullmatch(kind):
        context.expected(line, f"ethernet, token-ring, fddi or infiniband expected, not {shown(words[1:2])}")


def _mac(text: str) -> str | None:
    return text if _PLAIN_MAC.fullmatch(text) else normal.mac(text)


def _addresses(context: Context, host: Host, words: list[Token]) -> None:
    for item in listed(words[1:]):
        address = _address(item)
        if address is None or ":" in address:
            context.expected(words[0].line, f"an IPv4 address or a name expected, not {shown(item)}")
        if address is not None:
            host.addresses.append(address)


def _addresses6(context: Context, host: Host, words: list[Token]) -> None:
    for item in listed(words[1:]):
        address = normal.address(item[0].text) if len(item) == 1 and item[0].kind == WORD else None
        if address is None or ":" not in address:
            context.expected(words[0].line, f"an IPv6 address expected, not {shown(item)}")
        else:
            host.addresses.append(address)


def _address(item: list[Token]) -> str | None:
    text = item[0].text if len(item) == 1 and item[0].kind == WORD else ""
    if _PLAIN_QUAD.fullmatch(text):
        return text
    if _QUAD.fullmatch(text) or ":" in text:
        return normal.address(text)
    return text if _NAME.fullmatch(text) else None


def listed(words: list[Token]) -> list[list[Token]]:
    """Return the words between commas; an empty list is one empty item."""
    items: list[list[Token]] = [[]]
    for word in words:
        if word.text == "," and word.kind != STRING:
            items.append([])
        else:
            items[-1].append(word)
    return items


def _prefix(context: Context, host: Host, words: list[Token]) -> None:  # noqa: ARG001 - the form of every parameter
    try:
        ipaddress.IPv6Network("".join(word.text for word in words[1:]), strict=False)
    except ValueError:
        context.expected(words[0].line, f"an IPv6 prefix as 2001:db8::/64 expected, not {shown(words[1:])}")


def _identifier(context: Context, host: Host, words: list[Token]) -> None:
    """Take the DUID of a v6 host; other identifiers bind no name that we know."""
    texts = [word.text.lower() for word in words[1:]]
    if texts[:1] == ["v6relopt"] and len(texts) >= 4:
        return
    if texts[:1] != ["option"] or len(texts) < 3:
        context.expected(words[0].line, "host-identifier: 'option', a name and a value expected")
    elif texts[1] == "dhcp6.client-id":
        host.duid = duid(words[3:]) or host.duid
        if not host.duid:
            context.expected(words[0].line, f"a DUID in hex digits expected, not {shown(words[3:])}")


def duid(words: list[Token]) -> str | None:
    """Return a DUID as hex digits with colons, whether it is spelled so or as a string; None if it is neither."""
    if len(words) == 1 and words[0].kind == STRING:
        data = value(words[0]).encode("utf-8", "surrogateescape")
        return data.hex(":") or None
    text = "".join(word.text for word in words)
    if not _HEX.fullmatch(text):
        return None
    return ":".join(part.zfill(2) for part in text.lower().split(":"))


def _uid(context: Context, host: Host, words: list[Token]) -> None:  # noqa: ARG001 - the form of every parameter
    if len(words) == 1:
        context.expected(words[0].line, "a client identifier expected")


def _deleted(context: Context, host: Host, words: list[Token]) -> None:  # noqa: ARG001 - as above
    host.deleted = True


PARAMETERS: Final[dict[str, Callable[[Context, Host, list[Token]], None]]] = {
    "hardware": _hardware,
    "fixed-address": _addresses,
    "fixed-address6": _addresses6,
    "fixed-prefix6": _prefix,
    "host-identifier": _identifier,
    "uid": _uid,
    "deleted": _deleted,
}
"""What each parameter does to the host that it stands in."""
