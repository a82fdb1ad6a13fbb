"""`vhost macmap`: names, MACs and addresses that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli import macmap, macmap_query
from vhost.cli.completing import by_typer
from vhost.cli.options import Databases, File, Format
from vhost.errors import UsageError

if TYPE_CHECKING:
    from macmap.listing import Order

app = typer.Typer(
    help="Names, MACs and addresses that belong together.\n\nExample: vhost macmap query tst100",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(
    epilog="Example: vhost macmap query --source 00:50:56:13:11:40, or: vhost macmap query --format json 192.168.1"
)
def query(  # noqa: PLR0913 - one argument for each option
    patterns: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATTERN|GROUP",
            help="Regular expressions searched in name;MAC;IP, one after the other; a group stands for its hosts.",
            autocompletion=by_typer("labels"),
            show_default=False,
        ),
    ] = None,
    db: Databases = None,
    *,
    name: Annotated[bool, typer.Option("--name", "-n", help="Print the name.")] = False,
    mac: Annotated[bool, typer.Option("--mac", "-m", help="Print the MAC.")] = False,
    ip: Annotated[bool, typer.Option("--ip", "-i", help="Print the IP address.")] = False,
    upper: Annotated[bool, typer.Option("--upper", "-u", help="Print in upper case, and match in either.")] = False,
    source: Annotated[
        bool, typer.Option("--source", help="Print every claim with who makes it: kind and source behind the parts.")
    ] = False,
    vendor: Annotated[
        bool, typer.Option("--vendor", help="Print who made the network card, and whose range the MAC is from.")
    ] = False,
    format_: Format = None,
    output: File = None,
) -> int:
    """Search the macmap: every claim about names, MACs and addresses, whoever makes it.

    Without -n, -m and -i all three parts are printed. What several sources say alike is printed once.
    """
    asked = macmap_query.Search(
        name=name, mac=mac, ip=ip, upper=upper, source=source, vendor=vendor, format=format_, file=output
    )
    return macmap_query.run(patterns or [], db, asked)


@app.command(
    "import",
    epilog="Example: vhost macmap import /etc/dhcp/dhcpd.conf /var/lib/dhcp/dhcpd.leases /etc/ethers,"
    " or: ip -j neigh | vhost macmap import - --as neigh",
)
def import_(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Files, or - for standard input.", show_default=False),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="FORMAT", help="The format of all of them; default: each is recognised.", show_default=False
        ),
    ] = None,
    db: Databases = None,
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Also leases that are nobody's any more.")] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the claims as name;MAC;IP; lines.")] = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Store nothing.")] = False,
) -> int:
    """Import who has which name, MAC and address, from what DHCP servers and others write.

    Formats: libvirt kea kea-leases neigh libvirt-status json proc-arp dhcpd-leases dhcpd dnsmasq csv macmap arpwatch
    dnsmasq-leases dnsmasq-hosts ethers hosts. What is wrong is named by file and line, the rest is stored, exit 3.
    """
    from vhost.cli.macmap_import import Import, run  # noqa: PLC0415 - --help needs no database

    return run(Import(sources=sources, form=form, database=db, ended=ended, lines=print_, store=not no_store))


@app.command(
    epilog="Example: vhost macmap export dnsmasq --output /etc/dnsmasq.d/hosts.conf,"
    " or: vhost macmap export kea --collisions mark 192.168.1"
)
def export(
    form: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="ethers, hosts, dnsmasq, dhcpd, kea, kea6, csv or json.", show_default=False
        ),
    ],
    patterns: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATTERN|GROUP", help="Only claims that match one of these, as in a query.", show_default=False
        ),
    ] = None,
    collisions: Annotated[
        str,
        typer.Option(
            "--collisions",
            metavar="WHAT",
            help="Claims that contradict each other: refuse all (exit 11), mark these, or all as they are.",
        ),
    ] = "refuse",
    output: File = None,
    db: Databases = None,
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Also claims that are stale or have expired.")] = False,
) -> int:
    """Write claims as configuration of others, or as data.

    What a format has no room for is left out and counted; what it could not say without harm is named, exit 3.
    A marked claim is a comment with the reason; in csv and json it has a column more.
    """
    from vhost.cli.macmap_export import Export, run  # noqa: PLC0415 - --help needs no database

    asked = Export(form=form, patterns=patterns or [], database=db, collisions=collisions, ended=ended, file=output)
    return run(asked)


@app.command(epilog="Example: vhost macmap extract --ethers /etc/dhcp/dhcpd.conf")
def extract(  # noqa: PLR0913 - one argument for each option
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DHCPD.CONF",
            help="Files of ISC dhcpd; default: /etc/dhcpd.conf, else /etc/dhcp/dhcpd.conf.",
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--db", "-p", metavar="DIR", help="Write the macmap of this database, print nothing.", show_default=False
        ),
    ] = None,
    *,
    by_name: Annotated[bool, typer.Option("--by-name", "-n", help="Lines name;MAC;IP; (the default).")] = False,
    by_ip: Annotated[bool, typer.Option("--by-ip", "-i", help="Lines IP;name;MAC;")] = False,
    by_mac: Annotated[bool, typer.Option("--by-mac", "-m", help="Lines MAC;name;IP;")] = False,
    store_default: Annotated[
        bool, typer.Option("--store", "-P", help="Write the macmap of the default database.")
    ] = False,
    ethers: Annotated[
        bool, typer.Option("--ethers", "-E", help="Lines for /etc/ethers: MAC and name, with -i MAC and IP.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not name what is wrong; the exit code is the same.")
    ] = False,
) -> int:
    """List the hosts of dhcpd.conf files as name;MAC;IP; and exit 3 if something is wrong with them."""
    asked = macmap.Extraction(
        files=files or [],
        order=_order(by_name=by_name, by_ip=by_ip, by_mac=by_mac),
        ethers=ethers,
        store=store_default or store is not None,
        database=store,
        quiet=quiet,
    )
    return macmap.run_extract(asked)


def _order(*, by_name: bool, by_ip: bool, by_mac: bool) -> Order:
    if by_name + by_ip + by_mac > 1:
        raise UsageError("macmap extract", "-n, -i and -m exclude each other", "choose one")
    return "ip" if by_ip else "mac" if by_mac else "name"
