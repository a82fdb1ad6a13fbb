"""The statements of a Xen configuration, held against libxlutil: the parser that `xl` itself uses.

Needs the library of a Xen toolstack (Debian: libxenmisc4.17 or a later one); no hypervisor.
"""

from __future__ import annotations

import ctypes
import keyword
import os
import re
from ctypes.util import find_library
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanners import xen_devices
from scanners.xen_literal import Value
from scanners.xen_settings import read

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("VHOST_CORPUS", ROOT.parent / "shared" / "corpus"))
FILES = sorted(path for kind in ("xl", "xl-examples") for path in (CORPUS / kind).glob("*") if path.suffix != ".jsonl")

Said: TypeAlias = "bytes | list[bytes | None] | None"


def _library() -> ctypes.CDLL | None:
    names = [find_library("xlutil"), *(str(path) for path in Path("/usr/lib").glob("*/libxlutil.so.*"))]
    return ctypes.CDLL(next(filter(None, names))) if any(names) else None


XLU = _library()
LIBC = ctypes.CDLL(None)
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(XLU is None, reason="libxlutil is not installed (Debian: libxenmisc4.17)"),
]


class Oracle:
    """One configuration as libxlutil read it; `accepted` is False if it has a syntax error."""

    def __init__(self, library: ctypes.CDLL, data: bytes) -> None:
        library.xlu_cfg_init.restype = ctypes.c_void_p
        library.xlu_cfg_get_listitem.restype = ctypes.c_char_p
        LIBC.fopen.restype = ctypes.c_void_p
        self._report = ctypes.c_void_p(LIBC.fopen(b"/dev/null", b"w"))
        self._library = library
        self._cfg = ctypes.c_void_p(library.xlu_cfg_init(self._report, b"test"))
        self.accepted = library.xlu_cfg_readdata(self._cfg, data, len(data)) == 0

    def close(self) -> None:
        self._library.xlu_cfg_destroy(self._cfg)
        LIBC.fclose(self._report)

    def value(self, key: str) -> Said:
        text, items, count = ctypes.c_char_p(), ctypes.c_void_p(), ctypes.c_int()
        if self._library.xlu_cfg_get_string(self._cfg, key.encode(), ctypes.byref(text), 1) == 0:
            return text.value
        found = self._library.xlu_cfg_get_list(self._cfg, key.encode(), ctypes.byref(items), ctypes.byref(count), 1)
        return [self._library.xlu_cfg_get_listitem(items, at) for at in range(count.value)] if found == 0 else None

    def number(self, key: str) -> int | None:
        found = ctypes.c_long()
        failed = self._library.xlu_cfg_get_long(self._cfg, key.encode(), ctypes.byref(found), 1)
        return None if failed else found.value


def _asked(data: bytes, keys: set[str]) -> tuple[dict[str, Said], dict[str, int | None]] | None:
    """Return what libxlutil says of the keys: values, numbers; None if it refuses the text."""
    assert XLU is not None
    oracle = Oracle(XLU, data)
    try:
        if not oracle.accepted:
            return None
        return {key: oracle.value(key) for key in keys}, {key: oracle.number(key) for key in keys}
    finally:
        oracle.close()


def _spelled(value: Value | None) -> Said:
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, list):
        return [None if isinstance(item, list | dict) else os.fsencode(str(item)) for item in value]
    return os.fsencode(str(value))


def _compare(data: bytes) -> bool:
    """Compare all keys of a text; return False if libxlutil refuses it."""
    text = os.fsdecode(data)
    keys = set(re.findall(r"[a-z][_0-9a-z]*", text))
    asked = _asked(data, keys)
    if asked is None:
        return False
    values = read(text).values
    assert {key: _spelled(values.get(key)) for key in keys} == asked[0]
    atoms = {key for key in keys if not isinstance(values.get(key), list)}
    assert {key: xen_devices.number(values.get(key)) for key in atoms} == {key: asked[1][key] for key in atoms}
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_configuration_says_what_xl_reads_in_it(path: Path) -> None:
    assert _compare(path.read_bytes())


KEYS = st.from_regex(r"[a-z][_0-9a-z]{0,8}", fullmatch=True).filter(lambda key: not keyword.iskeyword(key))
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\0\n\\'\""), max_size=12)
ESCAPES = st.sampled_from(["\\\\", "\\'", '\\"', "\\n", "\\t", "\\a", "\\b", "\\f", "\\r", "\\v"])
BODIES = st.lists(st.one_of(PLAIN, ESCAPES), max_size=4).map("".join)
STRINGS = st.builds(lambda body, quote: f"{quote}{body}{quote}", BODIES, st.sampled_from("'\""))
NUMBERS = st.from_regex(r"0|[1-9][0-9]{0,8}|0x[0-9a-f]{1,6}|0[0-7]{1,6}|[0-9][0-9a-fx]{0,6}", fullmatch=True)
BLANKS = st.sampled_from(["", " ", "\t", "  "])
BREAKS = st.sampled_from(["", " ", "\n", " # x\n", "\n\n"])


def _list(items: list[str], broken: str, last: str) -> str:
    return "[" + broken + f",{broken}".join(items) + (last if items else "") + broken + "]"


LISTS = st.recursive(
    st.one_of(STRINGS, NUMBERS),
    lambda inner: st.builds(_list, st.lists(inner, max_size=4), BREAKS, st.sampled_from(["", ","])),
    max_leaves=8,
)
ASSIGNMENTS = st.builds(
    lambda key, blank, value, end: f"{blank}{key}{blank}={blank}{value}{blank}{end}",
    KEYS,
    BLANKS,
    st.one_of(STRINGS, NUMBERS, LISTS),
    st.sampled_from(["\n", ";", " # a comment\n", "\n\n"]),
)
ADDITIONS = st.builds("{0}=[{1}]\n{0} += [{2}]\n".format, KEYS, STRINGS, STRINGS) | st.builds(
    "{0}={1}\n{0}+={2}\n".format, KEYS, STRINGS, STRINGS
)
CONFIGURATIONS = st.lists(st.one_of(ASSIGNMENTS, ADDITIONS), max_size=8).map("".join)


@given(text=CONFIGURATIONS)
def test_a_configuration_of_every_syntax_says_what_xl_reads_in_it(text: str) -> None:
    assert _compare(text.encode())


@given(
    at=st.integers(min_value=0, max_value=2000),
    length=st.integers(min_value=0, max_value=6),
    new=st.text("'\"[]=;,#\n \\+abx019", max_size=4),
    which=st.integers(min_value=0, max_value=100),
)
def test_whatever_a_damaged_configuration_still_says_to_xl_it_says_to_us(
    at: int, length: int, new: str, which: int
) -> None:
    assume(FILES)
    text = FILES[which % len(FILES)].read_text()
    damaged = text[:at] + new + text[at + length :]
    # Its numeric escapes are broken: it drops the character; and it adds numbers as if they were strings.
    assume(not re.search(r"\\[0-9x]", damaged) and "+=" not in damaged)
    assume(not any(keyword.iskeyword(word) for word in re.findall(r"^\s*([a-z]+)\s*=", damaged, re.MULTILINE)))
    _compare(damaged.encode())
