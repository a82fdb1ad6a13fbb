"""`ctys-dnsutil` and sweeps with BIND and Knot DNS; logins with a real ssh server; multicast DNS in a namespace."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.commands import BIN, rows, run, tree, xen
from tests.lab import ssh_server
from tests.lab.nameservers import NameServer, bind, dig, knot
from tests.lab.namespaces import segment
from tests.lab.scripted_nameserver import scripted
from tests.lab.zones import FORWARD, ZONES

pytestmark = pytest.mark.integration

Start = Callable[..., AbstractContextManager[NameServer]]
BOTH = pytest.mark.parametrize("start", [bind, knot], ids=["bind", "knot"])


def swept(server: object, *targets: str, options: tuple[str, ...] = ()) -> set[tuple[str, str, str | None]]:
    arguments = ("--no-store", "--format", "json", "--sweep", "--server", str(server), *options, *targets)
    done = run("vhost", "scan", "dns", *arguments)
    assert done.returncode == 0, done.stderr
    return {(row["owner"], row["type"], row["value"]) for row in json.loads(done.stdout)}


@BOTH
def test_a_sweep_finds_the_names_that_dig_finds_and_says_where_there_are_none(start: Start, tmp_path: Path) -> None:
    with start(tmp_path, ZONES) as server:
        found = swept(server, "192.0.2.98-192.0.2.121")
        for number in range(98, 122):
            name = dig(server, "-x", f"192.0.2.{number}", "+short").strip().rstrip(".")
            assert (f"{number}.2.0.192.in-addr.arpa", "PTR", name or None) in found
        assert len(found) == 24


@BOTH
def test_names_lead_to_addresses_through_aliases_wildcards_and_large_answers(start: Start, tmp_path: Path) -> None:
    with start(tmp_path, ZONES) as server:
        found = swept(
            server, "chain1", f"any.wild.{FORWARD}", "crowd", "bücher", "192.0.2.5", options=("--domain", FORWARD)
        )
    zone = f".{FORWARD}"
    assert {(f"chain{number}{zone}", "CNAME", f"chain{number + 1}{zone}") for number in (1, 2)} <= found
    assert (f"tst100{zone}", "A", "192.0.2.100") in found
    assert (f"any.wild{zone}", "A", "192.0.2.200") in found
    assert sum(owner == f"crowd{zone}" and kind == "A" for owner, kind, _ in found) == 100
    assert (f"xn--bcher-kva{zone}", "A", "192.0.2.104") in found
    assert ("5.0-25.2.0.192.in-addr.arpa", "PTR", f"delegated{zone}") in found


@BOTH
def test_aliases_that_lead_in_circles_are_named(start: Start, tmp_path: Path) -> None:
    with start(tmp_path, ZONES) as server:
        done = run("vhost", "scan", "dns", "--no-store", "--sweep", "--server", str(server), f"loop1.{FORWARD}")
    assert done.returncode == 0
    assert "claims: 2" in done.stderr
    assert "the aliases of loop1.lab.example lead back to loop1.lab.example" in done.stderr


def test_a_lame_server_leaves_its_questions_to_the_next(tmp_path: Path) -> None:
    with bind(tmp_path / "lame", {"else.example": ZONES[FORWARD].replace(FORWARD, "else.example")}) as lame:
        with knot(tmp_path / "good", ZONES) as good:
            assert (f"tst100.{FORWARD}", "A", "192.0.2.100") in swept(f"{lame},{good}", f"tst100.{FORWARD}")
        done = run("vhost", "scan", "dns", "--no-store", "--sweep", "--server", str(lame), f"tst100.{FORWARD}")
    assert done.returncode == 3
    assert "questions left open: 2" in done.stderr


def test_what_the_database_knows_is_swept_and_what_is_silent_goes_stale(tmp_path: Path) -> None:
    db = tmp_path / "db"
    tree(tmp_path / "trees", {"a.cfg": xen("tst101", vif="['ip=192.0.2.100']")})
    assert run("vhost", "scan", "tree", "-p", db, tmp_path / "trees").returncode == 0
    with knot(tmp_path / "server", ZONES) as server:
        asked = ("vhost", "scan", "dns", "-p", db, "--sweep", "--confirm", "--timeout", "1", "--domain", FORWARD)
        done = run(*asked, "--server", str(server))
        assert done.returncode == 0, done.stderr
        found = {(owner, value) for owner, value in _dns(db, "owner, value") if value}
        assert found >= {("100.2.0.192.in-addr.arpa", "tst100.lab.example"), ("tst101.lab.example", "192.0.2.101")}
        assert ("tst100.lab.example", "192.0.2.100") in found
        server.stop()
        done = run(*asked, "--server", str(server))
    assert done.returncode == 3
    assert {stale for (stale,) in _dns(db, "stale")} == {True}


def _dns(db: Path, columns: str) -> list[tuple[object, ...]]:
    done = run("vhost", "sql", "-p", db, "--format", "json", f"SELECT {columns} FROM dns")
    assert done.returncode == 0, done.stderr
    return [tuple(row.values()) for row in json.loads(done.stdout)]


def test_dnsutil_lists_the_hosts_of_a_zone_by_their_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = tmp_path / "db"
    tree(tmp_path / "trees", {"a.cfg": xen("tst100", vif="['ip=192.0.2.100']")})
    assert run("vhost", "scan", "tree", "-p", db, "--as-host", "ns.lab.example", tmp_path / "trees").returncode == 0
    (tmp_path / "up").write_text("192.0.2.100\n192.0.2.1\n")
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "up"))
    zone = f"--zone={FORWARD}"
    with bind(tmp_path / "server", ZONES) as server:
        listed = rows(run("ctys-dnsutil", zone, str(server)))
        assert {"tst100.lab.example;192.0.2.100", "tst100.lab.example;2001:db8::100"} <= set(listed)
        assert "192.0.2.101" in rows(run("ctys-dnsutil", "-i", zone, str(server)))
        assert set(rows(run("ctys-dnsutil", "-n", zone, "--reverse=PING", str(server)))) >= {
            "ns.lab.example", "tst100.lab.example",
        }  # fmt: skip
        assert rows(run("ctys-dnsutil", "-n", "-p", db, zone, "--reverse=PING,PM", str(server))) == ["ns.lab.example"]
        assert rows(run("ctys-dnsutil", "-p", db, "-c", zone, "--reverse=SSH,VM", str(server))) == [
            "crowd.lab.example;192.0.2.100",
            "tst100.lab.example;192.0.2.100",
        ]
        others = rows(run("ctys-dnsutil", "-n", "-p", db, zone, "--reverse=R,PING", str(server)))
        assert "tst101.lab.example" in others
        assert "ns.lab.example" not in others
    assert "tst101.lab.example" in rows(run("ctys-dnsutil", "-C", "-n", "-p", db))
    with scripted() as dead:
        done = run("ctys-dnsutil", zone, str(dead))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1


def test_a_login_is_what_ssh_is_checked_by(monkeypatch: pytest.MonkeyPatch) -> None:
    with ssh_server.server() as lab:
        monkeypatch.setenv("VHOST_SSH_CONFIG", str(lab.config))
        lab.host("127.0.0.1")
        found = json.loads(run("vhost", "ping", "--ssh", "--format", "json", "127.0.0.1", "missing@127.0.0.1").stdout)
    assert {one["user"]: (one["ping"], one["ssh"]) for one in found} == {None: (True, True), "missing": (True, False)}


_AVAHI = """
[server]
host-name=tst100
use-ipv6=no
allow-interfaces=eth0
enable-dbus=no
[publish]
publish-workstation=no
"""


def test_hosts_of_a_link_say_themselves_who_they_are(tmp_path: Path) -> None:
    (tmp_path / "avahi.conf").write_text(_AVAHI)
    daemon = f"exec avahi-daemon -f {tmp_path}/avahi.conf --no-drop-root --no-chroot --no-rlimits"
    asked = (BIN / "vhost", "scan", "dns", "--no-store", "--print", "--mdns", "--interface", "eth0", "--timeout", "1")
    with segment() as lab:
        asker, host = lab.host("10.77.0.1/24"), lab.host("10.77.0.2/24")
        responder = host.start("unshare", "--mount", "sh", "-c", f"mount -t tmpfs none /run && {daemon}")
        try:
            done = _until(lambda: asker.run(*asked, "10.77.0.0/30", "tst100", "nobody"), "tst100.local")
        finally:
            responder.terminate()
            responder.communicate(timeout=20)
        lines = done.stdout.splitlines()
        assert "2.0.77.10.in-addr.arpa;PTR;tst100.local;10;mdns:10.77.0.2" in lines
        assert "tst100.local;A;10.77.0.2;10;mdns:10.77.0.2" in lines
        assert "nobody.local" not in done.stdout
        assert "questions" in done.stderr


def test_hosts_of_a_link_that_has_ipv6_only_are_asked_by_it(tmp_path: Path) -> None:
    (tmp_path / "avahi.conf").write_text(_AVAHI.replace("use-ipv6=no", "use-ipv4=no\nuse-ipv6=yes"))
    daemon = f"exec avahi-daemon -f {tmp_path}/avahi.conf --no-drop-root --no-chroot --no-rlimits"
    asked = (BIN / "vhost", "scan", "dns", "--no-store", "--print", "--mdns", "--interface", "eth0", "--timeout", "0.5")
    with segment() as lab:
        asker, host = lab.host("fd00:77::1/64"), lab.host("fd00:77::2/64")
        responder = host.start("unshare", "--mount", "sh", "-c", f"mount -t tmpfs none /run && {daemon}")
        try:
            done = _until(lambda: asker.run(*asked, "fd00:77::2", "tst100"), "tst100.local")
        finally:
            responder.terminate()
            responder.communicate(timeout=20)
    assert any(line.startswith("tst100.local;AAAA;fd00:77::2;10;mdns:f") for line in done.stdout.splitlines())


def _until(
    ask: Callable[[], subprocess.CompletedProcess[str]], wanted: str, tries: int = 15
) -> subprocess.CompletedProcess[str]:
    """Return the answer that holds the wanted text; a host that has just started is asked again."""
    for _ in range(tries):
        done = ask()
        if wanted in done.stdout:
            return done
    raise AssertionError(done.stdout + done.stderr)
