"""The value of a literal expression in a Xen configuration; nothing is executed.

    'phy:/dev/vg/' + name + ',xvda,w'

A literal is a string, a number, a list or a dictionary, or is made of literals and of names with
known values by `+`, `-`, `*` or a plain `%`. All results are bounded in size.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

Value: TypeAlias = "str | int | list[Value] | dict[str, Value]"

LONGEST = 65_536
"""Characters of a string that an expression may add up to."""

MOST_ITEMS = 4096
"""Items of a list that an expression may add up to."""

LONGEST_TEMPLATE = 1024
"""Characters of a string that `%` may fill in."""

DEEPEST = 60
"""Nested expressions beyond this depth are no literal."""

_FORMAT = re.compile(r"(?:[^%]|%(?:0?[1-9])?[sdi]|%%)*+")


class NotLiteralError(Exception):
    """Only running the code would tell."""


class Literal:
    """Reads one expression; afterwards `skipped` tells whether items of a list were left out."""

    def __init__(self, known: Mapping[str, Value], partial: AbstractSet[str]) -> None:
        self.known, self.partial = known, partial
        self.skipped = False

    def value(self, node: ast.expr, depth: int = 0) -> Value:
        """Return the value of an expression. Raises `NotLiteralError` if only code could tell."""
        if depth > DEEPEST:
            raise NotLiteralError
        match node:
            case ast.Constant(value=int() | str() as constant):
                return int(constant) if isinstance(constant, bool) else constant
            case ast.Name(id=name) if name in self.known:
                self.skipped |= name in self.partial
                return self.known[name]
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return list(self._items(items, depth))
            case ast.Dict():
                return self._mapping(node, depth)
        return self._operation(node, depth)

    def _operation(self, node: ast.expr, depth: int) -> Value:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return _product(-1, self.value(inner, depth + 1))
            case ast.BinOp(left=left, op=operator, right=right):
                return _combined(operator, self.value(left, depth + 1), self.value(right, depth + 1))
        raise NotLiteralError

    def _mapping(self, node: ast.Dict, depth: int) -> Value:
        pairs = zip(node.keys, node.values, strict=True)
        return {str(self.value(key, depth + 1)): self.value(value, depth + 1) for key, value in pairs if key}

    def _items(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Value]:
        for node in nodes:
            try:
                yield self.value(node, depth + 1)
            except NotLiteralError:
                self.skipped = True


def _combined(operator: ast.operator, left: Value, right: Value) -> Value:
    match operator:
        case ast.Add():
            return added(left, right)
        case ast.Sub():
            return added(left, _product(-1, right))
        case ast.Mult():
            return _product(left, right)
        case ast.Mod():
            return _formatted(left, right)
    raise NotLiteralError


def added(left: Value, right: Value) -> Value:
    """Return `left + right` of two values of a kind. Raises `NotLiteralError` if they are not, or too large."""
    if isinstance(left, int) and isinstance(right, int):
        return _bounded(left + right)
    if isinstance(left, str) and isinstance(right, str) and len(left) + len(right) <= LONGEST:
        return left + right
    if isinstance(left, list) and isinstance(right, list) and len(left) + len(right) <= MOST_ITEMS:
        return left + right
    raise NotLiteralError


def _product(left: Value, right: Value) -> Value:
    if isinstance(left, int) and isinstance(right, int):
        return _bounded(left * right)
    raise NotLiteralError


def _bounded(number: int) -> int:
    if abs(number) >= 1 << 63:
        raise NotLiteralError
    return number


def _formatted(template: Value, value: Value) -> str:
    """Return `template % value` for `%s`, `%d` and `%i` with a width below ten."""
    parts = value if isinstance(value, list) else [value]
    if not isinstance(template, str) or len(template) > LONGEST_TEMPLATE or not _FORMAT.fullmatch(template):
        raise NotLiteralError
    if not all(isinstance(part, int) or (isinstance(part, str) and len(part) <= LONGEST) for part in parts):
        raise NotLiteralError
    if len(template) + sum(len(str(part)) for part in parts) > LONGEST:
        raise NotLiteralError
    try:
        return template % tuple(parts)
    except (TypeError, ValueError):
        raise NotLiteralError from None
