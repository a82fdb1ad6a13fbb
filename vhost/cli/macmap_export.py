"""`vhost macmap export`: claims in the formats of others, and what stands in the way of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from vhost import normal
from vhost.cli.outcome import tell
from vhost.cli.writing import write
from vhost.errors import Ambiguous, Partial, UsageError
from vhost.text import unescape

if TYPE_CHECKING:
    from macmap.exports.claim import Claim
    from macmap.exports.forms import Form
    from vhost.query.bindings import Found

POLICIES: Final = ("refuse", "mark", "all")
_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export as it was asked for; `ended` takes claims along that are stale or have expired."""

    form: str
    patterns: Sequence[str] = ()
    database: str | None = None
    collisions: str = "refuse"
    ended: bool = False
    file: str | None = None


def run(asked: Export) -> int:
    """Export the claims that any of the patterns matches, and return the exit code.

    Raises `Ambiguous` if claims contradict each other and that is to be refused.
    """
    from macmap.exports import collisions  # noqa: PLC0415 - --help needs no parser

    form = _form(asked)
    claims, without = form.claims(_current(_found(asked), ended=asked.ended))
    kept = [one for one in claims if form.fits(one)]
    odd = [one for one in claims if not form.fits(one)] if len(kept) < len(claims) else []
    marks = collisions.found(kept, form.pairs) if asked.collisions != "all" else {}
    if marks and asked.collisions == "refuse":
        _tell_some(f"{one.text}: {reason}" for one, reason in marks.items())
        raise Ambiguous(f"{form.name}: {len(marks)} claims", "contradict others", "take --collisions mark, or all")
    write(form.written(kept, marks), asked.file)
    _tell_some(f"left out: {one.text}: cannot be said in {form.name}" for one in odd)
    if without:
        tell(f"{without} claims left out: {form.name} has no room for what they say")
    if marks:
        tell(f"{len(marks)} claims contradict others and are marked")
    return Partial.exit_code if odd else 0


def _form(asked: Export) -> Form:
    from macmap.exports.forms import BY_NAME  # noqa: PLC0415 - as above

    if asked.collisions not in POLICIES:
        raise UsageError("--collisions", f"{asked.collisions}?", f"choose one of {', '.join(POLICIES)}")
    if asked.form not in BY_NAME:
        raise UsageError(asked.form, "no such format of an export", f"choose one of {', '.join(BY_NAME)}")
    return BY_NAME[asked.form]


def _found(asked: Export) -> list[Found]:
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.groups import hosts  # noqa: PLC0415 - as above
    from vhost.query import bindings  # noqa: PLC0415 - as above

    words = hosts([word for pattern in asked.patterns for word in pattern.split()], asked.database)
    with opened(bindings.searched(chosen(asked.database)), hint=tell, machines=False) as snapshot:
        return bindings.search(snapshot, words, every=True)


def _current(found: Iterable[Found], *, ended: bool) -> Iterable[Claim]:
    """Return the claims in normal form, without those that hold no more unless they are wanted."""
    from macmap.exports.claim import Claim  # noqa: PLC0415 - as above

    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for one in found:
        if not ended and (one.stale or (one.expires_at and one.expires_at < now)):
            continue
        name, mac, ip, segment, source = map(unescape, (one.name, one.mac, one.ip, one.segment, one.source))
        yield Claim(
            name or None,
            normal.mac(mac) or mac or None,
            normal.address(ip) or ip or None,
            segment or None,
            one.expires_at or None,
            one.seen_at or None,
            one.kind,
            source,
        )


def _tell_some(lines: Iterable[str]) -> None:
    told = list(lines)
    for line in told[:_MOST_TOLD]:
        tell(line)
    if len(told) > _MOST_TOLD:
        tell(f"and {len(told) - _MOST_TOLD} more")
