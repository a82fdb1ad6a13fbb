"""`vhost export`: each form is read by the program that it is for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.asking import Ask, Done, asking
from tests.commands import BIN, tree, xen
from tests.vhost.databases import machine_line, old_database
from vhost.export.prometheus import METRICS
from vhost.host import own_name

UUID = "6842caf91e3e43249ed596b8b9f2c5c2"
LAB = [
    machine_line(
        pm="lab00", type="XEN", label="tst100", id="/x/1", uuid=UUID, mac="00:50:56:13:11:4a", tcp="192.168.1.220"
    ),
    machine_line(
        pm="lab00", type="XEN", label="tst101", id="/x/2", mac="00:50:56:13:11:4b", tcp="2001:db8::1", sshport="2222"
    ),
    machine_line(pm="lab01", type="QEMU", label="nowhere", id="/x/3", vmstate="BACKUP"),
]
CLONE = machine_line(pm="lab01", type="XEN", label="tst100", id="/y/1", uuid=UUID, tcp="192.168.1.99")
HOSTILE = [
    machine_line(pm="lab00", label="{{ lookup('pipe', 'touch /tmp/never') }}", id="/h/1", tcp="192.168.1.66"),
    machine_line(pm="lab00", label="-oProxyCommand=reboot", id="/h/2", tcp="192.168.1.67"),
    machine_line(pm="lab00", label='a"]; b -- c [label="x', id="/h/3", tcp="192.168.1.68"),
    machine_line(pm="lab00", label="two\nlines 127.0.0.1 x", id="/h/4", tcp="192.168.1.69"),
    machine_line(pm="lab00", label="plain", id="/h/{{ 7 * 6 }}", tcp="192.168.1.70"),
]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


def database(tmp_path: Path, *lines: str) -> Path:
    return old_database(tmp_path / "db", [*LAB, *lines])


def export(ask: Ask, db: Path, name: str, *arguments: str | Path) -> Done:
    return ask("vhost", "export", name, "-p", db, *arguments)


def inventory_script(tmp_path: Path, db: Path, *options: str) -> Path:
    script = tmp_path / "inventory"
    script.write_text(f'#!/bin/sh\nexec {BIN}/vhost export ansible -p {db} {" ".join(options)} "$@"\n')
    script.chmod(0o755)
    return script


def ansible(tmp_path: Path, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(tmp_path), "ANSIBLE_LOCALHOST_WARNING": "false", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [BIN / program, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )


def test_ansible_reads_the_inventory(tmp_path: Path) -> None:
    script = inventory_script(tmp_path, database(tmp_path))
    done = ansible(tmp_path, "ansible-inventory", "--list", "-i", script)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["type_xen"]["hosts"] == ["tst100", "tst101"]
    assert found["state_backup"]["hosts"] == ["nowhere"]
    variables = found["_meta"]["hostvars"]["tst101"]
    assert (variables["ansible_host"], variables["ansible_port"]) == ("2001:db8::1", 2222)


def test_ansible_asks_for_one_host(ask: Ask, tmp_path: Path) -> None:
    db = database(tmp_path)
    assert json.loads(export(ask, db, "ansible", "--host", "tst100").stdout)["vhost_uuid"] == UUID
    assert json.loads(export(ask, db, "ansible", "--host", "unknown").stdout) == {}


def test_no_value_becomes_a_template_of_ansible(tmp_path: Path) -> None:
    db = database(tmp_path, HOSTILE[4])
    script = inventory_script(tmp_path, db)
    shown = ["-m", "debug", "-a", "msg={{ vhost_paths }}"]
    done = ansible(tmp_path, "ansible", "-i", script, "-c", "local", "plain", *shown)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/h/{{ 7 * 6 }}" in done.stdout


def test_a_name_that_is_a_template_is_refused(ask: Ask, tmp_path: Path) -> None:
    done = export(ask, database(tmp_path, HOSTILE[0]), "ansible")
    assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "can be no name in an inventory" in done.stderr


@pytest.mark.parametrize("name", ["ansible", "ssh-config", "hosts"])
def test_a_key_that_machines_share_is_an_error(name: str, ask: Ask, tmp_path: Path) -> None:
    db = database(tmp_path, CLONE)
    done = export(ask, db, name)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (11, "", 1)
    assert "not unique: tst100 (2 machines)" in done.stderr
    assert export(ask, db, name, "--key", "uuid").code == 11
    assert export(ask, db, name, "--key", "id").code == 0
    assert export(ask, db, name, "^lab00").code == 0


def test_ssh_reads_its_configuration(tmp_path: Path, ask: Ask) -> None:
    target = tmp_path / "config"
    assert export(ask, database(tmp_path), "ssh-config", "--output", target).code == 0
    for name, host, port in [("tst100", "192.168.1.220", "22"), ("tst101", "2001:db8::1", "2222")]:
        done = subprocess.run(["ssh", "-G", "-F", target, name], capture_output=True, text=True, check=True, timeout=30)
        settings = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
        assert (settings["hostname"], settings["port"]) == (host, port)


@pytest.mark.parametrize("name", ["ssh-config", "hosts"])
def test_what_is_no_host_name_is_left_out_and_named(name: str, ask: Ask, tmp_path: Path) -> None:
    done = export(ask, database(tmp_path, *HOSTILE), name)
    assert done.code == 0
    assert not {"reboot", "lookup", "lines"} & set(done.stdout.replace("=", " ").replace("'", " ").split())
    assert "vhost: -oProxyCommand=reboot: left out: is no host name" in done.stderr
    assert "vhost: nowhere: left out: has no numeric address" in done.stderr


def test_hosts_has_a_line_for_each_address(ask: Ask, tmp_path: Path) -> None:
    assert export(ask, database(tmp_path), "hosts").lines == ["192.168.1.220\ttst100", "2001:db8::1\ttst101"]


def test_graphviz_draws_the_estate(ask: Ask, tmp_path: Path) -> None:
    source = export(ask, database(tmp_path, CLONE, *HOSTILE), "graphviz").stdout
    done = subprocess.run(
        [str(shutil.which("dot")), "-Tjson"], input=source, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    drawn: dict[str, Any] = json.loads(done.stdout)
    labels = [node["label"] for node in drawn["objects"]]
    assert len(labels) == 2 + len(LAB) + 1 + len(HOSTILE)
    assert 'a"]\\\\x3b b -- c [label="x' in labels  # as DOT writes a backslash
    assert [edge["label"] for edge in drawn["edges"] if edge.get("label")] == [f"uuid {UUID}"]


def test_mermaid_escapes_what_means_something_to_it(ask: Ask, tmp_path: Path) -> None:
    lines = export(ask, database(tmp_path, HOSTILE[2]), "mermaid").lines
    assert lines[0] == "flowchart LR"
    (line,) = [line for line in lines if "label" in line]
    assert line.strip().split("(", 1)[1] == '"a#34;#93;#92;x3b b -- c #91;label#61;#34;x")'


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_data_set_is_partitioned(form: str, ask: Ask, tmp_path: Path) -> None:
    target = tmp_path / "set"
    assert export(ask, database(tmp_path), "dataset", target, "--format", form, "--by", "pm").code == 0
    select = f"SELECT pm, count(*) FROM read_{form}('{target}/*/*.{form}', hive_partitioning = true) GROUP BY 1"
    with duckdb.connect() as con:
        rows = con.execute(select).fetchall()
    assert sorted(rows) == [("lab00", 2), ("lab01", 1)]
    assert sorted(path.name for path in target.iterdir()) == ["pm=lab00", "pm=lab01"]


def test_a_data_set_is_partitioned_by_site_unless_asked_otherwise(ask: Ask, tmp_path: Path) -> None:
    root = tree(tmp_path / "pool", {"web01.cfg": xen("web01")})
    assert ask("vhost", "scan", "tree", "-p", tmp_path / "db", root).code == 0
    assert export(ask, tmp_path / "db", "dataset", tmp_path / "set").code == 0
    assert [path.name for path in (tmp_path / "set").iterdir()] == [f"source_host={own_name()}"]


def test_a_data_set_never_mixes_with_what_is_there(ask: Ask, tmp_path: Path) -> None:
    db = database(tmp_path)
    (tmp_path / "set").mkdir()
    (tmp_path / "set/mine").touch()
    assert "is no empty directory" in export(ask, db, "dataset", tmp_path / "set").stderr
    assert "known are parquet, csv" in export(ask, db, "dataset", tmp_path / "new", "-f", "xml").stderr
    assert "is no partition" in export(ask, db, "dataset", tmp_path / "new", "--by", "label").stderr
    assert not (tmp_path / "new").exists()


def test_prometheus_reads_the_metrics(ask: Ask, tmp_path: Path) -> None:
    text = export(
        ask, database(tmp_path, CLONE, machine_line(pm="lab00", type='a"b', label="x", id="/x/9")), "prometheus"
    ).stdout
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    values = {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}
    assert values["vhost_claims", "machine"] == 5
    assert values["vhost_machines", 'a"b'] == 1
    assert values["vhost_collisions", "clone", "error", "uuid"] == 1
    assert {sample.name for sample in samples} == {metric.name for metric in METRICS}
