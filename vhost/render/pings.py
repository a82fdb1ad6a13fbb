"""The table of `ctys-vping`, as the old tool printed it, and its terse line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from vhost.text import escape

if TYPE_CHECKING:
    from vhost.access.check import Checked
    from vhost.access.targets import Target

_RULE: Final = "-" * 94
_GREEN, _PLAIN = "\x1b[32m", "\x1b[0m"


def coloured() -> bool:
    """Tell whether lines may have a colour: on a terminal, unless NO_COLOR says otherwise."""
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def head(*, ssh: bool, user: str, words: Sequence[str] = ()) -> Iterator[str]:
    """Return the lines above the table; `words` are shown as the list that was given."""
    yield ""
    yield f'Check access permission by: "ping{"+ssh(SSO)" if ssh else ""}"   for default USER={escape(user)}'
    yield ""
    if words:
        yield from ("Input list is:", "", "------------->>", escape(" ".join(words)), "<<-------------", "")
    yield f"{'thread':<6}   {'TCP/IP':<27} {'ping':<6} {'ssh':<6}  DB entry"
    yield _RULE


def lines(found: Sequence[Checked], threads: int, *, grouped: bool, colour: bool) -> Iterator[str]:
    """Return the rows of the table; `grouped` puts the hosts of a group below its name."""
    share = max(1, -(-len(found) // max(1, threads)))
    rows = sorted(found, key=lambda one: one.target.group) if grouped else found
    group = ""
    for number, one in enumerate(rows):
        target = one.target
        if grouped and target.group != group:
            group = target.group
            yield f"{'*':<6}   {escape(group)}"
        word = f"{'  ' if grouped and group else ''}{_account(target)}"
        marks = f"{_mark(one.ping):<6} {_mark(one.ssh):<6}"
        row = f"{number // share:<6}   {word:<27} {marks} {escape(target.entry or '-')}"
        yield f"{_GREEN}{row}{_PLAIN}" if colour and one.passed else row


def _account(target: Target) -> str:
    return escape(f"{target.user}@{target.word}" if target.user else target.word)


def _mark(passed: bool | None) -> str:  # noqa: FBT001 - a value of a table
    return "?" if passed is None else "+" if passed else "-"


def terse(found: Sequence[Checked], *, machines: bool) -> str:
    """Return those that passed in one line: as they were named, or by their PMs."""
    passed = [one.target for one in found if one.passed]
    if machines:
        return " ".join(dict.fromkeys(escape(one.entry) for one in passed if one.entry))
    return " ".join(map(_account, passed))
