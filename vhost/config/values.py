"""Values of keys: what TOML says of one, as the program takes it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from vhost.collisions.limits import age
from vhost.config.keys import FORMS, Key
from vhost.home import expanded

Value = str | tuple[str, ...] | timedelta | int | float | bool
"""What a key holds: `text` and `path` a string, `texts` and `paths` a tuple, `age` a timedelta."""


class Wrong(Exception):
    """A value does not fit its key: what it would have to be."""


def value(key: Key, given: object, folder: Path) -> Value:
    """Return the value of a key; relative paths are below `folder`. Raises `Wrong`."""
    match key.form:
        case "flag" if isinstance(given, bool):
            return given
        case "number" if isinstance(given, int | float) and not isinstance(given, bool):
            return _number(key, given)
        case "age" if isinstance(given, str) and (span := age(given)) is not None:
            return span
        case "text" if _is_text(given):
            return _chosen(key, str(given))
        case "path" if _is_text(given):
            return path(str(given), folder)
        case "texts" | "paths":
            return tuple(_one(key, text, folder) for text in _listed(key, given))
        case _:
            raise Wrong(f"must be {FORMS[key.form]}")


def path(text: str, folder: Path) -> str:
    """Return an absolute path; `~` is the home of the user. Links stay as they are written."""
    return os.path.abspath(folder / expanded(text))  # noqa: PTH100 - as the docstring says


def _is_text(given: object) -> bool:
    return isinstance(given, str) and bool(given.strip()) and "\0" not in given


def _listed(key: Key, given: object) -> list[str]:
    listed = given if isinstance(given, list) else [given]
    if not all(map(_is_text, listed)):
        raise Wrong(f"must be {FORMS[key.form]}")
    return [str(text) for text in listed]


def _one(key: Key, text: str, folder: Path) -> str:
    return path(text, folder) if key.form == "paths" else _chosen(key, text)


def _chosen(key: Key, text: str) -> str:
    if key.choices and text.upper() not in key.choices:
        raise Wrong(f"{text[:80]!r} is none of {', '.join(key.choices)}")
    return text.upper() if key.choices else text


def _number(key: Key, given: float) -> float:
    if not key.least <= given <= key.most:
        raise Wrong(f"must be {key.least:g} to {key.most:g}")
    return given
