"""What a user wants to see of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vhost.collisions.causes import CAUSES, PLACEHOLDER_CAUSE, SEVERITIES
from vhost.collisions.keys import KEYS
from vhost.errors import UsageError
from vhost.query.terms import Query
from vhost.record import KEYWORDS

ALL_CAUSES = (*CAUSES, PLACEHOLDER_CAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Collisions of these keys and causes, of this severity or worse, of machines that the terms match.

    `accepted` takes in those that an accept file names.
    """

    terms: Query = ()
    keys: tuple[str, ...] = KEYS
    causes: tuple[str, ...] = ALL_CAUSES
    severity: str = SEVERITIES[0]
    accepted: bool = False


def keys(text: str | None) -> tuple[str, ...]:
    """Return the keys of a list such as `uuid,mac,IP`, all of them without one. Raises `UsageError`."""
    if text is None:
        return KEYS
    return tuple(_key(word) for word in _words(text, "--key"))


def _key(word: str) -> str:
    field = KEYWORDS.get({"IP": "TCP"}.get(word.upper(), word.upper()))
    if field is None or field.column not in KEYS:
        raise UsageError("--key", f"{word[:80]!r} is no key", f"known are {', '.join(KEYS)}")
    return field.column


def causes(text: str | None) -> tuple[str, ...]:
    """Return the causes of a list, all of them without one. Raises `UsageError`."""
    if text is None:
        return ALL_CAUSES
    return tuple(_one(word, ALL_CAUSES, "--cause") for word in _words(text, "--cause"))


def severity(text: str, option: str) -> str:
    """Return a severity. Raises `UsageError` naming the option."""
    return _one(text, SEVERITIES, option)


def _words(text: str, option: str) -> Sequence[str]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise UsageError(option, "names nothing", "leave it out, or name some")
    return words


def _one(word: str, known: Sequence[str], option: str) -> str:
    if word.strip().lower() not in known:
        raise UsageError(option, f"{word[:80]!r} is unknown", f"known are {', '.join(known)}")
    return word.strip().lower()
