"""A few machines for tests of options, and what is known of their guests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.asking import Done
from tests.vhost.databases import machine_line
from vhost.claims import Guest
from vhost.keep import Said, keep

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LINES = [
    machine_line(pm="lab00.soho", type="PM", label="LAB00", id="/etc/ctys.d/pm.conf", tcp="10.0.0.1"),
    machine_line(pm="lab00.soho", type="XEN", label="a", id="/x/a dir/a.cfg", mac="00:50:56:00:00:0a", tcp="10.0.0.10"),
    machine_line(pm="lab00.soho", type="XEN", label="b", id="/x/b.cfg", mac="00:50:56:00:00:0b"),
    machine_line(pm="lab01.soho", type="QEMU", label="c", id="/y/c.ctys", uuid="6842CAF91E3E43249ED596B8B9F2C5C2"),
    machine_line(pm="lab02", type="QEMU", label="d", id="/y/d,1.ctys", tcp="10.0.0.13", sshport="2222"),
]
MACMAP = "b;00:50:56:00:00:0B;10.0.0.11;\nother;00:50:56:00:00:0F;10.0.0.15;\n"


def wrong(done: Done, says: str) -> None:
    assert (done.code, done.stdout, len(done.stderr.splitlines()), says in done.stderr) == (1, "", 1, True), done


def guests(db: Path, host: str, *labels: str, state: str = "running", type: str = "XEN") -> None:  # noqa: A002 - the claim's name
    """Store what a host said of its guests."""
    claims = [Guest(host=host, type=type, label=label, state=state, seen_at=NOW) for label in labels]
    keep(db, [Said(kind="guest", scanner=f"test-{state}", root=host, claims=claims, as_host=host)], lambda *_: None)
