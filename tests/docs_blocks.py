"""The blocks of documentation pages: what a page shows of commands, and how they are to be called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCED = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^(?: {4}[^\n]*)?\n)+", re.MULTILINE)
_PROGRAMS = r"vhost|ctys[\w-]*|sudo|make|python3?|pip|ln|cp|mv|rm|export|eval|coproc|while|exec|#!/bin/sh"
_CALL = re.compile(rf"^(?:\$ |# )?(?:{_PROGRAMS})(?:\s|$)")


@dataclass(frozen=True)
class Block:
    """One block: what its fence says it is, empty for an indented one; its first line in the page; its text."""

    kind: str
    line: int
    text: str

    @property
    def calls(self) -> bool:
        """Tell whether it looks as if somebody should type it."""
        return any(_CALL.match(line) for line in self.text.splitlines())


@dataclass(frozen=True)
class Shown:
    """One command of a page, and the lines that the page says it prints."""

    line: int
    command: str
    expected: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Return the blocks of a page, the fenced ones first."""
    for found in _FENCED.finditer(text):
        yield Block(found[1], text[: found.start(2)].count("\n") + 1, found[2])
    rest = _FENCED.sub(lambda found: "\n" * found[0].count("\n"), text)
    for found in _INDENTED.finditer(rest):
        lines = [line.removeprefix("    ") for line in found[0].split("\n")]
        if any(lines):
            blank = next(at for at, line in enumerate(lines) if line)
            yield Block("", rest[: found.start()].count("\n") + 1 + blank, "\n".join(lines[blank:]).rstrip("\n"))


def commands(text: str) -> Iterator[Shown]:
    """Return the commands of the blocks that are fenced as `console`, in their order."""
    for block in blocks(text):
        if block.kind == "console":
            number = block.line
            for part in re.split(r"^(?=\$ )", block.text, flags=re.MULTILINE):
                if part.startswith("$ "):
                    command, rest = _split(part)
                    yield Shown(number, command, tuple(rest))
                number += part.count("\n")


def _split(part: str) -> tuple[str, list[str]]:
    """Return the command with the lines that go on with it, as bash prompts for them, and the lines below."""
    command, *lines = part[2:].rstrip("\n").split("\n")
    while lines and (lines[0].startswith("> ") or command.endswith("\\")):
        command = f"{command}\n{lines.pop(0).removeprefix('> ')}"
    return command, lines


def pattern(expected: tuple[str, ...]) -> str:
    """Return the expression for what has to be printed; `...` stands for any text in a line, alone for any lines."""

    def one(line: str) -> str:
        if line == "...":
            return r"(?:.*\n)*?"
        return ".*".join(map(re.escape, line.split("..."))) + r"\n"

    return "".join(map(one, expected))
