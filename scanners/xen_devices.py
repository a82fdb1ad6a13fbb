"""The devices of a Xen domain: what the strings in `vif`, `disk` and `vfb` say.

    mac=00:50:56:13:11:40,bridge=xenbr0,ip=192.168.1.220
    tap:aio:/root/xen/tst100/xvda.img,xvda,w
    format=qcow2, vdev=xvda, access=rw, target=/srv/xen/tst100.qcow2
    type=vnc,vncunused=0,vncdisplay=17

Sources: xl-network-configuration(5), xl-disk-configuration(5), xl.cfg(5), and for the older forms
xend's example configurations.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping

from scanners.config import Interface
from scanners.xen_literal import Value
from vhost import normal
from vhost.claims import Disk

VNC_BASE = 5900
"""The TCP port of VNC display 0 (xl.cfg(5), `vncdisplay`)."""

HIGHEST_PORT = 65_535

_FORMATS = frozenset({"", "raw", "qcow", "qcow2", "vhd", "qed", "empty"})
_PREFIX = re.compile(r"(raw|qcow2?|vhd|vmdk|iscsi|e?nbd|drbd|tapdisk|tap2?|aio|ioemu|file|phy|sync|ram|vdi):")
_PREFIX_FORMATS = frozenset({"raw", "qcow", "qcow2", "vhd", "vmdk"})
_REMOTE = re.compile(r"(?:iscsi|e?nbd|drbd)|[a-z][a-z0-9+]*:")
_TARGET = re.compile(r",\s*target=")
_KEY = re.compile(r"[a-z][-_a-z0-9]*")
_FLAGS = frozenset({"direct-io-safe", "discard", "no-discard", "colo", "no-colo", "trusted", "untrusted"})
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]{1,15}|0[0-7]{1,20}|[1-9][0-9]{0,17}|0)")


def number(value: Value | None) -> int | None:
    """Return the integer that xl reads: decimal, octal (`0`) or hexadecimal (`0x`); None if it is none."""
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return None
    digits = value.strip()
    octal = digits.lstrip("+-").startswith("0") and "x" not in digits.lower()
    return int(digits, 8 if octal else 0)


def parameters(item: Value) -> dict[str, str]:
    """Return the `key=value` pairs of a device, without blanks around them; empty if there are none."""
    if isinstance(item, dict):
        return {key: str(value) for key, value in item.items() if isinstance(value, str | int)}
    pairs = (part.partition("=") for part in str(item).split(",")) if isinstance(item, str) else ()
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def interfaces(item: Value) -> tuple[list[Interface], list[str]]:
    """Return the interface, once for each of its addresses, and what is wrong with it."""
    said, wrong = parameters(item), []
    mac = said.get("mac") or None
    if mac and normal.mac(mac) is None:
        wrong.append(f"{mac!a} is no MAC address")
        mac = None
    plain = Interface(mac=mac, relay=said.get("bridge") or None)
    addressed = []
    for word in said.get("ip", "").split():
        ip, netmask = address(word)
        if ip is None:
            wrong.append(f"{word!a} is no IP address")
        else:
            addressed.append(Interface(mac=plain.mac, relay=plain.relay, ip=ip, netmask=netmask))
    return addressed or [plain], wrong


def address(word: str) -> tuple[str | None, str | None]:
    """Return an address and, of `ADDRESS/PREFIX`, the netmask; None for what is not said."""
    ip, slash, _ = word.partition("/")
    if normal.address(ip) is None:
        return None, None
    if not slash:
        return ip, None
    try:
        network = ipaddress.ip_interface(word).network
    except ValueError:
        return ip, None
    return ip, str(network.netmask) if network.version == 4 else str(network.prefixlen)


def disk(item: Value) -> Disk | None:
    """Return the disk that a diskspec describes, None if it describes none."""
    if not isinstance(item, str) or not item.strip():
        return None
    said, prefixes = _diskspec(item)
    vdev, _, devtype = said.get("vdev", "").removeprefix("ioemu:").partition(":")
    cdrom = "cdrom" in (devtype, said.get("devtype"))
    access = said.get("access") or ("r" if cdrom else "w")
    readonly, shared = cdrom or access.rstrip("!") in ("r", "ro"), access.endswith("!")
    source = said.get("target") or None
    remote = "script" in said or any(_REMOTE.match(part) for part in (*prefixes, source or ""))
    return Disk(
        target=vdev or None,
        source=source,
        format=(said.get("format") or _format(prefixes)) if source else None,
        readonly=readonly,
        exclusive=None if readonly or not source or (remote and not shared) else not shared,
    )


def _format(prefixes: list[str]) -> str:
    """Return the format of an image of which nothing but the deprecated prefixes may say it: raw."""
    return next((prefix for prefix in prefixes if prefix in _PREFIX_FORMATS), "raw")


def _diskspec(item: str) -> tuple[dict[str, str], list[str]]:
    """Return the parameters of a disk by name, and the deprecated prefixes of its target."""
    said, places = _words(item)
    prefixes: list[str] = []
    if places:
        prefixes, places[0] = _prefixes(places[0])
    short = bool(prefixes) or (len(places) > 1 and places[1] not in _FORMATS)
    for name, place in zip(_order(said, short=short), places, strict=False):
        if place:
            said.setdefault(name, place)
    return said, prefixes


def _words(item: str) -> tuple[dict[str, str], list[str]]:
    """Return what a diskspec says by name, and what it says by position."""
    said: dict[str, str] = {}
    places: list[str] = []
    head, *target = _TARGET.split(f",{item}", maxsplit=1)
    if target:  # by name, it is the rest of the string
        said["target"] = target[0]
    for word in (word.strip() for word in head.split(",")[1:]):
        key, equals, value = word.partition("=")
        if equals and _KEY.fullmatch(key):
            said[key] = value
        elif word == "cdrom":
            said["devtype"] = "cdrom"
        elif word not in _FLAGS:
            places.append(word)
    return said, places


def _order(said: Mapping[str, str], *, short: bool) -> list[str]:
    """Return the names of the positions that are not said by name; those of old diskspecs have no format."""
    names = ["vdev", "access"] if short else ["format", "vdev", "access"]
    return ["target", *(name for name in names if name not in said)]


def _prefixes(target: str) -> tuple[list[str], str]:
    """Return the deprecated prefixes of a target, and the target without them."""
    prefixes = []
    while found := _PREFIX.match(target):
        prefixes.append(found.group(1))
        target = target[found.end() :]
    return prefixes, target


def console(said: Mapping[str, Value]) -> dict[str, str]:
    """Return `cport`, `display` and `vncbase` of a VNC console, empty unless the port is certain.

    With `vncunused` the port is a free one when the domain starts.
    """
    disabled = number(said.get("vnc")) == 0 or said.get("type", "vnc") != "vnc"
    if disabled or number(said.get("vncunused")):
        return {}
    port = number(said.get("vncport"))
    if port is not None and 0 < port <= HIGHEST_PORT:
        return {"cport": str(port)}
    display = _display(said)
    if display is None or not 0 <= display <= HIGHEST_PORT - VNC_BASE:
        return {}
    return {"cport": str(VNC_BASE + display), "display": str(display), "vncbase": str(VNC_BASE)}


def _display(said: Mapping[str, Value]) -> int | None:
    """Return the display that is said, display 0 where no other may be taken, else None."""
    if "vncdisplay" in said:
        return number(said["vncdisplay"])
    listen = re.fullmatch(r"[^:]*:(\d{1,5})", str(said.get("vnclisten", "")))
    if listen:
        return int(listen.group(1))
    return 0 if number(said.get("vncunused")) == 0 else None


def items(value: Value | None) -> Iterator[Value]:
    """Yield the devices of `vif`, `disk` or `vfb`; xm took a single one without a list as well."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
