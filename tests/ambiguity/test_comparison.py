"""Between two audits a collision is new, changed or resolved."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.ambiguity.worlds import UUID, ago, file, scanned
from vhost.ambiguity.audit import Brief, audited
from vhost.ambiguity.comparison import Change, changes, differences, paired
from vhost.ambiguity.wanted import Wanted
from vhost.cache import past

A, B, C = ["1" * 16, "lab00:/a"], ["2" * 16, "lab00:/b"], ["3" * 16, "lab00:/c"]


def brief(
    *machines: list[str], entry: int = 1, cause: str = "clone", severity: str = "error", value: str = "x"
) -> Brief:
    return Brief(entry, "uuid", value, cause, severity, None, list(machines))


def compared(before: list[Brief], after: list[Brief]) -> list[tuple[str, ...]]:
    """Return for each pair what is different, or which side is missing."""
    found = []
    for old, new in paired(before, after):
        both = tuple(differences(old, new)) if old and new else ()
        found.append(both or ("new",) if new else ("resolved",))
    return found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([brief(A, B)], [brief(A, B, entry=2)], []),
        ([], [brief(A, B)], [("new",)]),
        ([brief(A, B)], [], [("resolved",)]),
        ([brief(A, B)], [brief(A, B, C)], [("joined: lab00:/c",)]),
        ([brief(A, B, C)], [brief(A, B)], [("left: lab00:/c",)]),
        ([brief(A, B, severity="warning")], [brief(A, B)], [("severity: warning -> error",)]),
        ([brief(A, B, cause="stale")], [brief(A, B)], [("cause: stale -> clone",)]),
        ([brief(A, B, value="y")], [brief(A, B)], [("new",), ("resolved",)]),
        ([brief(A, B)], [brief(C, ["4" * 16, "lab01:/d"])], [("new",), ("resolved",)]),
        ([brief(A, B)], [brief(A, ["9" * 16, "lab00:/b"])], []),  # an editor replaced the file
        ([brief(cause="placeholder")], [brief(cause="placeholder")], []),
        ([brief(A, B, cause="backup")], [brief(A, B, cause="backup"), brief(A, C, entry=2)], [("new",)]),
        (
            [brief(A, B, cause="backup"), brief(A, C, entry=2)],
            [brief(A, C, entry=1), brief(A, B, cause="backup", entry=2)],
            [],
        ),
    ],
)
def test_what_is_told_of_a_collision(before: list[Brief], after: list[Brief], found: list[tuple[str, ...]]) -> None:
    assert compared(before, after) == found


def told(db: Path, begin: datetime, end: datetime, wanted: Wanted | None = None) -> list[Change]:
    """Return the changes between two times; nothing may be missing of the scans."""
    hints: list[str] = []
    kept = past.kept([db], lambda *problem: hints.append(str(problem)))
    with (
        past.past(kept, [db], begin, hints.append) as old,
        audited(old.con, {}, begin) as before,
        past.past(kept, [db], end, hints.append) as new,
        audited(new.con, {}, end) as after,
    ):
        assert hints == []
        return changes(before, after, wanted or Wanted())


def test_databases_are_audited_as_they_were(tmp_path: Path) -> None:
    first, second = [file(f"/xen/{name}.cfg", label=name, uuid=UUID) for name in "ab"]
    scanned(tmp_path, [first], at=ago(hours=3), publishing=False)
    scanned(tmp_path, [first, second], at=ago(hours=2), publishing=False)
    scanned(tmp_path, [second], at=ago(hours=1), publishing=False)
    three, two, one = (ago(hours=hours).replace(tzinfo=None) for hours in (3, 2, 1))
    assert [(one.change, one.shown.key, one.shown.cause) for one in told(tmp_path, three, two)] == [
        ("new", "uuid", "clone")
    ]
    (gone,) = told(tmp_path, two, one)
    assert (gone.change, gone.after, gone.shown.cause) == ("resolved", None, "clone")
    assert told(tmp_path, three - timedelta(days=1), one) == []
    assert told(tmp_path, three, two, Wanted(causes=("mac",))) == []


def test_ages_are_those_of_the_time(tmp_path: Path) -> None:
    both = [file(f"/xen/{name}.cfg", label="same", uuid=UUID) for name in "ab"]
    db = scanned(tmp_path, both, at=ago(days=40), publishing=False)
    then = ago(days=39).replace(tzinfo=None)
    (aged,) = [one for one in told(db, then, ago(days=0).replace(tzinfo=None)) if one.shown.key == "uuid"]
    assert aged.what == ("cause: clone -> stale", "severity: error -> warning")


def test_a_place_whose_early_scans_are_gone_is_taken_as_it_was_first(tmp_path: Path) -> None:
    for hours in (5, 4, 3, 2):
        scanned(
            tmp_path,
            [file("/a", label="a", uuid=UUID), file("/b", label="b", uuid=UUID)],
            at=ago(hours=hours),
            publishing=False,
        )
    hints: list[str] = []
    kept = past.kept([tmp_path], lambda *_: None)
    with past.past(kept, [tmp_path], ago(hours=5).replace(tzinfo=None), hints.append) as old:
        assert old.con.execute("SELECT count(*) FROM machine").fetchone() == (2,)
    assert len(hints) == 1
    assert "the scans of that time are not kept" in hints[0]


def test_several_databases_are_audited_as_one(tmp_path: Path) -> None:
    first, second = (
        scanned(
            tmp_path / name,
            [file(f"/{name}", label=name, uuid=UUID)],
            observer=name,
            at=ago(hours=hours),
            publishing=False,
        )
        for name, hours in (("a", 3), ("b", 1))
    )
    kept = past.kept([first, second], lambda *_: None)
    found = []
    for hours in (2, 0):
        at = ago(hours=hours).replace(tzinfo=None)
        with past.past(kept, [first, second], at, lambda _: None) as old, audited(old.con, {}, at) as made:
            found.append([one.cause for one in made.collisions(Wanted())])
    assert found == [[], ["clone"]]
