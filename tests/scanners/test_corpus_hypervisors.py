"""Every QEMU command line and every Proxmox configuration of the corpus, against what is known of it."""

from __future__ import annotations

import functools
import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scanners.config import Config, Format
from scanners.formats import FORMATS
from scanners.proxmox import Proxmox
from scanners.qemu import Qemu
from vhost import normal

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("VHOST_CORPUS", ROOT.parent / "shared" / "corpus"))

FOLDERS: dict[str, type[Format]] = {"qemu-args": Qemu, "proxmox": Proxmox}


class Case(NamedTuple):
    folder: str
    file: str
    expected: dict[str, Any]


class Exemption(NamedTuple):
    """Where the corpus knows a fact otherwise than the file states it."""

    fact: str
    holds: Callable[[str, Any], bool]
    stated: Callable[[str, Any], Any]
    reason: str


def initial_memory(text: str) -> int:
    """Return the MiB in the option `-m` of a command line as libvirt writes it."""
    stated = re.search(r"^-m (?:size=)?([0-9]+)(k?)", text, re.MULTILINE)
    assert stated
    return int(stated[1]) // (1024 if stated[2] else 1)


EXEMPTIONS = (
    Exemption(
        "memory_mib",
        lambda text, _: "\n-numa " in text or "qemu-system-ppc64" in text,
        lambda text, _: initial_memory(text),
        "what is known is the <memory> of a domain: it counts DIMMs, is rounded up in each NUMA cell, contradicts "
        "the cells, or is rounded up to 256 MiB on ppc64; the command line states the memory at the start",
    ),
    Exemption(
        "arch",
        lambda text, arch: arch == "i686" and "qemu-system-i386" in text,
        lambda _text, _arch: "i386",
        "QEMU calls i686 by the name i386",
    ),
    Exemption(
        "arch",
        lambda text, arch: arch == "i686" and "qemu-system-x86_64" in text,
        lambda _text, _arch: "x86_64",
        "a 32-bit guest on a 64-bit machine: only the domain says it, the command line starts a 64-bit one",
    ),
    Exemption(
        "arch",
        lambda text, arch: arch.startswith("arm") and "qemu-system-arm" in text,
        lambda _text, _arch: "arm",
        "QEMU has one program for all versions of the 32-bit ARM architecture",
    ),
)
"""Facts that the file itself states otherwise, each with what it states, and the reason."""


def _cpus(expected: dict[str, Any]) -> int | None:
    """Return the number of CPUs; where nothing is known, nothing is (a domain without <vcpu>)."""
    if "vcpus" in expected:
        return expected["vcpus"] and int(expected["vcpus"])
    return int(expected["sockets"] or 1) * int(expected["cores"] or 1)


def _memory(expected: dict[str, Any]) -> int | None:
    """Return MiB: libvirt passes KiB to QEMU as the next whole MiB."""
    memory = expected["memory_mib"]
    return None if memory is None else math.ceil(float(memory))


KNOWN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": lambda expected: expected["name"],
    "uuid": lambda expected: expected["uuid"] and normal.uuid(expected["uuid"]),
    "macs": lambda expected: expected["macs"],
    "memory_mib": _memory,
    "vcpus": _cpus,
    "arch": lambda expected: expected.get("arch"),
    "vnc_ports": lambda expected: expected.get("vnc_ports") or None,
    "bridges": lambda expected: expected.get("bridges") or None,
}
"""Each fact as the corpus knows it; None where it knows nothing."""

UNKNOWN_IS_A_FACT = frozenset({"name", "uuid"})
"""Facts that have no default: where nothing is known of them, nothing may be stated."""

STATED: dict[str, Callable[[Config], Any]] = {
    "name": lambda config: config.facts.get("label"),
    "uuid": lambda config: normal.uuid(config.facts.get("uuid", "")),
    "macs": lambda config: [normal.mac(interface.mac) for interface in config.interfaces if interface.mac],
    "memory_mib": lambda config: int(config.facts["vram"]),
    "vcpus": lambda config: int(config.facts["vcpu"]),
    "arch": lambda config: config.facts.get("arch"),
    "vnc_ports": lambda config: [config.facts.get("cport")],
    "bridges": lambda config: [interface.relay for interface in config.interfaces if interface.relay],
}
"""Each fact as the scanner states it, in the same form."""


def cases() -> list[Case]:
    found = []
    for folder in FOLDERS:
        for line in (CORPUS / folder / "expected.jsonl").read_text().splitlines():
            expected = json.loads(line)
            found.append(Case(folder, expected["file"], expected))
    return found


@functools.cache
def text_of(folder: str, file: str) -> str:
    return (CORPUS / folder / file).read_text(encoding="utf-8", errors="surrogateescape")


@functools.cache
def parsed(folder: str, file: str) -> Config:
    (config,) = FOLDERS[folder].parse(text_of(folder, file))
    return config


CASES = cases()
FILES = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.folder}/{case.file}")


def test_every_file_of_the_corpus_is_a_case() -> None:
    present = {(folder, path.name) for folder in FOLDERS for path in (CORPUS / folder).iterdir()}
    assert present - {(folder, "expected.jsonl") for folder in FOLDERS} == {(case.folder, case.file) for case in CASES}


@FILES
def test_a_file_is_recognised_by_its_format_alone(case: Case) -> None:
    text = text_of(case.folder, case.file)
    assert [known for known in FORMATS if known.recognises(text, case.file)] == [FOLDERS[case.folder]]


@FILES
def test_a_file_has_no_problems(case: Case) -> None:
    assert parsed(case.folder, case.file).problems == ()


@pytest.mark.parametrize("fact", list(KNOWN))
@FILES
def test_a_fact_is_what_is_known_of_it(case: Case, fact: str) -> None:
    known = KNOWN[fact](case.expected)
    text = text_of(case.folder, case.file)
    exemption = next((one for one in EXEMPTIONS if one.fact == fact and known and one.holds(text, known)), None)
    if exemption:
        known = exemption.stated(text, known)
    if known is not None or fact in UNKNOWN_IS_A_FACT:
        assert STATED[fact](parsed(case.folder, case.file)) == known


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=lambda exemption: exemption.reason[:40])
def test_an_exemption_is_needed(exemption: Exemption) -> None:
    facts = [(text_of(case.folder, case.file), KNOWN[exemption.fact](case.expected)) for case in CASES]
    held = [(text, known) for text, known in facts if known and exemption.holds(text, known)]
    assert any(exemption.stated(text, known) != known for text, known in held)
