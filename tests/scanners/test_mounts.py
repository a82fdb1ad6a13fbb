"""The mount table: what is mounted where, and the one name of a file system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.mounts import Mount, Table, parse

ROOT = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw"


def table(*lines: str) -> Table:
    return parse("\n".join((ROOT, *lines)) + "\n")


def named(line: str, *others: str, addresses: dict[str, str] | None = None) -> str:
    """Return the identity of the mount of one line, in a table with others."""
    found = table(line, *others)
    return found.identity(found.mounts[1], addresses.get if addresses is not None else None)


def network(source: str, fstype: str = "nfs4", options: str = "rw", device: str = "0:47") -> str:
    return f"40 27 {device} / /vmpool rw,relatime shared:1 - {fstype} {source} {options}"


def test_a_line_is_read_with_its_optional_fields() -> None:
    found = parse("36 35 98:0 /mnt1 /mnt/parent rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n")

    assert found.mounts == (Mount(36, 35, "98:0", "/mnt1", "/mnt/parent", "ext3", "/dev/root", "rw,errors=continue"),)


def test_a_line_without_optional_fields_is_read() -> None:
    assert parse(ROOT).mounts[0].fstype == "ext4"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"/a\040b", "/a b"),
        (r"/a\012b", "/a\nb"),
        (r"/a\011b", "/a\tb"),
        (r"/a\134040b", r"/a\040b"),
        (r"/a\043", "/a#"),
    ],
)
def test_escapes_in_names_are_read(written: str, name: str) -> None:
    assert parse(f"36 27 0:1 / {written} rw - tmpfs tmpfs rw").mounts[0].point == name


@pytest.mark.parametrize("blank", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\udcff"])
def test_what_the_kernel_does_not_escape_is_no_border(blank: str) -> None:
    assert parse(f"36 27 0:1 / /a{blank}b rw - tmpfs tmpfs rw").mounts[0].point == f"/a{blank}b"


@given(st.text(st.characters(exclude_characters="\0"), max_size=30), st.text(st.characters(exclude_characters="\0")))
def test_every_name_survives_the_kernels_escapes(point: str, source: str) -> None:
    def kernel(name: str) -> str:
        return "".join(f"\\{ord(char):03o}" if char in " \t\n\\#" else char for char in name)

    found = parse(f"36 27 0:1 / /{kernel(point)} rw - tmpfs {kernel(source)} rw").mounts[0]

    assert (found.point, found.source) == (f"/{point}", source)


@given(st.text())
def test_any_text_is_a_table(text: str) -> None:
    assert parse(text).find("/vmpool") is None or " - " in text


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 2, st.sampled_from(["/", "/a", "/a/b"])), max_size=8))
def test_a_table_that_contradicts_itself_is_searched_to_an_end(rows: list[tuple[int, int, str]]) -> None:
    found = parse("\n".join(f"{number} {parent} 0:1 / {point} rw - tmpfs t rw" for number, parent, point in rows))

    assert {mount.point for mount in found.below("/")} <= {"/a", "/a/b"}


def test_a_path_is_on_the_mount_with_the_longest_prefix() -> None:
    found = table("40 27 0:47 / /vm rw - tmpfs a rw", "41 40 0:48 / /vm/pool rw - tmpfs b rw")

    points = {
        path: getattr(found.find(path), "point", None) for path in ("/vm", "/vm/pool/x", "/vm/pools", "/vmx", "/")
    }

    assert points == {"/vm": "/vm", "/vm/pool/x": "/vm/pool", "/vm/pools": "/vm", "/vmx": "/", "/": "/"}


def test_what_a_later_mount_hides_is_not_found() -> None:
    found = table("40 27 0:47 / /vm/pool rw - tmpfs hidden rw", "41 27 0:48 / /vm rw - tmpfs above rw")

    assert getattr(found.find("/vm/pool"), "source", None) == "above"
    assert [mount.source for mount in found.below("/")] == ["above"]


def test_of_two_mounts_at_one_point_the_upper_one_is_found() -> None:
    found = table("40 27 0:47 / /vm rw - tmpfs lower rw", "41 40 0:48 / /vm rw - tmpfs upper rw")

    assert getattr(found.find("/vm/x"), "source", None) == "upper"


def test_the_mounts_below_a_path_are_those_that_can_be_reached() -> None:
    found = table(
        "40 27 0:47 / /vm/b/c rw - tmpfs t rw",
        "41 27 0:48 / /vm/b rw - tmpfs t rw",
        "42 27 0:49 / /vm/a rw - tmpfs t rw",
        "43 27 0:50 / /vmx rw - tmpfs t rw",
    )

    assert [mount.point for mount in found.below("/vm")] == ["/vm/a", "/vm/b"]


def test_mounts_in_order_of_the_kernel_are_all_below_the_root() -> None:
    found = table("41 27 0:48 / /vm/b rw - tmpfs t rw", "40 41 0:47 / /vm/b/c rw - tmpfs t rw")

    assert [mount.point for mount in found.below("/")] == ["/vm/b", "/vm/b/c"]


@pytest.mark.parametrize(
    ("line", "identity"),
    [
        (network("nas:/export/vm", options="rw,vers=4.2,addr=192.168.1.5"), "192.168.1.5:/export/vm"),
        (network("nas:/export/vm", options="rw,addr=fd00::0:5"), "[fd00::5]:/export/vm"),
        (network("NAS.Soho.:/export/vm/"), "nas.soho:/export/vm"),
        (network("[FD00::0:5]:/export"), "[fd00::5]:/export"),
        (network("192.168.1.5:/", fstype="nfs"), "192.168.1.5:/"),
        (network("nas:/a//b", fstype="nfs"), "nas:/a/b"),
        (network("nas:/a\\040b\\012c"), "nas:/a b\nc"),
        (network("//NAS/Pool/vm", fstype="cifs", options="rw,addr=192.168.1.5"), "192.168.1.5:Pool/vm"),
        (network("//nas/pool", fstype="cifs", options="rw,noserverino"), "local:cifs:nas:pool"),
        (network("nas:pool", fstype="fuse.glusterfs"), "nas:pool"),
        (network("root@nas:/export", fstype="fuse.sshfs"), "local:fuse.sshfs:nas:/export"),
        (network("10.0.0.2:6789,10.0.0.1:6789:/vm", fstype="ceph"), "10.0.0.1:6789,10.0.0.2:6789:/vm"),
        (
            network("me@b3acc0bc-bfd6-4d0b-9d3b-0c0d4e2d1d5c.fs=/vm", fstype="ceph"),
            "b3acc0bc-bfd6-4d0b-9d3b-0c0d4e2d1d5c.fs:/vm",
        ),
        (network("192.168.1.9", fstype="9p", options="rw,trans=tcp,aname=/srv/vm"), "192.168.1.9:/srv/vm"),
        (network("hostshare", fstype="9p", options="rw,trans=virtio"), "local:9p:hostshare"),
        (network("10.0.0.1@tcp:/scratch", fstype="lustre"), "10.0.0.1@tcp:/scratch"),
        (network("odd", fstype="nfs"), "local:nfs:0:47"),
        (network("", fstype="nfs"), "local:nfs:0:47"),
        (network("/dev/sdb1", fstype="xfs", device="8:17"), "local:xfs:/dev/sdb1"),
        (network("tmpfs", fstype="tmpfs"), "local:tmpfs:0:47"),
        (network("/usr/bin/driver", fstype="fuse.driver"), "local:fuse.driver:0:47"),
        (network("tank/vm", fstype="zfs"), "local:zfs:tank/vm"),
        (network("/dev/sda2", fstype="btrfs", options="rw,subvolid=256,subvol=/@vm"), "local:btrfs:/dev/sda2[/@vm]"),
    ],
)
def test_a_file_system_has_one_name(line: str, identity: str) -> None:
    assert named(line) == identity


def test_a_server_that_the_mount_does_not_give_the_address_of_is_resolved() -> None:
    assert named(network("Nas.soho.:/vm"), addresses={"nas.soho": "192.168.1.5"}) == "192.168.1.5:/vm"


def test_a_server_that_nobody_knows_keeps_its_name() -> None:
    assert named(network("nas:/vm"), addresses={}) == "nas:/vm"


def test_the_address_of_the_mount_is_not_asked_for() -> None:
    assert named(network("nas:/vm", options="rw,addr=192.168.1.5"), addresses={"nas": "10.0.0.1"}) == "192.168.1.5:/vm"


def test_a_server_is_one_by_name_and_by_address_and_its_exports_are_two() -> None:
    sources = ["nas:/export/vm", "NAS.soho:/export/vm/", "192.168.1.5:/export/vm", "nas:/export/other"]
    lines = [
        f"{number} 27 0:{number} / /mnt/{number} rw - nfs4 {source} rw,vers=4.2,addr=192.168.1.5"
        for number, source in enumerate(sources, start=48)
    ]
    table = parse("\n".join(lines))
    assert [table.identity(mount) for mount in table.mounts] == [
        *["192.168.1.5:/export/vm"] * 3,
        "192.168.1.5:/export/other",
    ]


def test_an_answer_that_is_no_address_does_not_count() -> None:
    assert named(network("nas:/vm"), addresses={"nas": "elsewhere"}) == "nas:/vm"


def test_a_bind_mount_has_the_name_of_its_file_system() -> None:
    whole = "41 27 8:17 / /pool rw - xfs /dev/sdb1 rw"
    bound = "42 27 8:17 /sub /srv rw - xfs /dev/sdb1 rw"

    assert named(whole, bound) == named(bound, whole) == "local:xfs:/dev/sdb1"


def test_a_part_of_an_export_has_the_name_of_the_export() -> None:
    whole = "41 27 0:47 / /pool rw - nfs4 nas:/export rw,addr=192.168.1.5"
    part = "42 27 0:47 / /srv rw - nfs4 nas:/export/sub rw,addr=192.168.1.5"

    assert named(part, whole) == "192.168.1.5:/export"


def test_exports_that_only_look_like_parts_keep_their_names() -> None:
    other_device = "41 27 0:48 / /pool rw - nfs4 nas:/export rw"
    other_name = "42 27 0:47 / /srv rw - nfs4 nas:/exp rw"

    assert named(network("nas:/export/sub"), other_device, other_name) == "nas:/export/sub"


def test_a_subvolume_that_is_not_mounted_is_named_as_if_it_were() -> None:
    found = table("40 27 0:47 /@vm /vmpool rw - btrfs /dev/sda2 rw,subvol=/@vm")

    assert found.nested(found.mounts[1], "/vmpool/tst100/disk") == "local:btrfs:/dev/sda2[/@vm/tst100/disk]"


def test_another_part_that_counts_inodes_anew_has_a_name_of_its_own() -> None:
    found = table(network("nas:/vm"))

    assert found.nested(found.mounts[1], "/vmpool/sub") == "nas:/vm[/sub]"
