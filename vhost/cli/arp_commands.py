"""`vhost scan arp` and `vhost scan neighbours`: who has which address on a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli.options import Databases, File, Format
from vhost.errors import UsageError

if TYPE_CHECKING:
    from vhost.cli.destination import Destination

NEIGHBOURS_EPILOG = "Example: vhost scan neighbours --interface eth0 --format json"
EPILOG = "Example: vhost scan arp --interface eth0 --localnet, or: vhost scan arp 10.0.0.0/24 10.0.1.10-50 lab00"

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CIDR|RANGE|HOST|GROUP",
        help="10.0.0.0/24, 10.0.0.1-10.0.0.9, 10.0.0.1-9, an address, a name, a group; with --ipv6 2001:db8::/120.",
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


Vlan = Annotated[
    int | None,
    typer.Option("--vlan", "-Q", min=1, max=4094, help="Tag the requests for this VLAN.", show_default=False),
]
Passive = Annotated[
    int | None,
    typer.Option(
        "--passive",
        min=1,
        max=604_800,
        metavar="SECONDS",
        help="Send nothing: listen for ARP, DHCP requests and IPv6 neighbour discovery.",
        show_default=False,
    ),
]
Read = Annotated[
    str | None,
    typer.Option("--read", metavar="FILE", help="Send nothing: read a capture, pcap or pcapng.", show_default=False),
]
IPv6 = Annotated[
    bool,
    typer.Option("--ipv6", "--nd", "-6", help="Ask by IPv6 neighbour discovery; without a target a ping finds nodes."),
]
OffLink = Annotated[
    bool, typer.Option("--off-link", help="Ask on --interface also for what is in none of its networks.")
]


def arp(  # noqa: PLR0913, PLR0917 - one argument for each option
    targets: Targets = None,
    interface: Interface = None,
    rate: Rate = 533,
    retry: Attempts = None,
    timeout: Window = 500,
    vlan: Vlan = None,
    passive: Passive = None,
    read: Read = None,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    localnet: LocalNet = False,
    ipv6: IPv6 = False,
    off_link: OffLink = False,
    no_store: NoStore = False,
) -> int:
    """Ask who has which IPv4 address, show replies as they come, and store them.

    Needs CAP_NET_RAW, except with --read. Exits 3 if something was not asked for, or replies were lost.
    """
    from vhost.cli import arp as sweeping  # noqa: PLC0415 - --help needs no scanner
    from vhost.cli.destination import destined  # noqa: PLC0415 - as above
    from vhost.sweeps.plan import SweepRequest  # noqa: PLC0415 - as above

    modes = [passive is not None, read is not None, bool(targets or localnet or ipv6)]
    if sum(modes) > 1:
        raise UsageError("scan arp", "--passive, --read and what is asked for exclude each other", "choose one")
    to = destined(db, format, output, store=not no_store)
    if passive is not None or read is not None:
        return _hearsay(interface, passive, read, to)
    request = SweepRequest(
        words=sweeping.words(targets or [], db),
        interface=interface,
        localnet=localnet,
        ipv6=ipv6,
        off_link=off_link,
        vlan=vlan,
        rate=rate,
        attempts=retry,
        window=timeout / 1000,
    )
    return sweeping.run(request, to)


def _hearsay(interface: str | None, passive: int | None, read: str | None, to: Destination) -> int:
    from vhost.cli import hearsay  # noqa: PLC0415 - as above

    return hearsay.run_passive(interface, passive, to) if passive is not None else hearsay.run_read(read or "", to)


def neighbours(
    interface: Interface = None,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    no_store: NoStore = False,
) -> int:
    """Show and store whom this host spoke with lately: the kernel's table of neighbours, IPv4 and IPv6."""
    from vhost.cli import hearsay  # noqa: PLC0415 - as above
    from vhost.cli.destination import destined  # noqa: PLC0415 - as above

    return hearsay.run_neighbours(interface, destined(db, format, output, store=not no_store))
