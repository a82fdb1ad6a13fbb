"""Option statements: declarations of options and spaces, and the form of values.

option space foo;      option foo.bar code 1 = { boolean, array of text };      option routers 10.5.5.1;

A name may be declared after it is used, and in another file: unknown ones are named at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from macmap.dhcpd import values
from macmap.dhcpd.context import Context, shown
from macmap.dhcpd.names import OPEN_SPACES, OPTIONS
from macmap.dhcpd.tokens import WORD, Token, value

_NUMBERED: Final = ("option-", "unknown-")
_SIMPLE: Final = {
    "boolean": "flag",
    "ip-address": "address",
    "ip6-address": "address6",
    "domain-name": "domain",
    "domain-list": "domains",
    "text": "text",
    "string": "bytes",
    "zerolen": "none",
}
_NO_ARRAY: Final = frozenset({"domain-list", "text", "string", "zerolen", "encapsulate"})
_ARRAYS: Final = {"number": "numbers", "address": "addresses", "address6": "addresses6"}
_WIDTHS: Final = frozenset({"8", "16", "32"})


def option(context: Context, words: list[Token]) -> None:
    """Check an `option` statement, and take what it declares."""
    line, rest = words[0].line, words[1:]
    if not rest or rest[0].kind != WORD:
        context.expected(line, f"the name of an option expected, not {shown(rest[:1])}")
    elif rest[0].text.lower() == "space" and len(rest) > 1:
        context.spaces.setdefault(rest[1].text.lower(), {})
    elif len(rest) > 1 and rest[1].text.lower() == "code" and rest[1].kind == WORD:
        _declared(context, rest)
    else:
        _given(context, rest)


def hostname(context: Context, words: list[Token]) -> None:
    """Take `option host-name "NAME"` of a host."""
    host = context.block.host
    if host is not None and len(words) == 3 and words[1].text.lower() in {"host-name", "dhcp.host-name"}:
        host.hostname = value(words[2]) or None


def named(context: Context, words: list[Token]) -> None:
    """Check a statement that names an option, as `supersede NAME VALUE`."""
    if len(words) < 2:
        context.expected(words[0].line, f"the name of an option expected after {words[0].text}")
    else:
        _kind(context, words[1])


def _split(name: str) -> tuple[str, str]:
    space, dot, rest = name.lower().partition(".")
    return (space, rest) if dot else ("dhcp", space)


def _kind(context: Context, name: Token) -> str:
    """Return the kind of value of an option, `other` if it is not known here."""
    space, option_name = _split(name.text)
    if space in OPEN_SPACES or option_name.startswith(_NUMBERED):
        return "other"
    own = context.spaces.get(space, {})
    kind = own.get(option_name) or OPTIONS.get(space, {}).get(option_name)
    if kind is None:
        context.needed("option", f"{space}.{option_name}", name.line)
    return kind or "other"


def undeclared(context: Context, full: str) -> str | None:
    """Return what is wrong with an option's name; None if it was declared somewhere."""
    space, name = full.split(".", 1)
    if space not in OPTIONS and space not in context.spaces:
        return f"a declared option space expected, there is none named {space[:40]!r}"
    if name not in context.spaces.get(space, {}):
        return f"a known option expected, there is none named {full[:60]!r}"
    return None


def _given(context: Context, words: list[Token]) -> None:
    wanted = values.unfit(_kind(context, words[0]), words[1:])
    if wanted:
        context.expected(words[0].line, f"{wanted} expected as {words[0].text[:40]}, not {shown(words[1:])}")


def _declared(context: Context, words: list[Token]) -> None:
    """Take `NAME code NUMBER = TYPE`."""
    texts = [word.text.lower() for word in words[2:]]
    if len(texts) < 3 or not texts[0].isdigit() or texts[1] != "=":
        context.expected(words[0].line, f"a number, '=' and a type expected after code, not {shown(words[2:])}")
        return
    kind, problem = _type(texts[2:])
    if problem:
        context.expected(words[0].line, f"{problem}, not {shown(words[4:])}")
    space, name = _split(words[0].text)
    context.spaces.setdefault(space, {})[name] = kind


def _type(texts: list[str]) -> tuple[str, str | None]:
    """Return the kind of value of a type, and what is wrong with it."""
    if texts[0] == "{":
        return "other", _record(texts[1:])
    kind, rest, problem = _array(texts) if texts[0] == "array" else _single(texts)
    return kind, problem or ("';' expected after the type" if rest else None)


def _record(texts: list[str]) -> str | None:
    """Return what is wrong with the types of a record."""
    if texts[-1:] != ["}"] or "{" in texts:
        return "types between '{' and '}' expected, without a record in the record"
    for member in " ".join(texts[:-1]).split(","):
        words = member.split() or [""]
        _, rest, problem = _array(words) if words[0] == "array" else _single(words)
        if problem or rest:
            return problem or "',' expected between the types of a record"
    return None


def _array(texts: list[str]) -> tuple[str, list[str], str | None]:
    if texts[1:2] != ["of"] or len(texts) < 3:
        return "other", [], "'of' and a type expected after array"
    if texts[2] in {"array", "{"}:
        if texts[2] == "{" and texts[-1] == "}":
            return "other", [], _record(texts[3:])
        return "other", [], "a type that is no array expected in an array"
    if texts[2] in _NO_ARRAY:
        return "other", [], f"a type of fixed length expected in an array, and {texts[2]} is none"
    kind, rest, problem = _single(texts[2:])
    return _ARRAYS.get(kind, "other"), rest, problem


def _single(texts: list[str]) -> tuple[str, list[str], str | None]:
    """Return the kind of value of the type that the words begin with, the words after it, and what is wrong."""
    word, rest = texts[0], texts[1:]
    if word in {"signed", "unsigned"}:
        word, rest = (rest[0] if rest else ""), rest[1:]
    if word == "integer":
        width = rest[0] if rest else ""
        return "number", rest[1:], None if width in _WIDTHS else "8, 16 or 32 expected after integer"
    if word == "encapsulate":
        return "other", rest[1:], None if rest else "an option space expected after encapsulate"
    if word == "domain-list" and rest[:1] == ["compressed"]:
        rest = rest[1:]
    kind = _SIMPLE.get(word)
    return kind or "other", rest, None if kind else "a type as text, boolean or ip-address expected"


RULES: Final[dict[str, Callable[[Context, list[Token]], None]]] = {
    "option": option,
    **dict.fromkeys(("send", "supersede", "append", "prepend", "default"), named),
}
"""What is checked of each statement that names an option."""
