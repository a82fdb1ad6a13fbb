"""Parsing of the old option letters."""

from __future__ import annotations

import getopt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vhost.errors import UsageError

_LONG = {"help": "-h", "version": "-V"}
"""What every old name takes by its long name as well."""


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

    `--help` and `--version` come as `-h` and `-V`.

    Raises `UsageError` for an unknown option or one that lacks its value.
    """
    split = [
        word for argument in arguments for word in (argument.split(None, 1) if argument.startswith("-") else [argument])
    ]
    if optional:
        split = _completed(split, letters, optional)
    try:
        options, rest = getopt.getopt(split, letters, [*words, *_LONG])
    except getopt.GetoptError as error:
        raise UsageError(program, str(error), f"see {program} -h") from error
    return [(_LONG.get(name.removeprefix("--"), name), value) for name, value in options], rest


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
