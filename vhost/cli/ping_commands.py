"""`vhost ping`: which hosts answer, and which let us in."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File, Format, finite

EPILOG = "Example: vhost ping lab00 192.168.1.71 mygroup l:tst100, or: vhost ping --ssh --login root mygroup"

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="HOST|GROUP|ADDRESS",
        help="Names, addresses, user@host, groups, or addresses of machines: l:LABEL, u:UUID, m:MAC, t:IP.",
        show_default=False,
    ),
]


def ping(  # noqa: PLR0913, PLR0917 - one argument for each option
    words: Words,
    login: Annotated[
        str | None,
        typer.Option("--login", "-l", metavar="USER", help="The account that --ssh logs in to.", show_default=False),
    ] = None,
    ping_trials: Annotated[int, typer.Option("--ping-trials", min=1, max=100, help="Echo requests for a host.")] = 1,
    ping_timeout: Annotated[
        float,
        typer.Option(
            "--ping-timeout", min=0.05, max=300, callback=finite, help="Seconds that each waits for an answer."
        ),
    ] = 1.0,
    ssh_trials: Annotated[int, typer.Option("--ssh-trials", min=1, max=100, help="Logins that are tried.")] = 1,
    ssh_timeout: Annotated[
        float, typer.Option("--ssh-timeout", min=0.05, max=300, callback=finite, help="Seconds between two of them.")
    ] = 1.0,
    threads: Annotated[int, typer.Option("--threads", min=1, max=256, help="Hosts that are checked at a time.")] = 32,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    ssh: Annotated[bool, typer.Option("--ssh", "-s", help="Log in with ssh as well, without a password.")] = False,
    terse: Annotated[bool, typer.Option("--terse", "-X", help="What passed, in one line.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 if a host does not pass.")] = False,
) -> int:
    """Check whether hosts answer an ICMP echo, and with --ssh whether they let us in."""
    from vhost.access.check import Manner  # noqa: PLC0415 - --help checks nobody
    from vhost.cli.ping import Ping, run  # noqa: PLC0415 - as above

    manner = Manner(
        ssh=ssh,
        user=login,
        ping_trials=ping_trials,
        ping_seconds=ping_timeout,
        ssh_trials=ssh_trials,
        ssh_seconds=ssh_timeout,
        parallel=threads,
    )
    wanted = Ping(
        words=words, manner=manner, database=db, terse=terse, format=format, file=output, exit_code=exit_code
    )  # fmt: skip
    return run(wanted)
