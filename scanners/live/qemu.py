"""QEMU: its processes, and what each says through its monitor (QMP).

    /usr/bin/qemu-system-x86_64 -name tst200 -uuid 90d6b5ee-... -qmp unix:/run/tst200.qmp,server,nowait

Guests that libvirt or Xen started are theirs and not listed here. A guest without a monitor has the state
`unknown`. Source: qemu(1), proc(5), qemu-qmp-ref(7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from scanners import qemu_machine, qemu_readconfig
from scanners.candidates import LARGEST
from scanners.config import Broken
from scanners.live.guest import Running, State
from scanners.live.marks import ENVIRONMENT
from scanners.qemu_options import Options, from_words
from vhost import normal
from vhost.errors import NotPermitted, VhostError
from vhost.transport import Site

TYPE = "QEMU"
SECONDS = 20.0

PATIENCE = 5.0
_THREADS = 8

PROCESSES = r"""
for p in /proc/[0-9]*; do
  read -r c <$p/comm || continue
  case $c in *qemu*|kvm*) ;; *) continue;; esac
  s=$(cat $p/stat) || continue
  s=${s##*) }; set -- $s; [ "$1" = Z ] && continue; shift 19
  printf 'PROCESS %s %s\n' "${p#/proc/}" "$1"
  od -An -v -tx1 $p/cmdline
  printf 'ENVIRONMENT\n'
  tr '\0' '\n' <$p/environ | grep -a '^VHOST_GUEST_CONFIG=' | od -An -v -tx1
  printf 'DIRECTORY\n'
  readlink $p/cwd | od -An -v -tx1
done 2>/dev/null
printf 'END\n'
"""
"""A shell's look at every process of QEMU; what a guest's owner could write into it comes as hex digits."""

_PROCESS_THERE = r"""
there() { read -r s <"/proc/$1/stat" && set -- "$1" "$2" ${s##*) } && [ "$3" != Z ] && [ "${22}" = "$2" ]; }
there "$1" "$2" 2>/dev/null && echo there || echo gone
"""
"""Tells whether the process of an id that began at a time runs; another may have its number by now."""

_PROCESS = re.compile(
    r"^PROCESS (\d+) (\d+)\n([0-9a-f \n]*)ENVIRONMENT\n([0-9a-f \n]*)DIRECTORY\n([0-9a-f \n]*)", re.MULTILINE
)
_LIBVIRTS = "charmonitor"
"""The name that libvirt gives to the monitors of its guests."""

_STATES = {
    "running": State.RUNNING,
    "inmigrate": State.UNKNOWN,  # what it will do is in the state that it reads
    "paused": State.PAUSED,
    "prelaunch": State.PAUSED,
    "postmigrate": State.PAUSED,
    "finish-migrate": State.PAUSED,
    "save-vm": State.PAUSED,
    "restore-vm": State.PAUSED,
    "suspended": State.PAUSED,
    "debug": State.PAUSED,
    "io-error": State.PAUSED,
    "colo": State.PAUSED,
    "watchdog": State.PAUSED,
    "shutdown": State.STOPPING,
    "guest-panicked": State.CRASHED,
    "internal-error": State.CRASHED,
}


@dataclass(frozen=True, slots=True)
class Process:
    """One process of QEMU: its id with the time it began, which make it unique, its words and surroundings."""

    id: str
    words: tuple[str, ...]
    config_path: str | None
    directory: str


def look(site: Site, name: str) -> list[Running] | None:
    """Return every guest. Raises `VhostError` if the processes cannot be listed.

    A socket belongs to who made it last: a monitor that several processes name, or that is another guest's, is none.
    """
    found = [(process, guest) for process in listed(site) if (guest := of_process(process, name)) is not None]
    with ThreadPoolExecutor(_THREADS) as pool:
        asked = list(pool.map(lambda pair: _asked(site, *pair), found))
    held = Counter(guest.control for guest in asked)
    unasked = [replace(guest, control=None) for _, guest in found]
    return [guest if held[guest.control] == 1 else other for guest, other in zip(asked, unasked, strict=True)]


def state(site: Site, guest_id: str, control: str | None, uuid: str | None = None) -> State:
    """Return the state of the guest of a process, OFF if that has ended. Raises `VhostError` if nobody can say.

    With a UUID, whoever answers with it is the guest, be it another run of it: then no process is looked for.
    """
    if uuid and (said := status(site, control)).uuid == uuid and said.state is not State.UNKNOWN:
        return said.state
    if not _is_there(site, guest_id):
        return State.OFF
    found = status(site, control).state
    if found is not State.UNKNOWN or control is None:
        return found
    return State.UNKNOWN if _is_there(site, guest_id) else State.OFF  # it may just have ended


def _is_there(site: Site, guest_id: str) -> bool:
    """Tell whether the process of a guest runs. Raises `VhostError` if nobody can say."""
    pid, _, began = guest_id.partition(".")
    answer = site.run(["sh", "-c", _PROCESS_THERE, "sh", pid, began], timeout=SECONDS, raised=False)
    if answer.text not in {"there\n", "gone\n"}:
        raise VhostError(site.host.account, f"its processes cannot be seen: {answer.complaint}")
    return answer.text == "there\n"


def listed(site: Site) -> list[Process]:
    """Return the processes of QEMU. Raises `VhostError` if they cannot be listed."""
    answer = site.run(["sh", "-c", PROCESSES], timeout=SECONDS, raised=False)
    if not answer.text.endswith("END\n"):
        raise VhostError(site.host.account, f"its processes cannot be listed: {answer.complaint}")
    return list(processes(answer.text))


def processes(text: str) -> Iterator[Process]:
    """Return the processes of such a look."""
    for pid, began, command, environment, directory in _PROCESS.findall(text):
        words = tuple(_bytes(command).removesuffix("\0").split("\0"))
        config = _bytes(environment).removesuffix("\n").removeprefix(f"{ENVIRONMENT}=")
        yield Process(f"{pid}.{began}", words, config or None, _bytes(directory).removesuffix("\n"))


def _bytes(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-8", "surrogateescape")


def of_process(process: Process, host: str) -> Running | None:
    """Return the guest of a process, None if it is none or another hypervisor's; its state is yet unknown."""
    options = from_words(process.words[1:])
    if _foreign(options) or not options.named(
        "name", "uuid", "drive", "hda", "m", "device", "machine", "kernel", "readconfig"
    ):
        return None
    config = qemu_machine.config(process.words[0], options)
    port = config.facts.get("cport", "")
    uuid = normal.uuid(config.facts.get("uuid", ""))
    disks = [disk.source for disk in config.disks if disk.source]
    return Running(
        host=host,
        type=TYPE,
        label=config.facts.get("label", _unnamed(process)),
        id=process.id,
        uuid=uuid,
        macs=tuple(mac for one in config.interfaces if one.mac and (mac := normal.mac(one.mac))),
        disks=tuple(_absolute(disk, process.directory) for disk in disks),
        state=State.UNKNOWN,
        word="unknown",
        config_path=process.config_path,
        vnc_port=int(port) if port.isdecimal() else None,
        control=_control(options, process.directory),
    )


def _foreign(options: Options) -> bool:
    """Tell whether libvirt or Xen started the guest: they hold its monitor and know it by their own names."""
    monitors = (option.get("id") for option in options.named("chardev"))
    return bool(options.named("xen-domid")) or _LIBVIRTS in monitors


def _control(options: Options, directory: str) -> str | None:
    """Return the socket of QMP: an absolute path or `HOST:PORT`; None if there is none."""
    for option in options.named("qmp", "qmp-pretty"):
        kind, _, place = (option.get("value") or "").partition(",")[0].partition(":")
        if kind in {"unix", "tcp"} and place:
            return _absolute(place, directory) if kind == "unix" else place
    backends = {option.get("id"): option.parameters for option in options.named("chardev")}
    for monitor in options.named("mon"):
        found = _socket(backends.get(monitor.get("chardev"), {}), directory)
        if monitor.get("mode") == "control" and found:
            return found
    return None


def _control_of_files(site: Site, process: Process) -> str | None:
    """Return the socket of QMP that a `-readconfig` file names, None if there is none.

    Only that is taken from the file, which may have changed since the guest was started: who the guest is, it says
    itself.
    """
    for option in from_words(process.words[1:]).named("readconfig"):
        path = _absolute(option.get("value") or "", process.directory)
        with suppress(Broken, VhostError):  # who cannot read it cannot ask the guest
            answer = site.run(["head", "-c", str(LARGEST), "--", path], timeout=SECONDS)
            if found := _control(qemu_readconfig.parse(answer.text), process.directory):
                return found
    return None


def _socket(backend: Mapping[str, str], directory: str) -> str | None:
    if backend.get("backend") != "socket":
        return None
    if path := backend.get("path"):
        return _absolute(path, directory)
    return f"{backend.get('host') or 'localhost'}:{backend['port']}" if backend.get("port") else None


def _absolute(path: str, directory: str) -> str:
    return path if path.startswith("/") or not directory.startswith("/") else f"{directory.rstrip('/')}/{path}"


def _asked(site: Site, process: Process, guest: Running) -> Running:
    control = guest.control or _control_of_files(site, process)
    said = status(site, control)
    unnamed = guest.label == _unnamed(process)
    if said.state is not State.UNKNOWN and not _is_own(guest, said, unnamed=unnamed):
        return replace(guest, control=None)
    return replace(
        guest,
        control=control,
        state=said.state,
        word=said.word,
        uuid=said.uuid or guest.uuid,
        label=said.name if said.name and unnamed else guest.label,
    )


def _is_own(guest: Running, said: Said, *, unnamed: bool) -> bool:
    """Tell whether what a monitor says is what the words of its process say."""
    return (unnamed or said.name == guest.label) and (guest.uuid is None or said.uuid in {None, guest.uuid})


def _unnamed(process: Process) -> str:
    return f"process {process.id.partition('.')[0]}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a guest says of itself: its state, the word for that, its UUID and name if it has them."""

    state: State = State.UNKNOWN
    word: str = "unknown"
    uuid: str | None = None
    name: str | None = None


def status(site: Site, control: str | None) -> Said:
    """Return what a guest says through its monitor; its state is unknown if it does not answer."""
    if control is None:
        return Said()
    try:
        with site.monitor(control, PATIENCE) as monitor:
            told = [monitor.execute(f"query-{what}") for what in ("status", "uuid", "name")]
    except NotPermitted:
        raise
    except VhostError:
        return Said()
    said, named, called = (one if isinstance(one, dict) else {} for one in told)
    word = str(said.get("status", "unknown"))
    digits = normal.uuid(str(named.get("UUID")))
    name = called.get("name")
    return Said(
        state=_STATES.get(word, State.UNKNOWN),
        word=word,
        uuid=digits if digits and digits.strip("0") else None,
        name=name if isinstance(name, str) and name else None,
    )
