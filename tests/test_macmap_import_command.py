"""`vhost macmap import` and `vhost macmap query`, as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import BIN, complaint, rows, run, tree
from tests.conftest import ROOT

DHCPD = "host tst100 { hardware ethernet 00:50:56:13:11:40; fixed-address 192.168.1.220; }\n"
LEASE = (
    "lease 192.168.1.221 {\n  ends never;\n  binding state active;\n  hardware ethernet 00:50:56:13:11:40;\n"
    '  client-hostname "tst100";\n}\n'
)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    files = {
        "dhcpd.conf": DHCPD,
        "dhcpd.leases": LEASE + LEASE.replace("221", "222").replace("active", "free"),
        "ethers": "00:50:56:13:11:40 tst100\n00:50:56:13:11:40 other\n",
    }
    return tree(tmp_path, files)


def imported(lab: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = run("vhost", "macmap", "import", "-p", lab / "db", *arguments, cwd=lab)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    return done


def query(lab: Path, *arguments: str) -> list[str]:
    return rows(run("vhost", "macmap", "query", "-p", lab / "db", *arguments))


def test_every_claim_of_every_source_is_kept(lab: Path) -> None:
    done = imported(lab, "dhcpd.conf", "dhcpd.leases", "ethers")
    assert "dhcpd-leases, claims: 1, ended leases: 1" in done.stderr
    expected = [
        "other;00:50:56:13:11:40;",
        "tst100;00:50:56:13:11:40;192.168.1.220",
        "tst100;00:50:56:13:11:40;192.168.1.221",
        "tst100;00:50:56:13:11:40;",
    ]
    assert query(lab) == expected
    assert rows(run("ctys-macmap", "-p", lab / "db", "00:50:56:13:11:40")) == expected


def test_the_source_is_shown_where_it_is_asked_for(lab: Path) -> None:
    imported(lab, "dhcpd.conf", "dhcpd.leases")
    assert query(lab, "-i", "--source", "--vendor", "220") == [
        f"192.168.1.220;VMware, Inc. (VMware);dhcpd;{lab}/dhcpd.conf"
    ]
    (claim,) = json.loads("".join(query(lab, "--format", "json", "221")))
    assert (claim["name"], claim["kind"], claim["source"]) == ("tst100", "dhcpd-leases", f"{lab}/dhcpd.leases")
    assert claim["expires_at"] is None


def test_what_several_sources_say_alike_is_printed_once(lab: Path) -> None:
    (lab / "copy.conf").write_text(DHCPD)
    imported(lab, "dhcpd.conf", "copy.conf")
    assert query(lab) == ["tst100;00:50:56:13:11:40;192.168.1.220"]
    assert len(query(lab, "--source")) == 2


def test_an_import_of_the_same_source_replaces_what_it_said(lab: Path) -> None:
    imported(lab, "dhcpd.conf")
    (lab / "dhcpd.conf").write_text(DHCPD.replace("tst100", "tst200"))
    assert "new: 1, vanished: 1" in imported(lab, "dhcpd.conf").stderr
    assert query(lab, "-n") == ["tst200"]


def test_what_stood_in_a_bad_spot_may_still_hold(lab: Path) -> None:
    imported(lab, "dhcpd.conf")
    (lab / "dhcpd.conf").write_text("host tst300 { hardware ethernet 0:1:2:3:4:5; }\nhost tst100 { hard")
    done = imported(lab, "dhcpd.conf", code=3)
    assert f"{lab}/dhcpd.conf:2: " in done.stderr
    assert query(lab, "-n") == ["tst100", "tst300"]
    assert [one["stale"] for one in json.loads("".join(query(lab, "--format", "json")))] == [True, False]


def test_a_machine_gets_the_address_of_a_lease(lab: Path) -> None:
    (lab / "xen").mkdir()
    (lab / "xen/a.cfg").write_text("name = 'a'\nmemory = 64\nvif = ['mac=00:50:56:13:11:40']\n")
    imported(lab, "dhcpd.leases")
    assert run("vhost", "scan", "tree", "-p", lab / "db", lab / "xen").returncode == 0
    assert rows(run("ctys-vhost", "-p", lab / "db", "-o", "l,t")) == ["a;192.168.1.221"]
    sql = run("vhost", "sql", "-p", lab / "db", "--format", "csv", "SELECT tcp_from FROM machine")
    assert rows(sql) == ["tcp_from", f"dhcpd-leases:{lab}/dhcpd.leases"]


def test_leases_that_ended_come_along_where_they_are_wanted(lab: Path) -> None:
    imported(lab, "--ended", "dhcpd.leases")
    assert query(lab, "-i") == ["192.168.1.221", "192.168.1.222"]


def test_claims_are_printed_and_nothing_stored(lab: Path) -> None:
    done = run("vhost", "macmap", "import", "--print", "--no-store", "ethers", cwd=lab)
    assert rows(done) == ["other;00:50:56:13:11:40;;", "tst100;00:50:56:13:11:40;;"]
    assert not (lab / "db").exists()


def test_standard_input(lab: Path) -> None:
    text = '[{"dst":"192.168.1.9","dev":"eth0","lladdr":"00:50:56:13:11:40","state":["REACHABLE"]}]'
    command = [str(BIN / "vhost"), "macmap", "import", "-p", str(lab / "db"), "-"]
    done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=60, check=True)
    assert "neigh, claims: 1" in done.stderr
    assert query(lab, "--source") == [";00:50:56:13:11:40;192.168.1.9;neigh;-"]


@pytest.mark.parametrize("bad", ["missing", "directory", "fifo", "binary", "secret"])
def test_a_source_that_cannot_be_read_is_named_and_the_others_are_kept(bad: str, lab: Path) -> None:
    path = lab / "bad"
    if bad == "directory":
        path.mkdir()
    elif bad == "fifo":
        os.mkfifo(path)
    elif bad == "binary":
        path.write_bytes(bytes(range(256)))
    elif bad == "secret":
        path.symlink_to("/proc/1/mem")
    done = imported(lab, "dhcpd.conf", "bad", code=3)
    assert [line for line in done.stderr.splitlines() if line.startswith(f"vhost: {path}: ")]
    assert query(lab, "-n") == ["tst100"]
    alone = run("vhost", "macmap", "import", "-p", lab / "db", path)
    assert alone.returncode == (1 if bad == "binary" else 2)
    assert complaint(alone).startswith(f"vhost: {path}: ")


def test_a_wrong_format_is_named_by_its_lines_and_stores_nothing(lab: Path) -> None:
    done = imported(lab, "--as", "ethers", "dhcpd.leases", code=3)
    assert f"{lab}/dhcpd.leases:1: a MAC and a name or an address expected, not 'lease 192.168.1.221 {{'" in done.stderr
    assert "nothing was stored" in done.stderr
    assert run("vhost", "macmap", "import", "--as", "excel", "dhcpd.conf", cwd=lab).returncode == 1


def test_problems_are_told_within_limits_and_stay_on_their_lines(lab: Path) -> None:
    (lab / "ethers").write_text("x\x1b[2J y z\n" * 500)
    lines = imported(lab, "ethers", code=3).stderr.splitlines()
    assert len(lines) < 60
    assert not any("\x1b" in line for line in lines)
    assert f"vhost: {lab}/ethers: and 450 more problems" in lines


def test_the_sample_lab(tmp_path: Path) -> None:
    sample = ROOT / "sample_data"
    done = run(
        "vhost",
        "macmap",
        "import",
        "-p",
        tmp_path,
        sample / "dhcp/dhcpd.conf",
        sample / "dhcp/ethers",
        sample / "zones/hosts",
    )
    assert done.returncode == 0, done.stderr
    assert "3 sources, " in done.stderr
