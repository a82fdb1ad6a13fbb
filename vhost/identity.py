"""Which claims are about the same machine: SQL that gives every claim the identity of its machine.

A machine is one configuration file (more exactly: one part of it), whoever sees it and under whatever
path. A file is the same where these are equal:

    network file system   `server:export` of the mount, inode
    local file system     observer (machine-id and name), file system, inode
    invented inodes       observer (machine-id and name), file system, path (FAT, FUSE, shares without server inodes)

An inode number is used again when its file is removed. So claims of different content that share neither
label nor UUID with the newest claim of the file are about another machine, that is gone or was moved.
A record without a file (of an `enum.fdb`) is the machine of its PM, type, path, label and UUID; one that has
neither path nor UUID is a machine of its own. What cannot be compared is different.
"""

from __future__ import annotations

_INVENTED = r"^local:(fuse|vfat|msdos|exfat|cifs|smb3)(\.|:)"


def _joined(kind: str, *values: str) -> str:
    """Return SQL that joins a word and values by `;`, which no stored value holds."""
    return f"concat_ws(';', '{kind}', {', '.join(values)})"


def _in_file(kind: str, *values: str) -> str:
    return _joined(kind, *values, "coalesce(part, 0)")


def _observed(kind: str, *values: str) -> str:
    return _in_file(kind, "coalesce(observer, '')", "coalesce(source_host, '')", *values)


FILE_KEY = (
    "CASE WHEN inode IS NULL OR (mount IS NULL AND device IS NULL) THEN NULL"
    f" WHEN mount IS NULL THEN {_observed('device', 'device', 'inode')}"
    f" WHEN regexp_matches(mount, '{_INVENTED}') THEN {_observed('path', 'mount', 'path')}"
    f" WHEN starts_with(mount, 'local:') THEN {_observed('local', 'mount', 'inode')}"
    f" ELSE {_in_file('export', 'mount', 'inode')} END"
)
"""The file and part that a claim stands in; NULL where that is unknown."""

_OF_RECORD = ("pm", "type", "id", "label", "uuid")


def machine_id(reused: str, line: str = "line") -> str:
    """Return SQL of the identity of a claim's machine: 16 hexadecimal digits, the same in every snapshot.

    `reused` is SQL that is true where the claim's inode belongs to another file now, `line` that of its
    MACHINE line. All of it is over a row that has the columns of `machine`.
    """
    file = f"CASE WHEN {reused} THEN {FILE_KEY} || ';' || content_hash ELSE {FILE_KEY} END"
    record = _joined("record", *(f"coalesce({column}, '')" for column in _OF_RECORD))
    other = f"CASE WHEN id IS NULL AND uuid IS NULL THEN {_joined('line', line)} ELSE {record} END"
    return f"left(md5(coalesce({file}, {other})), 16)"


NEWEST = "(seen_at, coalesce(content_hash, ''))"
"""What decides which of the claims of a file is the newest."""


def is_reused(label: str, uuid: str, content: str) -> str:
    """Return SQL that compares a claim with the newest one of its file, of which the three values are."""
    return (
        f"coalesce(content_hash <> {content}, false)"
        f" AND NOT coalesce(label = {label}, false) AND NOT coalesce(uuid = {uuid}, false)"
    )


def _first(column: str) -> str:
    return f"first_value({column}) OVER newest_of_file"


REUSED_HERE = f"({FILE_KEY} IS NOT NULL AND {is_reused(*map(_first, ('label', 'uuid', 'content_hash')))})"
"""`reused` where all claims are at hand; it needs the window below."""

WINDOW = f"WINDOW newest_of_file AS (PARTITION BY {FILE_KEY} ORDER BY {NEWEST} DESC)"
