"""The option letters of `ctys`, and a list of options parsed to what each of them says.

    -t xen   -txen   '-t xen'   -Xf   --dry-run   --format json   --format=json

What is wrong with a value is said at once, also where a later option takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vhost.ctys import option_values as values
from vhost.ctys.near import unknown
from vhost.ctys.words import Word


@dataclass(frozen=True, slots=True)
class Letter:
    """One option: the field of `Options` that it sets, None without effect here; `reads` is None for a flag."""

    letter: str
    field: str | None
    reads: Callable[[Word], Any] | None
    meaning: str
    value: str = ""


LETTERS: tuple[Letter, ...] = (
    Letter("a", "action", lambda word: word, "what to do: CREATE, CANCEL, LIST, ENUMERATE, SHOW, INFO", "ACTION[=...]"),
    Letter("A", None, values.switch, "without effect: an action never takes one of several machines", "0|1"),
    Letter("b", "background", values.background, "0 waits, 1 does not; 2 one target after the other, 3 all", "0|1,2|3"),
    Letter("c", "names_cache", values.names_cache, "off: ask anew for names of hosts; as -C off", "on|off|only"),
    Letter("C", "cache", values.cache, "off: look at the targets instead of the cache; only: as on", "on|off|only"),
    Letter("d", "debug", values.text, "say how each address was resolved, and what has no effect", "[LEVEL]"),
    Letter("D", "display", values.text, "the X display of consoles", "DISPLAY"),
    Letter("E", None, None, "without effect: the call runs where it is made"),
    Letter("f", "force", None, "lift the limit on the number of targets"),
    Letter("F", None, values.text, "without effect: there is one version of the tool", "VERSION"),
    Letter("g", "geometry", values.geometry, "size and place of a console's window", "WxH+X+Y"),
    Letter("h", "help", None, "this help"),
    Letter("H", "help", values.text, "this help, whatever part of it is asked for", "TOPIC"),
    Letter("j", None, values.text, "without effect: job numbers of the old tool", "JOB"),
    Letter("k", None, values.text, "without effect: reuse of a stack's parts", "REUSE:n"),
    Letter("l", "user", values.text, "the user on targets that name none", "USER"),
    Letter("L", "location", values.location, "where a viewer runs: DF there, its display here; CF here", "DF|CF|SO|LO"),
    Letter("M", None, values.text, "without effect: a mark in the process list", "TEXT"),
    Letter("n", "dry_run", None, "print the plan and run nothing; as --dry-run"),
    Letter("o", None, values.text, "without effect: reserved in the old tool", "TEXT"),
    Letter("p", "databases", values.text, "database directories, searched together", "DB[:DB...]"),
    Letter("r", None, values.resolution, "without effect: size of a desktop that a guest decides itself", "WxH"),
    Letter("s", "scope", values.scope, "LIST: whose sessions: USER, GROUP, ALL, USRLST=a%b, GRPLST=a%b", "SCOPE"),
    Letter("S", None, values.text, "without effect: signals are left as they are", "on|off"),
    Letter("t", "type", values.one_type, "the session type: XEN, QEMU, LIBVIRT, VMW, VBOX, PVE, PM, ALL", "TYPE"),
    Letter("T", "types", values.several_types, "session types that are asked for where -t says nothing", "TYPE,..."),
    Letter("v", "version", None, "the version"),
    Letter("V", "version", None, "the version"),
    Letter("w", None, None, "without effect: warnings are always shown"),
    Letter("W", None, values.text, "without effect: workspaces are the window manager's", "WORKSPACE"),
    Letter("x", None, values.text, "without effect: relays are chosen by ssh_config", "off|star|chain"),
    Letter("X", "terse", None, "values between `;`, without heads"),
    Letter("y", None, None, "without effect: titles of terminals"),
    Letter("Y", "agent", None, "forward the ssh agent to a console"),
    Letter("z", "terminal", values.terminal, "2: always a terminal on the target (ssh -t -t)", "0|1|2"),
    Letter("Z", "privilege", values.privilege, "how a privilege is got there: KSU, SUDO, ALL, NO", "KSU|SUDO,..."),
)
"""Every option in the order of the alphabet."""

WORDS: tuple[Letter, ...] = (
    Letter("dry-run", "dry_run", None, "print the plan and run nothing"),
    Letter("yes", "yes", None, "do not ask before CANCEL=ALL"),
    Letter("keep-going", "keep_going", None, "act on the targets that can be acted on, whatever the others say"),
    Letter("fill", "fill", None, "LIST: take what nobody can tell now from the cache, marked with `*`"),
    Letter("format", "format", values.text, "typed output of LIST, ENUMERATE, SHOW, INFO: json, csv, ...", "NAME"),
    Letter("output", "file", values.text, "write the answer into this file", "FILE"),
    Letter("help", "help", None, "this help"),
    Letter("version", "version", None, "the version"),
)
"""What the old tool did not have."""

_LETTERS = {known.letter: known for known in LETTERS}
_WORDS = {known.letter: known for known in WORDS}
_LEVEL = re.compile(r"(?:\d+|[a-z]{1,2}:\d+|p|pf)(?:,(?:\d+|[a-z]{1,2}:\d+|p|pf|all|pattern))*", re.IGNORECASE)
_DEFAULT_LEVEL = "1"


@dataclass(frozen=True, slots=True)
class Given:
    """What a list of options says: fields by name, where each was said, and the letters without effect."""

    said: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Word] = field(default_factory=dict)
    idle: tuple[str, ...] = ()

    def then(self, other: Given) -> Given:
        """Return both, the later ones before the earlier ones."""
        idle = tuple(dict.fromkeys((*self.idle, *other.idle)))
        return Given({**self.said, **other.said}, {**self.places, **other.places}, idle)


@dataclass(slots=True)
class _Reading:
    said: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Word] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)

    def take(self, known: Letter, word: Word, value: Word | None) -> None:
        if known.field is None:
            if known.reads and value is not None:
                known.reads(value)
            self.idle.append(f"-{known.letter}")
            return
        self.said[known.field] = True if known.reads is None or value is None else known.reads(value)
        self.places[known.field] = word if value is None else value


def parsed(words: Sequence[Word]) -> tuple[Given, int]:
    """Return what the options say, and the number of the first word that is none; a `--` among them ends them.

    Raises `UsageError` with the place of what is wrong.
    """
    reading = _Reading()
    at = 0
    while at < len(words):
        word = words[at]
        if word.text == "--":
            return _given(reading), at + 1
        if not word.text.startswith("-") or word.text == "-":
            break
        take = _long if word.text.startswith("--") else _short
        at = take(reading, words, at)
    return _given(reading), at


def _given(reading: _Reading) -> Given:
    return Given(reading.said, reading.places, tuple(dict.fromkeys(reading.idle)))


def _short(reading: _Reading, words: Sequence[Word], at: int) -> int:
    """Take the letters of one word, and the value of the last one."""
    word = words[at]
    for place in range(1, len(word.text)):
        letter, rest = word[place : place + 1], word[place + 1 :]
        known = _LETTERS.get(letter.text)
        if known is None:
            raise letter.wrong(f"unknown option -{letter.plain}", "see ctys -h")
        if known.reads is None:
            reading.take(known, letter, None)
        elif known.letter == "d":
            return _level(reading, words, at, rest)
        else:
            value, after = _value(words, at, rest.strip(), known)
            reading.take(known, letter, value)
            return after
    return at + 1


def _level(reading: _Reading, words: Sequence[Word], at: int, rest: Word) -> int:
    """Take the level of `-d`, which may be left out: what does not look like one is the next option or a target."""
    own = rest.strip()
    if own:
        reading.take(_LETTERS["d"], words[at], own)
        return at + 1
    follows = at + 1 < len(words) and _LEVEL.fullmatch(words[at + 1].text) is not None
    reading.said["debug"] = words[at + 1].text if follows else _DEFAULT_LEVEL
    reading.places["debug"] = words[at]
    return at + (2 if follows else 1)


def _long(reading: _Reading, words: Sequence[Word], at: int) -> int:
    name, own = words[at][2:].cut("=")
    known = _WORDS.get(name.text)
    if known is None:
        raise unknown(name, "option", _WORDS, "see ctys -h")
    if known.reads is None:
        if own is not None:
            raise own.wrong(f"--{known.letter} takes no value")
        reading.take(known, name, None)
        return at + 1
    value, after = (own, at + 1) if own is not None else _value(words, at, name[:0], known)
    reading.take(known, name, value)
    return after


def _value(words: Sequence[Word], at: int, own: Word, known: Letter) -> tuple[Word, int]:
    """Return the value of an option: what is left of its word, else the next one."""
    if own:
        return own, at + 1
    if at + 1 == len(words):
        dashes = "--" if len(known.letter) > 1 else "-"
        word = words[at]
        raise word.wrong(f"{dashes}{known.letter} lacks its value", f"write {dashes}{known.letter} {known.value}")
    return words[at + 1], at + 2
