"""Words on their way into a shell: every word of a command that goes to another host passes here.

quoted(["xl", "create", "/pool/my vm's.cfg"]) -> xl create '/pool/my vm'"'"'s.cfg'
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from vhost.errors import UsageError


def quoted(words: Sequence[str]) -> str:
    """Return the words as a POSIX shell takes them back. Raises `UsageError` for a NUL, which no word can hold."""
    if any("\0" in word for word in words):
        raise UsageError(words[0], "a word holds a NUL character")
    return " ".join(map(shlex.quote, words))


_ODD = re.compile(r"[\n!\\]")
"""What shells of other families read within single quotes: csh a line's end and `!`, fish a backslash."""

_ENCODED = re.compile(r"""[\n!\\'"`$]""")


def for_any_shell(line: str) -> str:
    """Return the line by which the shell of an account, be it sh, csh or fish, lets sh run a line of sh."""
    if _ODD.search(line):
        digits = _ENCODED.sub(lambda found: f"\\0{ord(found[0]):03o}", line)
        line = f'eval "$(printf %b "{digits}")"'
    return f"exec {quoted(['sh', '-c', line])}"
