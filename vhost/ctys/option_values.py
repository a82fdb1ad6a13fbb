"""The values of the option letters; every function takes the word as it was written and raises `UsageError`."""

from __future__ import annotations

import re
from typing import cast

from vhost.ctys.near import unknown
from vhost.ctys.requests import Background, Cache, Location, Members, Scope
from vhost.ctys.words import Word

TYPES = frozenset(
    {"ALL", "PM", "XEN", "QEMU", "KVM", "LIBVIRT", "VMW", "VMWARE", "VBOX", "VIRTUALBOX", "PVE", "PROXMOX", "LXC"}
    | {"VNC", "CLI", "X11", "RDP", "SSH"}
)
_LOCATIONS = {"LOCALONLY": "LO", "CONNECTIONFORWARDING": "CF", "DISPLAYFORWARDING": "DF", "CLIENTONLY": "CO"}
_LOCATIONS |= {"SERVERONLY": "SO", "LO": "LO", "CF": "CF", "DF": "DF", "CO": "CO", "SO": "SO"}
_BACKGROUND: dict[str, tuple[bool | None, bool | None]] = {
    **dict.fromkeys(("0", "OFF", "SYNC"), (True, None)),
    **dict.fromkeys(("1", "ON", "ASYNC"), (False, None)),
    **dict.fromkeys(("2", "SEQ", "SEQUENTIAL"), (None, False)),
    **dict.fromkeys(("3", "PAR", "PARALLEL"), (None, True)),
    "STACK": (True, False),
}
_SWITCH = {"0": False, "OFF": False, "1": True, "ON": True}
_PRIVILEGES = ("KSU", "NOKSU", "SUDO", "NOSUDO", "ALL", "NO")
_TERMINALS = {"NOPTY": 0, "0": 0, "PTY": 1, "1": 1, "2": 2}
_CACHE_KEYS = ("FOUT", "FIN", "LIFETIME")
_CACHE_WORDS = ("KEEP", "KEEPALL", "RAW", "AUTO")
_GEOMETRY = re.compile(r"(?:\d{1,5}x\d{1,5})?(?:[+-]\d{1,5}[+-]\d{1,5})?(?::[\w.:-]{1,40})?")
_RESOLUTION = re.compile(r"\d{1,5}x\d{1,5}")


def text(word: Word) -> str:
    """Return the value as it stands."""
    if not word:
        raise word.wrong("an empty value", "name one")
    return word.plain


def one_type(word: Word) -> str:
    """Return a session type in capitals."""
    if word.keyword not in TYPES:
        raise unknown(word, "session type", TYPES)
    return word.keyword


def several_types(word: Word) -> tuple[str, ...]:
    """Return session types; `ALL` stands alone or among others."""
    return tuple(one_type(part) for part in word.split(",") if part)


def switch(word: Word) -> bool:
    """Return what `0`, `off`, `1` or `on` says."""
    if word.keyword not in _SWITCH:
        raise unknown(word, "value", _SWITCH)
    return _SWITCH[word.keyword]


def background(word: Word) -> Background:
    """Return what `0|1|sync|async` and `2|3|seq|par` say together."""
    waits: bool | None = None
    parallel: bool | None = None
    for part in word.split(","):
        if part.keyword not in _BACKGROUND:
            raise unknown(part, "value of -b", _BACKGROUND)
        wait, side = _BACKGROUND[part.keyword]
        if (wait is not None and waits not in {None, wait}) or (side is not None and parallel not in {None, side}):
            raise part.wrong(f"{part.shown} contradicts what stands before it in -b", "write one of both")
        waits = waits if wait is None else wait
        parallel = parallel if side is None else side
    return Background(waits, parallel)


def names_cache(word: Word) -> Cache:
    """Return whether the cached names of hosts are used."""
    return _cache(word, "-c", ("BOTH", "LOCAL", "REMOTE"), ())


def cache(word: Word) -> Cache:
    """Return whether the cache of machines is used; what else the old tool could do with it is done by itself."""
    return _cache(word, "-C", _CACHE_WORDS, _CACHE_KEYS)


def _cache(word: Word, option: str, words: tuple[str, ...], keys: tuple[str, ...]) -> Cache:
    found: Cache = "on"
    switched: Word | None = None
    for part in word.split(","):
        key, value = part.cut(":")
        name = {"0": "OFF", "1": "ON"}.get(key.keyword, key.keyword)
        if name in {"ON", "OFF", "ONLY"} and value is None:
            if switched is not None and name.lower() != found:
                raise part.wrong(f"{part.shown} contradicts {switched.shown} in {option}", "write one of both")
            found, switched = cast("Cache", name.lower()), part
        elif not (name in words and value is None) and not (name in keys and value):
            raise unknown(part, f"value of {option}", ("ON", "OFF", "ONLY", *words, *keys))
    return found


def location(word: Word) -> Location:
    """Return where the client of a session runs."""
    if word.keyword not in _LOCATIONS:
        raise unknown(word, "location", _LOCATIONS)
    return cast("Location", _LOCATIONS[word.keyword])


def scope(word: Word) -> Members:
    """Return whose sessions count: `USER`, `GROUP`, `ALL`, `USRLST=a%b`, `GRPLST=a%b`."""
    key, value = word.cut("=")
    if key.keyword not in {"USER", "GROUP", "USRLST", "GRPLST", "ALL"}:
        raise unknown(key, "scope", ("USER", "GROUP", "USRLST", "GRPLST", "ALL"))
    if (value is not None) != key.keyword.endswith("LST"):
        raise word.wrong(f"{word.shown} is no scope", "write USER, GROUP, ALL, USRLST=NAME%NAME or GRPLST=NAME%NAME")
    names = tuple(part.plain for part in value.split("%") if part) if value else ()
    return Members(cast("Scope", key.keyword), names)


def terminal(word: Word) -> int:
    """Return how much a terminal is wanted: 0 not, 1 if there is one here, 2 always (`ssh -t -t`)."""
    if word.keyword not in _TERMINALS:
        raise unknown(word, "value of -z", _TERMINALS)
    return _TERMINALS[word.keyword]


def privilege(word: Word) -> str:
    """Return the ways to a privilege, in capitals."""
    parts = word.split(",")
    for part in parts:
        if part.keyword not in _PRIVILEGES:
            raise unknown(part, "privilege", _PRIVILEGES)
    return ",".join(part.keyword for part in parts)


def geometry(word: Word) -> str:
    """Return the size and place of a window, as X takes it."""
    return _matching(word, _GEOMETRY, "geometry", "write WIDTHxHEIGHT+X+Y")


def resolution(word: Word) -> str:
    """Return the size of a remote desktop."""
    return _matching(word, _RESOLUTION, "resolution", "write WIDTHxHEIGHT")


def _matching(word: Word, pattern: re.Pattern[str], what: str, advice: str) -> str:
    if not word or not pattern.fullmatch(word.text):
        raise word.wrong(f"{word.shown} is no {what}", advice)
    return word.text
