"""Xen: the domains that `xl` knows, or `xm` where there is no `xl`.

    xl list       tst100          3   512     1     -b----      12.3
    xl list -l    [{"domid": 3, "config": {"c_info": {"name": "tst100", "uuid": "6842..."}, "nics": [{"mac": ...}]}}]
    xenstore-ls -f /local/domain      /local/domain/3/console/vnc-port = "5901"

States are only in the table, identities only in the long form, the port of the console and the
configuration that this toolkit started only in xenstore. Source: xl(1), xenstore-ls(1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanners.live import xen_sxp
from scanners.live.guest import Absent, Running, State
from scanners.live.marks import CONFIG_NODE
from vhost import normal
from vhost.errors import VhostError
from vhost.transport import Site

TYPE = "XEN"
SECONDS = 20.0

_ROW = re.compile(r"(?P<name>.*?)\s+(?P<id>\d+)\s+\d+\s+\d+\s+(?P<state>[rbpscd-]{6})\s+[\d.]+(?:\s.*)?")
_NOISE = re.compile(
    r"^(?:(?:lib)?xl|xc|xs|libxl\w*|xencall|warning|parsing config)\b[^\n]*\n", re.IGNORECASE | re.MULTILINE
)
_NO_XEN = re.compile(r"privileged command interface: No such file or directory")
"""What is said where the kernel is not Xen's."""

_NODE = re.compile(rf'/local/domain/(\d+)/(console/vnc-port|{CONFIG_NODE}) = "(.*)"')


def look(site: Site, name: str) -> list[Running] | None:
    """Return every domain, None where there is no Xen. Raises `VhostError` if it cannot be asked."""
    tool = site.tool("xl") or site.tool("xm")
    if tool is None:
        return None
    if tool.endswith("xm"):
        return xen_sxp.domains(_said(site, [tool, "list", "-l"]), name)
    states = table(_said(site, [tool, "list"]))
    listed = _said(site, [tool, "list", "-l"])
    return domains(listed, states, _stored(site), name)


def state(site: Site, domid: str) -> State:
    """Return the state of a domain, OFF if there is none of that number. Raises `VhostError` if Xen cannot be asked."""
    tool = site.tool("xl")
    if tool is None:
        found = {one.id: one.state for one in look(site, "") or []}
        return found.get(domid, State.OFF)
    letters = table(_said(site, [tool, "list"])).get(domid)
    return State.OFF if letters is None else xen_sxp.state_of(letters)


def _said(site: Site, argv: list[str]) -> str:
    answer = site.run(argv, timeout=SECONDS)
    where = f"{site.host.account}: {' '.join(argv)}"
    if answer.status and _NO_XEN.search(answer.err):
        raise Absent(where, answer.complaint, "boot Xen if there are guests of it")
    if answer.status:
        raise VhostError(where, answer.complaint or f"exit {answer.status}")
    return answer.text


def _stored(site: Site) -> str:
    """Return the store of all domains, "" where it may not be read: ports and paths are then unknown."""
    tool = site.tool("xenstore-ls")
    answer = site.run([tool, "-f", "/local/domain"], timeout=SECONDS, raised=True) if tool else None
    return answer.text if answer and answer.status == 0 else ""


def table(text: str) -> dict[str, str]:
    """Return the state letters by id; an id that stands there twice, as a forged name can make it, is left out."""
    found: dict[str, str] = {}
    twice = set()
    for row in map(_ROW.fullmatch, text.splitlines()):
        if row:
            twice |= {row["id"]} & found.keys()
            found[row["id"]] = row["state"]
    return {domid: letters for domid, letters in found.items() if domid not in twice}


def domains(text: str, states: Mapping[str, str], store: str, host: str) -> list[Running]:
    """Return the domains of the long list. Raises `VhostError` if it is none."""
    kept: dict[tuple[str, str], str] = {(m[1], m[2]): m[3] for m in map(_NODE.fullmatch, store.splitlines()) if m}
    return [_domain(entry, states, kept, host) for entry in _entries(text)]


def _entries(text: str) -> list[dict[str, Any]]:
    """Return the entries of the JSON list, without the warnings before, inside and after it."""
    quiet = _NOISE.sub("", text)
    for start in re.finditer(r"^\[", quiet, re.MULTILINE):
        try:
            found, _ = json.JSONDecoder().raw_decode(quiet, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, list) and all(isinstance(one, dict) and "domid" in one for one in found):
            return found
    raise VhostError(f"{TYPE.lower()}: xl list -l", "its output cannot be read as JSON", "is this the toolstack xl?")


def _domain(
    entry: dict[str, Any], states: Mapping[str, str], store: Mapping[tuple[str, str], str], host: str
) -> Running:
    domid = str(entry["domid"])
    config = _part(entry, "config")
    info = _part(config, "c_info")
    letters = states.get(domid, "")
    port = store.get((domid, "console/vnc-port"), "")
    return Running(
        host=host,
        type=TYPE,
        label=str(info.get("name") or f"domain {domid}"),
        id=domid,
        uuid=normal.uuid(str(info.get("uuid", ""))),
        macs=tuple(mac for nic in _parts(config, "nics") if (mac := normal.mac(str(nic.get("mac", "")))) is not None),
        disks=tuple(str(disk["pdev_path"]) for disk in _parts(config, "disks") if disk.get("pdev_path")),
        state=xen_sxp.state_of(letters),
        word=letters or "unknown",
        config_path=store.get((domid, CONFIG_NODE)),
        vnc_port=int(port) if port.isdecimal() and 0 < int(port) <= 65_535 else None,
    )


def _part(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = entry.get(key)
    return found if isinstance(found, dict) else {}


def _parts(entry: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = entry.get(key)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
