"""The options of a QEMU command line, by name and with their parameters.

    -drive file=/srv/a,,b.img,if=virtio -device '{"driver":"ide-hd","drive":"d0"}' --enable-kvm

Options have one or two dashes; a value may be `key=value` pairs (`,,` is a comma) or a JSON object.
What is not known of a value is empty. Source: qemu(1); qemu-options.hx and util/qemu-option.c.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanners.config import Problem
from scanners.shell_variables import UNKNOWN

_FIRST_KEY: dict[str, str] = {
    "accel": "accel",
    "blockdev": "driver",
    "chardev": "backend",
    "cpu": "model",
    "device": "driver",
    "display": "type",
    "drive": "file",
    "m": "size",
    "machine": "type",
    "mon": "chardev",
    "name": "guest",
    "net": "type",
    "netdev": "type",
    "nic": "type",
    "smbios": "file",
    "smp": "cpus",
    "spice": "port",
    "vnc": "vnc",
}
"""The options whose value is a list of parameters, and the key that the first one may leave out."""

ALIASES = {"M": "machine", "memory": "m", "smp-opts": "smp"}

_FLAGS = frozenset(
    {
        *("S", "s", "h", "help", "version", "snapshot", "usb", "nographic", "daemonize", "full-screen", "no-quit"),
        *("alt-grab", "ctrl-grab", "sdl", "curses", "no-frame", "portrait", "std-vga", "localtime", "show-cursor"),
        *("win2k-hack", "no-fd-bootchk", "rtc-td-hack", "tdf", "nodefaults", "no-user-config", "nodefconfig"),
        *("no-reboot", "no-shutdown", "no-acpi", "no-hpet", "no-kvm", "enable-kvm", "no-kvm-irqchip", "no-kvm-pit"),
        *("no-kvm-pit-reinjection", "no-kqemu", "kernel-kqemu", "enable-kqemu", "enable-fips", "mem-prealloc"),
        *("only-migratable", "singlestep", "one-insn-per-tb", "semihosting", "old-param", "preconfig", "xen-attach"),
    }
)
"""The options without a value."""

_COMMA = "\1"
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One option by its name without dashes, and its parameters; a plain value is called `value`."""

    name: str
    parameters: dict[str, str]

    def get(self, *keys: str) -> str | None:
        """Return the first of these parameters that has a value, None if none is known."""
        return next((value for key in keys if (value := self.parameters.get(key))), None)


@dataclass(frozen=True, slots=True)
class Options:
    """All options in their order. `complete` is False where more may come from outside of the text."""

    options: tuple[Option, ...]
    complete: bool = True
    problems: tuple[Problem, ...] = ()

    def named(self, *names: str) -> list[Option]:
        """Return the options of these names in their order."""
        return [option for option in self.options if option.name in names]

    def last(self, name: str, *keys: str) -> str | None:
        """Return a parameter as the last option that states it does, None if none does."""
        stated = [value for option in self.named(name) if (value := option.get(*keys))]
        return stated[-1] if stated else None


def from_words(words: Sequence[str]) -> Options:
    """Return the options of a command line without its program; a word of its own is an `image`."""
    found: list[Option] = []
    complete, at = True, 0
    while at < len(words):
        word, at = words[at], at + 1
        if UNKNOWN in word:
            complete = False
        elif word == "-" or not word.startswith("-"):
            found.append(Option("image", {"value": word}))
        else:
            spelled = word[1:].removeprefix("-")
            name = ALIASES.get(spelled, spelled)
            follows = at < len(words) and (words[at] == "-" or not words[at].startswith("-"))
            takes_value = follows and name not in _FLAGS
            found.append(Option(name, parameters(name, words[at] if takes_value else "")))
            at += takes_value
            complete = complete and name not in {"readconfig", "set"}
    return Options(tuple(found), complete)


def parameters(name: str, value: str) -> dict[str, str]:
    """Return what the value of an option states; a part that is not known is empty."""
    if name not in _FIRST_KEY:
        return {"value": "" if UNKNOWN in value else value}
    stated = _from_json(value) if value.startswith("{") else None
    if stated is None:
        stated = dict(_from_pairs(value, _FIRST_KEY[name]))
    return {key: "" if UNKNOWN in text else text for key, text in stated.items() if UNKNOWN not in key}


def _from_pairs(value: str, first_key: str) -> Iterator[tuple[str, str]]:
    for number, part in enumerate(value.replace(",,", _COMMA).split(",")):
        key, equals, text = part.replace(_COMMA, ",").partition("=")
        if equals:
            yield key, text
        elif part:
            yield (first_key, key) if number == 0 else (key, "on")


def _from_json(value: str) -> dict[str, str] | None:
    """Return the members of a JSON object, nested ones as `file.filename`; None if it is not one."""
    try:
        stated = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return dict(_members(stated, "", _DEEPEST)) if isinstance(stated, dict) else None


def _members(stated: dict[str, object], prefix: str, levels: int) -> Iterator[tuple[str, str]]:
    for key, value in stated.items():
        if isinstance(value, dict) and levels:
            yield from _members(value, f"{prefix}{key}.", levels - 1)
        elif isinstance(value, bool):
            yield prefix + key, "on" if value else "off"
        elif isinstance(value, str | int):
            yield prefix + key, str(value)
