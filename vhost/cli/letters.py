"""Parsing of the old option letters."""

from __future__ import annotations

import getopt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vhost.errors import UsageError


@dataclass(frozen=True, slots=True)
class Optional:
    """An option that may stand without its value: what its values look like, and what counts without one."""

    takes: Callable[[str], bool]
    default: str = ""


def parsed(
    program: str,
    arguments: Sequence[str],
    letters: str,
    words: Sequence[str] = (),
    optional: Mapping[str, Optional] | None = None,
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return options and the other arguments; `'-o l'` in one word counts as two.

    Raises `UsageError` for an unknown option or one that lacks its value.
    """
    split = [
        word for argument in arguments for word in (argument.split(None, 1) if argument.startswith("-") else [argument])
    ]
    if optional:
        split = _completed(split, letters, optional)
    try:
        return getopt.getopt(split, letters, list(words))
    except getopt.GetoptError as error:
        raise UsageError(program, str(error), f"see {program} -h") from error


def _completed(words: Sequence[str], letters: str, optional: Mapping[str, Optional]) -> list[str]:
    """Return the words with a value for every option that may lack one."""
    made: list[str] = []
    waiting = list(words)
    while waiting and waiting[0].startswith("-") and waiting[0] not in {"-", "--"}:
        word = waiting.pop(0)
        made.append(word)
        letter = word[-1]
        if word == f"-{letter}" and letter in optional:
            given = bool(waiting) and optional[letter].takes(waiting[0])
            made.append(waiting.pop(0) if given else optional[letter].default)
        elif f"{letter}:" in letters and len(word) == 2 and waiting:
            made.append(waiting.pop(0))
    return made + waiting
