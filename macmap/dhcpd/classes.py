"""Classes and subclasses: what they match, checked as far as dhcpd itself would refuse it.

class "pxe" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient"; }
subclass "allocated" 1:08:00:2b:4c:39:ad { option host-name "x"; }

What an expression is (boolean, data, constant) is told from its words; none is evaluated.
"""

from __future__ import annotations

import re
from typing import Final

from macmap.dhcpd.context import Block, Context, shown
from macmap.dhcpd.tokens import OPEN, STRING, WORD, Token, value

_HEX: Final = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{1,2})*", re.IGNORECASE)
_COMPARED: Final = frozenset({"=", "!=", "~=", "~~"})
_BOOLEAN: Final = _COMPARED | {"and", "or", "not", "exists", "known", "static", "check"}
_FUNCTIONS = (
    "option substring suffix concat hardware packet lcase ucase encode-int encode-hex binary-to-ascii pick-first-value"
    " pick host-decl-name leased-address config-option reverse gethostbyname client-state filename server-name null"
    " extract-int lease-time v6relay"
)
_DATA: Final = frozenset(_FUNCTIONS.split())


def opened(context: Context, words: list[Token], line: int) -> Block:
    """Return the block of a class."""
    keyword = words[0].text.lower()
    if keyword != "class":
        context.expected(line, f"'class' expected: {keyword} is obsolete")
    if len(words) != 2:
        context.expected(line, f"the name of the class and '{{' expected, not {shown(words[1:])}")
    name = value(words[1]) if len(words) > 1 else ""
    context.classes.setdefault(name, False)
    return Block("class", line, name)


def subclass(context: Context, words: list[Token], line: int) -> Block:
    """Return the block of a subclass; its class and what it selects are checked."""
    if len(words) < 2:
        context.expected(line, "the name of a class expected after subclass")
        return Block("class", line)
    name = value(words[1])
    context.needed("class", name, words[1].line)
    if not _is_literal(words[2:]):
        context.expected(line, f"a string or hex digits expected after subclass {name!r}, not {shown(words[2:])}")
    return Block("class", line, name)


def match(context: Context, words: list[Token]) -> None:
    """Check `match EXPRESSION` and `match if EXPRESSION` of a class."""
    conditional = len(words) > 1 and words[1].text.lower() == "if"
    _match_if(context, words) if conditional else _match_data(context, words)


def _match_if(context: Context, words: list[Token]) -> None:
    line, expression = words[0].line, _bare(words[2:])
    if context.block.count("match if") > 1:
        context.expected(line, "only one 'match if' expected in a class")
    if not expression or _is_data(expression):
        context.expected(line, f"a boolean expression expected, not {shown(expression)}")
    elif _is_constant(expression):
        context.expected(line, f"an expression that depends on the client expected, not {shown(expression)}")


def _match_data(context: Context, words: list[Token]) -> None:
    line, expression = words[0].line, _bare(words[1:])
    _once(context, line)
    if not expression or _is_boolean(expression):
        context.expected(line, f"a data expression expected, not {shown(expression)}")
    elif _is_literal(expression):
        context.expected(line, f"an expression that depends on the client expected, not {shown(expression)}")


def spawn(context: Context, words: list[Token]) -> None:
    """Check `spawn with EXPRESSION` of a class."""
    _once(context, words[0].line)
    if len(words) < 3 or words[1].text.lower() != "with":
        context.expected(words[0].line, "'with' and an expression expected after spawn")


def _once(context: Context, line: int) -> None:
    """Note that the class has subclasses, and that nothing else said how they are matched."""
    context.classes[context.block.name] = True
    if context.block.count("submatch") > 1:
        context.expected(line, "only one 'match' or 'spawn with' expected in a class")


def _bare(words: list[Token]) -> list[Token]:
    """Return an expression without parentheses around the whole of it."""
    first, last = 0, len(words)
    closing = _partners(words)
    while first < last and words[first].text == "(" and closing.get(first) == last - 1:
        first, last = first + 1, last - 1
    return words[first:last]


def _partners(words: list[Token]) -> dict[int, int]:
    found: dict[int, int] = {}
    opened_at: list[int] = []
    for position, word in enumerate(words):
        if word.kind != STRING and word.text == "(":
            opened_at.append(position)
        elif word.kind != STRING and word.text == ")" and opened_at:
            found[opened_at.pop()] = position
    return found


def _outermost(words: list[Token]) -> list[str]:
    """Return the words that stand in no parentheses, strings left out."""
    depth, found = 0, []
    for word in words:
        if word.kind in {STRING, OPEN}:
            continue
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0:
            found.append(word.text.lower())
    return found


def _is_boolean(words: list[Token]) -> bool:
    return not _BOOLEAN.isdisjoint(_outermost(words))


def _is_data(words: list[Token]) -> bool:
    return not _is_boolean(words) and (words[0].text.lower() in _DATA or _is_literal(words))


def _is_constant(words: list[Token]) -> bool:
    """Tell whether an expression compares two literals."""
    at = [position for position, word in enumerate(words) if word.kind != STRING and word.text in _COMPARED]
    return len(at) == 1 and _is_literal(words[: at[0]]) and _is_literal(words[at[0] + 1 :])


def _is_literal(words: list[Token]) -> bool:
    if len(words) == 1 and words[0].kind in {STRING, OPEN}:
        return True
    return bool(words) and all(word.kind == WORD for word in words) and bool(_HEX.fullmatch(_joined(words)))


def _joined(words: list[Token]) -> str:
    return "".join(word.text for word in words)


def undeclared(context: Context, name: str) -> str | None:
    """Return what is wrong with a name that a subclass uses; None if its class can have subclasses."""
    if name not in context.classes:
        return f"a declared class expected, there is none named {name!r}"
    if not context.classes[name]:
        return f"a class with 'match' or 'spawn with' expected, {name!r} has neither"
    return None
