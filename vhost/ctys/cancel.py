"""`-a cancel=ADDRESS,MODE,...`: end a machine, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vhost.ctys.requests import Cancel
from vhost.ctys.suboptions import Item, Parts, items, no_such
from vhost.ctys.words import Word

_ENDS = {
    "POWEROFF": "POWEROFF",
    "PWROFF": "POWEROFF",
    "S5": "POWEROFF",
    "REBOOT": "REBOOT",
    "RESET": "RESET",
    "PAUSE": "PAUSE",
    "S3": "PAUSE",
    "SUSPEND": "SUSPEND",
    "S4": "SUSPEND",
    "INIT": "INIT",
}
_HIGHEST_LEVEL = 6


_ADVICE = "add l:LABEL, p:PATH, f:PART-OF-PATH, u:UUID, m:MAC, t:ADDRESS, i:ID, or ALL"


class _Reading:
    """The suboptions of one CANCEL, taken one by one."""

    def __init__(self) -> None:
        self.parts = Parts()
        self.said: dict[str, object] = {}
        self.words: dict[str, Word] = {}

    def put(self, name: str, value: object, item: Item, without: str = "") -> None:
        """Keep what a suboption says; `without` is what may not be said as well. Raises `UsageError`."""
        other = name if self.said.get(name, value) != value else without if without in self.said else None
        if other is not None:
            raise item.word.wrong(f"{item.word.shown} contradicts {self.words[other].shown}", "write one of both")
        self.said[name] = value
        self.words.setdefault(name, item.word)


def cancel(text: Word) -> Cancel:
    """Return the request. Raises `UsageError` with the place of what is wrong."""
    reading = _Reading()
    for item in items(text):
        if reading.parts.take(item):
            continue
        take = _TAKE.get(item.name)
        if take is None:
            raise no_such(item, "CANCEL", _TAKE)
        take(reading, item)
    everything = reading.words.get("everything")
    if everything is not None and any(part.kind != "base" for part in reading.parts.found):
        raise everything.wrong("ALL contradicts the address of a machine", "write one of both")
    if everything is None and not reading.parts.found:
        raise text.wrong("CANCEL names no machine", _ADVICE)
    return Cancel(address=reading.parts.address, **reading.said)  # type: ignore[arg-type]  # put() keeps the types


def _end(reading: _Reading, item: Item) -> None:
    end = _ENDS[item.name]
    if end == "INIT":
        level = item.number("6")
        if level > _HIGHEST_LEVEL:
            raise item.value("6").wrong(f"there is no run level {level}", "levels are 0 to 6")
        reading.put("end", end, item)
        reading.put("level", level, item)
        return
    if end == "POWEROFF" and item.argument is not None:
        reading.put("seconds", item.number("30"), item)
    else:
        item.alone()
    reading.put("end", end, item)


def _flag(name: str, without: str = "") -> Callable[[_Reading, Item], None]:
    def take(reading: _Reading, item: Item) -> None:
        item.alone()
        reading.put(name, True, item, without)  # noqa: FBT003 - it is what the suboption says

    return take


def _side(reading: _Reading, item: Item) -> None:
    item.alone()
    reading.put("side", item.name, item)


def _timeout(reading: _Reading, item: Item) -> None:
    reading.put("timeout", item.number("60"), item)


def _user(reading: _Reading, item: Item) -> None:
    reading.put("user", item.value("NAME").plain, item)


_TAKE: Mapping[str, Callable[[_Reading, Item], None]] = {
    **dict.fromkeys(_ENDS, _end),
    "ALL": _flag("everything"),
    "FORCE": _flag("force", "stack"),
    "STACK": _flag("stack", "force"),
    "SELF": _flag("itself"),
    "CLIENT": _side,
    "SERVER": _side,
    "BOTH": _side,
    "TIMEOUT": _timeout,
    "USER": _user,
}
