"""ISC dhcpd.conf (dhcpd.conf(5), dhcp-options(5), dhcp-eval(5)): the hosts that it declares.

    host tst100 { hardware ethernet 00:50:56:13:11:40; fixed-address 192.168.1.220; }

Every host comes out, wherever it stands, also from a file that dhcpd would refuse; each bad spot is
named with its line and what was expected. Expressions and conditions are not evaluated. The parser
reads no file: `include "x";` is looked up among the texts that it is given, else handed back.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from macmap.dhcpd import classes, hosts, options, parameters, places
from macmap.dhcpd.blocks import NEEDS_BRACE, OPENERS, closed, unknown
from macmap.dhcpd.context import Block, Context, shown
from macmap.dhcpd.statements import LONGEST, Statement, statements
from macmap.dhcpd.tokens import MARK, OPEN, STRING, WORD, Token, value
from macmap.entry import MOST_PROBLEMS, MOST_REPEATED, Include, Parsed, Problem

__all__ = ["DEEPEST", "MOST_INCLUDES", "MOST_PROBLEMS", "parse"]

DEEPEST: Final = 200
"""How deep blocks may be nested; what stands deeper is not read."""

DEEPEST_INCLUDE: Final = 16
MOST_INCLUDES: Final = 1_000
"""How often includes are followed, counted over the whole text."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def parse(text: str, included: Mapping[str, str] = _NOTHING) -> Parsed:
    """Return the hosts that a dhcpd.conf declares, what is wrong with it, and the includes it still needs.

    `included` holds the texts of included files by their names as they are spelled. An include that
    is not there comes back in `includes`; a name that it could declare is then not called unknown.
    """
    context = Context(included)
    _read(context, text)
    if not context.includes:
        _resolve(context)
    if context.untold:
        context.problems.append(Problem(0, f"{context.untold} more problems are not listed"))
    return Parsed(
        tuple(context.entries),
        tuple(sorted(context.problems, key=lambda found: (found.line == 0, found.file, found.line))),
        tuple(context.includes),
    )


def _resolve(context: Context) -> None:
    """Note the names that are used and were declared nowhere."""
    for used in context.references:
        context.file = used.file
        check = classes.undeclared if used.kind == "class" else options.undeclared
        problem = check(context, used.name)
        if problem:
            context.expected(used.line, problem)


def _read(context: Context, text: str) -> None:
    """Read one file; blocks that it opens end with it at the latest."""
    base, ignored, line = len(context.stack), 0, 1
    for statement in statements(text):
        line = statement.line
        if ignored:
            ignored += (statement.end == "{") - (statement.end == "}")
        elif statement.end == "{" and len(context.stack) >= DEEPEST:
            context.expected(line, f"at most {DEEPEST} blocks in each other expected; this one is not read")
            ignored = 1
        else:
            _take(context, statement, base)
    while len(context.stack) > base:
        block = context.stack.pop()
        what = f"{block.kind} {block.name}".strip()
        context.expected(line, f"'}}' expected at the end: {what} of line {block.line} is still open")
        closed(context, block)


def _take(context: Context, statement: Statement, base: int) -> None:
    """Read one statement, and open or close the block that it ends with."""
    words, end, line, checked = statement
    block = None
    if words:
        if not checked:
            _check_words(context, statement)
        block = _dispatch(context, words, end)
    elif end == "{":
        block = unknown(context, words, line)
    if block is not None:
        context.stack.append(block)
    if end == "}":
        if len(context.stack) > base:
            closed(context, context.stack.pop())
        else:
            context.expected(line, "a declaration expected; '}' closes nothing")


def _check_words(context: Context, statement: Statement) -> None:
    words, end = statement.words, statement.end
    for word in words:
        if word.kind == OPEN:
            context.expected(word.line, f"'\"' expected at the end of {shown([word])}")
    marks = [word.text for word in words if word.kind == MARK]
    if marks.count("(") != marks.count(")"):
        context.expected(words[-1].line, f"as many ')' as '(' expected in {shown(words)}")
    if len(words) > LONGEST:
        context.expected(words[0].line, f"a statement of at most {LONGEST} words expected")
    elif end in {"", "}", "end"} and words[0].text.lower() not in NEEDS_BRACE:
        context.expected(words[-1].line, f"';' expected after {shown(words[-1:])}")


def _dispatch(context: Context, words: list[Token], end: str) -> Block | None:
    """Read the words of a statement; return the block that it opens, if any."""
    keyword, within = (words[0].text.lower() if words[0].kind != STRING else ""), context.stack[-1].kind
    allowed = places.ALLOWED.get(keyword)
    if allowed is not None and within not in allowed and (end == "{" or within != "opaque"):
        places.misplaced(context, keyword, words[0].line)
    if end == "{":
        return OPENERS.get(keyword, unknown)(context, words, words[0].line)
    if end == ":":
        parameters.label(context, words)
    elif within != "opaque" or keyword in NEEDS_BRACE:
        return _single(context, keyword, words, end)
    return None


def _single(context: Context, keyword: str, words: list[Token], end: str) -> Block | None:
    """Read a statement without a block; return the block of a declaration whose `{` was forgotten."""
    host = context.stack[-1].host
    if host is not None and keyword in hosts.PARAMETERS:
        hosts.PARAMETERS[keyword](context, host, words)
    elif keyword in NEEDS_BRACE:
        context.expected(words[-1].line, f"'{{' expected after {shown(words)}")
        return OPENERS[keyword](context, words, words[0].line) if end == "" else None
    elif keyword == "include":
        _include(context, words)
    elif keyword == "subclass":
        classes.subclass(context, words, words[0].line)
    else:
        _check(context, keyword, words)
    return None


def _check(context: Context, keyword: str, words: list[Token]) -> None:
    if keyword in options.RULES:
        options.RULES[keyword](context, words)
        options.hostname(context, words)
    elif keyword in parameters.RULES:
        parameters.RULES[keyword](context, words)
    elif keyword == "%":
        parameters.directive(context, words)
    elif keyword not in places.KNOWN and not _is_expression(words):
        context.expected(words[0].line, f"a parameter or declaration expected, not {shown(words)}")


def _is_expression(words: list[Token]) -> bool:
    """Tell whether a statement is a name or a call, as of a function that the file defines."""
    if words[0].kind != WORD or words[0].text[0].isdigit():
        return False
    return len(words) == 1 or words[1].text == "("


def _include(context: Context, words: list[Token]) -> None:
    """Read an included file in its place, or hand it back."""
    line, name = words[0].line, value(words[-1])
    if len(words) != 2 or words[1].kind != STRING or not name:
        context.expected(line, f"the name of a file in quotes expected after include, not {shown(words[1:])}")
    elif name in context.chain:
        context.expected(line, f"a file that does not include itself expected: {' -> '.join([*context.chain, name])}")
    elif len(context.chain) >= DEEPEST_INCLUDE or context.spliced >= MOST_INCLUDES:
        context.expected(
            line, f"at most {MOST_INCLUDES} includes, {DEEPEST_INCLUDE} deep, expected; {name!r} is not read"
        )
    elif name not in context.included:
        context.includes.append(Include(name, line, context.file))
    elif name in context.seen and context.repeated + len(context.included[name]) > MOST_REPEATED:
        context.expected(line, f"repeated includes of at most {MOST_REPEATED} bytes expected; {name!r} is not read")
    else:
        _splice(context, name)


def _splice(context: Context, name: str) -> None:
    file, chain = context.file, context.chain
    context.repeated += len(context.included[name]) if name in context.seen else 0
    context.seen.add(name)
    context.file, context.chain = name, (*chain, name)
    context.spliced += 1
    _read(context, context.included[name])
    context.file, context.chain = file, chain
