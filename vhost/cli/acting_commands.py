"""`vhost create`, `vhost cancel`, and the same requests under the names that virsh gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli.live import Connection, Privileged
from vhost.cli.options import Databases

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
    typer.Option("--timeout", min=0, metavar="SECONDS", help="How long to wait for a state.", show_default=False),
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


def create(  # noqa: PLR0913, PLR0917 - one argument for each option
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
    mode = _mode("create")
    options = _Options(on, privilege, connect, timeout, db, force, dry_run, no_cache, keep_going, sequential)
    return _run(addresses, mode, options)


def cancel(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    mode: Annotated[
        str,
        typer.Option(
            "--mode",
            "-m",
            metavar="MODE",
            help="poweroff (asks the guest), poweroff:SECONDS (then destroys it), reboot, reset, pause, suspend, init:N.",
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
    from vhost.act.request import cancel_mode  # noqa: PLC0415 - --help needs no request

    options = _Options(on, privilege, connect, timeout, db, force, dry_run, no_cache, keep_going, sequential)
    options.whole, options.every, options.yes, options.state_file = self_, all_, yes, state_file
    return _run(addresses, cancel_mode(mode), options)


def start(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    db: Databases = None,
    *,
    dry_run: Dry = False,
) -> int:
    """Start machines, as `create`: vhost start tst100 --on lab00."""
    return _run(addresses, _mode("create"), _Options(on, privilege, connect, timeout, db, dry=dry_run))


def shutdown(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    db: Databases = None,
    *,
    dry_run: Dry = False,
) -> int:
    """Ask machines to shut down, as `cancel`; never destroys one: vhost shutdown tst100 --on lab00."""
    return _run(addresses, _mode("poweroff"), _Options(on, privilege, connect, timeout, db, dry=dry_run))


def destroy(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    db: Databases = None,
    *,
    dry_run: Dry = False,
) -> int:
    """Stop machines at once, as `cancel --mode poweroff:0`: vhost destroy tst100 --on lab00."""
    return _run(addresses, _mode("poweroff", 0), _Options(on, privilege, connect, timeout, db, dry=dry_run))


def pause(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    db: Databases = None,
    *,
    dry_run: Dry = False,
) -> int:
    """Hold machines in memory, as `cancel --mode pause`: vhost pause tst100 --on lab00."""
    return _run(addresses, _mode("pause"), _Options(on, privilege, connect, timeout, db, dry=dry_run))


def resume(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    state_file: StateFile = None,
    db: Databases = None,
    *,
    dry_run: Dry = False,
) -> int:
    """Let machines run on that are paused or saved: vhost resume tst100 --on lab00."""
    options = _Options(on, privilege, connect, timeout, db, dry=dry_run)
    options.state_file = state_file
    return _run(addresses, _mode("resume"), options)


def save(  # noqa: PLR0913, PLR0917 - one argument for each option
    addresses: Addresses = None,
    on: On = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    timeout: Timeout = None,
    state_file: StateFile = None,
    db: Databases = None,
    *,
    dry_run: Dry = False,
) -> int:
    """Save machines to disk and stop them, as `cancel --mode suspend`: vhost save tst100 --on lab00."""
    options = _Options(on, privilege, connect, timeout, db, dry=dry_run)
    options.state_file = state_file
    return _run(addresses, _mode("suspend"), options)


class _Options:
    """The options of a call by their names."""

    def __init__(  # noqa: PLR0913, PLR0917 - one for each option
        self,
        on: str | None,
        privilege: str,
        connect: str | None,
        timeout: float | None,
        db: str | None,
        force: bool = False,  # noqa: FBT001, FBT002 - handed on in one line
        dry: bool = False,  # noqa: FBT001, FBT002 - as above
        no_cache: bool = False,  # noqa: FBT001, FBT002 - as above
        keep_going: bool = False,  # noqa: FBT001, FBT002 - as above
        sequential: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        self.on, self.privilege, self.connect, self.timeout, self.db = on, privilege, connect, timeout, db
        self.force, self.dry, self.no_cache, self.keep_going, self.sequential = force, dry, no_cache, keep_going, sequential
        self.whole = self.every = self.yes = False
        self.state_file: str | None = None


def _mode(verb: str, grace: float | None = None) -> Mode:
    from vhost.act.request import Mode, Verb  # noqa: PLC0415 - --help needs no request

    return Mode(Verb(verb), grace=grace)


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
            on=named([options.on], options.db) if options.on else [],
            databases=options.db,
            cache=not options.no_cache,
            every=options.every,
            yes=options.yes,
            dry=options.dry,
            keep_going=options.keep_going,
            parallel=not options.sequential,
        )
    )
