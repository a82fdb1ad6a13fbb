"""`vhost enumerate`: a scan whose answer is shown and not stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from vhost.cli.live import Privileged
from vhost.cli.options import Fields, File, Format
from vhost.cli.scanning import AllDirs, AllStates, AsHost, Paths, Threads, Types, tree_request


def enumerate_(  # noqa: PLR0913, PLR0917 - one argument for each option
    paths: Paths,
    fields: Fields = None,
    as_host: AsHost = None,
    types: Types = None,
    threads: Threads = 64,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    on: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="[USER@]HOST|GROUP",
            help="Hosts that are looked at over ssh; relative paths are then below the user's home there.",
            show_default=False,
        ),
    ] = None,
    privilege: Privileged = "NO",
    scan_all_states: AllStates = False,
    all_dirs: AllDirs = False,
) -> int:
    """Show the machines below the paths without storing them: vhost enumerate --on lab00 /etc/xen."""
    if on:
        return _on_hosts(on, paths, types, as_host, privilege, fields, format, output, every=scan_all_states)
    from vhost import collect  # noqa: PLC0415 - --help needs no scanner
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.transient import transient  # noqa: PLC0415 - as above
    from vhost.cli import report  # noqa: PLC0415 - as above
    from vhost.cli.query import QueryOptions, prepared  # noqa: PLC0415 - as above
    from vhost.progress import bar  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above

    request = tree_request(paths, as_host, types, threads, scan_all_states=scan_all_states, all_dirs=all_dirs)
    macros = Macros(search_path(chosen(None)))
    wanted = None if fields is None else macros.expand(fields)
    show_it = prepared(QueryOptions(output=wanted, format=format, file=output))
    with bar("scanning") as progress:
        collected = collect.look(request, None, progress)
    report.findings(collected)
    found = [observation for one in collected for observation in one.scan.observations]
    with transient(collect.facts(collected[0], request, datetime.now(UTC)), found) as snapshot:
        show_it(snapshot)
    return report.exit_code(collected)


def _on_hosts(  # noqa: PLR0913, PLR0917 - one argument for each option
    on: Sequence[str],
    paths: Sequence[str],
    types: Sequence[str] | None,
    as_host: str | None,
    privilege: str,
    fields: str | None,
    form: str | None,
    file: str | None,
    *,
    every: bool,
) -> int:
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cli.enumerating import enumerate_hosts  # noqa: PLC0415 - as above
    from vhost.cli.live import named  # noqa: PLC0415 - as above
    from vhost.cli.query import QueryOptions  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above
    from vhost.survey.enumeration import Wanted, session_types  # noqa: PLC0415 - as above
    from vhost.transport import privilege as parsed  # noqa: PLC0415 - as above

    wanted = Wanted(
        places=paths,
        types=session_types([name for listed in types or () for name in listed.split(",") if name]),
        every=every,
        pm=as_host,
        privilege=parsed(privilege),
    )
    shown = None if fields is None else Macros(search_path(chosen(None))).expand(fields)
    return enumerate_hosts(
        [(one, wanted) for one in named(on, None)], QueryOptions(output=shown, format=form, file=file)
    )
