"""Every configuration of the corpus, against what is known of it."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scanners.config import Config, Format
from scanners.libvirt import Libvirt
from scanners.virtualbox import VirtualBox
from scanners.vmware import Vmware, encoding
from scanners.xen import Xen
from vhost import normal

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("VHOST_CORPUS", ROOT.parent / "shared" / "corpus"))

FORMATS: tuple[type[Format], ...] = (Xen, Libvirt, Vmware, VirtualBox)
OWN: dict[str, type[Format]] = {
    "xm": Xen,
    "xl": Xen,
    "xl-examples": Xen,
    "vmx": Vmware,
    "vmx-virt-v2v": Vmware,
    "libvirt-xml": Libvirt,
}
FOREIGN = ("proxmox", "qemu-args", "kea", "dhcpd", "arp")

EXCEPTIONS = (
    ("xm/*", "arch", "no key of xm says it: whoever wrote it down meant the host's"),
    ("xl/*", "arch", "no key of xl says it: whoever wrote it down meant the host's"),
    (
        "libvirt-xml/video-device-pciaddr-default.xml",
        "vnc_ports",
        "autoport='yes' in a domain that does not run: libvirt ignores the port and chooses one at the start",
    ),
)
"""Facts that the file itself does not say, each with the reason."""


@functools.cache
def text_of(path: str) -> str:
    data = (CORPUS / path).read_bytes()
    return data.decode(encoding(data[:4096]) or "utf-8", "surrogateescape")


@functools.cache
def parsed(path: str) -> Config:
    (config,) = OWN[Path(path).parts[0]].parse(text_of(path))
    return config


STATED: dict[str, Callable[[Config, Any], Any]] = {
    "name": lambda config, _: config.facts.get("label"),
    "uuid": lambda config, _: normal.uuid(config.facts.get("uuid", "")),
    "macs": lambda config, _: [normal.mac(interface.mac) for interface in config.interfaces if interface.mac],
    "ips": lambda config, _: [interface.ip for interface in config.interfaces if interface.ip],
    # An interface without a bridge has another relay.
    "bridges": lambda config, known: [each.relay for each in config.interfaces if each.relay in known],
    "memory_mib": lambda config, _: int(config.facts["vram"]),
    "vcpus": lambda config, _: int(config.facts["vcpu"]),
    "vnc_ports": lambda config, _: [config.facts["cport"]] if "display" in config.facts else [],
    "arch": lambda config, _: config.facts.get("arch"),
}
"""Each fact in the form in which the corpus knows it."""


class Case(NamedTuple):
    path: str
    fact: str
    expected: Any


def _files(*folders: str) -> list[str]:
    found = (path for folder in folders for path in sorted((CORPUS / folder).rglob("*")))
    return [str(path.relative_to(CORPUS)) for path in found if path.is_file() and path.name != "expected.jsonl"]


def _cases() -> Iterator[Case]:
    for folder in OWN:
        known = CORPUS / folder / "expected.jsonl"
        for row in map(json.loads, known.read_text().splitlines() if known.exists() else ()):
            for fact in STATED:
                path = f"{folder}/{row['file']}"
                excepted = any(fact == of and fnmatch(path, pattern) for pattern, of, _ in EXCEPTIONS)
                if row[fact] is not None and not excepted:
                    yield Case(path, fact, row[fact])


CASES, FILES = list(_cases()), _files(*OWN)
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus: set VHOST_CORPUS")


def wanted(fact: str, expected: Any) -> Any:  # noqa: ANN401 - whatever the fact is
    if fact == "memory_mib":
        return round(expected)
    if fact == "uuid":
        digits = normal.uuid(expected)
        return digits if digits and digits.strip("0") else None
    return expected


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_recognised_by_its_own_format_alone(path: str) -> None:
    recognised = [form for form in FORMATS if form.recognises(text_of(path), Path(path).name)]
    assert recognised == [OWN[Path(path).parts[0]]]


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_recognised_whatever_its_name(path: str) -> None:
    assert OWN[Path(path).parts[0]].recognises(text_of(path), "unnamed")


@pytest.mark.parametrize("path", _files(*FOREIGN))
def test_a_file_of_another_kind_is_recognised_by_none(path: str) -> None:
    assert not any(form.recognises(text_of(path), Path(path).name) for form in FORMATS)


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_read_without_a_problem(path: str) -> None:
    assert parsed(path).problems == ()


@pytest.mark.parametrize("path", FILES)
def test_a_file_states_a_name_a_size_and_its_processors(path: str) -> None:
    required = {"label", "vram"} if Path(path).parts[0] == "libvirt-xml" else {"label", "vram", "vcpu"}
    assert required <= parsed(path).facts.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.path}-{case.fact}")
def test_a_file_states_what_is_known_of_it(case: Case) -> None:
    assert STATED[case.fact](parsed(case.path), case.expected) == wanted(case.fact, case.expected)


@pytest.mark.parametrize(("pattern", "fact", "reason"), EXCEPTIONS)
def test_an_exception_is_still_needed(pattern: str, fact: str, reason: str) -> None:
    folder, name = pattern.split("/")
    rows = [json.loads(line) for line in (CORPUS / folder / "expected.jsonl").read_text().splitlines()]
    differing = [
        row["file"]
        for row in rows
        if fnmatch(row["file"], name) and STATED[fact](parsed(f"{folder}/{row['file']}"), row[fact]) != row[fact]
    ]
    assert differing, reason
