"""Lists of objects in JSON: neighbours of `ip -j neigh`, leases and MACs of libvirt's dnsmasq, our own exports.

    [{"dst":"192.168.1.1","dev":"eth0","lladdr":"52:54:00:4e:01:33","state":["REACHABLE"]}]
    [{"ip-address":"192.168.122.56","mac-address":"52:54:00:4e:01:33","hostname":"db01","expiry-time":1508141363}]
    [{"domain":"db01","macs":["52:54:00:4e:01:33"]}]

All of them are read by the reader of Kea's JSON, which names a bad spot and goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from macmap import proc_arp, spellings
from macmap.csv_table import COLUMNS, claim
from macmap.entry import Entry, Parsed, Problems
from macmap.kea.document import Object, listed


def neighbours(text: str) -> Parsed:
    """Return what `ip -j neigh` says, or /proc/net/arp in the same form."""
    return listed(text, _neighbour)


def status(text: str) -> Parsed:
    """Return the leases of a network of libvirt (`virbr0.status`), or the MACs of its guests (`virbr0.macs`)."""
    return listed(text, _status)


def claims(text: str) -> Parsed:
    """Return the claims of an export as JSON."""
    return listed(text, _claim)


def _neighbour(problems: Problems, one: Object) -> Iterator[Entry]:
    if "IP_address" in one:
        columns = [str(one.get(key, "")) for key in ("IP_address", "HW_type", "Flags", "HW_address", "Mask", "Device")]
        if entry := proc_arp.neighbour(problems, one.line, columns):
            yield entry
        return
    address, mac = _address(problems, one, "dst"), _mac(problems, one, "lladdr")
    states = one.get("state")
    state = str(states[0]).lower() if isinstance(states, list) and states else None
    if address and mac:
        yield Entry(mac=mac, ip=address, line=one.line, state=state, segment=_text(one, "dev"))


def _status(problems: Problems, one: Object) -> Iterator[Entry]:
    if "macs" in one:
        yield from _guest(problems, one)
        return
    name = _text(one, "hostname")
    if address := _address(problems, one, "ip-address"):
        yield Entry(
            name=name,
            mac=_mac(problems, one, "mac-address"),
            ip=address,
            line=one.line,
            hostname=name,
            state="active",
            expires_at=_moment(problems, one, "expiry-time"),
        )


def _guest(problems: Problems, one: Object) -> Iterator[Entry]:
    macs = one["macs"]
    for item in macs if isinstance(macs, list) else [macs]:
        mac = spellings.mac(str(item))
        if mac is None:
            problems.expected(one.lines["macs"], f"a MAC of 6 bytes expected, not {spellings.shown(str(item))}")
        else:
            yield Entry(name=_text(one, "domain"), mac=mac, line=one.line)


def _claim(problems: Problems, one: Object) -> Iterator[Entry]:
    values = {key: _text(one, key) or "" for key in COLUMNS}
    if entry := claim(problems, one.line, values):
        yield entry


def _text(one: Object, key: str) -> str | None:
    value = one.get(key)
    return str(value) if isinstance(value, (str, int)) and value != "" else None


def _mac(problems: Problems, one: Object, key: str) -> str | None:
    text = _text(one, key)
    made = spellings.mac(text) if text else None
    if text and made is None:
        problems.expected(one.lines[key], f"a MAC of 6 bytes expected, not {spellings.shown(text)}")
    return made


def _address(problems: Problems, one: Object, key: str) -> str | None:
    text = _text(one, key)
    made = spellings.address(text) if text else None
    if made is None:
        line = one.lines.get(key, one.line)
        problems.expected(line, f"an address expected as {key!r}, not {spellings.shown(text or '')}")
    return made


def _moment(problems: Problems, one: Object, key: str) -> datetime | None:
    text = _text(one, key)
    try:
        return spellings.moment(text) if text and text != "0" else None
    except ValueError:
        problems.expected(one.lines[key], f"seconds since 1970 expected, not {spellings.shown(text or '')}")
        return None
