"""What a scan of DNS says when it is done: claims on stdout, findings and a summary on stderr."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from vhost.cli.outcome import tell
from vhost.cli.rows import Columns, Row, write_rows
from vhost.cli.writing import write
from vhost.errors import Partial
from vhost.text import unescape

if TYPE_CHECKING:
    from vhost.cache.claim_segment import Change
    from vhost.nameservice.request import Place

MOST_FINDINGS: Final = 50
COLUMNS: Final[Columns] = {
    "owner": "string",
    "type": "string",
    "value": "string",
    "ttl": "int32",
    "server": "string",
    "zone": "string",
    "serial": "int64",
}


def findings(places: Sequence[Place]) -> None:
    """Name what could not be had, up to a limit."""
    found = [finding for place in places for finding in place.findings]
    for finding in found[:MOST_FINDINGS]:
        tell(f"{finding.where}: {finding.problem}")
    if len(found) > MOST_FINDINGS:
        tell(f"and {len(found) - MOST_FINDINGS} more findings; what is stored shows with: vhost db status")


def show(places: Sequence[Place], *, lines: bool, form: str | None, file: str | None) -> None:
    """Show the claims, as lines or in a typed format, if either was asked for."""
    if form is not None:
        write_rows(form, COLUMNS, _values(places), file)
    elif lines:
        write((";".join("" if value is None else str(value) for value in row[:5]) for row in _rows(places)), file)


def _rows(places: Iterable[Place]) -> Iterator[Row]:
    """Return the claims; their texts are escaped already."""
    for place in places:
        if place.claims is not None:
            for batch in place.claims.reader():
                columns = [batch.column(name).to_pylist() for name in COLUMNS]
                yield from zip(*columns, strict=True)


def hosts(places: Iterable[Place]) -> list[tuple[str, str]]:
    """Return the names that have an address, with it."""
    rows = (row for row in _rows(places) if row[1] in {"A", "AAAA"} and row[2] is not None)
    return [(str(row[0]), str(row[2])) for row in rows]


def _values(places: Iterable[Place]) -> Iterator[Row]:
    """Return the claims with their texts as they were said."""
    for row in _rows(places):
        yield tuple(unescape(value) if isinstance(value, str) else value for value in row)


def summary(places: Sequence[Place], changes: Sequence[Change], seconds: float) -> str:
    """Return one line: what was asked, what it said, what changed."""
    claims = sum(place.claims.count for place in places if place.claims is not None)
    hows = dict.fromkeys(place.how for place in places if place.claims is not None and place.how)
    counted = [f"{how}: {sum(place.how == how for place in places if place.claims is not None)}" for how in hows]
    questions = sum(place.questions for place in places)
    parts = [*counted, *([f"questions: {questions}"] if questions else []), f"claims: {claims}"]
    for word, count in (
        ("new", sum(change.new for change in changes if not change.first)),
        ("vanished", sum(change.vanished for change in changes)),
        ("without an answer", sum(place.claims is None for place in places)),
        ("findings", sum(len(place.findings) for place in places)),
    ):
        if count:
            parts.append(f"{word}: {count}")
    return f"{', '.join(parts)}; {seconds:.1f} s"


def exit_code(places: Sequence[Place]) -> int:
    """Return 0, or the code for a partial scan."""
    return Partial.exit_code if any(place.partial for place in places) else 0
