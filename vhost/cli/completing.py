"""Completion in a shell: by Typer for `vhost`, by `completion.bash` and its kin for the old names.

Bash splits words at `:` and `=` before it asks, so that `-o macro:TAB` comes as three words; they are put
together again, and what is offered is what stands behind the last colon.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

_BREAKS = frozenset(":=")
_LATE = {"-S": "lists", "--list": "lists"}
"""Options whose value goes on behind a colon, where Typer sees an argument of its own."""


def offered(kind: str, databases: str | None, incomplete: str) -> list[str]:
    """Return the words of a kind, a function of `vhost.cli.words`, to offer for an incomplete one.

    There are none if anything is wrong: a TAB is no place for complaints.
    """
    from vhost.cache.place import chosen  # noqa: PLC0415 - only completion comes here
    from vhost.cli import words  # noqa: PLC0415 - as above

    try:
        return words.offered(getattr(words, kind)(chosen(databases), incomplete))
    except Exception:  # noqa: BLE001 - a traceback in the middle of a command line helps nobody
        return []


def by_typer(kind: str) -> Callable[[Any, str], list[str]]:
    """Return the callback of an argument or option of `vhost` that takes words of a kind."""

    def complete(ctx: Any, incomplete: str) -> list[str]:  # noqa: ANN401 - typer does not export the type
        databases = ctx.params.get("db")
        given = os.environ.get("COMP_WORDS")  # only bash splits at colons
        if given is None:
            return offered(kind, databases, incomplete)
        typed = given.split("\n")[: int(os.environ.get("COMP_CWORD", "0"))]
        whole, shown = joined(typed, incomplete)
        split = _LATE.get(_option_before(typed, whole[:shown]), kind) if shown else kind
        return [word[shown:] for word in offered(split, databases, whole)]

    complete.__annotations__ = {"ctx": Any, "incomplete": str, "return": list[str]}
    return complete


def joined(before: Sequence[str], current: str) -> tuple[str, int]:
    """Return the word that was split before the cursor, and how much of it bash keeps by itself."""
    pieces = [] if current in _BREAKS else [current]
    rest = [*before, current] if current in _BREAKS else list(before)
    while rest and rest[-1] in _BREAKS:
        pieces.insert(0, rest.pop())
        if rest and rest[-1] not in _BREAKS:
            pieces.insert(0, rest.pop())
    whole = "".join(pieces)
    return whole, len(whole) - (0 if current in _BREAKS else len(current))


DOORS: dict[str, dict[str, str]] = {
    "ctys-vhost": {
        "": "terms",
        "-o": "outputs",
        "-M": "selections",
        "-C": "caches",
        "-S": "lists",
        "-x": "reaches",
        "-R": "reaches",
        "-c": "costs",
        "-i": "inputs",
        "-T": "types",
    },
    "ctys-macmap": {"": "labels"},
    "ctys-macros": {"": "macros", "-f": "macro_files"},
    "ctys-groups": {"": "groups"},
    "ctys-vping": {"": "groups"},
    "ctys-vdbgen": {"-T": "session_types"},
    "ctys-extractMAClst": {},
    "ctys-extractARPlst": {"": "groups"},
    "ctys-dnsutil": {},
    "ctys": {"": "groups", "-a": "actions", "-t": "session_types"},
}
"""What completes the value of each option of a door; "" is for the other words."""


def door(name: str, environment: Mapping[str, str]) -> list[str]:
    """Return what may stand at the cursor of a call of an old name, as bash describes it."""
    typed = environment.get("COMP_WORDS", "").split("\n")
    at = int(re.sub(r"\D", "", environment.get("COMP_CWORD", ""), flags=re.ASCII)[:6] or "0")
    current = typed[at] if at < len(typed) else ""
    whole, shown = joined(typed[:at], current)
    known = DOORS.get(name, {})
    before = _option_before(typed[:at], whole[:shown])
    kind = known.get(before) or known.get("")
    if whole.startswith("-"):
        return [word[shown:] for word in _options(name) if word.startswith(whole)]
    if kind is None or before in {"-p", "-d", "-l"}:
        return []
    return [word[shown:] for word in offered(kind, _value_of("-p", typed[:at]), whole)]


def _option_before(typed: Sequence[str], kept: str) -> str:
    """Return the word before the one at the cursor, whose beginning is `kept`."""
    rest = list(typed)
    while kept and rest and kept.endswith(rest[-1]):
        kept = kept.removesuffix(rest.pop())
    return rest[-1] if rest else ""


def _value_of(option: str, typed: Sequence[str]) -> str | None:
    places = [number for number, word in enumerate(typed[:-1]) if word == option]
    return typed[places[-1] + 1] if places else None


def _options(name: str) -> list[str]:
    """Return the options that the help of an old name names at the beginning of its lines."""
    module, attribute = _HELPS[name]
    lines = re.findall(r"^  (-.*)$", getattr(import_module(f"vhost.cli.{module}"), attribute), re.MULTILINE)
    heads = (re.split(r"  +", line)[0] for line in lines)
    return list(dict.fromkeys(option for head in heads for option in re.findall(r"(?<!\S)--?[A-Za-z][\w-]*", head)))


_HELPS = {
    "ctys": ("ctys_door", "HELP"),
    "ctys-dnsutil": ("dns_door", "HELP"),
    "ctys-extractARPlst": ("arp_door", "HELP"),
    "ctys-extractMAClst": ("macmap_door", "EXTRACT_HELP"),
    "ctys-groups": ("groups_door", "HELP"),
    "ctys-macmap": ("macmap_door", "QUERY_HELP"),
    "ctys-macros": ("macros_door", "HELP"),
    "ctys-vdbgen": ("vdbgen_door", "HELP"),
    "ctys-vhost": ("vhost_door", "HELP"),
    "ctys-vping": ("ping_door", "HELP"),
}
"""Where the help of each old name is."""
