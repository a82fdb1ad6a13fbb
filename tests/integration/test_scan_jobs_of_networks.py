"""Jobs that ask networks: a segment by ARP, a signed zone of a real name server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import run
from tests.lab.nameservers import Policy, bind
from tests.lab.namespaces import segment
from tests.lab.sweeping import command
from tests.lab.zones import FORWARD, forward

pytestmark = pytest.mark.integration

SECRET = "c2VjcmV0IG9mIHRoZSBsYWI="  # noqa: S105 - of a lab that exists for a second


def test_a_job_fetches_signed_zones_and_is_partial_while_the_server_is_away(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f'key "transfer.lab" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n')
    jobs, db = tmp_path / "jobs.toml", tmp_path / "db"
    scan = ("vhost", "scan", "--config", jobs, "-p", db, "--format", "json")
    keys = {"transfer.lab": ("hmac-sha256", SECRET)}
    with bind(tmp_path / "server", {FORWARD: forward()}, Policy(keys=keys)) as server:
        jobs.write_text(f'[jobs.names]\ndns = "{FORWARD}"\nserver = "{server}"\nkey = "key"\ntimeout = 1\n')
        done = run(*scan)
        (row,) = json.loads(done.stdout)
        assert (done.returncode, row["state"], row["vanished"]) == (0, "done", 0)
        assert row["records"] == row["new"] > 0
        assert json.loads(run(*scan).stdout)[0]["state"] == "fresh"
        (again,) = json.loads(run(*scan, "--all").stdout)
        assert (again["records"], again["new"]) == (row["records"], 0)
    done = run(*scan, "--job", "names")
    assert (done.returncode, json.loads(done.stdout)[0]["state"]) == (3, "failed")
    stale = run("vhost", "sql", "-p", db, "--format", "csv", "select count(*) n from dns where stale").stdout
    assert stale.splitlines() == ["n", str(row["records"])]


def test_a_job_sweeps_its_segment_and_goes_on_where_another_fails(tmp_path: Path) -> None:
    jobs, db = tmp_path / "jobs.toml", tmp_path / "db"
    jobs.write_text(
        '[jobs.lan]\narp = ["10.77.0.0/28"]\ninterface = "eth0"\nrate = 0\ntimeout = 150\n'
        '[jobs.near]\nneighbours = "eth0"\n[jobs.far]\narp = ["198.51.100.0/30"]\n'
    )
    with segment() as lab:
        asker = lab.host("10.77.0.1/24", mac="02:00:00:00:00:01")
        lab.host("10.77.0.9/24", mac="02:00:00:00:00:0a")
        done = command(asker, "vhost", "scan", "--config", jobs, "-p", db, "--format", "json")
        states = {row["job"]: row["state"] for row in json.loads(done.stdout)}
        assert (done.returncode, states) == (3, {"lan": "done", "near": "done", "far": "failed"})
    assert "job far: 198.51.100.0-198.51.100.3: is in no network of this host; not asked" in done.stderr
    found = run("vhost", "sql", "-p", db, "--format", "csv", "select ip, mac from binding where source_kind = 'arp'")
    assert found.stdout.splitlines() == ["ip,mac", "10.77.0.9,02:00:00:00:00:0a"]
