"""Words that may have been meant by an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 60
_NEAR = 0.6


def near(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the advice for an unknown word: the nearest known one, else all of them after `otherwise`."""
    names = list(known)
    alike = difflib.get_close_matches(word[:_LONGEST].lower().replace("_", "-"), names, n=1, cutoff=_NEAR)
    return f"did you mean {alike[0]}?" if alike else f"{otherwise} {', '.join(sorted(names)) or 'none'}"
