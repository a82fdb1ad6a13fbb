"""libvirt: the domains that `virsh` knows, running or not.

    virsh -c qemu:///system -q
    list --all --uuid
    list --all --uuid --state-running
    echo ...; dumpxml UUID

One connection, however many domains there are, and lists for what can be listed: a question for each domain
costs as much as its description. Source: virsh(1), libvirt's formatdomain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scanners.live.guest import Absent, Running, State
from scanners.live.virsh import STATES, command, leads_to, spelled
from scanners.live.virsh_shell import Calls, Shell, echo, new_mark, shell
from vhost.errors import VhostError
from vhost.transport import Host, Site

if TYPE_CHECKING:
    from scanners.live.libvirt_domains import Listed

SECONDS = 60.0

_NO_DAEMON = re.compile(r"Failed to connect socket to '[^']*': (?:No such file or directory|Connection refused)")
_ORPHANS = r"""
own=$(readlink /proc/self/ns/pid)
for p in /proc/[0-9]*; do
  read -r c <$p/comm || continue
  case $c in *qemu*|kvm*) ;; *) continue;; esac
  its=$(readlink $p/ns/pid)
  [ -z "$its" ] || [ "$its" = "$own" ] || continue
  tr '\0' '\n' <$p/cmdline | grep -aq charmonitor && { echo some; exit; }
done 2>/dev/null
echo none
"""
"""A look for guests of libvirt by the name that it gives to their monitors; those in containers are not the host's."""

_BATCH = 50
_LISTED_STATES = {"running": "running", "paused": "paused", "shut off": "shutoff"}
"""The lists of a state by the word that `domstate` has for it."""

_LISTS = ("", "--with-managed-save", *(f"--state-{name}" for name in _LISTED_STATES.values()))
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def place(site: Site, uri: str | None) -> Site:
    """Return where virsh runs: on the host, or here for a connection that names the host itself.

    Raises `UsageError` for one that names another host: its guests are not those of the host that is asked.
    """
    return Site(site.transport, Host("localhost")) if leads_to(uri, site.host) else site


def look(site: Site, name: str, uri: str | None = None) -> list[Running] | None:
    """Return every domain, None where there is no virsh. Raises `VhostError` if libvirt cannot be asked."""
    site = place(site, uri)
    tool = site.tool("virsh")
    if tool is None:
        return None
    with shell(site, command(tool, uri), SECONDS) as virsh:
        mark = new_mark()
        virsh.send([f"{echo(mark)}; list --all --uuid {which}" for which in _LISTS])
        from scanners.live.libvirt_domains import Listed, domains  # noqa: F401, PLC0415 - loads while virsh begins

        lists = [_uuids(part) for part in (virsh.answer() or "").split(mark)[1:]]
        if not any(lists):
            return _none(site, tool, uri)
        if len(lists) < len(_LISTS):
            raise VhostError(f"{site.host.account}: virsh", "was lost while it listed its domains")
        uuids, saved, *by_state = lists
        listed = Listed.of(uuids, saved, dict(zip(_LISTED_STATES, by_state, strict=True)))
        found = list(_described(virsh, listed, name))
    _all_told(site, listed.uuids, found, uri)
    return found


def _none(site: Site, tool: str, uri: str | None) -> list[Running]:
    """Return that there are no domains, which the shell does not tell from failure: a call of its own does.

    Raises `VhostError` if libvirt cannot be asked.
    """
    answer = site.run(command(tool, uri, "list", "--all", "--uuid"), timeout=SECONDS)
    where, said = f"{site.host.account}: virsh", answer.complaint or f"exit {answer.status}"
    if answer.status and _NO_DAEMON.search(answer.err) and not _orphans(site):
        raise Absent(where, said, "start libvirtd if there are guests of libvirt")
    if answer.status or _uuids(answer.text):
        raise VhostError(where, said if answer.status else "says in a conversation that there are no domains")
    return []


def _all_told(site: Site, uuids: Sequence[str], found: Sequence[Running], uri: str | None) -> None:
    """Check that a domain that was listed and not described is gone. Raises `VhostError`."""
    told = {one.uuid for one in found}
    for uuid in (digits for one in uuids if (digits := one.replace("-", "")) not in told):
        if state(site, uuid, uri) is not State.OFF:
            raise VhostError(f"{site.host.account}: virsh", f"does not say what domain {spelled(uuid)} is")


def state(site: Site, uuid: str, uri: str | None = None) -> State:
    """Return the state of a domain, OFF if libvirt does not know it. Raises `VhostError` if it cannot be asked."""
    site = place(site, uri)
    tool = site.tool("virsh") or "virsh"
    answer = site.run(command(tool, uri, "domstate", spelled(uuid)), timeout=SECONDS)
    if answer.status == 0:
        return STATES.get(answer.text.strip(), State.UNKNOWN)
    if "failed to get domain" in answer.err or "Domain not found" in answer.err:
        return State.OFF
    raise VhostError(f"{site.host.account}: virsh", answer.complaint or f"exit {answer.status}")


def _orphans(site: Site) -> bool:
    """Tell whether guests run that libvirt started, although its daemon is gone; or if nobody can say."""
    answer = site.run(["sh", "-c", _ORPHANS], timeout=SECONDS, raised=False)
    return answer.text != "none\n"


def _described(virsh: Shell | Calls, listed: Listed, host: str) -> Iterator[Running]:
    """Yield the domains; one that is gone by now is left out. Raises `VhostError` if libvirt is gone.

    While some are read, virsh answers for the next.
    """
    from scanners.live.libvirt_domains import domains  # noqa: PLC0415 - see `look`

    mark, said = new_mark(), ""
    for at in range(0, len(listed.uuids), _BATCH):
        virsh.send([_question(uuid, mark, listed) for uuid in listed.uuids[at : at + _BATCH]])
        yield from domains(said, mark, listed, host)
        answer = virsh.answer()
        if answer is None:
            raise VhostError(f"{host}: virsh", "libvirt was lost while it was asked for its domains")
        said = answer
    yield from domains(said, mark, listed, host)


def _question(uuid: str, mark: str, listed: Listed) -> str:
    state = "" if uuid in listed.words else f"domstate {uuid}; "
    return f"{echo(mark)} {uuid}; {state}dumpxml {uuid}"


def _uuids(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if _UUID.fullmatch(line)]
