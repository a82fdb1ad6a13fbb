r"""QEMU guests: the ctys wrapper, command lines in scripts or as `ps` shows them, `-readconfig` files.

    LC_ALL=C /usr/bin/qemu-system-x86_64 -name guest=tst200 \
        -m 1024 -device virtio-net-pci,netdev=n0,mac=00:50:56:13:12:00

A wrapper (`NAME.ctys`, `NAME.sh`) is a script whose `#@#` tags say MAGICID-QEMU: it is one machine,
whatever ways to start it it holds. In any other script every call of QEMU is a machine. Source:
qemu(1); ps(1); the wrappers of ctys-QEMU(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from scanners import qemu_machine, qemu_readconfig, tags
from scanners.config import Broken, Config
from scanners.qemu_options import Options, from_words
from scanners.shell import Command, commands, skim
from scanners.shell_variables import UNKNOWN

_MENTIONED = re.compile(r"(?<![\w-])(?:qemu-system-|(?:qemu(?:-kvm|-dm)?|kvm)(?![\w-]))")
_PROGRAM = re.compile(r"(?:.*/)?(?:qemu(?:-kvm|-dm|-system-[a-z0-9_\0]+)?|kvm)", re.DOTALL)
_MARKUP = re.compile(r"[\ufeff\s]*[<{]")
_SHELL = re.compile(r"#![ \t]*\S*?/(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:ba|da|a|k|z)?sh\b")
_SUFFIXES = (".sh", ".bash", ".ctys")

_TIME = r"(?:[0-9]+-)?[0-9]+:[0-9]{2}(?:[:.][0-9]{2})?[ \t]+"
_LISTED = re.compile(rf"[ \t]*(?:\S+[ \t]+){{1,10}}?{_TIME}(?:(?:\S+[ \t]+)?{_TIME})?(\S.*)")
_SECTIONED = re.compile(r"\ufeff?\s*+(?:#[^\n]*+\s*+)*+\[")

_TELLING = frozenset(
    {
        *("name", "uuid", "m", "smp", "machine", "drive", "blockdev", "hda", "hdb", "cdrom", "net", "netdev", "nic"),
        *("device", "kernel", "readconfig", "vnc", "xen-domid"),
    }
)
"""Options that only the start of a guest has, not `-version` or `-help`."""

_STARTING = frozenset(
    {
        *("bash", "cgexec", "chroot", "chrt", "command", "daemonize", "doas", "env", "exec", "ionice", "ip", "nice"),
        *("nohup", "numactl", "prlimit", "runuser", "screen", "setpriv", "setsid", "sh", "start-stop-daemon", "strace"),
        *("su", "sudo", "systemd-run", "taskset", "tmux", "unshare", "vdeq", "xvfb-run"),
    }
)
"""Programs that start another one, whose words follow their own."""

_PREPARING = frozenset(
    {
        *("[", "[[", ":", "brctl", "cd", "chmod", "chown", "echo", "exit", "ifconfig", "ip", "mkdir", "modprobe"),
        *("qemu-img", "rm", "set", "shift", "sleep", "sync", "test", "trap", "tunctl", "ulimit", "umask", "wait"),
    }
)
"""Commands that may stand beside QEMU in a script that does not say that it is one."""

LONGEST_SCRIPT = 262_144
"""Characters of the longest script that is read."""


class Qemu:
    """Guests that a QEMU command line describes."""

    name: ClassVar[str] = "qemu"
    types: ClassVar[tuple[str, ...]] = ("QEMU",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:
        """Tell whether the text is a wrapper, a script or listing that starts QEMU, or a -readconfig file."""
        if _is_readconfig(text):
            return True
        is_wrapper = _is_wrapper(text)
        if _MARKUP.match(text) or not (is_wrapper or _mentions_qemu(text)):
            return False
        if _is_listing(text):
            return any(_calls(text))
        return len(text) <= LONGEST_SCRIPT and _is_script(text, filename, is_wrapper=is_wrapper)

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the guests in their order. Raises `Broken` if there is none."""
        if _is_readconfig(text):
            return [qemu_machine.config(None, qemu_readconfig.parse(text))]
        found = [qemu_machine.config(program, options, line) for line, program, options in _calls(text)]
        if _is_wrapper(text):
            return found[:1] or [Config(type="QEMU")]
        if not found:
            raise Broken(0, "no call of QEMU")
        return found


def _mentions_qemu(text: str) -> bool:
    return ("qemu" in text or "kvm" in text) and _MENTIONED.search(text) is not None


def _is_readconfig(text: str) -> bool:
    return _SECTIONED.match(text) is not None and qemu_readconfig.recognises(text)


def _is_wrapper(text: str) -> bool:
    if "#@#" not in text:
        return False
    stated = tags.read(text)
    return stated.claims("QEMU") and stated.identifies


def _is_script(text: str, filename: str, *, is_wrapper: bool) -> bool:
    """Tell whether this is a shell script that starts a guest, or is a wrapper.

    It is a shell script by what it says of itself, else because it can be nothing else.
    """
    is_shell = _SHELL.match(text) is not None
    if text.startswith("#!") and not is_shell:
        return False
    is_shell = is_shell or filename.lower().endswith(_SUFFIXES)
    starts = is_wrapper
    for command in () if is_shell and starts else skim(text):
        if any(_called_by(command)):
            starts = True
            if is_shell:
                break
        elif not is_shell and command.words[0] not in _PREPARING:
            return False
    return starts


def _is_listing(text: str) -> bool:
    """Tell whether every line is one of `ps`: other columns, the time, and the command."""
    return all(_LISTED.fullmatch(line) or _is_list_head(line) for line in text.splitlines() if line.strip())


def _is_list_head(line: str) -> bool:
    titles = line.split()
    return "PID" in titles and titles[-1] in {"CMD", "COMMAND"}


def _calls(text: str) -> Iterator[tuple[int, str, Options]]:
    """Yield line, program and options of each call that starts a guest."""
    if not _mentions_qemu(text):
        return
    is_listing = _is_listing(text)
    if not is_listing and len(text) > LONGEST_SCRIPT:
        raise Broken(0, f"longer than the {LONGEST_SCRIPT} characters of a script that is read")
    for command in _listed(text) if is_listing else commands(text):
        for program, options in _called_by(command):
            yield command.line, program, options


def _listed(text: str) -> Iterator[Command]:
    for number, line in enumerate(text.splitlines(), start=1):
        listed = _LISTED.fullmatch(line)
        if listed:
            yield Command(number, tuple(listed[1].split()))


def _called_by(command: Command) -> Iterator[tuple[str, Options]]:
    """Yield the start of a guest that a command is, or that it hands to another program as one word."""
    call = _call(command.words)
    if call:
        yield call
    elif command.words[0].rpartition("/")[2] in _STARTING:
        for word in command.words[1:]:
            handed = commands(word) if " " in word and _mentions_qemu(word) else []
            yield from filter(None, (_call(inner.words) for inner in handed))


def _call(words: Sequence[str]) -> tuple[str, Options] | None:
    """Return the program and the options if the words start a guest."""
    at = _program_at(words)
    if at is None:
        return None
    options = from_words(words[at + 1 :])
    return (words[at], options) if options.named(*_TELLING) else None


def _program_at(words: Sequence[str]) -> int | None:
    if _PROGRAM.fullmatch(words[0]):
        return 0
    if words[0].rpartition("/")[2] not in _STARTING:
        return None
    named = (at for at in range(1, len(words) - 1) if _PROGRAM.fullmatch(words[at]))
    return next((at for at in named if words[at + 1].startswith(("-", UNKNOWN))), None)
