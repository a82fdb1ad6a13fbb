"""The targets of a call: `[user@]host[vm]'(options)'`, and the options for all of them that stand before.

    '(-Z KSU)' lab00'( -a create=l:tst100 )' root@lab01   lab00[/etc/xen/tst100.conf,tst100]   lab00[l:tst100][inner]

A target is a host or a group; machines inside it stand in brackets, the outermost first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vhost import normal
from vhost.ctys.brackets import closed
from vhost.ctys.requests import Address, Part
from vhost.ctys.suboptions import PARTS, Item, Parts, path
from vhost.ctys.words import Word
from vhost.errors import UsageError

MOST = 1_000
"""Targets of one call, groups resolved."""

DEEPEST = 8
"""Machines inside each other."""

_ACCOUNT = re.compile(r"[^\s,()\[\]'\"]+")
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Named:
    """One target as it stands: its account or group, the machines inside, its options (None without any)."""

    account: Word
    stack: tuple[Address, ...] = ()
    context: Word | None = None


def common(text: Word) -> tuple[Word | None, Word]:
    """Return the options for all targets, None without any, and the rest."""
    text = text.strip()
    found, end = _context(text, 0)
    return (found, text[end:]) if found is not None else (None, text)


def named(text: Word) -> Iterator[Named]:
    """Return the targets between blanks or commas. Raises `UsageError` with the place of what is wrong."""
    at = _gap(text, 0)
    count = 0
    while at < len(text.text):
        match = _ACCOUNT.match(text.text, at)
        if match is None:
            raise _no_target(text, at)
        account = text[at : match.end()]
        stack, end = _stack(text, match.end())
        context, end = _context(text, end)
        yield Named(_checked(account), stack, context)
        if end < len(text.text) and text.text[end] in ")]":
            raise _no_target(text, end)
        if end < len(text.text) and not (text.text[end].isspace() or text.text[end] == ","):
            raise text.wrong("a blank is missing between two targets", "", end)
        at = _gap(text, end)
        count += 1
        if count > MOST:
            raise account.wrong(f"more than {MOST} targets", "call it for some of them at a time")


def _gap(text: Word, at: int) -> int:
    while at < len(text.text) and (text.text[at].isspace() or text.text[at] == ","):
        at += 1
    return at


def _no_target(text: Word, at: int) -> UsageError:
    if text.text[at] in ")]":
        return text.wrong(f"{text.text[at]!r} closes nothing", "remove it, or add the bracket that opens", at)
    if text.text[at] == "(" or text.text.startswith("'(", at):
        return text.wrong("options for all targets stand before the first target", "", at)
    return text.wrong(f"{text.text[at]!r} begins no target", "write HOST, USER@HOST, GROUP or HOST'(OPTIONS)'", at)


def _checked(account: Word) -> Word:
    user, at, host = account.text.rpartition("@")
    if account.text.startswith("-"):
        raise account.wrong(f"{account.shown} is an option behind a target", "options stand before targets")
    if not host or host.startswith("-") or (at and not user) or len(account.text) > _LONGEST:
        raise account.wrong(f"{account.shown} is no host", "write HOST or USER@HOST")
    return account


def _context(text: Word, at: int) -> tuple[Word | None, int]:
    """Return the options in brackets that begin here, quotes around them or not, and where they end."""
    quote = text.text[at : at + 1] if text.text[at : at + 2] in {"'(", '"('} else ""
    start = at + len(quote)
    if not text.text.startswith("(", start):
        if text.text[at : at + 1] in {"'", '"'}:
            raise text.wrong("a quote that opens no options", "write HOST'(OPTIONS)'", at)
        return None, at
    end = closed(text, start)
    if quote and not text.text.startswith(quote, end + 1):
        raise text.wrong(f"{quote} is never closed", "write HOST'(OPTIONS)'", at)
    return text[start + 1 : end], end + 1 + len(quote)


def _stack(text: Word, at: int) -> tuple[tuple[Address, ...], int]:
    """Return the machines inside a host, `[a][b]` or `[a[b]]`, and where they end."""
    found: list[Address] = []
    while text.text.startswith("[", at):
        end = closed(text, at)
        found += _inside(text[at + 1 : end])
        if len(found) > DEEPEST:
            raise text.wrong(f"more than {DEEPEST} machines inside each other", "", at)
        at = end + 1
    return tuple(found), at


def _inside(text: Word) -> Iterator[Address]:
    """Return the address in a bracket and those nested in it."""
    for _ in range(DEEPEST + 1):
        opening = text.find("[")
        yield address(text if opening < 0 else text[:opening])
        if opening < 0:
            return
        end = closed(text, opening)
        if rest := text[end + 1 :].strip():
            raise rest.wrong(f"{rest.shown} stands behind a nested machine", "write HOST[OUTER][INNER]")
        text = text[opening + 1 : end]


def address(text: Word) -> Address:
    """Return an address whose parts may lack their keywords, as `ctys-vhost -o ctys` prints it.

    A part without keyword is a path, UUID, MAC or IP address by its form, else a label.
    """
    parts = Parts()
    for word in text.split(","):
        if not (word := word.strip()):
            continue
        key, argument = word.cut(":")
        if not (argument is not None and key.keyword in PARTS and parts.take(Item(word, key, argument))):
            parts.found.append(_guessed(word))
    if not parts.found:
        raise text.wrong("an empty machine address", "write HOST[LABEL] or HOST[l:LABEL,...]")
    return parts.address


def _guessed(word: Word) -> Part:
    text = path(word)
    if text.startswith(("/", "~/")):
        return Part("id", text)
    for kind, form in (("uuid", normal.uuid), ("mac", normal.mac), ("tcp", normal.address)):
        if form(text):
            return Part(kind, text)  # type: ignore[arg-type]  # the kinds are spelled out above
    if word.find(":") >= 0:
        raise word.wrong(f"{word.shown} is no part of an address", "write l:LABEL, p:PATH, u:UUID, m:MAC or t:ADDRESS")
    return Part("label", text)
