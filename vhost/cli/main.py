"""`vhost`: every command by its long name."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from vhost import __version__
from vhost.cli import (
    acting_commands,
    auditing,
    changes,
    completing,
    databases,
    doctoring,
    enumerate_,
    exporting,
    grouping,
    live,
    macmap_commands,
    macro_commands,
    monitor,
    ping_commands,
    querying,
    reporting,
    resolving,
    scanning,
    sessions,
    surveying,
)
from vhost.cli.outcome import INTERRUPTED, guarded, show
from vhost.errors import UsageError

app = typer.Typer(
    name="vhost",
    help="Which machine is this, and is it the only one? Scans what the world says about machines and answers queries.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.add_typer(scanning.app, name="scan")
app.add_typer(databases.app, name="db")
app.add_typer(macro_commands.app, name="macros")
app.add_typer(grouping.app, name="groups")
app.add_typer(macmap_commands.app, name="macmap")
app.add_typer(exporting.app, name="export")
app.command("audit")(auditing.audit)
app.command("ping", epilog=ping_commands.EPILOG)(ping_commands.ping)
app.command("query", context_settings={"ignore_unknown_options": False})(querying.query)
app.command("diff")(changes.diff)
app.command("history")(changes.history)
app.command("resolve")(resolving.resolve)
app.command("machine")(resolving.machine)
app.command("sql")(reporting.sql)
app.command("report")(reporting.report)
scanning.app.command("live")(live.scan_live)
app.command("create")(acting_commands.create)
app.command("cancel")(acting_commands.cancel)
for _name, _command in acting_commands.SYNONYMS.items():
    app.command(_name)(_command)
app.command("list")(live.list_)
app.command("sessions")(sessions.sessions)
app.command("show")(surveying.show)
app.command("info")(surveying.info)
app.command("doctor")(doctoring.doctor)
app.command("qmp")(monitor.qmp)
app.command("wake")(monitor.wake)
app.command("log")(monitor.log)
app.command("enumerate")(enumerate_.enumerate_)
app.command("completion")(completing.completion)

_CLICK_ERROR: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - how typer calls it
    if wanted:
        sys.stdout.write(f"vhost (vhost-toolkit) {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Which machine is this, and is it the only one? Scans what the world says about machines, answers queries."""


def main() -> None:
    """Run `vhost`."""
    guarded(_run)


def _run() -> int:
    try:
        code = int(app(standalone_mode=False) or 0)
    except _CLICK_ERROR as error:
        return _misused(error)
    except typer.Abort:
        raise KeyboardInterrupt from None
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
