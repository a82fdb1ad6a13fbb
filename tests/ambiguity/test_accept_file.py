"""An accept file that is wrong is refused with the line and the word that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vhost.ambiguity import acceptfile
from vhost.errors import SourceMissing, UsageError

GOOD = '[[accept]]\nkey = "uuid"\nvalue = "x"\nreason = "standby"\nexpires = 2027-01-31\n'


def read(folder: Path, text: str | bytes) -> list[acceptfile.Entry]:
    path = folder / "accept.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return acceptfile.read(str(path))


def complaint(folder: Path, text: str | bytes) -> str:
    with pytest.raises(UsageError) as raised:
        read(folder, text)
    return str(raised.value)


def test_an_entry_has_a_key_a_value_a_reason_and_a_last_day(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, GOOD)
    assert (entry.key, entry.value, entry.reason, entry.expires) == ("uuid", "x", "standby", date(2027, 1, 31))
    assert entry.where == f"{tmp_path}/accept.toml: line 1: entry 1"


def test_the_line_of_each_entry_is_known(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"# known\n\n{GOOD}\n[[ accept ]]\nkey = 'mac'\nmachines = ['l:a', 'l:b']\n"
        "reason = 'x'\nexpires = 2027-01-31\n",
    )
    assert [one.where.partition(": ")[2] for one in found] == ["line 3: entry 1", "line 9: entry 2"]


def test_no_line_is_named_where_it_cannot_be_told(tmp_path: Path) -> None:
    reason = 'reason = """\n[[accept]]\n"""'
    (entry,) = read(tmp_path, GOOD.replace('reason = "standby"', reason))
    assert entry.where == f"{tmp_path}/accept.toml: entry 1"


def test_a_file_without_entries_accepts_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n") == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("reason", "reson", "line 1: entry 1: unknown key 'reson'; perhaps reason"),
        ("value", "colour", "unknown key 'colour'; known are key, value"),
        ("[[accept]]", "[[acept]]", "unknown key 'acept'; perhaps accept"),
        ("[[accept]]", "[accept]", "accept is no list of entries"),
        ('"uuid"', '"uid"', "unknown key 'uid'; perhaps uuid"),
        ('"uuid"', "7", "key is no text"),
        ('value = "x"\n', "", "it names no collision"),
        ('reason = "standby"\n', "", "reason is missing"),
        ('"standby"', '" "', "reason is missing"),
        ("expires = 2027-01-31\n", "", "expires is missing"),
        ("2027-01-31", '"2027-01-31"', "write it without quotes"),
        ("2027-01-31", "2027-02-31", "is no TOML"),
        ('value = "x"', "machines = []", "machines is no list of addresses"),
        ('value = "x"', "machines = 'l:a'", "machines is no list of addresses"),
        ('value = "x"', 'value = "x"\ncause = "clon"', "unknown cause 'clon'; perhaps clone"),
        ("[[accept]]", "[[accept", "is no TOML"),
        ('"x"', "9" * 5000, "is no TOML"),
        ('"x"', "[" * 100_000, "is nested too deeply"),
        ("value", "a" + ".b" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert says in complaint(tmp_path, GOOD.replace(old, new, 1))


def test_a_file_that_is_no_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    assert "line 2: is no UTF-8" in complaint(tmp_path, b"# a\n# \xff\n")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert "is larger than 1 MiB" in complaint(tmp_path, "#" * (acceptfile.LARGEST + 1))


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        acceptfile.read(str(tmp_path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="no such file"):
        acceptfile.read(str(tmp_path / "none.toml"))
