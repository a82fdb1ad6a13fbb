"""Words on their way into a shell: every word of a command that goes to another host passes here.

quoted(["xl", "create", "/pool/my vm's.cfg"]) -> xl create '/pool/my vm'"'"'s.cfg'
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from vhost.errors import UsageError


def quoted(words: Sequence[str]) -> str:
    """Return the words as a POSIX shell takes them back. Raises `UsageError` for a NUL, which no word can hold."""
    if any("\0" in word for word in words):
        raise UsageError(words[0], "a word holds a NUL character")
    return " ".join(map(shlex.quote, words))
