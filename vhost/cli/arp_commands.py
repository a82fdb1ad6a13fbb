"""`vhost scan arp`: who has which address on a segment."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File, Format

EPILOG = "Example: vhost scan arp --interface eth0 --localnet, or: vhost scan arp 10.0.0.0/24 10.0.1.10-50 lab00"

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CIDR|RANGE|HOST|GROUP",
        help="10.0.0.0/24, 10.0.0.1-10.0.0.9, 10.0.0.1-9, an address, a name, or a group of these.",
        show_default=False,
    ),
]
Interface = Annotated[
    str | None,
    typer.Option(
        "--interface",
        "-I",
        metavar="IF",
        help="The interface; default: the one whose network holds the target.",
        show_default=False,
    ),
]
LocalNet = Annotated[
    bool, typer.Option("--localnet", "-l", help="All addresses of the networks of the interface, or of all of them.")
]
Rate = Annotated[int, typer.Option("--rate", min=0, help="Frames a second at most; 0: no limit.")]
Attempts = Annotated[
    int | None,
    typer.Option(
        "--retry",
        "-r",
        min=1,
        max=100,
        metavar="N",
        help="Ask for a silent address N times in all; default: 2, but 1 for more than 32768 addresses.",
        show_default=False,
    ),
]
Window = Annotated[int, typer.Option("--timeout", "-t", min=1, max=60_000, help="Milliseconds to wait for a reply.")]
NoStore = Annotated[bool, typer.Option("--no-store", help="Store nothing.")]


def arp(  # noqa: PLR0913, PLR0917 - one argument for each option
    targets: Targets = None,
    interface: Interface = None,
    rate: Rate = 533,
    retry: Attempts = None,
    timeout: Window = 500,
    vlan: Annotated[
        int | None,
        typer.Option("--vlan", "-Q", min=1, max=4094, help="Tag the requests for this VLAN.", show_default=False),
    ] = None,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    localnet: LocalNet = False,
    off_link: Annotated[
        bool, typer.Option("--off-link", help="Ask on --interface also for what is in none of its networks.")
    ] = False,
    no_store: NoStore = False,
) -> int:
    """Ask who has which IPv4 address, show replies as they come, and store them.

    Needs CAP_NET_RAW. Exits 3 if something was not asked for, or replies were lost.
    """
    from vhost.cli import arp as sweeping  # noqa: PLC0415 - --help needs no scanner
    from vhost.cli import arp_report as report  # noqa: PLC0415 - as above
    from vhost.cli.rows import form, write_rows  # noqa: PLC0415 - as above
    from vhost.sweeps.plan import SweepRequest  # noqa: PLC0415 - as above

    named = form(format, output)
    request = SweepRequest(
        words=sweeping.words(targets or [], db),
        interface=interface,
        localnet=localnet,
        off_link=off_link,
        vlan=vlan,
        rate=rate,
        attempts=retry,
        window=timeout / 1000,
    )
    directory = None if no_store else sweeping.directory(db)
    done = sweeping.swept(sweeping.Sweeping(request=request, directory=directory, live=named is None))
    if named is not None:
        write_rows(named, report.COLUMNS, report.rows(done.results, done.plan.names), output)
    if done.closed:
        raise BrokenPipeError
    return done.code
