"""The address that an audit proposes picks its machine, and no shorter one does."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.ambiguity.worlds import File, audit_of, file, found, scanned
from vhost.address import parse
from vhost.ambiguity import proposals
from vhost.ambiguity.minimal import minimal
from vhost.ambiguity.resolve import Resolver
from vhost.ambiguity.wanted import Wanted


def some_files(seed: int) -> list[File]:
    """Return files that share labels, UUIDs, MACs, addresses and names of files by chance."""
    chance = random.Random(seed)  # noqa: S311 - worlds, no secrets
    folders, labels = ("/p", "/p/old", "/q/x"), ("a", "b", "web01", "a,b", "x:y", "Büro PC")
    made = {}
    for _ in range(25):
        name = f"{chance.choice(folders)}/{chance.choice(['a', 'b', 'ab', 'web01'])}.{chance.choice(['cfg', 'xml'])}"
        made[name] = file(
            name,
            label=chance.choice([*labels, None]),
            uuid=chance.choice([None, *(f"{digit}" * 31 + "0" for digit in range(1, 9))]),
            mac=f"00:50:56:00:00:{chance.randrange(12):02x}",
            tcp=chance.choice([None, *(f"10.0.0.{number}" for number in range(12))]),
            netname=chance.choice([None, "web01.soho", "10.0.0.3"]),
        )
    return list(made.values())


@pytest.mark.parametrize("seed", range(4))
def test_every_address_picks_its_machine_and_is_the_smallest(seed: int, tmp_path: Path) -> None:
    with audit_of(scanned(tmp_path, some_files(seed))) as audit:
        proposed = {one["machine"]: one["address"] for item in audit.collisions(Wanted()) for one in item.resolutions}
        assert len(proposed) > 10
        assert proposed == minimal(Resolver(audit.con), list(proposed))
        picked = {one: Resolver(audit.con).machines(parse(text)) for one, text in proposed.items() if text}
        assert picked == {one: [one] for one in picked}


def test_in_a_large_audit_every_address_picks_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MANY", 0)
    with audit_of(scanned(tmp_path, some_files(9))) as audit:
        proposed = {one["machine"]: one["address"] for item in audit.collisions(Wanted()) for one in item.resolutions}
        picked = {one: Resolver(audit.con).machines(parse(text)) for one, text in proposed.items() if text}
        assert picked == {one: [one] for one in picked}
        assert len(picked) > 10


def test_where_no_address_can_tell_machines_apart_the_audit_says_why(tmp_path: Path) -> None:
    first = File(path="/a", inode=1, values=[{"label": "a"}])
    second = File(path="/a", inode=2, values=[{"label": "a"}], content="x")
    (collision, *_) = found(scanned(tmp_path, [first, second]))
    assert {(one["address"], "no address can tell" in one["why"]) for one in collision.resolutions} == {(None, True)}
