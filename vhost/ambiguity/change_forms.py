"""Changes of collisions in the formats of the audit.

new: 1
severity |cause        |what
---------+-------------+-----------------------------------------------------------------
error    |clone        |uuid a93f99f2e8a4487e86082c084826f652
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Final

from vhost.ambiguity import forms, table
from vhost.ambiguity.comparison import KINDS, Change

COLUMNS: Final = ("change", "what", *forms.COLUMNS)
"""The columns of CSV and Markdown: one row for each machine of a collision that changed."""


def json_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Return one array with one object a line; see docs/audit.md."""
    last = len(changes) - 1
    for place, one in enumerate(changes):
        yield f"{' ' if place else '['}{json.dumps(asdict(one), ensure_ascii=False)}{']' if place == last else ','}"
    if not changes:
        yield "[]"


def rows(changes: Iterable[Change]) -> Iterator[tuple[object, ...]]:
    """Return a row for each machine of each collision, as it is now or was before it was resolved."""
    for one in changes:
        yield from ((one.change, "; ".join(one.what), *row) for row in forms.rows([one.shown]))


def lines(changes: Iterable[Change], *, colored: bool = False) -> Iterator[str]:
    """Return a table for each kind of change, and the counts."""
    counts = dict.fromkeys(KINDS, 0)
    for kind, group in groupby(changes, key=lambda one: one.change):
        listed = list(group)
        counts[kind] = len(listed)
        yield f"{kind}: {len(listed)}"
        yield from table.noted_lines(((one.shown, one.what) for one in listed), colored=colored)
        yield ""
    told = [f"{count} {kind}" for kind, count in counts.items() if count]
    yield f"collisions: {', '.join(told) or 'nothing changed'}"
