"""`-a create=ADDRESS,...`: start a machine, or connect to it, and open a console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast, get_args

from vhost.ctys.near import unknown
from vhost.ctys.requests import Begin, Console, Create, Probe
from vhost.ctys.suboptions import Item, Parts, items, no_such, number, path
from vhost.ctys.words import Word

CONSOLES: tuple[str, ...] = get_args(Console)
_BEGINS: tuple[str, ...] = get_args(Begin)
_BOOTS = {"HDD": "HDD", "VHDD": "HDD", "CD": "CD", "DVD": "CD", "FDD": "FDD", "PXE": "PXE", "NETWORK": "PXE"}
_PROBE = "on, off or TRIES%SECONDS"


_ADVICE = "add l:LABEL, p:PATH, f:PART-OF-PATH, u:UUID, m:MAC, t:ADDRESS or i:ID"


class _Reading:
    """The suboptions of one CREATE, taken one by one."""

    def __init__(self) -> None:
        self.parts = Parts()
        self.said: dict[str, object] = {}
        self.words: dict[str, Word] = {}

    def put(self, name: str, value: object, item: Item) -> None:
        """Keep what a suboption says. Raises `UsageError` if another said otherwise."""
        if name in self.said and self.said[name] != value:
            raise item.word.wrong(f"{item.word.shown} contradicts {self.words[name].shown}", "write one of both")
        self.said[name] = value
        self.words.setdefault(name, item.word)


def create(text: Word) -> Create:
    """Return the request. Raises `UsageError` with the place of what is wrong."""
    reading = _Reading()
    for item in items(text):
        if reading.parts.take(item):
            continue
        take = _TAKE.get(item.name)
        if take is None:
            raise no_such(item, "CREATE", _TAKE)
        take(reading, item)
    if not reading.parts.found:
        raise text.wrong("CREATE names no machine", _ADVICE)
    return Create(address=reading.parts.address, **reading.said)  # type: ignore[arg-type]  # put() keeps the types


def _begin(reading: _Reading, item: Item) -> None:
    if item.name == "RESUME":
        if item.argument is not None:
            reading.put("state_file", path(item.value("FILE")), item)
    else:
        item.alone()
    reading.put("begin", cast("Begin", item.name), item)


def _console(reading: _Reading, item: Item) -> None:
    value = item.value("CLI")
    if value.keyword not in CONSOLES:
        raise unknown(value, "console", CONSOLES)
    reading.said.setdefault("place", value.line.where(value.places[0]))
    reading.put("console", value.keyword, item)


def _boot(reading: _Reading, item: Item) -> None:
    value = item.value("HDD")
    if value.keyword not in _BOOTS:
        raise unknown(value, "boot mode", _BOOTS)
    reading.put("boot", _BOOTS[value.keyword], item)


def _probe(name: str) -> Callable[[_Reading, Item], None]:
    def take(reading: _Reading, item: Item) -> None:
        value = item.argument
        if value is None or value.keyword in {"ON", "OFF"}:
            reading.put(name, Probe(wanted=value is None or value.keyword == "ON"), item)
            return
        tries, seconds = value.cut("%")
        if not seconds:
            raise value.wrong(f"{item.name} takes {_PROBE}, not {value.shown}")
        reading.put(name, Probe(True, number(tries, item.name), number(seconds, item.name)), item)  # noqa: FBT003 - it is wanted

    return take


def _seconds(name: str) -> Callable[[_Reading, Item], None]:
    return lambda reading, item: reading.put(name, item.number(), item)


def _text(name: str, example: str) -> Callable[[_Reading, Item], None]:
    return lambda reading, item: reading.put(name, path(item.value(example)), item)


def _words(name: str) -> Callable[[_Reading, Item], None]:
    return lambda reading, item: reading.put(
        name, tuple(part.plain for part in item.value("-o%VALUE").split("%") if part), item
    )


_TAKE: Mapping[str, Callable[[_Reading, Item], None]] = {
    **dict.fromkeys(_BEGINS, _begin),
    "CONSOLE": _console,
    "BOOTMODE": _boot,
    "PING": _probe("ping"),
    "SSHPING": _probe("ssh_ping"),
    "WAITC": _seconds("wait_client"),
    "WAITS": _seconds("wait_server"),
    "USER": _text("user", "NAME"),
    "CHDIR": _text("directory", "PATH"),
    "CALLOPTS": _words("calls"),
    "C": _words("calls"),
    "XOPTS": _words("console_words"),
    "X": _words("console_words"),
}
