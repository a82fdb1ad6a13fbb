r"""YAML: a list of mappings, of the subset that YAML 1.1, 1.2 and JSON read alike.

- label: "tst203"
  vram: 1024
  tcp: null

Text is always quoted: no value can become a number, a date, a boolean or a mark of YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

_encode = json.JSONEncoder(ensure_ascii=False).encode
_UNPRINTABLE = re.compile("[\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")


def yaml_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the list; without a row it is `[]`."""
    heads = [f"{'  ' if place else '- '}{column}: " for place, column in enumerate(columns)]
    empty = True
    for row in rows:
        empty = False
        yield "\n".join(f"{head}{_scalar(value)}" for head, value in zip(heads, row, strict=True))
    if empty:
        yield "[]"


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    text = _encode(value)
    return text if text.isascii() and "\x7f" not in text else _UNPRINTABLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
