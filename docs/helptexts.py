"""The help texts: of every command of `vhost`, of every old name, and the examples in them."""

from __future__ import annotations

import io
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import typer

from vhost.cli.main import whole

ROOT = Path(__file__).resolve().parent.parent
_EXAMPLE = re.compile(r"(?:^Example: |: |, or: )((?:[a-z][^:]* \| )?(?:vhost|ctys[\w-]*) .+?)(?=, or: |\.?$)")
_SHELL = frozenset({"|", ">", ">>"})


class Command(NamedTuple):
    """One command of `vhost`: the words that call it, what the library made of it, its context."""

    path: str
    command: Any
    context: Any

    @property
    def text(self) -> str:
        """Return its description, with what stands below its options."""
        return "\n\n".join(filter(None, (self.command.help, self.command.epilog)))

    @property
    def parameters(self) -> list[Any]:
        """Return its arguments and options, those of the library as well."""
        return list(self.command.get_params(self.context))

    @property
    def nested(self) -> list[str]:
        """Return the names of the commands below it."""
        return sorted(getattr(self.command, "commands", {}))


def tree() -> Iterator[Command]:
    """Return `vhost` and every command below it."""
    yield from _below(typer.main.get_command(whole()), "vhost", None)


def _below(command: Any, path: str, parent: object) -> Iterator[Command]:  # noqa: ANN401 - of a library that types do not name
    context = command.make_context(path.rsplit(" ", 1)[-1], [], parent=parent, resilient_parsing=True)
    found = Command(path, command, context)
    yield found
    for name in found.nested:
        yield from _below(command.commands[name], f"{path} {name}", context)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each in one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def examples(text: str) -> list[str]:
    """Return the calls that a help text shows as examples."""
    return [found for paragraph in paragraphs(text) for found in _EXAMPLE.findall(paragraph)]


def own_words(example: str, program: str) -> list[str]:
    """Return the words behind the program's name in an example, without what the shell does before and behind."""
    lexer = shlex.shlex(example, posix=True, punctuation_chars="|>")
    lexer.whitespace_split = True
    words = list(lexer)
    begin = words.index(program) + 1
    end = next((at for at, word in enumerate(words) if at >= begin and word in _SHELL), len(words))
    return words[begin:end]


def doors() -> dict[str, Callable[[], None]]:
    """Return the old names with what they run, as the package installs them."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    places = {name: place.split(":") for name, place in scripts.items() if name != "vhost"}
    return {name: getattr(import_module(module), attribute) for name, (module, attribute) in sorted(places.items())}


def door_text(name: str) -> str:
    """Return the help text of an old name."""
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with patch.object(sys, "argv", [name, "-h"]), redirect_stdout(printed):
        try:
            doors()[name]()
        except SystemExit as ended:
            if ended.code:
                raise
    printed.seek(0)
    return printed.read()


def door_examples(name: str) -> list[str]:
    """Return the calls that the help text of an old name shows."""
    return [found for line in door_text(name).splitlines() if line.startswith("Example: ") for found in examples(line)]
