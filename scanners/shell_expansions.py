"""What an expansion in a shell script stands for, as far as the text alone fixes it.

    $NAME  ${NAME}  ${NAME:-default}  ${ARGS[@]}    known where the variable is
    $1  $(hostname)  `date`  ${NAME%.*}             never known, and never run

Source: POSIX.1-2017, Shell Command Language, 2.6; arrays as in bash(1).
"""

from __future__ import annotations

import re

from scanners.shell_variables import UNKNOWN, Value, Variables

_HOP = re.compile(r"""[^'"\\(){}]+|'[^']*'?|"(?:[^"\\]|\\.)*+"?|\\?.""", re.DOTALL)
_BACKTICKED = re.compile(r"`(?:[^`\\]|\\.)*+`?", re.DOTALL)
_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_SPECIAL = re.compile(r"\$[0-9@*#?$!-]")
_PLAIN_BRACES = re.compile(r"\$\{([^{}\"'`\\]*)\}")
_BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([@*]|[0-9]{1,4})\])?(?P<otherwise>:?[-=?].*)?", re.DOTALL)


def expansion(text: str, start: int, variables: Variables) -> tuple[Value | None, int]:
    """Return the value of what begins with `$` or a backtick at `start`, None if unknown, and where it ends."""
    if name := _NAME.match(text, start):
        return _element(variables[name[1]], "0"), name.end()
    if text.startswith("${", start):
        plain = _PLAIN_BRACES.match(text, start)
        end = plain.end() if plain else closing(text, start + 2, "{}")
        return _braced(text[start + 2 : end - 1], variables), end
    if text.startswith("$(", start):
        return None, closing(text, start + 2, "()")
    other = _SPECIAL.match(text, start) or _BACKTICKED.match(text, start)
    return (None, other.end()) if other else (("$",), start + 1)


def closing(text: str, start: int, pair: str) -> int:
    """Return the place behind the bracket that closes the one before `start`, at worst the end of the text."""
    depth, at = 1, start
    while depth and (hop := _HOP.match(text, at)):
        at = hop.end()
        depth += (hop[0] == pair[0]) - (hop[0] == pair[1])
    return at


def _braced(inner: str, variables: Variables) -> Value | None:
    found = _BRACED.fullmatch(inner)
    value = variables[found[1]] if found else None
    if found is None or value is None or (found["otherwise"] and not any(value)):
        return None
    return value if found[2] in {"@", "*"} else _element(value, found[2] or "0")


def _element(value: Value | None, index: str) -> Value | None:
    """Return one element; behind an unknown one, which may be several, no number is certain."""
    number = int(index)
    if value is None or number >= len(value) or any(UNKNOWN in before for before in value[:number]):
        return None
    return value[number : number + 1]
