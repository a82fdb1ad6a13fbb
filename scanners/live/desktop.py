"""VirtualBox and VMware: what their programs list. Not run against the real programs.

    VBoxManage list -l vms      Name: ... / UUID: ... / State: running (since ...) / NIC 1: MAC: 080027AA0001, ...
    vmrun list                  Total running VMs: 1 / /pool/vmware/tst003/tst003.vmx

Source: VBoxManage(1), vmrun of VMware Workstation and Player.
"""

from __future__ import annotations

import re

from scanners.live.guest import Running, State
from vhost import normal
from vhost.errors import VhostError
from vhost.transport import Site

SECONDS = 60.0
_FACT = re.compile(r"([A-Za-z0-9 ]+?):\s+(.*)")
_MAC = re.compile(r"MAC: ([0-9A-Fa-f]{12})")
_STATES = {
    "running": State.RUNNING,
    "paused": State.PAUSED,
    "saved": State.SAVED,
    "powered off": State.OFF,
    "aborted": State.OFF,
    "stopping": State.STOPPING,
    "guru meditation": State.CRASHED,
}


def virtualbox(site: Site, name: str) -> list[Running] | None:
    """Return every machine, None where there is no VBoxManage. Raises `VhostError` if it cannot be asked."""
    tool = site.tool("VBoxManage")
    return None if tool is None else virtualbox_guests(_said(site, [tool, "list", "-l", "vms"]), name)


def vmware(site: Site, name: str) -> list[Running] | None:
    """Return every machine that runs, None where there is no vmrun. Raises `VhostError` if it cannot be asked."""
    tool = site.tool("vmrun")
    return None if tool is None else vmware_guests(_said(site, [tool, "list"]), name)


def _said(site: Site, argv: list[str]) -> str:
    answer = site.run(argv, timeout=SECONDS)
    if answer.status:
        raise VhostError(f"{site.host.account}: {argv[0]}", answer.complaint or f"exit {answer.status}")
    return answer.text


def virtualbox_guests(text: str, host: str) -> list[Running]:
    """Return the machines of the long list; each begins with its name."""
    parts = re.split(r"^(?=Name:\s)", text, flags=re.MULTILINE)
    return [_virtualbox(part, host) for part in parts if part.startswith("Name:")]


def _virtualbox(part: str, host: str) -> Running:
    facts: dict[str, str] = {}
    for line in filter(None, map(_FACT.fullmatch, part.splitlines())):
        facts.setdefault(line[1], line[2].strip())
    word = facts.get("State", "unknown").partition(" (")[0]
    return Running(
        host=host,
        type="VBOX",
        label=facts["Name"],
        id=facts.get("UUID"),
        uuid=normal.uuid(facts.get("UUID", "")),
        macs=tuple(mac for digits in _MAC.findall(part) if (mac := normal.mac(digits))),
        state=_STATES.get(word, State.UNKNOWN),
        word=word,
        config_path=facts.get("Config file"),
    )


def vmware_guests(text: str, host: str) -> list[Running]:
    """Return the machines that run, by the paths of their configurations."""
    paths = [line.strip() for line in text.splitlines() if line.strip().startswith("/")]
    return [
        Running(
            host=host,
            type="VMW",
            label=path.rpartition("/")[2].removesuffix(".vmx"),
            id=path,
            state=State.RUNNING,
            word="running",
            config_path=path,
        )
        for path in paths
    ]
