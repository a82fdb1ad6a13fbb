"""`vhost sql` and `vhost report`: the cache in SQL."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import WEEK, Databases, File, finite

Form = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help="table (the default), json, ndjson, csv, markdown, yaml, xml, arrow or parquet.",
        show_default=False,
    ),
]
Memory = Annotated[
    int, typer.Option("--limit-memory", metavar="MIB", min=32, max=1 << 20, help="What a query may hold, in MiB.")
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=0,
        max=WEEK,
        callback=finite,
        help="How long a query may take; 0: as long as it needs.",
    ),
]
Static = Annotated[
    bool, typer.Option("--static", "-s", help="Use the snapshot as it is, even if its sources are newer.")
]


def sql(  # noqa: PLR0913, PLR0917 - one argument for each option
    query: Annotated[
        str | None,
        typer.Argument(metavar="QUERY", help="SQL of DuckDB; - reads it from standard input.", show_default=False),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", "-F", metavar="FILE", help="Read the SQL from a file.", show_default=False)
    ] = None,
    form: Form = None,
    output: File = None,
    memory: Memory = 1024,
    timeout: Timeout = 60,
    db: Databases = None,
    *,
    static: Static = False,
) -> int:
    """Answer SQL, read-only: it can neither change anything nor reach files or the network.

    Without a query, a shell on a terminal: .help names its commands. Tables: docs/tables.md.

    Example: vhost sql "select pm, count(*) from machine group by all"
    """
    from vhost.cli.sql import SqlOptions, run_sql  # noqa: PLC0415 - --help needs no database

    options = SqlOptions(
        form=form, output=output, memory_mib=memory, seconds=timeout or None, databases=db, static=static
    )
    return run_sql(query, file, options)


def report(  # noqa: PLR0913, PLR0917 - one argument for each option
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A report; without one they are listed.", show_default=False)
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Argument(metavar="PARAMETER=VALUE...", help="What it shall look at.", show_default=False),
    ] = None,
    form: Form = None,
    output: File = None,
    memory: Memory = 1024,
    timeout: Timeout = 60,
    db: Databases = None,
    *,
    static: Static = False,
    show: Annotated[bool, typer.Option("--show", help="Print the SQL of the report instead.")] = False,
) -> int:
    """Answer a named report: a built-in one, or a file NAME.sql in the directory `reports` of a database.

    Example: vhost report stale days=14
    """
    from vhost.cli.sql import SqlOptions, run_report  # noqa: PLC0415 - --help needs no database

    options = SqlOptions(
        form=form, output=output, memory_mib=memory, seconds=timeout or None, databases=db, static=static
    )
    return run_report(name, parameters or [], options, show_sql=show)
