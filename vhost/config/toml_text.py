"""Reads TOML that anybody may have written: what the parser of Python takes minutes for, or fails on, is refused."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

_DEEPEST: Final = 64
"""The parts of a dotted key that are read; the parser takes time and memory by the square of their number."""

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP = re.compile(rf"(?<![\w.\"'-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{_DEEPEST}}}")


class TooDeep(ValueError):
    """Tables, arrays or dotted keys are nested more deeply than anything that is meant."""


def document(text: str) -> dict[str, Any]:
    """Return what the text says. Raises `TooDeep`, or `ValueError` with the line where it is no TOML."""
    if _DEEP.search(text):
        raise TooDeep("is nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise TooDeep("is nested too deeply") from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise ValueError("a number is too large") from error
