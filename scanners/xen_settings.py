"""What an xl or xm configuration assigns, as far as it stands there literally.

    name = "tst100"; memory = 512

Nothing is executed. Old xm files are Python programs; of those count the assignments at the top
level whose value is a literal, or is made of literals and of names with such values by `+`, `-`,
`*` or a plain `%`. What code decides (`if`, `for`, a call) is undecided, not guessed.
Sources: xl.cfg(5), xmdomain.cfg(5), the example configurations of both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanners.config import Problem
from scanners.xen_literal import Literal, NotLiteralError, Value, added
from scanners.xen_statements import Statement, statements

MOST_STATEMENTS = 5000
"""Statements of a file beyond this number are not read."""

_OPENS = frozenset({"if", "for", "while", "def", "class", "try", "with", "async"})
_CONTINUES = {"elif": "if 1: pass\n", "else": "if 1: pass\n", "except": "try: pass\n", "finally": "try: pass\n"}
_LOCAL = frozenset({"def", "class"})
_PYTHON_2 = frozenset({"print", "exec", "raise"})
_HEAD = re.compile(r"\w+|@?")
_TARGET = re.compile(r"([^\W\d]\w*)\s*[-+*/%]?=(?!=)")


@dataclass(slots=True)
class Settings:
    """The literal values of a file by name, and what else was met on the way."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """The line that decides a name, whether to a literal value or not."""
    partial: set[str] = field(default_factory=set)
    """Lists of which some items are not literal; those are missing in `values`."""
    unreadable: list[Problem] = field(default_factory=list)
    code: bool = False
    """There are statements that only a Python program has."""
    strange: int = 0
    """Statements that neither assign nor do anything."""

    def decide(self, name: str, value: Value, line: int, *, whole: bool = True) -> None:
        """Set a name to a literal value; `whole` is False for a list that lacks items."""
        self.values[name], self.lines[name] = value, line
        (self.partial.discard if whole else self.partial.add)(name)

    def forget(self, name: str, line: int) -> None:
        """Leave a name undecided, whatever it was before."""
        self.values.pop(name, None)
        self.partial.discard(name)
        self.lines[name] = line

    @property
    def undecided(self) -> dict[str, int]:
        """Return the names that code decides, wholly or in part, with their lines."""
        return {n: line for n, line in self.lines.items() if n not in self.values or n in self.partial}


def read(text: str) -> Settings:
    """Return what the text assigns; empty if it assigns nothing."""
    found = Settings()
    header: Statement | None = None
    for count, statement in enumerate(statements(text)):
        if count >= MOST_STATEMENTS:
            found.unreadable.append(Problem(line=statement.line, problem="too many statements; the rest is not read"))
            break
        head = _head(statement)
        if header and (statement.behind or statement.column > header.column or head in _CONTINUES):
            _inside(found, statement, _head(header))
            continue
        header = statement if head in _OPENS else None
        found.code |= head in _OPENS or head == "@"
        if header:
            _inside(found, statement, head)
        elif head != "@":
            _top(found, statement, head)
    return found


def _head(statement: Statement) -> str:
    return statement.plain[0] if statement.plain else (_HEAD.match(statement.source) or [""])[0]


def _parsed(source: str) -> list[ast.stmt] | None:
    """Return the statements of a line, None if it is no Python or too deep to be sane."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last is how the parser says "too deep"
        return None


def _inside(found: Settings, statement: Statement, opener: str) -> None:
    """Forget what a block assigns: whether and how often it runs is not written there."""
    if opener in _LOCAL and _head(statement) != "global":
        return
    source = _CONTINUES.get(_head(statement), "") + statement.source
    parsed = _parsed(source + (" pass" if source.endswith(":") else ""))
    for name in _names(parsed) if parsed else _TARGET.findall(statement.source):
        found.forget(name, statement.line)


def _names(body: Sequence[ast.stmt]) -> Iterator[str]:
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def _top(found: Settings, statement: Statement, head: str) -> None:
    if statement.plain:
        name, value = statement.plain
        found.decide(name, list(value) if isinstance(value, list) else value, statement.line)
        return
    parsed = None if statement.broken else _parsed(statement.source)
    if parsed is None and head in _PYTHON_2:
        found.code = True
    elif parsed is None:
        if assigned := _TARGET.match(statement.source):
            found.forget(assigned.group(1), statement.line)
        found.unreadable.append(Problem(line=statement.line, problem=statement.broken or "not readable as a setting"))
    for node in parsed or ():
        _statement(found, node, statement.line)


def _statement(found: Settings, node: ast.stmt, line: int) -> None:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            _assign(found, target, node.value, line)
    elif isinstance(node, ast.AugAssign):
        _augment(found, node, line)
    elif isinstance(node, ast.Expr):
        _expression(found, node.value, line)
    else:
        found.code = True
        for name in _names([node]):
            found.forget(name, line)


def _assign(found: Settings, target: ast.expr, value: ast.expr, line: int) -> None:
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = list(zip(target.elts, value.elts, strict=True))
    for to, what in pairs:
        if isinstance(to, ast.Name):
            _decide(found, to.id, what, line)
        elif isinstance(to, ast.Tuple | ast.List):
            for name in _names([ast.Expr(to)]):
                found.forget(name, line)


def _decide(found: Settings, name: str, node: ast.expr, line: int, before: Value | None = None) -> None:
    """Give the name its value, added to `before` if there is one; forget it if that is not literal."""
    reader = Literal(found.values, found.partial)
    try:
        value = reader.value(node)
        value = value if before is None else added(before, value)
    except NotLiteralError:
        found.forget(name, line)
    else:
        found.decide(name, value, line, whole=not reader.skipped)


def _augment(found: Settings, node: ast.AugAssign, line: int) -> None:
    """Add to a name; to one that is not there, xl simply assigns."""
    if not isinstance(node.target, ast.Name):
        return
    name = node.target.id
    known = name in found.values or name not in found.lines
    if isinstance(node.op, ast.Add) and known and name not in found.partial:
        _decide(found, name, node.value, line, found.values.get(name))
    else:
        found.forget(name, line)


def _expression(found: Settings, node: ast.expr, line: int) -> None:
    """Follow `NAME.append(literal)`; any other call is code, any other expression strange."""
    if not isinstance(node, ast.Call):
        found.strange += not (isinstance(node, ast.Constant) and isinstance(node.value, str))
        return
    found.code = True
    method = node.func
    if not (isinstance(method, ast.Attribute) and isinstance(method.value, ast.Name) and len(node.args) == 1):
        return
    name, before = method.value.id, found.values.get(method.value.id)
    what: dict[str, ast.expr] = {"append": ast.List(list(node.args)), "extend": node.args[0]}
    if method.attr in what and isinstance(before, list):
        was_partial = name in found.partial
        _decide(found, name, what[method.attr], line, before)
        if was_partial and name in found.values:
            found.partial.add(name)
