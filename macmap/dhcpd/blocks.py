"""What may stand before a `{`, and the block that it opens.

subnet 10.5.5.0 netmask 255.255.255.224 {      subnet6 2001:db8::/64 {      shared-network "office" {

A header that is wrong is named, and its block is opened all the same.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final

from macmap.dhcpd import classes, hosts
from macmap.dhcpd.context import Block, Context, shown
from macmap.dhcpd.tokens import Token, value

Opener = Callable[[Context, list[Token], int], Block]


def _host(context: Context, words: list[Token], line: int) -> Block:
    host = hosts.named(context, words, line)
    return Block("host", line, host.name or "", host)


def _group(context: Context, words: list[Token], line: int) -> Block:
    if len(words) > 2:
        context.expected(line, f"'{{' expected after the group's name, not {shown(words[2:])}")
    return Block("group", line, words[1].text if len(words) > 1 else "")


def _subnet(context: Context, words: list[Token], line: int) -> Block:
    for network in context.stack:
        network.count("subnet")
    texts = [word.text for word in words[1:]]
    if len(texts) != 3 or texts[1].lower() != "netmask":
        context.expected(line, f"an address, 'netmask' and a mask expected after subnet, not {shown(words[1:])}")
    elif not _is_network(f"{texts[0]}/{texts[2]}", 4):
        context.expected(line, f"the address and mask of a network expected, not {shown(words[1:])}")
    return Block("subnet", line, " ".join(texts[:1]))


def _subnet6(context: Context, words: list[Token], line: int) -> Block:
    for network in context.stack:
        network.count("subnet")
    text = "".join(word.text for word in words[1:])
    if "/" not in text or not text.rpartition("/")[2].isdigit() or not _is_network(text, 6):
        context.expected(line, f"an address, '/' and the bits of a network expected, not {shown(words[1:])}")
    return Block("subnet6", line, text)


def _is_network(text: str, version: int) -> bool:
    if version == 4 and not _is_mask(text.partition("/")[2]):
        return False
    try:
        return ipaddress.ip_network(text).version == version
    except ValueError:
        return False


def _is_mask(text: str) -> bool:
    """Tell whether the mask is ones and then zeros; `ipaddress` takes host masks as well."""
    try:
        inverse = int(ipaddress.IPv4Address(text)) ^ 0xFFFFFFFF
    except ValueError:
        return False
    return inverse & (inverse + 1) == 0


def _shared(context: Context, words: list[Token], line: int) -> Block:
    name = value(words[1]) if len(words) > 1 else ""
    if not name:
        context.expected(line, "the name of the shared-network expected")
    if len(words) > 2:
        context.expected(line, f"'{{' expected after the shared-network's name, not {shown(words[2:])}")
    return Block("shared-network", line, name)


def _plain(context: Context, words: list[Token], line: int) -> Block:
    if len(words) > 1:
        context.expected(line, f"'{{' expected after {words[0].text}, not {shown(words[1:])}")
    return Block(words[0].text.lower(), line)


def _condition(context: Context, words: list[Token], line: int) -> Block:
    keyword = words[0].text.lower()
    bare = keyword == "else" and len(words) == 1
    if len(words) == 1 and not bare:
        context.expected(line, f"a condition expected after {keyword}")
    return Block("switch" if keyword == "switch" else "exec", line)


def _opaque(context: Context, words: list[Token], line: int) -> Block:  # noqa: ARG001 - the form of every opener
    return Block("opaque", line, " ".join(word.text for word in words[:2]))


OPENERS: Final[dict[str, Opener]] = {
    "host": _host,
    "group": _group,
    "subnet": _subnet,
    "subnet6": _subnet6,
    "shared-network": _shared,
    "pool": _plain,
    "pool6": _plain,
    "class": classes.opened,
    "vendor-class": classes.opened,
    "user-class": classes.opened,
    "subclass": classes.subclass,
    **dict.fromkeys(("if", "elsif", "else", "on", "switch", "define", "function"), _condition),
    **dict.fromkeys(("zone", "key", "failover", "lease", "ia-na", "ia-ta", "ia-pd"), _opaque),
}
"""What each word that can stand before a `{` opens."""

_BLOCKS = "host group subnet subnet6 shared-network pool pool6 class vendor-class user-class if elsif else switch"
NEEDS_BRACE: Final = frozenset(_BLOCKS.split())
"""Those of them that nothing but a `{` can follow."""


def unknown(context: Context, words: list[Token], line: int) -> Block:
    """Return the block of a `{` that belongs to nothing known; hosts in it still come out."""
    before = f"after {shown(words)}" if words else "without a declaration before it"
    context.expected(line, f"a declaration as host, group or subnet expected; '{{' stands {before}")
    return Block("opaque", line)


def closed(context: Context, block: Block) -> None:
    """Note what a block lacked, and take the entries of a host."""
    if block.kind == "host":
        context.entries += hosts.entries(block, context.file)
    elif block.kind == "shared-network" and not block.counts.get("subnet") and not context.includes:
        context.expected(block.line, f"a subnet expected in shared-network {block.name!r}")
