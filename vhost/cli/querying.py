"""`vhost query`: `ctys-vhost` with long names."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, Format


def query(
    terms: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TERM...",
            help="Regular expressions, F:n:RE, E:a:b, R:n[:m], joined by AND, OR, NOT.",
            show_default=False,
        ),
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            "--fields",
            "-o",
            metavar="OUTPUT",
            help="Field keywords, MACHINE, MAXKEY, TITLE, TAB_GEN:..., macro:NAME.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[
        str,
        typer.Option(
            "--select",
            "-M",
            metavar="WHICH",
            help="ALL, FIRST, LAST, COMPLEMENT or UNIQUE (exit 11 when several match).",
        ),
    ] = "ALL",
    db: Databases = None,
    *,
    static: Annotated[
        bool, typer.Option("--static", "-s", help="Use the snapshot as it is, even if its sources are newer.")
    ] = False,
    format: Format = None,  # noqa: A002 - the option's name
) -> int:
    """Show the machines that all terms match."""
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cli.query import QueryOptions, run_query  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above

    macros = Macros(search_path(chosen(db)))
    output = macros.expand(fields) if fields else None
    words = macros.expand_all(terms or [])
    return run_query(
        QueryOptions(terms=words, output=output, selection=select, databases=db, static=static, format=format)
    )
