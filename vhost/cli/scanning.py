"""`vhost scan`: asks the world about machines and stores what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli import arp_commands, dns_commands, live
from vhost.cli.options import Databases, File, Format
from vhost.cli.using import Config, use
from vhost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vhost.collect import Collected, TreeRequest

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def jobs(  # noqa: PLR0913, PLR0917 - one argument for each option
    context: typer.Context,
    job: Annotated[
        list[str] | None,
        typer.Option(
            "--job", "-j", metavar="NAME", help="Only this job, due or not; may be repeated.", show_default=False
        ),
    ] = None,
    parallel: Annotated[
        int | None,
        typer.Option("--parallel", min=1, max=64, help="Jobs at a time; default: as configured.", show_default=False),
    ] = None,
    config: Config = None,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    everything: Annotated[bool, typer.Option("--all", "--force", help="Also jobs that are not due.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only show which jobs are due, and why.")] = False,
) -> int:
    """Ask the world about machines and store what it says.

    Without a command: run the jobs of the configuration that are due, side by side, and show what became of each.
    A job that fails stops no other. Exits 3 if one failed, or was partial. See vhost config edit.

    Example: vhost scan tree /etc/xen /vmpool, or: vhost scan --job lan
    """
    use(config)
    if context.invoked_subcommand is not None:
        if job or parallel or db or format or output or everything or dry_run:
            raise UsageError("vhost scan", "its own options are for jobs", "write options behind the command")
        return 0
    from vhost.cli.refreshing import Refresh, run  # noqa: PLC0415 - --help needs no scanner

    return run(
        Refresh(
            names=job or (),
            everything=everything,
            dry=dry_run,
            parallel=parallel,
            databases=db,
            format=format,
            file=output,
        )
    )


app.command("arp", epilog=arp_commands.EPILOG)(arp_commands.arp)
app.command("dns", epilog=dns_commands.EPILOG)(dns_commands.dns)
app.command("neighbours", epilog=arp_commands.NEIGHBOURS_EPILOG)(arp_commands.neighbours)

Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Directories, or single files.", show_default=False)
]
AsHost = Annotated[
    str | None,
    typer.Option(
        "--as-host",
        metavar="NAME",
        help="The PM whose view of the paths this is; default: this host.",
        show_default=False,
    ),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        "-T",
        metavar="TYPE",
        help="Only these session types: XEN, QEMU, LIBVIRT, VMW, VBOX, PVE, PM.",
        show_default=False,
    ),
]
Threads = Annotated[int, typer.Option("--threads", min=1, max=1024, help="Threads at most; a local disk uses fewer.")]
AllStates = Annotated[
    bool, typer.Option("--scan-all-states", help="Also machines tagged MAGICID-IGNORE or MAGICID-NOENUM.")
]
AllDirs = Annotated[
    bool, typer.Option("--all-dirs", help="Also enter .snapshot, .zfs, .git, lost+found and their kin.")
]


@app.command("tree")
def tree(  # noqa: PLR0913 - one argument for each option
    paths: Paths,
    as_host: AsHost = None,
    types: Types = None,
    threads: Threads = 64,
    db: Databases = None,
    *,
    scan_all_states: AllStates = False,
    all_dirs: AllDirs = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the records as MACHINE lines.")] = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Store nothing; read every file.")] = False,
) -> int:
    """Scan VM configuration files below the paths.

    Example: vhost scan tree --as-host lab01 /mnt/lab01/vmpool
    """
    request = tree_request(paths, as_host, types, threads, scan_all_states=scan_all_states, all_dirs=all_dirs)
    return run_tree(request, db, store=not no_store, lines=print_)


def tree_request(
    paths: Sequence[str],
    as_host: str | None,
    types: Sequence[str] | None,
    threads: int,
    *,
    scan_all_states: bool,
    all_dirs: bool,
) -> TreeRequest:
    """Return the request that the options ask for; a list of types may be separated by commas."""
    from vhost.collect import TreeRequest  # noqa: PLC0415 - --help needs no scanner
    from vhost.host import own_name  # noqa: PLC0415 - as above

    wanted = [name for listed in types or () for name in listed.split(",") if name]
    return TreeRequest(
        roots=paths,
        as_host=as_host or own_name(),
        types=wanted or None,
        threads=threads,
        all_states=scan_all_states,
        all_dirs=all_dirs,
    )


def run_tree(request: TreeRequest, databases: str | None, *, store: bool, lines: bool) -> int:
    """Scan, store, print and report as asked; return the exit code."""
    from time import monotonic  # noqa: PLC0415 - beside its use

    from vhost import collect  # noqa: PLC0415 - --help needs no scanner
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cli import report  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.progress import bar  # noqa: PLC0415 - as above

    began = monotonic()
    directory = chosen(databases)[0] if store else None
    if directory:
        collect.prepare(directory)
    with bar("scanning") as progress:
        collected = collect.look(request, directory, progress)
        if directory:
            collected = collect.store(collected, request, directory, lambda name, why: tell(f"{name}: left out: {why}"))
    report.findings(collected)
    if lines:
        _print(collected, request, directory)
    tell(report.summary(collected, monotonic() - began))
    return report.exit_code(collected)


def _print(collected: Sequence[Collected], request: TreeRequest, directory: Path | None) -> None:
    from vhost import collect  # noqa: PLC0415 - --help needs no scanner
    from vhost.cli.outcome import show  # noqa: PLC0415 - as above

    show(line for one in collected for line in collect.lines(one, request, directory))


app.command("live")(live.scan_live)
