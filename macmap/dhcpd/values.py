"""The forms of option values, by kind: what dhcpd takes for an address, a flag, a text."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Final

from macmap.dhcpd.hosts import listed
from macmap.dhcpd.tokens import MARK, STRING, WORD, Token

_QUAD: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
_NUMBER: Final = re.compile(r"-?(?:0x[0-9a-f]+|\d+)", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{1,2})*", re.IGNORECASE)
_FLAGS: Final = frozenset({"true", "false", "on", "off", "ignore"})


def _is_address(item: list[Token]) -> bool:
    """Tell whether an item is an IPv4 address or a host name."""
    if len(item) != 1 or item[0].kind != WORD or ":" in item[0].text:
        return False
    return not _QUAD.fullmatch(item[0].text) or _is_ip(item[0].text, 4)


def _is_address6(item: list[Token]) -> bool:
    return len(item) == 1 and item[0].kind == WORD and _is_ip(item[0].text, 6)


def _is_ip(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _is_domain(item: list[Token]) -> bool:
    if len(item) != 1 or item[0].kind != WORD or ":" in item[0].text:
        return False
    labels = item[0].text.removesuffix(".").split(".")
    return all(1 <= len(label) <= 63 for label in labels)


def _is_number(item: list[Token]) -> bool:
    return len(item) == 1 and item[0].kind == WORD and bool(_NUMBER.fullmatch(item[0].text))


def _is_flag(item: list[Token]) -> bool:
    return len(item) == 1 and item[0].text.lower() in _FLAGS


def _is_text(item: list[Token]) -> bool:
    return len(item) == 1 and item[0].kind != MARK


def _is_string(item: list[Token]) -> bool:
    return len(item) == 1 and item[0].kind not in {WORD, MARK}


def _is_bytes(item: list[Token]) -> bool:
    if _is_string(item):
        return True
    return all(word.kind == WORD for word in item) and bool(_HEX.fullmatch("".join(word.text for word in item)))


_ONE: Final[dict[str, tuple[Callable[[list[Token]], bool], str]]] = {
    "address": (_is_address, "an IPv4 address or a name"),
    "address6": (_is_address6, "an IPv6 address"),
    "domain": (_is_domain, "a domain name"),
    "number": (_is_number, "a number"),
    "flag": (_is_flag, "true or false"),
    "string": (_is_string, "a text in quotes"),
    "text": (_is_text, "a text"),
    "bytes": (_is_bytes, "a text or hex digits"),
}
_MANY: Final[dict[str, tuple[Callable[[list[Token]], bool], str]]] = {
    "addresses": (_is_address, "IPv4 addresses or names with commas between them"),
    "addresses6": (_is_address6, "IPv6 addresses with commas between them"),
    "numbers": (_is_number, "numbers with commas between them"),
    "domains": (_is_string, "domain names in quotes with commas between them"),
}


def unfit(kind: str, words: list[Token]) -> str | None:
    """Return what should stand behind a name instead of the words; `= EXPRESSION` may be anything."""
    if words and words[0].text == "=" and words[0].kind == MARK:
        return "an expression" if len(words) == 1 else None
    return wanted(kind, words)


def wanted(kind: str, words: list[Token]) -> str | None:
    """Return what should stand there instead of the words; None if they are a value of the kind.

    A string without its closing quote is a problem of its own, and not one here.
    """
    if any(word.kind not in {WORD, MARK, STRING} for word in words):
        return None
    if kind in _ONE:
        fits, form = _ONE[kind]
        return None if fits(words) else form
    if kind in _MANY:
        fits, form = _MANY[kind]
        return None if all(fits(item) for item in listed(words)) else form
    if kind == "none":
        return "nothing" if words else None
    return None
