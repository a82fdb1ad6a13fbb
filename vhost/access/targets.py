"""Words of a call as hosts: names, addresses, groups of them, and addresses of machines (`l:tst100`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vhost import address as machine_address
from vhost.normal import address
from vhost.query import entries

if TYPE_CHECKING:
    import duckdb

    from vhost.groups import Groups


@dataclass(frozen=True, slots=True)
class Target:
    """One host: how it is shown, what is asked (nothing: nobody knows where it is), as whom, and its PM.

    `group` is the group that it came from, `problem` says why it cannot be asked.
    """

    word: str
    host: str = ""
    user: str | None = None
    entry: str | None = None
    group: str = ""
    problem: str = ""


def targets(words: Sequence[str], groups: Groups, con: duckdb.DuckDBPyConnection | None) -> list[Target]:
    """Return the hosts that the words stand for, each once and sorted. Raises `UsageError` for a group that is wrong.

    Without a database (`con` None) words are hosts or groups, and no PM is known.
    """
    found = [target for word in words for target in _of_word(word, groups, con)]
    distinct = {(one.word, one.user or ""): one for one in _entered(found, con)}
    return [distinct[key] for key in sorted(distinct)]


def _of_word(word: str, groups: Groups, con: duckdb.DuckDBPyConnection | None) -> Iterator[Target]:
    if con is not None and _is_machine_address(word):
        yield _machine(word, con)
        return
    is_group = not word.startswith("/") and groups.files.find(word.rpartition("@")[2]) is not None
    for member in groups.members(word):
        yield Target(member.host, member.host, member.user, group=word if is_group else "")


def _is_machine_address(word: str) -> bool:
    keyword, colon, _ = word.partition(":")
    return bool(colon) and address(word) is None and keyword.upper() in machine_address.KEYWORDS


def _machine(word: str, con: duckdb.DuckDBPyConnection) -> Target:
    from vhost.ambiguity.resolve import Resolver  # noqa: PLC0415 - hosts that are named need no resolver

    (answer,) = Resolver(con).answers([machine_address.parse(word)])
    if answer.machines > 1:
        return Target(word, problem=f"{answer.machines} machines fit; see vhost audit")
    if answer.status in {"none", "ambiguous"}:
        return Target(word, problem=answer.problem or "no machine fits")
    if answer.tcp is None:
        return Target(word, entry=answer.pm, problem="no address of this machine is known")
    return Target(word, answer.tcp, entry=answer.pm)


def _entered(found: Iterable[Target], con: duckdb.DuckDBPyConnection | None) -> Iterator[Target]:
    """Return the targets with what the database knows of them; a label is asked by its address."""
    listed = list(found)
    known = {} if con is None else entries.known(con, {one.host for one in listed if one.host})
    for one in listed:
        entry = known.get(one.host)
        yield one if entry is None else replace(one, host=entry.address or one.host, entry=one.entry or entry.pm)
