"""Lists of databases, caches and groups, and the upkeep of caches: what `-S` and `-C` do instead of a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vhost.cache import inventory
from vhost.cache.place import chosen, existing
from vhost.cli import groups
from vhost.cli.outcome import show, tell
from vhost.home import login
from vhost.query import listing
from vhost.render import inventory as forms

if TYPE_CHECKING:
    from vhost.cli.query import QueryOptions
    from vhost.query.caching import Caching


def run(options: QueryOptions, asked: Caching) -> int:
    """Show the list that `-S` asks for, or do what `-C` asks for, and return the exit code."""
    if options.listing is not None:
        wanted = listing.parse(options.listing)
        if wanted.what == "MEMBERSDB":
            return _members(options, "file-databases", cache="OFF")
        return _listing(wanted, options.databases, terse=options.terse)
    if asked.shown == "MEMBERS":
        return _members(options, "file-caches", cache=None)
    if asked.cleared is not None:
        return _clear(options, everything=asked.cleared == "ALL")
    return _caches(options, asked)


def _members(options: QueryOptions, what: str, *, cache: str | None) -> int:
    """Show the addresses of all machines, sorted, duplicates kept: a query with a title."""
    from vhost.cli.query import run_query  # noqa: PLC0415 - it imports this module

    head = () if options.terse else forms.members(what, login())
    return run_query(replace(options, listing=None, cache=cache, output="sort,ctys", head=head))


def _listing(asked: listing.Listing, databases: str | None, *, terse: bool) -> int:
    if asked.what in {"LIST", "LISTALL", "LISTDB"}:
        files = [file for directory in chosen(databases) for file in inventory.sources(directory)]
        show(forms.databases(files, login(), terse=terse))
    if asked.what == "LISTDB":
        return 0
    if asked.what == "MEMBERSGROUP":
        return groups.run_members(asked.names, databases, asked.form, terse=terse)
    return groups.run_overview(asked.names, databases, contents=asked.what == "CONTENTGROUP", terse=terse)


def _clear(options: QueryOptions, *, everything: bool) -> int:
    gone = {
        directory: list(inventory.clear(directory, snapshots_too=everything)) for directory in chosen(options.databases)
    }
    what = "caches" if everything else "temporary files"
    show(forms.cleared(gone, what, login(), terse=options.terse))
    return 0


def _caches(options: QueryOptions, asked: Caching) -> int:
    user = login()
    if asked.shown in {"CACHES", "TARGETS"}:
        show(forms.caches(_snapshots(chosen(options.databases)), user, terse=options.terse))
    if asked.shown in {"CACHES", "GROUPS"}:
        show(forms.group_caches(user, terse=options.terse))
    return 0


def _snapshots(directories: Sequence[Path]) -> list[inventory.Stored]:
    """Return the snapshots after a look at every database, which publishes one where it has to."""
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - beside its use

    for directory in directories:
        with opened([directory], hint=tell):
            pass
    return [file for directory in directories for file in inventory.snapshot(directory)]


def rebuild(directories: Sequence[Path]) -> None:
    """Publish a new snapshot of every database. Raises `DatabaseMissing` or `DatabaseUnusable`."""
    from vhost.cache.publish import locked, publish  # noqa: PLC0415 - as above

    for directory in map(existing, directories):
        with locked(directory):
            publish(directory, lambda name, reason: tell(f"{name}: left out: {reason}"))
