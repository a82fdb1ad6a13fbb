"""Unknown words, and the known ones that may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from vhost.ctys.words import Word
from vhost.errors import UsageError

_LONGEST = 60
_NEAR = 0.6
_MOST = 3


def unknown(word: Word, what: str, known: Iterable[str], advice: str = "") -> UsageError:
    """Return the complaint about a word that is none of the known ones; the near ones are offered."""
    names = {name.upper(): name for name in sorted(known)}
    near = difflib.get_close_matches(word.keyword[:_LONGEST], names, n=_MOST, cutoff=_NEAR)
    if near:
        advice = f"did you mean {' or '.join(names[name] for name in near)}?"
    return word.wrong(f"unknown {what} {word.shown}", advice or f"known are {', '.join(names.values())}")
