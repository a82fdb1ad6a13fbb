"""A kernel's NFS client, nfs-ganesha and the audit: which mounts show the same files.

A guest mounts one export at two places, one of them by the server's address and one by its name, and a second export
whose only file has the same content and inode number. The guest runs the crawler of `vhost scan tree`; what it saw is
stored and audited here.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.ambiguity.worlds import audit_of
from tests.commands import xen
from tests.lab.nfs_guest import SERVER, run_python
from tests.lab.nfs_server import nfs_server
from vhost import collect
from vhost.ambiguity.wanted import Wanted
from vhost.cache.snapshot import opened
from vhost.collect import Collected, TreeRequest

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("nfs")]

ROOTS = ["/mnt/a", "/mnt/b", "/mnt/c"]
UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
CODE = """
import os, pickle, subprocess
from scanners import tree

def mount(source, point, *more):
    os.makedirs(point, exist_ok=True)
    options = ",".join(["ro,vers=4.2,port=PORT,addr=SERVER,clientaddr=10.0.2.15", *more])
    subprocess.run(["busybox", "mount", "-t", "nfs4", "-o", options, source, point], check=True)

def scan(name):
    found = [tree.scan([root], as_host="lab00", threads=2) for root in ROOTS]
    with open("/mnt/job/" + name, "wb") as file:
        pickle.dump((open("/proc/self/mountinfo").read(), found), file)

mount("SERVER:/export/vm", "/mnt/a")
mount("nas:/export/vm", "/mnt/b", "nosharecache")
mount("SERVER:/export/other", "/mnt/c")
scan("before")
for point in ROOTS:
    subprocess.run(["busybox", "umount", point], check=True)
mount("nas.soho:/export/other", "/mnt/c")
mount("nas:/export/vm", "/mnt/a")
mount("SERVER:/export/vm", "/mnt/b")
scan("after")
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory in which a guest left what it saw before and after it mounted everything anew."""
    work = tmp_path_factory.mktemp("nfs")
    same = {"web01.cfg": xen("web01", UUID, "00:16:3e:00:00:01")}
    with nfs_server(work / "server", {"vm": same, "other": same}) as port:
        code = CODE.replace("PORT", str(port)).replace("SERVER", SERVER).replace("ROOTS", repr(ROOTS))
        run_python(work / "job", code)
    return work / "job"


@pytest.fixture(scope="module")
def databases(seen: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return a database for what was seen before, and one for after."""
    request = TreeRequest(roots=ROOTS, as_host="lab00")
    made = []
    for name in ("before", "after"):
        db = tmp_path_factory.mktemp(name)
        _, scans = pickle.loads((seen / name).read_bytes())  # noqa: S301 - our own guest wrote it
        looked = [
            Collected(root=root, scan=found, findings=found.findings, mounts=found.mounts)
            for root, found in zip(ROOTS, scans, strict=True)
        ]
        assert not any(one.findings for one in looked)
        collect.store(looked, request, db, lambda *_: None)
        made.append(db)
    return made


def machines(*databases: Path) -> dict[str, set[str]]:
    """Return the machines that are seen below each mount."""
    with opened(databases) as snapshot:
        rows = snapshot.con.execute("SELECT split_part(path, '/', 3), machine_id FROM machine").fetchall()
    return {mount: {machine for place, machine in rows if place == mount} for mount, _ in rows}


def test_the_guest_saw_what_the_test_is_about(seen: Path) -> None:
    mounts, scans = pickle.loads((seen / "before").read_bytes())  # noqa: S301 - our own guest wrote it
    sources = {line.split()[4]: line.split()[line.split().index("-") + 2] for line in mounts.splitlines()}
    assert [sources[root] for root in ROOTS] == [f"{SERVER}:/export/vm", "nas:/export/vm", f"{SERVER}:/export/other"]
    stamps = [found.observations[0].stamp for found in scans]
    assert len({(stamp.inode, stamp.content_hash) for stamp in stamps}) == 1
    assert len({stamp.device for stamp in stamps}) == 3


def test_two_mounts_of_an_export_show_one_machine_and_two_exports_show_two(databases: list[Path]) -> None:
    found = machines(databases[0])
    assert found["a"] == found["b"]
    assert len(found["a"] | found["c"]) == 2


def test_a_machine_is_the_same_after_a_remount_under_another_name(databases: list[Path]) -> None:
    before, after = map(machines, databases)
    assert before == after
    assert machines(*databases) == before


def test_the_audit_tells_the_paths_of_one_machine_from_its_copy(databases: list[Path]) -> None:
    with audit_of(databases[0]) as audit:
        found = {(one.key, one.cause): one for one in audit.collisions(Wanted(keys=("uuid",)))}
    assert set(found) == {("uuid", "multipath"), ("uuid", "backup")}
    assert found["uuid", "multipath"].machines[0]["paths"] == ["lab00:/mnt/a/web01.cfg", "lab00:/mnt/b/web01.cfg"]
    assert len(found["uuid", "backup"].machines) == 2
