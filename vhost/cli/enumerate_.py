"""`vhost enumerate`: a scan whose answer is shown and not stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from vhost.cli.options import Format
from vhost.cli.scanning import AllDirs, AllStates, AsHost, Paths, Threads, Types, tree_request


def enumerate_(  # noqa: PLR0913 - one argument for each option
    paths: Paths,
    fields: Annotated[
        str | None,
        typer.Option(
            "--fields",
            "-o",
            metavar="OUTPUT",
            help="Field keywords, MACHINE, TITLE, TAB_GEN:..., macro:NAME.",
            show_default=False,
        ),
    ] = None,
    as_host: AsHost = None,
    types: Types = None,
    threads: Threads = 64,
    format: Format = None,  # noqa: A002 - the option's name
    *,
    scan_all_states: AllStates = False,
    all_dirs: AllDirs = False,
) -> int:
    """Show the machines below the paths without storing them."""
    from vhost import collect  # noqa: PLC0415 - --help needs no scanner
    from vhost.cache.transient import transient  # noqa: PLC0415 - as above
    from vhost.cli import report  # noqa: PLC0415 - as above
    from vhost.cli.query import QueryOptions, prepared  # noqa: PLC0415 - as above
    from vhost.progress import bar  # noqa: PLC0415 - as above

    request = tree_request(paths, as_host, types, threads, scan_all_states=scan_all_states, all_dirs=all_dirs)
    show_it = prepared(QueryOptions(output=fields, format=format))
    with bar("scanning") as progress:
        collected = collect.look(request, None, progress)
    report.findings(collected)
    found = [observation for one in collected for observation in one.scan.observations]
    with transient(collect.facts(collected[0], request, datetime.now(UTC)), found) as snapshot:
        show_it(snapshot)
    return report.exit_code(collected)
