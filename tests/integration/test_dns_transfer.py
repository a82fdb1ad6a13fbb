"""Zones from BIND and Knot DNS: what dig gets, signed, refused, incremental, and stored."""

from __future__ import annotations

import io
import json
import os
import random
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from ipaddress import ip_address
from pathlib import Path

import pytest

from scanners.dns.framing import stored
from scanners.dns.servers import Server
from scanners.dns.transfer import Wanted, fetch
from scanners.dns.wire import block
from scanners.dns.wire_names import Malformed
from tests.commands import complaint, run
from tests.lab.messages import soa, zone_messages
from tests.lab.nameservers import NameServer, Policy, bind, dig, knot, nsd, wait_for_soa
from tests.lab.nameservers import soa as head
from tests.lab.scripted_nameserver import DIE, scripted
from tests.lab.zones import FORWARD, REVERSE, REVERSE6, ZONES, forward, reverse

pytestmark = pytest.mark.integration

Start = Callable[..., AbstractContextManager[NameServer]]
Row = tuple[str, str, str, int]
BOTH = pytest.mark.parametrize("start", [bind, knot], ids=["bind", "knot"])
ALL = pytest.mark.parametrize("start", [bind, knot, nsd], ids=["bind", "knot", "nsd"])
SECRET = "c2VjcmV0IG9mIHRoZSBsYWI="  # noqa: S105 - of a lab that exists for a second
KEYS = {"transfer.lab": ("hmac-sha256", SECRET)}
TYPES = {"A", "AAAA", "PTR", "CNAME", "TXT", "HINFO", "SSHFP"}


def of_dig(text: str) -> set[Row]:
    """Return the records of a transfer as dig prints them, in the spelling of claims."""
    rows = set()
    for line in text.splitlines():
        fields = line.split(None, 4)
        if len(fields) == 5 and not line.startswith(";") and fields[3] in TYPES:
            owner, ttl, _, kind, value = fields
            rows.add((spelled(owner), kind, spelled_value(kind, value), int(ttl)))
    return rows


def spelled(name: str) -> str:
    return (name.lower().rstrip(".") or ".").replace("\\;", "\\059")


def spelled_value(kind: str, value: str) -> str:
    if kind in {"PTR", "CNAME"}:
        return spelled(value)
    if kind == "SSHFP":
        algorithm, how, *digits = value.split()
        return f"{algorithm} {how} {''.join(digits).lower()}"
    return str(ip_address(value)) if kind == "AAAA" else value.replace(";", "\\x3b")


def claims(done: str) -> set[Row]:
    return {(row["owner"], row["type"], row["value"], row["ttl"]) for row in json.loads(done)}


def scan(*arguments: str | Path) -> str:
    done = run("vhost", "scan", "dns", "--no-store", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@ALL
def test_a_transfer_says_what_dig_gets_record_by_record(start: Start, tmp_path: Path) -> None:
    with start(tmp_path, ZONES) as server:
        for zone in ZONES:
            expected = of_dig(dig(server, zone, "AXFR", "+noidnout"))
            assert expected
            assert claims(scan("--server", str(server), zone)) == expected


def test_a_zone_is_named_by_its_network_and_in_any_script(tmp_path: Path) -> None:
    idn = "xn--bcher-kva.example"
    with bind(tmp_path, {REVERSE: reverse(), idn: head(idn) + "a A 192.0.2.1\n"}) as server:
        assert len(claims(scan("--server", str(server), "192.0.2.0/24"))) == 22
        assert claims(scan("--server", str(server), "Bücher.example.")) == {(f"a.{idn}", "A", "192.0.2.1", 3600)}


@BOTH
def test_servers_are_asked_over_ipv6(start: Start, tmp_path: Path) -> None:
    with start(tmp_path, {REVERSE6: ZONES[REVERSE6]}, host="::1") as server:
        assert len(claims(scan("--server", str(server), "2001:db8::/32"))) == 1


def key_file(folder: Path, name: str = "transfer.lab", secret: str = SECRET) -> Path:
    path = folder / "key"
    path.write_text(f'key "{name}" {{\n\talgorithm hmac-sha256;\n\tsecret "{secret}";\n}};\n')
    return path


@BOTH
def test_a_signed_transfer_needs_the_right_key(start: Start, tmp_path: Path) -> None:
    with start(tmp_path / "server", {FORWARD: forward()}, Policy(keys=KEYS)) as server:
        asked = ("--server", str(server), FORWARD)
        whole = claims(scan(*asked, "--key", key_file(tmp_path)))
        assert ("tst100.lab.example", "A", "192.0.2.100", 3600) in whole
        for key, problem in (
            ({"secret": "d3Jvbmc="}, "does not accept the signature: the secret of the key is another (BADSIG)"),
            ({"name": "other.lab"}, "does not know the key (BADKEY)"),
        ):
            done = run("vhost", "scan", "dns", "--no-store", *asked, "--key", key_file(tmp_path, **key))
            assert done.returncode == 3
            assert done.stderr.splitlines()[0] == f"vhost: lab.example at {server}: {problem}"
        done = run("vhost", "scan", "dns", "--no-store", *asked)
        assert done.returncode == 3
        assert "REFUSED" in done.stderr or "NOTAUTH" in done.stderr


def test_a_large_signed_transfer_is_verified_to_its_end(tmp_path: Path) -> None:
    many = "".join(f"many{number} A 192.0.2.{number % 250}\n" for number in range(20_000))
    with bind(tmp_path / "server", {FORWARD: forward(more=many)}, Policy(keys=KEYS)) as server:
        found = scan("--server", str(server), "--key", key_file(tmp_path), FORWARD)
    assert len(claims(found)) > 20_000


@BOTH
def test_a_refused_zone_and_a_dead_server_cost_no_other_zone(start: Start, tmp_path: Path) -> None:
    with start(tmp_path / "server", ZONES, Policy(closed=[FORWARD])) as server, scripted() as dead:
        servers = f"{server},{dead},nowhere.invalid"
        done = run("vhost", "scan", "dns", "-p", tmp_path / "db", "--server", servers, FORWARD, REVERSE)
        assert done.returncode == 3
        lines = done.stderr.splitlines()
        assert len(lines) == 6
        assert any(line.startswith(f"vhost: lab.example at {server}: ") for line in lines)
        assert sum("the server closed the connection" in line for line in lines) == 2
        assert sum("nowhere.invalid: its name has no address" in line for line in lines) == 2
        assert ask(tmp_path / "db", "SELECT DISTINCT zone, server FROM dns") == [[REVERSE, str(server)]]


def ask(db: Path, sql: str) -> list[list[object]]:
    done = run("vhost", "sql", "-p", db, "--format", "json", sql)
    assert done.returncode == 0, done.stderr
    return [list(row.values()) for row in json.loads(done.stdout)]


def test_a_server_that_dies_in_mid_transfer_takes_nothing_away(tmp_path: Path) -> None:
    db, alive = tmp_path / "db", True

    def script(request: bytes) -> list[bytes | None]:
        hosts = [f"host{number}.lab.example. 60 A 192.0.2.{number}" for number in (1, 2)]
        whole: list[bytes | None] = [*zone_messages(request, [soa(), hosts[0]], [hosts[1], soa()])]
        return whole if alive else [whole[0], DIE]

    with scripted(tcp=script) as server:
        asked = ("vhost", "scan", "dns", "-p", db, "--whole", "--server", str(server), FORWARD)
        assert run(*asked).returncode == 0
        alive = False
        done = run(*asked)
    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == f"vhost: lab.example at {server}: the server closed the connection"
    assert "vanished" not in done.stderr
    assert ask(db, "SELECT value, stale FROM dns ORDER BY value") == [["192.0.2.1", True], ["192.0.2.2", True]]
    assert ask(db, "SELECT problem FROM finding") == [["the server closed the connection"]]
    assert "0 bindings, 2 DNS answers, 1 findings" in run("vhost", "db", "status", "-p", db).stdout


@BOTH
def test_only_what_changed_is_fetched_where_the_serial_is_known(start: Start, tmp_path: Path) -> None:
    db = tmp_path / "db"
    with start(tmp_path / "server", {FORWARD: forward(1)}, Policy(incremental=True)) as server:
        asked = ("vhost", "scan", "dns", "-p", db, "--server", str(server), FORWARD)
        assert "fetched: 1" in run(*asked).stderr
        assert "unchanged: 1" in run(*asked).stderr
        changed = forward(2, "new A 192.0.2.150\n").replace("alias       CNAME   tst100\n", "").replace(
            "TST101      A       192.0.2.101", "TST101 60   A       192.0.2.101"
        )  # fmt: skip
        (server.folder / f"{FORWARD}.zone").write_text(changed)
        os.kill(server.process.pid, signal.SIGHUP)
        wait_for_soa(server, FORWARD, 2)
        done = run(*asked)
        assert done.returncode == 0
        assert "updated: 1" in done.stderr
        assert "new: 1, vanished: 1" in done.stderr
        expected = of_dig(dig(server, FORWARD, "AXFR", "+noidnout"))
    rows = ask(db, "SELECT owner, type, value, ttl, serial, stale FROM dns")
    assert {tuple(row[:4]) for row in rows} == expected
    assert {tuple(row[4:]) for row in rows} == {(2, False)}


def test_two_servers_that_disagree_both_have_their_say(tmp_path: Path) -> None:
    other = forward().replace("tst100      A       192.0.2.100", "tst100      A       192.0.2.99")
    with bind(tmp_path / "one", {FORWARD: forward()}) as one, knot(tmp_path / "two", {FORWARD: other}) as two:
        done = run("vhost", "scan", "dns", "-p", tmp_path / "db", "--server", f"{one},{two}", FORWARD)
        assert done.returncode == 0, done.stderr
        sql = "SELECT server, value FROM dns WHERE owner = 'tst100.lab.example' AND type = 'A' ORDER BY value"
        assert ask(tmp_path / "db", sql) == [[str(one), "192.0.2.100"], [str(two), "192.0.2.99"]]


def test_zones_are_found_by_the_networks_that_the_database_knows(tmp_path: Path) -> None:
    db = tmp_path / "db"
    with knot(tmp_path / "server", ZONES) as server:
        assert run("vhost", "scan", "dns", "-p", db, "--server", str(server), FORWARD).returncode == 0
        done = run("vhost", "scan", "dns", "-p", db, "--server", str(server), "--auto", "--domain", "host.lab.example")
        assert done.returncode == 0, done.stderr
        zones = {str(zone) for (zone,) in ask(db, "SELECT DISTINCT zone FROM dns")}
    assert zones == {FORWARD, REVERSE, REVERSE6}


def test_a_zone_file_says_what_its_server_says(tmp_path: Path) -> None:
    with bind(tmp_path / "server", {FORWARD: forward()}) as server:
        expected = of_dig(dig(server, FORWARD, "AXFR", "+noidnout"))
        assert claims(scan("--file", server.folder / f"{FORWARD}.zone")) == expected


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.zone"
    path.write_text("$ORIGIN lab.example.\n$TTL 60\nhost A 999.1.1.1\n")
    return path


def test_a_broken_zone_file_costs_no_other_file(tmp_path: Path, broken: Path) -> None:
    good = tmp_path / "good.zone"
    good.write_text(forward())
    done = run("vhost", "scan", "dns", "--no-store", "--print", "--file", broken, "--file", good)
    assert done.returncode == 3
    assert done.stderr.splitlines()[0].startswith(f"vhost: {broken}: 3: ")
    assert "tst100.lab.example;A;192.0.2.100;3600;" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["--server", "a b", "lab.example"], 1, "is no name server"),
        (["--server", "127.0.0.1", "a..b"], 1, "is no name"),
        (["--server", "127.0.0.1"], 1, "nothing to ask for"),
        (["--server", "127.0.0.1", "--sweep", "--mdns"], 1, "exclude each other"),
        (["--server", "127.0.0.1", "--sweep", "10.0.0.0/7"], 1, "at most"),
        (["--server", "127.0.0.1", "--key", "/nonexistent", "lab.example"], 2, "key file cannot be read"),
        (["--server", "127.0.0.1", "--key-name", "x", "lab.example"], 1, "needs --key"),
        (["--file", "/nonexistent", "a", "b"], 1, "--file takes one ZONE"),
        (["--server", "127.0.0.1", "--sweep", "10.0.0.1", "--rate", "inf"], 1, "no number to reckon with"),
        (["--server", "127.0.0.1", "lab.example", "--timeout", "nan"], 1, "no number to reckon with"),
        (["--server", "127.0.0.1", "lab.example", "--output", "x"], 1, "nothing to be written"),
    ],
)
def test_a_wrong_call_is_one_line(tmp_path: Path, arguments: list[str], code: int, problem: str) -> None:
    done = run("vhost", "scan", "dns", "-p", tmp_path / "db", *arguments)
    assert done.returncode == code
    assert problem in complaint(done)


@ALL
def test_real_transfers_that_were_damaged_are_read_or_refused(start: Start, tmp_path: Path) -> None:
    sink = io.BytesIO()
    with start(tmp_path, ZONES) as server:
        for zone in ZONES:
            fetch(Wanted(server=Server(server.host, server.port), zone=zone), sink)
    sink.seek(0)
    messages = list(stored(sink))
    chance = random.Random(5)  # noqa: S311 - damage, not secrets
    refused = 0
    for _ in range(3000):
        damaged = bytearray(chance.choice(messages))
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            block(bytes(damaged[: chance.choice((len(damaged), chance.randrange(len(damaged))))]))
        except Malformed:
            refused += 1
    assert 0 < refused < 3000
