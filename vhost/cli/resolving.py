"""`vhost resolve` and `vhost machine`: from an address to the one machine that it names."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File

_ADDRESS = "l:LABEL, u:UUID, m:MAC, t:IP, p:PATH, f:PART-OF-PATH, b:DIRECTORY, h:HOST joined by commas"

On = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="HOST", help="Only what this PM sees: its name, an alias, an address.", show_default=False
    ),
]
Static = Annotated[
    bool, typer.Option("--static", "-s", help="Use the snapshot as it is, even if its sources are newer.")
]
Refresh = Annotated[
    bool, typer.Option("--refresh", help="First run the jobs of the configuration again that made the claims.")
]


def resolve(  # noqa: PLR0913 - one argument for each option
    addresses: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ADDRESS...|-]", help=f"{_ADDRESS}; a bare word is a label; - reads them from stdin."),
    ] = None,
    on: On = None,
    *,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="Answers only, exit 0 whatever they are; without ADDRESS they come from stdin."),
    ] = False,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="Addresses on stdin, and answers, end with NUL instead of newline.")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option(
            "--format", "-f", metavar="NAME", help="ndjson, json, csv, markdown, yaml or xml.", show_default=False
        ),
    ] = None,
    db: Databases = None,
    static: Static = False,
    age: Annotated[
        bool, typer.Option("--age", help="Add how old the newest claim of the machine is; in typed formats in seconds.")
    ] = False,
    refresh: Refresh = False,
) -> int:
    """Say which machine each address names: vhost resolve l:tst100 --on lab00.

    One line each: address;status;pm;label;id;uuid;mac;tcp with the status unique, none, ambiguous or stale (invalid
    for what is no address). Exit 11 if one is ambiguous, 1 if one names none, 3 if no scan could look at one lately.
    """
    from vhost.cli.resolve import ResolveOptions, run  # noqa: PLC0415 - --help needs no database
    from vhost.errors import UsageError  # noqa: PLC0415 - as above

    if not addresses and not batch:
        raise UsageError("vhost resolve", "an address is missing", "name one, or read them from stdin with -")
    form = _streamable(format)
    if null and form not in {"", "ndjson"}:
        raise UsageError("--null", f"{form} does not end with NUL", "use it with the plain answers or with ndjson")
    return run(
        ResolveOptions(
            words=addresses or (),
            on=on,
            batch=batch,
            null=null,
            format=form,
            databases=db,
            static=static,
            age=age,
            refresh=refresh,
        )
    )


def _streamable(name: str | None) -> str:
    from vhost.errors import UsageError  # noqa: PLC0415 - as above
    from vhost.render import typed  # noqa: PLC0415 - as above

    form = typed.known(name) if name else ""
    if form in typed.BINARY:
        raise UsageError("--format", f"{form} is no form of answers", "choose ndjson, json, csv, markdown, yaml or xml")
    return form


def machine(  # noqa: PLR0913 - one argument for each option
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help=f"{_ADDRESS}; a bare word is a label.")],
    on: On = None,
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", "-f", metavar="NAME", help="text or json.")
    ] = "text",
    db: Databases = None,
    output: File = None,
    *,
    static: Static = False,
    refresh: Refresh = False,
) -> int:
    """Show everything that is known about one machine: vhost machine l:tst100 --on lab00.

    What its claims say and how old they are, interfaces, disks, where it was seen running, which other machines
    share its label, path, UUID, MAC, address or name. An address that fits several machines is refused, exit 11,
    with addresses that fit one; one that fits none, exit 1, with similar ones.
    """
    from vhost.cli.inspect import show_machine  # noqa: PLC0415 - --help needs no database
    from vhost.errors import UsageError  # noqa: PLC0415 - as above

    if format.lower() not in {"text", "json"}:
        raise UsageError("--format", f"unknown format {format[:80]!r}", "known are text, json")
    code = _refreshed(address, on, db) if refresh else 0
    shown = show_machine(address, on, databases=db, as_json=format.lower() == "json", file=output, static=static)
    return shown or code


def _refreshed(address: str, on: str | None, databases: str | None) -> int:
    from vhost.cli.resolve import ResolveOptions, refreshed  # noqa: PLC0415 - only --refresh pays for it

    return refreshed(ResolveOptions(words=[address], on=on, databases=databases))
