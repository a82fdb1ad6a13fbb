"""`vhost scan dns`: what name servers say of names and addresses."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File, Format, finite
from vhost.errors import UsageError

EPILOG = (
    "Example: vhost scan dns --server 192.168.1.1,[2001:db8::53]:5353 lab.example 192.168.1.0/24, "
    "or: vhost scan dns --server ns.lab.example --sweep 192.168.1.0/24"
)

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ZONE|RANGE|NAME",
        help="Zones, by name or by the network of a reverse zone; with --sweep and --mdns addresses, ranges and names, "
        "by default all that the database knows; with --file the name of its zone.",
        show_default=False,
    ),
]
Servers = Annotated[
    str | None,
    typer.Option(
        "--server",
        "-s",
        metavar="S[,S...]",
        help="Name servers: address, [v6 address]:port, name:port; default: those of /etc/resolv.conf.",
        show_default=False,
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", "-k", metavar="FILE", help="A key file of BIND that signs transfers (TSIG).", show_default=False
    ),
]
KeyName = Annotated[
    str | None,
    typer.Option("--key-name", metavar="NAME", help="The key to take, if the file holds several.", show_default=False),
]
Auto = Annotated[
    bool,
    typer.Option("--auto", help="Find zones: search domains, reverse zones of the networks that the database knows."),
]
Files = Annotated[
    list[str] | None,
    typer.Option("--file", metavar="ZONEFILE", help="Read a zone file; may be repeated.", show_default=False),
]
Domains = Annotated[
    list[str] | None,
    typer.Option(
        "--domain",
        metavar="DOMAIN",
        help="Completes names without a dot; default: the search domains of /etc/resolv.conf.",
        show_default=False,
    ),
]


def dns(  # noqa: PLR0913, PLR0917 - one argument for each option
    targets: Targets = None,
    server: Servers = None,
    key: Key = None,
    key_name: KeyName = None,
    file: Files = None,
    domain: Domains = None,
    interface: Annotated[
        str | None,
        typer.Option("--interface", "-I", metavar="IF", help="The link that --mdns asks.", show_default=False),
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, help="Transfers at a time.")] = 8,
    timeout: Annotated[
        float,
        typer.Option("--timeout", "-t", min=0.05, max=300, callback=finite, help="Seconds to wait for an answer."),
    ] = 5.0,
    rate: Annotated[
        float, typer.Option("--rate", min=0, callback=finite, help="Questions a second in a sweep; 0: no limit.")
    ] = 2000,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    auto: Auto = False,
    sweep: Annotated[bool, typer.Option("--sweep", help="Ask for addresses and names one by one.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="In a sweep ask also for the addresses of the names that are found.")
    ] = False,
    mdns: Annotated[bool, typer.Option("--mdns", help="Ask the hosts of the link themselves (multicast DNS).")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Fetch whole zones, not only what changed.")] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the claims: owner;type;value;ttl;server.")] = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Store nothing.")] = False,
) -> int:
    """Ask name servers for zones, or for addresses and names one by one, and store what they say.

    Exits 3 if a zone, a file or a question had no answer; what was known of it goes on as stale.
    """
    from vhost.cli import dns as scanning  # noqa: PLC0415 - --help needs no scanner
    from vhost.cli.rows import form  # noqa: PLC0415 - as above

    asked = scanning.Asked(
        targets=targets or [],
        servers=server,
        key=key,
        key_name=key_name,
        files=file or [],
        domains=domain,
        interface=interface,
        threads=threads,
        timeout=timeout,
        rate=rate,
        database=db,
        auto=auto,
        sweep=sweep,
        confirm=confirm,
        mdns=mdns,
        whole=whole,
        store=not no_store,
    )
    named = form(format, output)
    if output is not None and named is None and not print_:
        raise UsageError("--output", "there is nothing to be written", "take --print or --format")
    return scanning.run(asked, scanning.Shown(lines=print_, form=named, file=output))
