"""What the options of a QEMU guest say of it, as a `Config`.

    /usr/bin/qemu-system-x86_64 -name guest=tst200 -uuid 90d6b5ee-... -m 1G -smp 2 -machine q35,accel=kvm -vnc :17

Source: qemu(1). What an option leaves open has QEMU's documented default, if no further options can
come from outside of the text: one CPU, TCG, and on a PC 128 MiB.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction

from scanners.config import Config, Problem
from scanners.qemu_disks import disks
from scanners.qemu_network import interfaces
from scanners.qemu_options import Options
from scanners.shell_variables import UNKNOWN
from vhost import normal

VNC_BASE = 5900
"""The TCP port of VNC display 0."""

HIGHEST_PORT = 65_535

_DEFAULT_MEMORY = {"x86_64": "128", "i386": "128"}
_SYSTEM = re.compile(r"qemu-system-([a-z0-9_]+)")
_SIZE = re.compile(r"(0x[0-9a-f]{1,16}|[0-9]{1,20}(?:\.[0-9]{1,20})?)([bkmgtpe]?)", re.IGNORECASE)
_MEBIBYTE = 1024 * 1024
_COUNT = re.compile(r"[0-9]{1,6}")
_TOPOLOGY = ("sockets", "dies", "clusters", "modules", "cores", "threads", "books", "drawers")
_DISPLAY = re.compile(r".*:([0-9]{1,5})")
_NIL_UUID = "0" * 32


def config(program: str | None, options: Options, line: int = 0) -> Config:
    """Return the machine that these options start; `program` is None where it is not known."""
    plugged, wrong = interfaces(options)
    uuid = _uuid(options)
    if uuid and normal.uuid(uuid) is None:
        wrong.append(f"{uuid!a} is no UUID")
    stated = {
        "label": options.last("name", "guest"),
        "uuid": uuid if uuid and normal.uuid(uuid) not in {None, _NIL_UUID} else None,
        "vram": _memory(options, arch(program)),
        "vcpu": _cpus(options),
        "arch": arch(program),
        "platform": options.last("machine", "type"),
        "accelerator": _accelerator(program, options),
        "exepath": program if program and UNKNOWN not in program else None,
        "sport": _control_port(options),
        **console(options),
    }
    return Config(
        type="QEMU",
        facts={column: value for column, value in stated.items() if value},
        interfaces=tuple(plugged),
        disks=tuple(disks(options)),
        problems=(*options.problems, *(Problem(line=line, problem=problem) for problem in wrong)),
    )


def arch(program: str | None) -> str | None:
    """Return the architecture that is part of the program's name (`qemu-system-aarch64`), None if none is."""
    named = _SYSTEM.fullmatch((program or "").rpartition("/")[2])
    return named[1] if named else None


def console(options: Options) -> dict[str, str]:
    """Return display, cport and vncbase of the VNC server, else the port of SPICE; empty if there is none."""
    server = options.last("vnc", "vnc") or options.last("display", "vnc") or ""
    is_reversed = options.last("vnc", "reverse") is not None
    display = _DISPLAY.fullmatch(server)
    if display and not server.startswith("unix:") and not is_reversed and not options.last("vnc", "to"):
        port = VNC_BASE + int(display[1])
        found = {"display": str(int(display[1])), "cport": str(port), "vncbase": str(VNC_BASE)}
        return found if port <= HIGHEST_PORT else {}
    port_of_spice = _port(options.last("spice", "port")) or _port(options.last("spice", "tls-port"))
    return {"cport": port_of_spice} if port_of_spice and not display else {}


def mebibytes(size: str) -> str | None:
    """Return a size in MiB, rounded up; without a suffix it is in MiB. None if it is no size, or zero."""
    found = _SIZE.fullmatch(size)
    if not found:
        return None
    digits, suffix = found[1].lower(), found[2].lower() or "m"
    number = Fraction(int(digits, 16)) if digits.startswith("0x") else Fraction(digits)
    return str(math.ceil(number * 1024 ** "bkmgtpe".index(suffix) / _MEBIBYTE)) if number else None


def _uuid(options: Options) -> str | None:
    system = [option for option in options.named("smbios") if option.get("type") == "1"]
    return options.last("uuid", "value") or next((uuid for option in system if (uuid := option.get("uuid"))), None)


def _memory(options: Options, architecture: str | None) -> str | None:
    if options.named("m"):
        size = options.last("m", "size")
        return mebibytes(size) if size else None
    return _DEFAULT_MEMORY.get(architecture or "") if options.complete else None


def _cpus(options: Options) -> str | None:
    """Return the number of CPUs at the start: as stated, else all that there can be."""
    stated = options.named("smp")
    if not stated:
        return "1" if options.complete else None
    given = {key: value for option in stated for key, value in option.parameters.items()}
    if not all(_COUNT.fullmatch(given[key]) for key in ("cpus", "maxcpus", *_TOPOLOGY) if key in given):
        return None
    numbers = {key: int(given[key]) for key in ("cpus", "maxcpus", *_TOPOLOGY) if key in given}
    product = math.prod(numbers.get(key) or 1 for key in _TOPOLOGY)
    return str(numbers.get("cpus") or numbers.get("maxcpus") or product)


def _accelerator(program: str | None, options: Options) -> str | None:
    """Return the accelerator, of several the one that is tried first, in upper case."""
    if options.named("xen-domid") or (options.last("machine", "type") or "").startswith("xen"):
        return "XEN"
    chosen = [
        option.parameters["accel"] for option in options.named("accel", "machine") if "accel" in option.parameters
    ]
    if chosen:
        return chosen[0].partition(":")[0].upper() or None
    for name, accelerator in (
        ("no-kvm", "TCG"),
        ("enable-kvm", "KVM"),
        ("kernel-kqemu", "KQEMU"),
        ("enable-kqemu", "KQEMU"),
    ):
        if options.named(name):
            return accelerator
    if (program or "").rpartition("/")[2] in {"kvm", "qemu-kvm"}:
        return "KVM"
    return "TCG" if options.complete and arch(program) else None


def _control_port(options: Options) -> str | None:
    """Return the TCP port of the QMP server, else of the monitor; None if there is none."""
    return next((port for text in _control_ports(options) if (port := _port(text))), None)


def _control_ports(options: Options) -> Iterator[str | None]:
    for option in options.named("qmp", "qmp-pretty"):
        yield _port_of(option.get("value"))
    sockets = {option.get("id"): option for option in options.named("chardev") if option.get("backend") == "socket"}
    for monitor in sorted(options.named("mon"), key=lambda option: option.get("mode") != "control"):
        socket = sockets.get(monitor.get("chardev"))
        yield socket.get("port") if socket else None
    for option in options.named("monitor"):
        yield _port_of(option.get("value"))


def _port_of(address: str | None) -> str | None:
    """Return the port of `tcp:HOST:PORT,server=on`, None for any other kind of address."""
    kind, _, place = (address or "").partition(",")[0].partition(":")
    return place.rpartition(":")[2] if kind in {"tcp", "telnet"} else None


def _port(text: str | None) -> str | None:
    number = int(text) if text and _COUNT.fullmatch(text) else 0
    return str(number) if 0 < number <= HIGHEST_PORT else None
