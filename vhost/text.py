r"""The one text form of values that a scan met, safe in a record, a terminal and a database.

A record is one line of fields between `;`. A value comes from a file that anybody may have
written, so what could split a record, forge one or steer a terminal is escaped, everywhere alike:

    ;  C0 controls  DEL  bytes that are not UTF-8    \xHH      (`\x3b`, `\x0a`, `\x1b`, `\xff`)
    C1 controls, line separators, bidi controls      \uHHHH    (`\u0085`, `\u2028`, `\u202e`)
    a backslash that would read as such an escape    \x5c

Any other backslash stays as it is, so that `C:\temp` and every value of an old file that holds no
control character come out as they were. `unescape(escape(v)) == v` for every value.
"""

from __future__ import annotations

import re

_HEX = r"(?:[01][0-9a-f]|3b|7f|[89a-f][0-9a-f])"
_WIDE = r"(?:00[89][0-9a-f]|061c|200[ef]|202[89a-e]|206[6-9])"
SEQUENCE = rf"(?:x{_HEX}|u{_WIDE})"
"""What stands behind the backslash of an escape, as a regular expression."""

_STEERING = "\x00-\x1f\x7f\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_UNSAFE = re.compile(rf"[;{_STEERING}]|\\(?=(?:x5c)*{SEQUENCE})")
_UNSHOWN = re.compile(f"[{_STEERING}]")
_ESCAPE = re.compile(rf"\\(?:(x5c)(?=(?:x5c)*{SEQUENCE})|x({_HEX})|u({_WIDE}))")


def escape(value: str) -> str:
    r"""Return the value as it may stand in a record.

    `value` is text whose undecodable bytes are surrogates, as `os.fsdecode` makes them.
    """
    if _UNSAFE.search(value) is None:
        return value
    return _UNSAFE.sub(lambda match: _escaped(match.group()), value)


def shown(value: str) -> str:
    """Return the value as it may stand on a terminal; escapes in it stay, as the values of a database have them."""
    return value if value.isprintable() else _UNSHOWN.sub(lambda match: _escaped(match.group()), value)


def unescape(text: str) -> str:
    """Return the value that `escape` was given, with surrogates for undecodable bytes."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:  # a lone surrogate that no byte stands for: nothing to give back
        return "\ufffd"
    return f"\\u{code:04x}" if code > 0x7F else f"\\x{code:02x}"


def _unescaped(match: re.Match[str]) -> str:
    backslash, narrow, wide = match.groups()
    if backslash:
        return "\\"
    code = int(narrow or wide, 16)
    return chr(0xDC00 + code) if narrow and code > 0x7F else chr(code)
