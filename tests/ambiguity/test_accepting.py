"""What an accept file names is left out of an audit, and an entry that is of no use is reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.ambiguity.worlds import MAC, OTHER_UUID, UUID, audit_of, file, scanned
from vhost.ambiguity.acceptfile import Entry
from vhost.ambiguity.accepting import accept
from vhost.ambiguity.audit import Audit
from vhost.ambiguity.wanted import Wanted
from vhost.claims import Conflict
from vhost.errors import UsageError

TODAY = date(2026, 11, 28)
TWO_LABELS = Conflict(column="label", kept="k", kept_from="xen", other="k-old", other_from="tag LABEL")


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    """Return the audit of a world in which a and b are clones, c and d share a label, e is a backup of a.

    The file of k contradicts itself.
    """
    files = [
        file("/xen/a.cfg", label="a", uuid=UUID, mac=MAC),
        file("/xen/b.cfg", label="b", uuid=UUID, mac=MAC),
        file("/xen/c.cfg", label="same", uuid=OTHER_UUID),
        file("/xen/d.cfg", label="same"),
        file("/xen/a.cfg.bak", label="e", uuid=UUID),
        replace(file("/xen/k.cfg", label="k"), conflicts=[TWO_LABELS]),
    ]
    with audit_of(scanned(tmp_path_factory.mktemp("accepting"), files)) as made:
        yield made


def entry(key: str, *machines: str, days: int = 0, **values: str | None) -> Entry:
    return Entry(
        where="f: entry 1", key=key, machines=machines, reason="known", expires=TODAY + timedelta(days), **values
    )


def left(audit: Audit, *entries: Entry) -> tuple[list[tuple[str, str]], list[str]]:
    """Return key and cause of what is not accepted, and what is said of the entries."""
    audit.con.execute("DELETE FROM accepted")
    said = accept(audit, entries, TODAY)
    return [(one.key, one.cause) for one in audit.collisions(Wanted())], said


ALL = [("uuid", "clone"), ("mac", "clone"), ("label", "contradiction"), ("uuid", "backup"), ("label", "relabel")]


def test_nothing_is_accepted_without_entries(audit: Audit) -> None:
    assert left(audit) == (ALL, [])


@pytest.mark.parametrize(
    ("accepted", "gone"),
    [
        (entry("mac", value="00-50-56-13-11-40"), {("mac", "clone")}),
        (entry("uuid", value="6842CAF9-1E3E-4324-9ED5-96B8B9F2C5C2"), {("uuid", "clone"), ("uuid", "backup")}),
        (entry("uuid", value=UUID, cause="backup"), {("uuid", "backup")}),
        (entry("label", value="same"), {("label", "relabel")}),
        (entry("label", value="k"), {("label", "contradiction")}),
        (entry("label", "l:k", cause="contradiction"), {("label", "contradiction")}),
        (entry("uuid", "l:a", "l:b"), {("uuid", "clone")}),
        (entry("uuid", "l:a", "l:b", "l:e"), {("uuid", "clone"), ("uuid", "backup")}),
        (entry("label", "f:c.cfg", "f:d.cfg", value="same"), {("label", "relabel")}),
    ],
)
def test_an_entry_accepts_what_it_names(accepted: Entry, gone: set[tuple[str, str]], audit: Audit) -> None:
    assert left(audit, accepted) == ([one for one in ALL if one not in gone], [])


@pytest.mark.parametrize(
    ("accepted", "says"),
    [
        (entry("uuid", value=OTHER_UUID), "no collision is like that: uuid"),
        (entry("tcp", value=UUID), "no collision is like that"),
        (entry("uuid", value=UUID, cause="mac"), "no collision is like that"),
        (entry("uuid", "l:b", "l:e"), "no collision is like that: uuid l:b and l:e"),
        (entry("label", "f:c.cfg", value="same"), "no collision is like that"),
        (entry("uuid", "l:a", "l:nobody"), "address 'l:nobody' fits no machine"),
        (entry("uuid", "l:same"), "address 'l:same' fits 2 machines"),
        (entry("uuid", "l:a,h:nowhere"), "no record names it as a PM"),
        (entry("uuid", value=UUID, days=-1), "expired on 2026-11-27: uuid 6842"),
        (entry("uuid", value="gone", days=-1), "no collision is like that any more, remove it"),
    ],
)
def test_an_entry_that_is_of_no_use_is_reported(accepted: Entry, says: str, audit: Audit) -> None:
    kept, (said,) = left(audit, accepted)
    assert (kept, says in said, said.startswith("f: entry 1: ")) == (ALL, True, True), said


def test_a_wrong_address_is_named_with_its_entry(audit: Audit) -> None:
    with pytest.raises(UsageError, match=r"f: entry 1: .*unknown keyword 'x'"):
        left(audit, entry("uuid", "x:y"))


def test_a_third_machine_ends_the_acceptance_of_two(tmp_path: Path) -> None:
    known = entry("uuid", "l:a", "l:b")
    third = [file(f"/xen/{name}.cfg", label=name, uuid=UUID) for name in "abc"]
    with audit_of(scanned(tmp_path, third)) as made:
        assert left(made, known)[0] == [("uuid", "clone")]


def test_what_is_accepted_can_be_shown_with_the_reason(audit: Audit) -> None:
    left(audit, entry("mac", value=MAC))
    shown = {one.key: one.accepted for one in audit.collisions(Wanted(causes=("clone",), accepted=True))}
    assert (shown, audit.accepted(Wanted())) == ({"uuid": None, "mac": "known"}, 1)
    assert audit.counts(Wanted(causes=("clone",), accepted=True)) == [("error", "clone", 1)]
