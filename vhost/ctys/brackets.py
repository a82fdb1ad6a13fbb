"""Brackets and quotes: where they close, and the words between them.

    lab00'(-a create=f:"my path/x.conf" -Z KSU)'      lab00[tst100]

A backslash before a bracket or quote takes its meaning away.
"""

from __future__ import annotations

from collections.abc import Iterator

from vhost.ctys.words import Word

CLOSING = {"(": ")", "[": "]"}
_QUOTES = "\"'"


def closed(word: Word, start: int) -> int:
    """Return where the bracket closes that opens at `start`. Raises `UsageError` if it does not."""
    opening = word.text[start]
    closing, depth, at = CLOSING[opening], 0, start
    while at < len(word.text):
        char = word.text[at]
        if char == "\\":
            at += 1
        elif char in _QUOTES:
            at = _unquoted(word, at)
        elif char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
            if not depth:
                return at
        at += 1
    raise word.wrong(f"{opening!r} is never closed", f"add the {closing!r} that is missing", start)


def _unquoted(word: Word, start: int) -> int:
    """Return where the quote closes that opens at `start`."""
    end = word.text.find(word.text[start], start + 1)
    if end < 0:
        raise word.wrong(f"{word.text[start]} is never closed", "close the quote, or put a backslash before it", start)
    return end


def words(text: Word) -> Iterator[Word]:
    """Return the words between blanks as a shell would, without their quotes; backslashes stay.

    Raises `UsageError` for a quote that is not closed.
    """
    at = 0
    while at < len(text.text):
        if text.text[at].isspace():
            at += 1
            continue
        kept, end = _word(text, at)
        characters = "".join(text.text[place] for place in kept)
        yield Word(characters, [text.places[place] for place in kept], text.line, text.places[at])
        at = end


def _word(text: Word, at: int) -> tuple[list[int], int]:
    """Return which characters make the word that begins here, and where it ends."""
    kept: list[int] = []
    while at < len(text.text) and not text.text[at].isspace():
        if text.text[at] in _QUOTES:
            end = _unquoted(text, at)
            kept += range(at + 1, end)
            at = end + 1
        else:
            step = 2 if text.text[at] == "\\" and at + 1 < len(text.text) else 1
            kept += range(at, at + step)
            at += step
    return kept, at
