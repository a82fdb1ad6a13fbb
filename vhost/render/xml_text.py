"""XML: one document, an element for each machine and in it one for each column.

<machines xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <machine><label>tst203</label><tcp xsi:nil="true"/></machine>
</machines>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_SPECIAL = re.compile("[&<>\r\n\t]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    r"""Return the document. A character that XML cannot hold stands as its escape, `\x1b` or `\ufffe`."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<machines xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    for row in rows:
        yield f"  <machine>{''.join(map(_element, columns, row))}</machine>"
    yield "</machines>"


def _element(name: str, value: object) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    return f"<{name}>{text(value)}</{name}>"


def text(value: object) -> str:
    """Return a value as the content of an element."""
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    held = _FORBIDDEN.sub(lambda match: _escape(ord(match.group())), plain)
    return _SPECIAL.sub(lambda match: _NAMED[match.group()], held)


def attribute(value: str) -> str:
    """Return a value as that of an attribute, with its quotation marks."""
    return f'"{text(value).replace(chr(34), "&quot;")}"'


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}"
