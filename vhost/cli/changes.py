"""`vhost diff` and `vhost history`: what changed."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File

Form = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help="table (the default), json, ndjson, csv, markdown, yaml or xml.",
        show_default=False,
    ),
]


def diff(
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="7d, 12h, 2026-11-28, 2026-11-28T12:00; default: the last publish that changed anything.",
            show_default=False,
        ),
    ] = None,
    form: Form = None,
    output: File = None,
    db: Databases = None,
    *,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 if anything changed.")] = False,
) -> int:
    """Show which machines appeared, changed and vanished.

    Example: vhost diff --since 7d
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - --help needs no time

    from vhost.answer import peeked  # noqa: PLC0415 - as above
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.cli.sql import form_of, lines  # noqa: PLC0415 - as above
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.query import events  # noqa: PLC0415 - as above

    name = form_of(form)
    begin = None if since is None else events.moment(since, datetime.now(UTC))
    with opened(chosen(db), hint=tell, machines=False) as snapshot:
        found, any_found = peeked(events.since(snapshot.con, begin))
        write(lines(name, events.COLUMNS, found), output)
    return int(exit_code and any_found)


def history(
    address: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="A machine: l:tst100, u:UUID, m:MAC, p:/path, ...", show_default=False),
    ],
    host: Annotated[
        str | None, typer.Option("--on", metavar="HOST", help="Only as this PM sees it.", show_default=False)
    ] = None,
    form: Form = None,
    output: File = None,
    db: Databases = None,
) -> int:
    """Show what became of a machine, and of the others that the address fits.

    Machines that are gone are found by what they were last. Exit code 1 if the address fits none.

    Example: vhost history l:tst100 --on lab00
    """
    from vhost.address import parse  # noqa: PLC0415 - --help needs no database
    from vhost.ambiguity.history import Told, events_of  # noqa: PLC0415 - as above
    from vhost.answer import peeked  # noqa: PLC0415 - as above
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.cli.sql import form_of, lines  # noqa: PLC0415 - as above
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.errors import UsageError  # noqa: PLC0415 - as above
    from vhost.query import events  # noqa: PLC0415 - as above

    name, wanted = form_of(form), parse(address)
    wanted = wanted.on(host) if host is not None else wanted
    with opened(chosen(db), hint=tell, machines=False) as snapshot:
        told: Told = events_of(snapshot.con, wanted)
        if told.machines > 1:
            tell(f"{wanted}: fits {told.machines} machines, all of them are shown")
        found, any_found = peeked(told.events)
        if not any_found:
            raise UsageError(
                str(wanted), "no machine of this address is known, now or earlier", "vhost query lists them"
            )
        write(lines(name, events.COLUMNS, found), output)
    return 0
