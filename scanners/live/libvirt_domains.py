"""Domains of libvirt, as virsh describes them.

    MARK 6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2running

    <domain type='qemu' id='3'> ... </domain>

Source: virsh(1), libvirt's formatdomain.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from scanners.config import Broken
from scanners.libvirt import Libvirt
from scanners.live.guest import Running, State
from scanners.live.marks import NAMESPACE
from scanners.live.virsh import STATES
from scanners.xml_tree import tree
from vhost import normal

TYPE = "LIBVIRT"
_LAST_TAG = "</domain>"
_UUID_LENGTH = 36


def domains(text: str, mark: str, saved: frozenset[str], host: str) -> list[Running]:
    """Return the domains of a batch of answers, each behind the mark; one that is gone by now is left out."""
    parts = (part.strip() for part in text.split(mark)[1:])
    return [one for part in parts for one in _domain(part[:_UUID_LENGTH], part[_UUID_LENGTH:], saved, host)]


def _domain(uuid: str, said: str, saved: frozenset[str], host: str) -> Iterator[Running]:
    word, _, rest = said.lstrip("\n").partition("\n")
    text = rest[rest.find("<domain") : rest.rfind(_LAST_TAG) + len(_LAST_TAG)]  # what follows are questions
    try:
        element = tree(text)
        (config,) = Libvirt.parse_tree(element)
    except (Broken, ValueError):
        return
    state = STATES.get(word.strip(), State.UNKNOWN)
    port = config.facts.get("cport", "")
    yield Running(
        host=host,
        type=TYPE,
        label=config.facts.get("label", uuid),
        id=element.get("id"),
        uuid=normal.uuid(uuid),
        macs=tuple(mac for one in config.interfaces if one.mac and (mac := normal.mac(one.mac))),
        disks=tuple(disk.source for disk in config.disks if disk.source),
        state=State.SAVED if state is State.OFF and uuid in saved else state,
        word=word.strip(),
        config_path=_config_path(element),
        vnc_port=int(port) if port.isdecimal() and state.alive else None,
    )


def _config_path(domain: Element) -> str | None:
    found = domain.find(f"metadata/{{{NAMESPACE}}}config")
    return None if found is None else found.get("path")
