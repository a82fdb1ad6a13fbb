from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from scanners import reading
from scanners.formats import FORMATS
from tests.sample.lab import README, SAMPLE, files, guests, rows, scan, scan_lines, scans
from vhost import normal
from vhost.claims import Observation
from vhost.record import line

EXPECTED = {f"trees/{row['file']}": row for row in rows(Path(__file__).with_name("expected.tsv"))}
HOSTS = {"lab00.soho", "lab01.soho", "lab02.soho", "lab03.soho", "delphi.soho"}
TST100 = [
    "trees/xen/tst-ctys/tst100/tst100.conf",
    "trees/xen/tst100/tst100-inst.conf",
    "trees/xen/tst100/tst100.conf",
]


def as_row(path: str, observation: Observation) -> dict[str, str]:
    """Return a machine in the form of expected.tsv."""
    first = observation.machines[0]
    macs = [normal.mac(machine.mac) for machine in observation.machines if machine.mac]
    addresses = [machine.tcp for machine in observation.machines if machine.tcp]
    return {
        "file": path.removeprefix("trees/"),
        "type": first.type or "-",
        "label": first.label or "-",
        "macs": ",".join(map(str, macs)) or "-",
        "tcp": ",".join(addresses) or "-",
        "vram": first.vram or "-",
        "vcpu": first.vcpu or "-",
        "cport": first.cport or "-",
    }


def test_the_scans_find_exactly_the_expected_files() -> None:
    assert sorted(files()) == sorted(EXPECTED)


@pytest.mark.parametrize("path", sorted(EXPECTED))
def test_a_sample_says_what_it_was_written_to_say(path: str) -> None:
    assert as_row(path, files()[path]) == EXPECTED[path]


def test_there_are_five_physical_machines() -> None:
    assert {machine.pm for scanned in scans() for machine in scanned.machines() if machine.type == "PM"} == HOSTS


def test_there_are_at_least_forty_guests() -> None:
    assert len(guests()) >= 40


def test_no_format_is_represented_by_fewer_than_five_files() -> None:
    assert min(Counter(one.scanner for one in files().values()).values()) >= 5


@pytest.mark.parametrize("session_type", ["XEN", "LIBVIRT", "QEMU", "VMW", "VBOX", "PVE"])
def test_the_readme_counts_the_guests_of_each_format(session_type: str) -> None:
    folders = {
        "XEN": "xen",
        "LIBVIRT": "libvirt",
        "QEMU": "qemu",
        "VMW": "vmware",
        "VBOX": "virtualbox",
        "PVE": "proxmox",
    }
    count = sum(one.machines[0].type == session_type for one in guests().values())
    assert f"| `trees/{folders[session_type]}` | {count} |" in README


def test_every_text_of_the_trees_is_recognised_by_at_most_one_format() -> None:
    doubtful = []
    for path in filter(Path.is_file, (SAMPLE / "trees").rglob("*")):
        text = reading.text(path.read_bytes(), path.name)
        assert text is not None
        names = [known.name for known in FORMATS if known.recognises(text, path.name)]
        if len(names) > 1:
            doubtful.append((path.name, names))
    assert doubtful == []


def test_only_the_xm_file_with_code_gives_a_finding() -> None:
    assert {Path(finding.where).name for scanned in scans() for finding in scanned.findings} == {"winxp01.cfg"}


@pytest.mark.parametrize("path", ["trees/xen/tst109/tst109.conf", "trees/qemu/tst209/tst209.sh"])
def test_a_file_that_asks_to_be_left_out_is_found_only_among_all_states(path: str) -> None:
    folder = "/".join(path.split("/")[:2])
    assert [path in scan("x", folder, scan_all_states=every).observations for every in (False, True)] == [False, True]


def test_both_pools_are_seen_by_two_hosts_and_nothing_else_is() -> None:
    seen = Counter(folder for _, folder in scan_lines())
    assert {folder for folder, times in seen.items() if times > 1} == {"trees/xen", "trees/qemu", "trees/libvirt"}


def test_every_record_is_a_line_of_its_own() -> None:
    lines = [line(machine) for scanned in scans() for machine in scanned.machines()]
    assert len(set(lines)) == len(lines)


def test_the_readme_states_the_number_of_records() -> None:
    count = sum(1 for scanned in scans() for _ in scanned.machines())
    assert f"**{count} records**" in README


def test_the_readme_counts_the_records_of_each_type() -> None:
    counts = Counter(machine.type for scanned in scans() for machine in scanned.machines())
    stated = re.findall(r"^\| ([A-Z]+) \| (\d+) \|[^|]*\|$", README, flags=re.MULTILINE)
    assert {name: int(count) for name, count in stated} == counts


def test_the_readme_lists_every_console_port() -> None:
    stated = set(re.findall(r"^\| (.+) \| \w+ \| (\d+) \| [^|]+ \|$", README, flags=re.MULTILINE))
    known = {(machine.label, machine.cport) for one in files().values() for machine in one.machines if machine.cport}
    assert stated == known


@pytest.mark.parametrize("clone", ["/home/me/vhost-toolkit", "/srv/XEN", "/mnt/lab-backup"])
def test_three_claims_of_lab00_match_the_call_of_the_manual(clone: str) -> None:
    lines = {}
    for scanned in scans():
        for path, observation in scanned.observations.items():
            for machine in observation.machines:
                lines[scanned.host, path] = line(machine).replace(str(SAMPLE), f"{clone}/sample_data")
    found = [key for key, text in lines.items() if all(term in text for term in ("lab00", "XEN", "tst100"))]
    assert sorted(found) == [("lab00.soho", path) for path in TST100]


@pytest.mark.parametrize("path", TST100)
def test_every_claim_to_be_tst100_has_its_identity(path: str) -> None:
    (machine,) = files()[path].machines
    identity = ("tst100", "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2", "00:50:56:13:11:40", "192.168.1.220")
    assert (machine.label, machine.uuid, machine.mac, machine.tcp) == identity


def test_there_is_a_guest_with_two_networks_and_one_without_any() -> None:
    relays = {path: {machine.relay for machine in one.machines} for path, one in guests().items()}
    assert (relays["trees/xen/tst-ctys/tst101/tst101.conf"], relays["trees/qemu/fw01/fw01.sh"]) == (
        {"xenbr0", "xenbr1"},
        {None},
    )


def test_labels_with_a_blank_and_with_an_umlaut_occur() -> None:
    labels = [machine.label or "" for one in guests().values() for machine in one.machines]
    assert [any(char in label for label in labels) for char in " ü"] == [True, True]


def test_no_two_samples_are_equal_but_the_backup_by_content() -> None:
    contents = {path: (SAMPLE / path).read_bytes() for path in files()}
    equal = [pair for pair in combinations(sorted(contents), 2) if contents[pair[0]] == contents[pair[1]]]
    assert equal == [("trees/vmware/Backup of tst003/tst003.vmx", "trees/vmware/tst003/tst003.vmx")]


def test_the_jobs_scan_what_the_scans_are() -> None:
    jobs = tomllib.loads((SAMPLE / "lab.toml").read_text(encoding="utf-8"))["jobs"].values()
    assert sorted((job["as-host"], folder) for job in jobs for folder in job["tree"]) == sorted(scan_lines())
