"""`vhost create`, `vhost cancel`, and the same requests under the names that virsh gave them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli.live import Connection, Privileged
from vhost.cli.options import WEEK, Databases, finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vhost.act.request import Mode

Addresses = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ADDRESS...",
        help="Which machine: a label, or l:LABEL p:PATH u:UUID m:MAC t:IP f:PART-OF-PATH b:DIR, joined by commas.",
        show_default=False,
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        "-H",
        metavar="[USER@]HOST|GROUP",
        help="Where it is, or shall be; default: the hosts that see its configuration.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Skip the soft step.")]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        min=0,
        max=WEEK,
        callback=finite,
        metavar="SECONDS",
        help="How long to wait for a state.",
        show_default=False,
    ),
]
Dry = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would run, ready to paste; do nothing.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", "-C", help="Resolve among what is on the target now, not in the database.")
]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", "-k", help="Act on those that are proved, although others are not.")
]
Sequential = Annotated[bool, typer.Option("--sequential", help="One after the other, not side by side.")]
Self = Annotated[bool, typer.Option("--self", help="Allow to act on the machine that this runs on.")]
StateFile = Annotated[
    str | None,
    typer.Option(
        "--state-file", metavar="FILE", help="Its saved state; default: beside its configuration.", show_default=False
    ),
]


def create(  # noqa: PLR0913 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    db: Databases = None,
    *,
    force: Force = False,
    dry_run: Dry = False,
    no_cache: NoCache = False,
    keep_going: KeepGoing = False,
    sequential: Sequential = False,
) -> int:
    """Start machines that do not run: vhost create l:tst100 --on lab00 -Z SUDO."""
    options = _Options(
        on=on,
        privilege=privilege,
        connect=connect,
        timeout=timeout,
        db=db,
        force=force,
        dry=dry_run,
        no_cache=no_cache,
        keep_going=keep_going,
        sequential=sequential,
    )
    return _run(addresses, _mode("create"), options)


def cancel(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    mode: Annotated[
        str,
        typer.Option(
            "--mode",
            "-m",
            metavar="MODE",
            help="poweroff (asks it), poweroff:SECONDS (then destroys it), reboot, reset, pause, suspend, init:N.",
        ),
    ] = "poweroff",
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    state_file: StateFile = None,
    db: Databases = None,
    *,
    force: Force = False,
    self_: Self = False,
    dry_run: Dry = False,
    no_cache: NoCache = False,
    keep_going: KeepGoing = False,
    sequential: Sequential = False,
    all_: Annotated[bool, typer.Option("--all", help="Every guest that runs there; shown first, needs --yes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Confirm --all.")] = False,
) -> int:
    """Stop, reboot, pause or suspend machines: vhost cancel l:tst100 --on lab00 --mode poweroff:30."""
    options = _Options(
        on=on,
        privilege=privilege,
        connect=connect,
        timeout=timeout,
        db=db,
        force=force,
        dry=dry_run,
        no_cache=no_cache,
        keep_going=keep_going,
        sequential=sequential,
        whole=self_,
        every=all_,
        yes=yes,
        state_file=state_file,
    )
    return _run(addresses, _mode(mode), options)


def _same_as(words: str, text: str) -> Callable[..., int]:
    """Return the command that is `create` or a mode of `cancel` under the name that virsh gave it."""

    def command(  # noqa: PLR0913, PLR0917 - one argument for each option
        addresses: Addresses = None,
        on: On = None,
        privilege: Privileged = "NO",
        connect: Connection = None,
        timeout: Timeout = None,
        state_file: StateFile = None,
        db: Databases = None,
        *,
        dry_run: Dry = False,
        no_cache: NoCache = False,
        keep_going: KeepGoing = False,
    ) -> int:
        options = _Options(
            on=on,
            privilege=privilege,
            connect=connect,
            timeout=timeout,
            db=db,
            dry=dry_run,
            no_cache=no_cache,
            keep_going=keep_going,
            state_file=state_file,
        )
        return _run(addresses, _mode(words), options)

    command.__doc__ = text
    return command


SYNONYMS: dict[str, Callable[..., int]] = {
    "start": _same_as("create", "Start machines, as `create`: vhost start tst100 --on lab00."),
    "shutdown": _same_as("poweroff", "Ask machines to shut down, and never destroy one: vhost shutdown tst100."),
    "destroy": _same_as("poweroff:0", "Stop machines at once, as `cancel --mode poweroff:0`: vhost destroy tst100."),
    "pause": _same_as("pause", "Hold machines in memory, as `cancel --mode pause`: vhost pause tst100."),
    "resume": _same_as("resume", "Let machines run on that are paused or saved: vhost resume tst100 --on lab00."),
    "save": _same_as("suspend", "Save machines to disk and stop them: vhost save tst100 --on lab00."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """The options of a call by their names."""

    on: str | None
    privilege: str
    connect: str | None
    timeout: float | None
    db: str | None
    dry: bool
    force: bool = False
    no_cache: bool = False
    keep_going: bool = False
    sequential: bool = False
    whole: bool = False
    every: bool = False
    yes: bool = False
    state_file: str | None = None


def _mode(words: str) -> Mode:
    from vhost.act.request import Mode, Verb, cancel_mode  # noqa: PLC0415 - --help needs no request

    return Mode(Verb(words)) if words in {"create", "resume"} else cancel_mode(words)


def _run(addresses: Sequence[str] | None, mode: Mode, options: _Options) -> int:
    from vhost.act.request import Request  # noqa: PLC0415 - --help needs no request
    from vhost.cli.acting import Asked, run  # noqa: PLC0415 - as above
    from vhost.cli.live import named  # noqa: PLC0415 - as above
    from vhost.transport import privilege  # noqa: PLC0415 - as above

    request = Request(
        verb=mode.verb,
        grace=mode.grace,
        level=mode.level,
        state_file=options.state_file,
        force=options.force,
        whole=options.whole,
        timeout=options.timeout,
        privilege=privilege(options.privilege),
        uri=options.connect,
    )
    return run(
        Asked(
            words=addresses or [],
            request=request,
            on=named([options.on], options.db) if options.on is not None else [],
            databases=options.db,
            cache=not options.no_cache,
            every=options.every,
            yes=options.yes,
            dry=options.dry,
            keep_going=options.keep_going,
            parallel=not options.sequential,
        )
    )
