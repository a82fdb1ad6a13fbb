"""`vhost query`: `ctys-vhost` with long names."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.completing import by_typer
from vhost.cli.options import Databases, Fields, File, Format


def query(  # noqa: PLR0913 - one argument for each option
    terms: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TERM...",
            help="Regular expressions, F:n:RE, E:a:b, R:n[:m], joined by AND, OR, NOT.",
            show_default=False,
            autocompletion=by_typer("terms"),
        ),
    ] = None,
    fields: Fields = None,
    select: Annotated[
        str,
        typer.Option(
            "--select",
            "-M",
            metavar="WHICH",
            help="ALL, FIRST, LAST, COMPLEMENT, SORT, USORT, UNIQUE (exit 11 when several match), joined by commas.",
            autocompletion=by_typer("selections"),
        ),
    ] = "ALL",
    db: Databases = None,
    *,
    static: Annotated[
        bool, typer.Option("--static", "-s", help="Use the snapshot as it is, even if its sources are newer.")
    ] = False,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 if nothing matches.")] = False,
    input: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option(
            "--input",
            "-i",
            metavar="CTYS",
            help="CTYS: terms are machine addresses, as `-o ctys` prints them: PM[PART,PART...].",
            show_default=False,
            autocompletion=by_typer("inputs"),
        ),
    ] = None,
    types: Annotated[
        str | None,
        typer.Option(
            "--types",
            "-T",
            metavar="TYPE[,TYPE...]",
            help="Only these session types.",
            show_default=False,
            autocompletion=by_typer("types"),
        ),
    ] = None,
    reachable: Annotated[
        str | None,
        typer.Option(
            "--reachable",
            "-x",
            "-R",
            metavar="WHO",
            help="PING or SSH: what answers now; PM, VM (default): who of a record; REVERSE: what does not;"
            " MARK: all, a - before the values of the others.",
            show_default=False,
            autocompletion=by_typer("reaches"),
        ),
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option(
            "--cost",
            "-c",
            metavar="COST",
            help="CNT: show how many guests run on the PM; MINCNT, MAXCNT: only PMs with the fewest, the most.",
            show_default=False,
            autocompletion=by_typer("costs"),
        ),
    ] = None,
    cache: Annotated[
        str | None,
        typer.Option(
            "--cache",
            "-C",
            metavar="HOW",
            help="OFF: sources as they are, OFF,MACMAP: with addresses of the macmap; MACMAP: the macmap first;"
            " MACMAPONLY: nothing else; REBUILDCACHE; GROUPS: terms may be groups. Instead of a query: CLEARTMP,"
            " CLEARALL, LIST, LISTCACHE, LISTTARGETS, LISTGROUPS, MEMBERSDB.",
            show_default=False,
            autocompletion=by_typer("caches"),
        ),
    ] = None,
    list: Annotated[  # noqa: A002 - the option's name
        str | None,
        typer.Option(
            "--list",
            "-S",
            metavar="WHAT",
            help="Instead of a query: LIST, LISTALL, LISTDB, MEMBERSDB, LISTGROUP[:NAME%NAME...],"
            " MEMBERSGROUP[FORM][:...], CONTENTGROUP[:...].",
            show_default=False,
            autocompletion=by_typer("lists"),
        ),
    ] = None,
    terse: Annotated[bool, typer.Option("--terse", "-X", help="Lists without heads, for scripts.")] = False,
    age: Annotated[
        bool, typer.Option("--age", help="Show how old the claim of each record is; in typed formats in seconds.")
    ] = False,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="First run the jobs of the configuration again that made the claims."),
    ] = False,
    verbose: Annotated[
        str | None,
        typer.Option("--verbose", "-I", metavar="0-9", help="Tell on stderr what is done.", show_default=False),
    ] = None,
    debug: Annotated[
        str | None, typer.Option("--debug", "-d", metavar="LEVEL", help="No effect.", show_default=False)
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", "-l", metavar="USER", help="No effect.", show_default=False)
    ] = None,
    location: Annotated[
        str | None, typer.Option("--location", "-L", metavar="LOCATION", help="No effect.", show_default=False)
    ] = None,
    remote: Annotated[bool, typer.Option("--remote", "-r", help="No effect.")] = False,
) -> int:
    """Show the machines that all terms match.

    Example: vhost query -o l,pm,tcp --reachable ping lab00 XEN NOT tst100
    """
    del debug, user, location, remote  # the scripts that give them shall go on to work
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cli.query import QueryOptions, run_query  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above

    macros = Macros(search_path(chosen(db)))
    return run_query(
        QueryOptions(
            terms=macros.expand_all(terms or []),
            output=None if fields is None else macros.expand(fields),
            selection=select,
            databases=db,
            static=static,
            format=format,
            file=output,
            exit_code=exit_code,
            cache=cache,
            listing=list,
            input=input,
            types=types,
            reasons=True,
            reach=reachable,
            cost=cost,
            level=verbose,
            terse=terse,
            age=age,
            refresh=refresh,
        )
    )
