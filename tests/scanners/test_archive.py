"""Archives of configuration files that another host sent, honest and otherwise."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners import archive
from scanners.candidates import LARGEST
from scanners.recognise import View
from tests.commands import xen

VIEW = View(pm="lab00")


def packed(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.uname, info.gname, info.mtime = len(content), kind, "acue", "ldapusers", 7
            info.linkname = "/etc/shadow"
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def labels(found: archive.Archived) -> list[str | None]:
    return [machine.label for one in found.observations for machine in one.machines]


def test_a_file_of_another_host_has_its_owners_there() -> None:
    found = archive.read(packed(("/xen/a.cfg", xen("tst100").encode())), ["/xen"], VIEW, "lab00")

    [machine] = found.observations[0].machines
    assert (machine.pm, machine.label, machine.id) == ("lab00", "tst100", "/xen/a.cfg")
    assert (machine.uid, machine.gid) == ("acue", "ldapusers")
    assert found.observations[0].stamp.mtime_ns == 7_000_000_000


def test_names_without_a_leading_slash_are_absolute_all_the_same() -> None:
    assert labels(archive.read(packed(("xen/a.cfg", xen("one").encode())), ["/xen"], VIEW, "h")) == ["one"]


def test_files_that_belong_together_are_read_together() -> None:
    tags = b'#@#MAGICID-XEN\n#@#DIST="debian"\n'
    found = archive.read(packed(("/x/a.cfg", xen("plain").encode()), ("/x/a.ctys", tags)), ["/x"], VIEW, "h")

    assert [machine.dist for one in found.observations for machine in one.machines] == ["debian"]


@pytest.mark.parametrize(
    "name", ["/etc/other.cfg", "/xen/../etc/a.cfg", "/xen/.git/a.cfg", "/xenial/a.cfg", "/xen/a.qcow2"]
)
def test_what_was_not_asked_for_is_left_out(name: str) -> None:
    assert archive.read(packed((name, xen("evil").encode())), ["/xen"], VIEW, "h").observations == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_what_is_no_regular_file_is_left_out(kind: bytes) -> None:
    assert archive.read(packed(("/xen/a.cfg", b""), kind=kind), ["/xen"], VIEW, "h").observations == []


def test_a_file_that_is_too_large_is_left_out() -> None:
    large = xen("large").encode() + b"#" * LARGEST

    assert archive.read(packed(("/xen/a.cfg", large)), ["/xen"], VIEW, "h").files == 0


def test_an_archive_that_unpacks_to_too_much_ends_with_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 100_000)
    bomb = packed(("/xen/a.cfg", xen("small").encode()), ("/xen/b.img", b"\0" * 5_000_000))

    found = archive.read(bomb, ["/xen"], VIEW, "lab00")

    assert labels(found) == ["small"]
    assert "more than 100000 bytes" in found.findings[-1].problem


def test_an_archive_of_too_many_files_ends_with_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    many = packed(*((f"/xen/{number}.cfg", xen(f"m{number}").encode()) for number in range(5)))

    assert archive.read(many, ["/xen"], VIEW, "h").findings[-1].lost


def test_what_came_before_the_cut_counts() -> None:
    whole = gzip.decompress(packed(("/x/a.cfg", xen("one").encode()), ("/x/b.cfg", xen("two").encode() * 50)))

    found = archive.read(gzip.compress(whole[:1_600]), ["/x"], VIEW, "lab00")

    assert labels(found) == ["one"]
    assert found.findings[-1].where == "lab00"


def test_nothing_is_no_file_at_all() -> None:
    found = archive.read(b"", ["/x"], VIEW, "h")

    assert (found.files, found.findings) == (0, [])


@given(st.binary(max_size=2_000) | st.binary(max_size=1_500).map(gzip.compress))
def test_no_bytes_make_a_traceback(data: bytes) -> None:
    archive.read(data, ["/x"], VIEW, "h")


@given(st.integers(min_value=0, max_value=600), st.binary(min_size=1, max_size=4))
def test_no_damage_makes_a_traceback(place: int, bytes_: bytes) -> None:
    tar = bytearray(gzip.decompress(packed(("/x/a.cfg", xen("one").encode()))))
    tar[place : place + len(bytes_)] = bytes_

    archive.read(gzip.compress(bytes(tar)), ["/x"], VIEW, "h")
