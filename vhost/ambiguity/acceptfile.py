"""The accept file: collisions that somebody knows of, each with a reason and the day on which to look again.

[[accept]]
key = "uuid"
value = "a93f99f2-e8a4-487e-8608-2c084826f652"
reason = "cold standby of build01, never started by hand"
expires = 2027-01-31
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from vhost.ambiguity.wanted import ALL_CAUSES
from vhost.collisions.keys import KEYS
from vhost.config import toml_text
from vhost.errors import SourceMissing, UsageError

LARGEST: Final = 1 << 20
"""The bytes of an accept file that are read; a larger one is refused."""

_TABLE: Final = "accept"
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(?:accept|\"accept\"|'accept')[ \t]*\]\]", re.MULTILINE)
_TEXTS: Final = ("key", "value", "cause", "reason")
_WORDS: Final = (*_TEXTS, "machines", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: the collisions that it means, why they may be, and the last day on which it counts.

    `where` names file, line and entry. At least one of `value` and `machines` (addresses, or identities of 16
    digits) is given.
    """

    where: str
    key: str
    reason: str
    expires: date
    value: str | None = None
    cause: str | None = None
    machines: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return what a user calls it: key and value, or key and machines."""
        return f"{self.key} {self.value if self.value is not None else ' and '.join(self.machines)}"[:200]


def read(path: str) -> list[Entry]:
    """Return the entries of a file. Raises `SourceMissing` or `UsageError`, which name file and line."""
    text = _text(path)
    try:
        document = toml_text.document(text)
    except toml_text.TooDeep as error:
        raise UsageError(path, str(error), "see docs/audit.md for an example") from error
    except ValueError as error:
        raise UsageError(path, f"is no TOML: {error}", "see docs/audit.md for an example") from error
    _check(path, document, (_TABLE,))
    tables = document.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(path, f"{_TABLE} is no list of entries", f"begin each entry with [[{_TABLE}]]")
    return [_entry(where, table) for where, table in zip(_places(path, text, len(tables)), tables, strict=True)]


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise SourceMissing(path, "no such file", "name the accept file with --accept FILE") from error
    except OSError as error:
        raise UsageError(path or "--accept", f"cannot be read: {error.strerror}", "name a file") from error
    if len(data) > LARGEST:
        raise UsageError(path, f"is larger than {LARGEST >> 20} MiB", "an accept file has a few lines for each entry")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}: line {line}", "is no UTF-8", "write it as UTF-8") from error


def _places(path: str, text: str, count: int) -> Sequence[str]:
    """Return file, line and number of each entry; no lines where they cannot be told, as for `accept = [...]`."""
    lines = [text.count("\n", 0, match.start()) + 1 for match in _HEADER.finditer(text)]
    if len(lines) != count:
        return [f"{path}: entry {number + 1}" for number in range(count)]
    return [f"{path}: line {line}: entry {number + 1}" for number, line in enumerate(lines)]


def _check(where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
    for word in table:
        if word not in known:
            raise UsageError(where, f"unknown key {word[:80]!r}", _perhaps(word, known))


def _perhaps(word: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"perhaps {close[0]}" if close else f"known are {', '.join(known)}"


def _entry(where: str, table: Mapping[str, Any]) -> Entry:
    _check(where, table, _WORDS)
    values = {word: _value(where, table, word) for word in _TEXTS if word in table}
    machines = _machines(where, table.get("machines"))
    for word in ("key", "reason"):
        if not values.get(word):
            raise UsageError(where, f"{word} is missing", 'every entry has key = "..." and reason = "..."')
    if "value" not in values and not machines:
        raise UsageError(where, "it names no collision", "add value = \"...\" or machines = ['l:...', 'l:...']")
    for word, known in (("key", KEYS), ("cause", ALL_CAUSES)):
        if word in values:
            values[word] = _known(where, word, values[word], known)
    return Entry(where=where, machines=machines, expires=_expires(where, table.get("expires")), **values)


def _value(where: str, table: Mapping[str, Any], word: str) -> str:
    if not isinstance(table[word], str):
        raise UsageError(where, f"{word} is no text", f'write {word} = "..."')
    return str(table[word]).strip()


def _machines(where: str, found: object) -> tuple[str, ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or not found or not all(isinstance(one, str) and one.strip() for one in found):
        raise UsageError(where, "machines is no list of addresses", "write machines = ['l:build01', 'l:build02']")
    return tuple(dict.fromkeys(one.strip() for one in found))


def _known(where: str, word: str, value: str, known: Sequence[str]) -> str:
    if value.lower() not in known:
        raise UsageError(where, f"unknown {word} {value[:80]!r}", _perhaps(value.lower(), known))
    return value.lower()


def _expires(where: str, found: object) -> date:
    if found is None:
        raise UsageError(where, "expires is missing", "name the last day on which it counts: expires = 2027-01-31")
    if not isinstance(found, date):
        raise UsageError(where, "expires is no date", "write it without quotes: expires = 2027-01-31")
    return found.date() if isinstance(found, datetime) else found
