"""Which records a query looks at, and how their values are shown: what options put before terms and outputs.

A scope is text of SQL; what it refers to stands in temporary tables of the connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from vhost.query.predicate import Condition, condition
from vhost.query.rows import LOOKED_UP, VALUES, LookedUp
from vhost.query.terms import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Records, and what is known of them beyond their fields.

    `rows` stands behind FROM and has the columns of `machine`. `values` is the list of raw values of a row,
    `mark` a text before every value, `more` a value behind the last field, `columns` are further columns of
    a typed answer. `looked_up` is where addresses and names come from, None where the resolver has to be asked.
    """

    rows: str = "machine"
    condition: Callable[[Term], Condition] = condition
    values: str = VALUES
    mark: str = ""
    more: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    looked_up: LookedUp | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the further columns of a typed answer."""
        return tuple(name for name, _ in self.columns)

    @property
    def source(self) -> LookedUp:
        """Return where addresses and names come from."""
        return self.looked_up or LOOKED_UP

    def narrowed(self, keep: str) -> Scope:
        """Return the scope of those records for which the SQL condition is true."""
        return replace(self, rows=f"(SELECT * FROM {self.rows} WHERE {keep})")

    def split(self) -> str:
        """Return the rows of a FROM clause with what outputs look into; see `vhost.query.rows`."""
        values = "s" if not self.mark else "list_transform(s, lambda value: mark || value)"
        shown = "line" if not self.mark else "mark || replace(line, ';', ';' || mark)"
        more = f"list_append({values}[:47], mark || {self.more})" if self.more else values
        further = "".join(f", {sql} AS {name}" for name, sql in self.columns)
        inner = f"(SELECT *, {self.mark or repr('')} AS mark, {self.values} AS s FROM {self.rows})"
        return f"(SELECT *, {more} AS f, {shown} AS shown{further} FROM {inner})"


MACHINES = Scope()
"""All records, as they are."""
