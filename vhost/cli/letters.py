"""Parsing of the old option letters."""

from __future__ import annotations

import getopt
from collections.abc import Sequence

from vhost.errors import UsageError


def parsed(
    program: str, arguments: Sequence[str], letters: str, words: Sequence[str] = ()
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return options and the other arguments; `'-o l'` in one word counts as two.

    Raises `UsageError` for an unknown option or one that lacks its value.
    """
    split = [
        word for argument in arguments for word in (argument.split(None, 1) if argument.startswith("-") else [argument])
    ]
    try:
        return getopt.getopt(split, letters, list(words))
    except getopt.GetoptError as error:
        raise UsageError(program, str(error), f"see {program} -h") from error
