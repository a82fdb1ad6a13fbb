"""`vhost query`: `ctys-vhost` with long names."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, Fields, File, Format


def query(  # noqa: PLR0913 - one argument for each option
    terms: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TERM...",
            help="Regular expressions, F:n:RE, E:a:b, R:n[:m], joined by AND, OR, NOT.",
            show_default=False,
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
) -> int:
    """Show the machines that all terms match."""
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
        )
    )
