"""The cache for programs: `from vhost import Cache`.

with Cache.open("/var/lib/vhost/db") as cache:
answer = cache.resolve("l:tst100", on="lab00")
for record in cache.query(["XEN", "NOT", "F:19:BACKUP"], fields=["label", "mac"]):
print(record.label, record.mac)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vhost.address import Address, parse
from vhost.ambiguity.choice import only
from vhost.ambiguity.minimal import minimal
from vhost.ambiguity.profile import Profile, profile
from vhost.ambiguity.resolve import Answer, Resolver
from vhost.cache.place import chosen
from vhost.cache.snapshot import Hint, Snapshot, opened
from vhost.query import terms as queries
from vhost.query.records import COLUMNS, Record, columns, records

if TYPE_CHECKING:
    from types import TracebackType

Databases = str | Path | Sequence[str | Path]


class Cache:
    """One or several databases as they were when they were opened; not to be shared between threads.

    Every method raises one of `vhost.errors`, whose `exit_code` is the one of the command line.
    """

    def __init__(self, snapshot: Snapshot, stack: ExitStack) -> None:
        """Take an open snapshot, and what closes it; see `open`."""
        self._snapshot = snapshot
        self._stack = stack
        self._resolver = Resolver(snapshot.con)

    @classmethod
    def open(cls, db: Databases | None = None, *, static: bool = False, hint: Hint = lambda _: None) -> Self:
        """Return the cache of a database, of several, or without any those that the command line would use.

        What has changed since is read first, unless `static`. `hint` is told, line by line, what a user may
        want to know. Raises `DatabaseMissing`, `SourceMissing`, `MacmapMissing` or `DatabaseUnusable`.
        """
        with ExitStack() as stack:
            snapshot = stack.enter_context(opened(_directories(db), static=static, hint=hint))
            return cls(snapshot, stack.pop_all())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the databases; answers that were given stay valid."""
        self._stack.close()

    def resolve(self, address: str | Address, on: str | None = None) -> Answer:
        """Return what an address stands for: its status, and the machine if it is one.

        Raises `UsageError` for what is no address.
        """
        return self.resolve_many([address], on)[0]

    def resolve_many(self, addresses: Iterable[str | Address], on: str | None = None) -> list[Answer]:
        """Return the answers of many addresses in their order, far faster than one by one. Raises as `resolve` does."""
        return self._resolver.answers([_address(one, on) for one in addresses])

    def query(self, terms: str | Sequence[str] = (), fields: Sequence[str] | None = None) -> Iterator[Record]:
        """Return the records that all terms match, in the order of the cache; see docs/query.md for terms.

        `fields` are columns or `-o` keywords; the attributes of all others are None. Raises `UsageError`.
        """
        wanted = COLUMNS if fields is None else columns(fields)
        words = [terms] if isinstance(terms, str) else list(terms)
        return records(self._snapshot.con, queries.parse(words), wanted)

    def machine(self, address: str | Address, on: str | None = None) -> Profile:
        """Return everything that is known about the one machine of an address.

        Raises `SeveralMachines` with the candidates, `NoMachine` with similar addresses, `Ambiguous` or
        `UsageError` for the host, `UsageError` for no address.
        """
        return profile(self._resolver, only(self._resolver, _address(address, on)))

    def addresses(self, machines: Iterable[str]) -> dict[str, str | None]:
        """Return the smallest address of each machine by its `machine_id`; None where no address fits it alone."""
        return minimal(self._resolver, list(machines))


def _directories(db: Databases | None) -> list[Path]:
    if db is None:
        return chosen(None)
    return [Path(db)] if isinstance(db, str | Path) else [Path(one) for one in db]


def _address(one: str | Address, on: str | None) -> Address:
    return (parse(one) if isinstance(one, str) else one).on(on)
