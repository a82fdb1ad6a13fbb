"""`vhost`: every command by its long name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from vhost import __version__
from vhost.cli.commands import COMMANDS, Command
from vhost.cli.ending import INTERRUPTED
from vhost.cli.outcome import guarded, show
from vhost.cli.using import Config, use
from vhost.errors import UsageError
from vhost.home import NOWHERE, home

_HELP = "Which machine is this, and is it the only one? Scans what the world says about machines, answers queries."
_EXAMPLE = "Example: vhost scan tree /etc/xen"

_COMPLETES = "_VHOST_COMPLETE"
"""The variable by which a shell asks for completions."""

_CLICK_ERROR: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - how typer calls it
    if wanted:
        show([f"vhost (vhost-toolkit) {__version__}"])
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
    config: Config = None,
) -> None:
    """Show which machine is meant, and whether it is the only one."""
    del version  # its callback has shown it
    use(config)


def whole() -> typer.Typer:
    """Return `vhost` with all its commands, for completion and for the pages of docs/."""
    return _program(COMMANDS, _add)


def _called(arguments: Sequence[str]) -> typer.Typer:
    """Return what a call needs: the command that it names, or else the list of all of them."""
    skipped = {at + 1 for at, argument in enumerate(arguments) if argument == "--config"}
    words = (at for at, argument in enumerate(arguments) if not argument.startswith("-") and at not in skipped)
    at = next(words, None)
    name = None if at is None or {"-h", "--help"} & set(arguments[:at]) else arguments[at]
    named = [command for command in COMMANDS if command.name == name]
    return _program(named, _add) if named else _program(COMMANDS, _list)


def _program(commands: Sequence[Command], add: Callable[[typer.Typer, Command], None]) -> typer.Typer:
    app = typer.Typer(
        name="vhost",
        help=f"{_HELP}\n\n{_EXAMPLE}",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_options)
    for command in commands:
        add(app, command)
    return app


def _add(app: typer.Typer, command: Command) -> None:
    module = import_module(f"vhost.cli.{command.module}")
    found: Any = getattr(module, command.attribute)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=command.name)
    else:
        function = found[command.name] if isinstance(found, dict) else found
        app.command(command.name, epilog=getattr(module, "EPILOG", None))(function)


def _list(app: typer.Typer, command: Command) -> None:
    app.command(command.name, help=command.help)(lambda: None)


def main() -> None:
    """Run `vhost`."""
    guarded(_run)


def _run() -> int:
    if "--install-completion" in sys.argv and home() == NOWHERE:
        raise UsageError("--install-completion", "nobody knows where the home of this user is", "set HOME")
    try:
        app = whole() if _COMPLETES in os.environ else _called(sys.argv[1:])
        code = int(app(standalone_mode=False) or 0)
    except _CLICK_ERROR as error:
        return _misused(error)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit as end:  # typer ends with 1 where the reader of stdout has gone
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        raise
    if code == INTERRUPTED:  # typer swallows Ctrl-C without a word
        raise KeyboardInterrupt
    return code


def _misused(error: Any) -> int:  # noqa: ANN401 - typer does not export the type
    """Show the help of a command that was called bare; raise `UsageError` for any other mistake."""
    command = error.ctx.command_path if error.ctx else "vhost"
    message = error.format_message().rstrip(".")
    if type(error).__name__ == "NoArgsIsHelpError":
        show([error.ctx.get_help()])
        return 0
    raise UsageError(
        command, message.replace("\n", " ") or "an argument is missing", f"see {command} --help"
    ) from error
