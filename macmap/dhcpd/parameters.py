"""Single statements other than options: ranges, prefixes, interfaces, the server's DUID, labels.

range6 2001:db8::100 2001:db8::200;      prefix6 2001:db8:1:: 2001:db8:2:: / 64;      server-duid ll;

None of them binds anything; what is wrong with them is named.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from macmap.dhcpd import classes, values
from macmap.dhcpd.context import Context, shown
from macmap.dhcpd.hosts import duid
from macmap.dhcpd.names import PARAMETERS
from macmap.dhcpd.tokens import STRING, Token

_HARDWARE: Final = frozenset({"ethernet", "token-ring", "fddi", "infiniband"})
_DIRECTIVE: Final = re.compile(r"% option \S+(?: (?:known|unknown|local|dynamic)){1,2}")


def _range(context: Context, words: list[Token]) -> None:
    texts = [word.text for word in words[1:]]
    if texts[:1] == ["dynamic-bootp"]:
        texts = texts[1:]
    if not 1 <= len(texts) <= 2 or not all(_is_address(text, 4) for text in texts):
        context.expected(words[0].line, f"one or two IPv4 addresses expected after range, not {shown(words[1:])}")


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _range6(context: Context, words: list[Token]) -> None:
    texts = [word.text for word in words[1:]]
    temporary = texts[-1:] == ["temporary"]
    addresses = texts[:-1] if temporary else texts
    pair = len(addresses) == (1 if temporary else 2) and all(_is_address(text, 6) for text in addresses)
    network = len(addresses) == 3 and addresses[1] == "/" and _is_address(addresses[0], 6) and addresses[2].isdigit()
    if not (pair or network):
        context.expected(words[0].line, f"two IPv6 addresses or a network expected, not {shown(words[1:])}")


def _prefix6(context: Context, words: list[Token]) -> None:
    texts = [word.text for word in words[1:]]
    if len(texts) != 4 or texts[2] != "/" or not (_is_address(texts[0], 6) and _is_address(texts[1], 6)):
        context.expected(words[0].line, f"two IPv6 addresses, '/' and a number expected, not {shown(words[1:])}")
    elif not (texts[3].isdigit() and 0 < int(texts[3][:4]) < 128):
        context.expected(words[0].line, f"a prefix of 1 to 127 bits expected, not {texts[3][:40]!r}")


def _interface(context: Context, words: list[Token]) -> None:
    if len(words) != 2:
        context.expected(words[0].line, f"the name of one interface expected, not {shown(words[1:])}")
    if context.block.count("interface") > 1:
        context.expected(words[0].line, f"only one interface expected in a {context.block.kind}")


def _server_duid(context: Context, words: list[Token]) -> None:
    """Check `server-duid`: `ll [TYPE MAC]`, `llt [TYPE TIME MAC]`, `en NUMBER ID` or `NUMBER ID`."""
    context.duids += 1
    if context.duids > 1:
        context.expected(words[0].line, "only one server-duid expected")
    kind = words[1].text.lower() if len(words) > 1 and words[1].kind != STRING else ""
    rest = words[2:]
    if kind in {"ll", "llt"}:
        problem = _link_layer(rest, timed=kind == "llt")
    elif kind == "en":
        problem = None if rest and rest[0].text.isdigit() else "an enterprise number expected"
        problem = problem or _identifier(rest[1:])
    else:
        problem = _identifier(rest) if kind.isdigit() else "llt, ll, en or a number expected"
    if problem:
        context.expected(words[0].line, f"{problem} in server-duid, not {shown(words[1:])}")


def _link_layer(words: list[Token], *, timed: bool) -> str | None:
    if not words:
        return None
    if words[0].text.lower() not in _HARDWARE:
        return "a hardware type expected"
    if timed and not (len(words) > 1 and words[1].text.isdigit()):
        return "a time expected after the hardware type"
    return None if duid(words[1 + timed :]) else "a hardware address expected"


def _identifier(words: list[Token]) -> str | None:
    return None if duid(words) else "an identifier expected"


def _valued(context: Context, words: list[Token]) -> None:
    """Check a parameter that has one simple value, as `default-lease-time 600`."""
    wanted = values.unfit(PARAMETERS[words[0].text.lower()], words[1:])
    if wanted:
        context.expected(words[0].line, f"{wanted} expected as {words[0].text}, not {shown(words[1:])}")


def _case(context: Context, words: list[Token]) -> None:
    if context.block.kind != "switch":
        context.expected(words[0].line, "case expected in a switch only")
    if len(words) == 1:
        context.expected(words[0].line, "a value expected after case")


def label(context: Context, words: list[Token]) -> None:
    """Check a label that ends with a colon: `case VALUE:` or `default:`."""
    if words[0].text.lower() == "case":
        _case(context, words)
    elif context.block.kind != "switch":
        context.expected(words[0].line, "default: expected in a switch only")


def _unlabelled(context: Context, words: list[Token]) -> None:
    context.expected(words[0].line, f"':' expected after {shown(words)}")


def directive(context: Context, words: list[Token]) -> None:
    """Check a line for Kea's migration assistant, which dhcpd skips: `% option space.name known unknown;`."""
    text = " ".join(word.text for word in words)
    if not _DIRECTIVE.fullmatch(text):
        context.expected(words[0].line, f"'% option NAME known|unknown|local|dynamic' expected, not {shown(words)}")
    elif text.endswith(" unknown unknown"):
        context.expected(words[0].line, "an option that somebody knows expected, not 'unknown unknown'")


RULES: Final[dict[str, Callable[[Context, list[Token]], None]]] = {
    "range": _range,
    "range6": _range6,
    "prefix6": _prefix6,
    "interface": _interface,
    "server-duid": _server_duid,
    "case": _unlabelled,
    "match": classes.match,
    "spawn": classes.spawn,
    **dict.fromkeys(PARAMETERS, _valued),
}
"""What is checked of each statement."""
