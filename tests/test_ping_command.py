"""`vhost ping` and `ctys-vping` with the static tables in place of a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run, tree, xen
from vhost.cli.dns_door import States, states
from vhost.errors import UsageError

UP = "lab00.soho\n192.168.1.220\n"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a database of a PM with two guests, of which the PM and one guest answer."""
    guests = {
        "tst100.cfg": xen("tst100", vif="['mac=00:50:56:13:11:40,ip=192.168.1.220']"),
        "tst101.cfg": xen("tst101", vif="['mac=00:50:56:13:11:41,ip=192.168.1.221']"),
    }
    tree(tmp_path / "trees", guests)
    (tmp_path / "up").write_text(UP)
    (tmp_path / "hosts").write_text("lab00.soho 192.168.1.71\n")
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "up"))
    monkeypatch.setenv("VHOST_HOSTS_FILE", str(tmp_path / "hosts"))
    db = tmp_path / "db"
    done = run("vhost", "scan", "tree", "-p", db, "--as-host", "lab00.soho", tmp_path / "trees")
    assert done.returncode == 0, done.stderr
    return db


def test_the_table_says_who_answers_and_which_pm_it_is(lab: Path) -> None:
    assert rows(run("ctys-vping", "-p", lab, "tst101", "lab00.soho", "tst100")) == [
        "",
        'Check access permission by: "ping"   for default USER=root',
        "",
        "thread   TCP/IP                      ping   ssh     DB entry",
        "-" * 94,
        "0        lab00.soho                  +      ?      lab00.soho",
        "1        tst100                      +      ?      lab00.soho",
        "2        tst101                      -      ?      lab00.soho",
        "",
    ]


def test_terse_is_one_line_of_those_that_passed(lab: Path) -> None:
    hosts = ("root@lab00.soho", "tst100", "tst101", "192.168.1.220")
    assert rows(run("ctys-vping", "-X", "-s", "-p", lab, *hosts)) == ["192.168.1.220 root@lab00.soho tst100"]
    assert rows(run("ctys-vping", "-X", "-m", "-p", lab, *hosts)) == ["lab00.soho"]
    assert rows(run("ctys-vping", "-X", "-n", "-t", *hosts)) == ["192.168.1.220 root@lab00.soho tst100 tst101"]


def test_groups_and_addresses_of_machines_stand_for_hosts(lab: Path) -> None:
    (lab / "groups").mkdir()
    (lab / "groups" / "all").write_text("root@lab00.soho tst101\n")
    found = json.loads(
        run("vhost", "ping", "-p", lab, "--ssh", "--format", "json", "all", "l:tst100", "m:00-50-56-13-11-40").stdout
    )
    assert [(one["target"], one["host"], one["user"], one["ping"], one["ssh"]) for one in found] == [
        ("l:tst100", "192.168.1.220", None, True, True),
        ("lab00.soho", "lab00.soho", "root", True, True),
        ("m:00-50-56-13-11-40", "192.168.1.220", None, True, True),
        ("tst101", "192.168.1.221", None, False, None),
    ]
    table = rows(run("ctys-vping", "-r", "-i", "-p", lab, "all"))
    assert "Input list is:" in table
    assert table[-4:] == [
        "*        all",
        "0          root@lab00.soho           +      ?      lab00.soho",
        "1          tst101                    -      ?      lab00.soho",
        "",
    ]


def test_a_machine_that_is_unknown_or_ambiguous_is_named(lab: Path) -> None:
    done = run("vhost", "ping", "-p", lab, "l:nobody", "tst100", "--exit-code")
    assert done.returncode == 1
    assert complaint(done) == "vhost: l:nobody: no machine fits"


def test_the_exit_code_tells_if_asked(lab: Path) -> None:
    assert run("vhost", "ping", "-p", lab, "tst100", "--exit-code").returncode == 0
    assert run("vhost", "ping", "-p", lab, "tst101", "--exit-code").returncode == 1
    assert run("vhost", "ping", "-p", lab, "tst101").returncode == 0


def test_hosts_need_no_database(lab: Path) -> None:
    assert rows(run("vhost", "ping", "--terse", "lab00.soho")) == ["lab00.soho"]
    assert run("vhost", "ping", "-p", lab / "none", "lab00.soho").returncode == 7


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "no host is named"),
        (["--threads=0", "a"], "takes a number from 1 to 256"),
        (["--ping-trials=x", "a"], "takes a number from 1 to 100"),
        (["-Z", "a"], "option -Z not recognized"),
        (["a", "--threads=2"], "cannot be the name of a host"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], problem: str) -> None:
    done = run("ctys-vping", *arguments)
    assert done.returncode == 1
    assert problem in complaint(done)


def test_help_and_version_are_shown() -> None:
    assert rows(run("ctys-vping", "-h"))[0].startswith("usage: ctys-vping")
    assert rows(run("ctys-dnsutil", "-h"))[0].startswith("usage: ctys-dnsutil")
    assert rows(run("ctys-dnsutil", "-V"))[0].startswith("ctys-dnsutil (vhost-toolkit)")
    assert "Example:" in run("vhost", "ping", "--help").stdout


def test_the_states_of_dnsutil_are_words() -> None:
    assert states("") == States()
    assert states("ping,pm") == States(frozenset({"PING", "PM"}))
    assert states("-,SSH,VM") == states("R,ssh,vm") == States(frozenset({"SSH", "VM"}), reverse=True)


@pytest.mark.parametrize("text", ["FOO", "REVERSE", "PING,X"])
def test_an_unknown_state_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="known are REVERSE"):
        states(text)
