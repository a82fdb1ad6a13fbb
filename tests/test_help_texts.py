"""Every command says what it does, what each option means, and shows a call that can be made as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import pytest

from docs.helptexts import door_examples, doors, examples, own_words, tree
from tests.commands import rows, run
from vhost import __version__
from vhost.cli import letters
from vhost.cli.commands import COMMANDS as TABLE
from vhost.cli.ctys_door import _parsed

COMMANDS = list(tree())
MODULES = {
    "ctys-dnsutil": "dns_door",
    "ctys-extractARPlst": "arp_door",
    "ctys-extractMAClst": "macmap_door",
    "ctys-groups": "groups_door",
    "ctys-macmap": "macmap_door",
    "ctys-macros": "macros_door",
    "ctys-vdbgen": "vdbgen_door",
    "ctys-vhost": "vhost_door",
    "ctys-vping": "ping_door",
}


def called(example: str) -> str:
    return str(parse(own_words(example, "vhost")).command_path)


def parse(words: Sequence[str]) -> Any:  # noqa: ANN401 - of a library that types do not name
    """Return the context of the command that a call of `vhost` reaches, its words parsed and nothing run."""
    command, context, rest = COMMANDS[0].command, None, list(words)
    name = "vhost"
    while True:
        context = command.make_context(name, rest, parent=context)
        further = [*context._protected_args, *context.args] if hasattr(command, "commands") else []
        if not further:
            return context
        name, command, rest = command.resolve_command(context, further)


def test_every_command_says_what_it_does() -> None:
    assert len(COMMANDS) > len(TABLE)
    assert [one.path for one in COMMANDS if not (one.command.help or "").split("\n")[0]] == []


def test_every_argument_and_option_has_a_help_text() -> None:
    assert [(one.path, each.name) for one in COMMANDS for each in one.parameters if not each.help] == []


def test_every_command_has_an_example() -> None:
    assert [one.path for one in COMMANDS if not examples(one.text)] == []


def test_every_example_parses_and_calls_its_command() -> None:
    shown = [(one.path, example) for one in COMMANDS for example in examples(one.text)]
    assert [pair for pair in shown if not f"{called(pair[1])} ".startswith(f"{pair[0]} ")] == []


def test_an_example_that_would_fail_is_noticed() -> None:
    with pytest.raises(Exception, match="No such option: --fromat"):
        parse(["query", "--fromat", "json"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Does it.\n\nExample: vhost ping a, or: vhost ping --ssh b", ["vhost ping a", "vhost ping --ssh b"]),
        ("Does it: vhost resolve l:a --on\nb.", ["vhost resolve l:a --on b"]),
        ("Does it.\n\nExample: ip -j neigh | vhost macmap import -", ["ip -j neigh | vhost macmap import -"]),
        ("What `vhost` does.", []),
    ],
)
def test_examples_are_found_in_a_text(text: str, expected: list[str]) -> None:
    assert examples(text) == expected


def test_what_the_shell_does_is_no_part_of_a_call() -> None:
    assert own_words("a | vhost export graphviz 'x|y' | dot -Tsvg > e", "vhost") == ["export", "graphviz", "x|y"]


class Parsed(Exception):
    """The words of a door were understood."""


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_an_old_name_parse(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(*arguments: Any, **more: Any) -> NoReturn:
        letters.parsed(*arguments, **more)
        raise Parsed

    module = import_module(f"vhost.cli.{MODULES[name]}")
    shown = door_examples(name)
    monkeypatch.setattr(module, "parsed", parsed)
    assert shown
    for example in shown:
        door = getattr(module, {"ctys-macmap": "run_query", "ctys-extractMAClst": "run_extract"}.get(name, "run"))
        with pytest.raises(Parsed):
            door(own_words(example, name))


def test_the_example_of_ctys_parses() -> None:
    (shown,) = door_examples("ctys")
    assert [target.host for target in _parsed(own_words(shown, "ctys")).targets] == ["lab00"]


def test_every_old_name_is_among_those() -> None:
    assert set(doors()) == {*MODULES, "ctys"}


@pytest.mark.parametrize("name", ["vhost", *doors()])
def test_every_name_tells_its_version(name: str) -> None:
    assert rows(run(name, "--version")) == [f"{name} (vhost-toolkit) {__version__}"]
