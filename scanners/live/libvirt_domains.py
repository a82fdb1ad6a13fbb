"""Domains of libvirt, as virsh describes them.

    MARK 6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2<domain type='qemu' id='3'> ... </domain>

    MARK 1d2c3b4a-1e3e-4324-9ed5-96b8b9f2c5c2pmsuspended

    <domain type='qemu' id='4'> ... </domain>

Source: virsh(1), libvirt's formatdomain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
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


@dataclass(frozen=True, slots=True)
class Listed:
    """The UUIDs that libvirt lists: all, those with a saved state, and by state as `virsh domstate` calls it.

    One that no list of a state has, or that changed its state between two lists, has no word.
    """

    uuids: Sequence[str]
    saved: frozenset[str]
    words: Mapping[str, str]

    @classmethod
    def of(cls, uuids: Sequence[str], saved: Sequence[str], by_word: Mapping[str, Sequence[str]]) -> Self:
        """Return what these lists say."""
        seen = Counter(uuid for listed in by_word.values() for uuid in listed)
        words = {uuid: word for word, listed in by_word.items() for uuid in listed if seen[uuid] == 1}
        return cls(uuids, frozenset(saved), words)


def domains(text: str, mark: str, listed: Listed, host: str) -> list[Running]:
    """Return the domains of a batch of answers, each behind the mark; one that is gone by now is left out."""
    parts = (part.strip() for part in text.split(mark)[1:])
    return [one for part in parts for one in _domain(part[:_UUID_LENGTH], part[_UUID_LENGTH:], listed, host)]


def _domain(uuid: str, said: str, listed: Listed, host: str) -> Iterator[Running]:
    asked, _, rest = said.lstrip("\n").partition("\n")
    word, rest = (listed.words[uuid], said) if uuid in listed.words else (asked.strip(), rest)
    text = rest[rest.find("<domain") : rest.rfind(_LAST_TAG) + len(_LAST_TAG)]  # what follows are questions
    try:
        element = tree(text)
        (config,) = Libvirt.parse_tree(element)
    except (Broken, ValueError):
        return
    state = STATES.get(word, State.UNKNOWN)
    if state is State.OFF and element.get("id"):  # it was started since that was said
        state, word = State.UNKNOWN, "unknown"
    port = config.facts.get("cport", "")
    yield Running(
        host=host,
        type=TYPE,
        label=config.facts.get("label", uuid),
        id=element.get("id"),
        uuid=normal.uuid(uuid),
        macs=tuple(mac for one in config.interfaces if one.mac and (mac := normal.mac(one.mac))),
        disks=tuple(disk.source for disk in config.disks if disk.source),
        state=State.SAVED if state is State.OFF and uuid in listed.saved else state,
        word=word,
        config_path=_config_path(element),
        vnc_port=int(port) if port.isdecimal() and state.alive else None,
    )


def _config_path(domain: Element) -> str | None:
    found = domain.find(f"metadata/{{{NAMESPACE}}}config")
    return None if found is None else found.get("path")
