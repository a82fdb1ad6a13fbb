"""`vhost sessions`: what runs on hosts, also VNC servers and viewers, tunnels, and the hosts themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli.live import Hosts, Privileged
from vhost.cli.options import Databases, File, Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vhost.sessions.asking import Chosen
    from vhost.sessions.session import Session
    from vhost.transport import Host, Privilege

Output = Annotated[
    str | None,
    typer.Option(
        "--fields",
        "-o",
        metavar="OUTPUT",
        help="MACHINE (22 fields), MAXKEY, keywords, TITLE, TITLEIDX, TAB_GEN:..., SORT:..., macro:TAB_CPORT.",
        show_default=False,
    ),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        "-T",
        metavar="TYPE",
        help="Only these session types: XEN, LIBVIRT, QEMU, VBOX, VMW, PM, VNC, SSH.",
        show_default=False,
    ),
]


def sessions(  # noqa: PLR0913, PLR0917 - one argument for each option
    hosts: Hosts = None,
    fields: Output = None,
    types: Kinds = None,
    privilege: Privileged = "NO",
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    terse: Annotated[bool, typer.Option("--terse", "-X", help="Values between `;`, without heads.")] = False,
    fill: Annotated[
        bool, typer.Option("--fill", help="Take what nobody can tell now from the cache, marked with `*`.")
    ] = False,
) -> int:
    """List what runs on hosts: guests, VNC servers and viewers, ssh tunnels, the hosts: vhost sessions lab00."""
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cli.live import named  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above
    from vhost.sessions.asking import Chosen  # noqa: PLC0415 - as above
    from vhost.transport import privilege as parsed  # noqa: PLC0415 - as above

    wanted = Macros(search_path(chosen(db))).expand(fields) if fields else None
    limits = Chosen(types=session_types(types))
    return list_sessions(
        [(one, limits, parsed(privilege)) for one in named(hosts, db)],
        wanted,
        form=format,
        file=output,
        databases=db if fill else None,
        fill=fill,
        terse=terse,
    )


def session_types(listed: Sequence[str] | None) -> frozenset[str] | None:
    """Return the types of a list that commas may separate, None for all. Raises `UsageError` for an unknown one."""
    from vhost.errors import UsageError  # noqa: PLC0415 - beside its use
    from vhost.sessions.asking import TYPES  # noqa: PLC0415 - as above

    names = [name.upper() for words in listed or () for name in words.split(",") if name]
    unknown = [name for name in names if name not in TYPES]
    if unknown:
        raise UsageError("--type", f"{unknown[0]!r} is no session type", f"choose from {', '.join(TYPES)}")
    return frozenset(names) or None


def list_sessions(  # noqa: PLR0913 - one argument for each option
    asked: Sequence[tuple[Host, Chosen, Privilege]],
    wanted: str | None,
    *,
    form: str | None = None,
    file: str | None = None,
    databases: str | None = None,
    fill: bool = False,
    terse: bool = False,
) -> int:
    """Ask the hosts, show their sessions host by host and return the exit code."""
    from vhost.cli.live import watched  # noqa: PLC0415 - beside its use
    from vhost.cli.outcome import failed, tell  # noqa: PLC0415 - as above
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.errors import Partial, UsageError  # noqa: PLC0415 - as above
    from vhost.render import typed  # noqa: PLC0415 - as above
    from vhost.sessions import output, session  # noqa: PLC0415 - as above
    from vhost.sessions.asking import sessions as ask  # noqa: PLC0415 - as above
    from vhost.survey.asking import each  # noqa: PLC0415 - as above
    from vhost.transport import Transport  # noqa: PLC0415 - as above

    name = typed.known(form) if form else None
    if name in typed.BINARY:
        raise UsageError(
            "--format", f"{name} is no form of this answer", "choose json, ndjson, csv, markdown, yaml or xml"
        )
    shown = output.parse(wanted)
    with Transport() as transport, watched([host for host, _, _ in asked]) as progress:
        each_one = {host: (limits, privilege) for host, limits, privilege in asked}
        told = each(list(each_one), lambda host: ask(transport, host, *each_one[host]), progress)
    found = [one for host in told if host.found for one in host.found.sessions]
    found = _filled(found, databases) if fill else found
    if name:
        write(typed.lines(name, session.COLUMNS, (session.values(one) for one in found)), file)
    else:
        write(output.lines(shown, found, terse=terse), file)
    code = failed(one.failure for one in told)
    for finding in (finding for host in told if host.found for finding in host.found.findings):
        tell(f"{finding.where}: {finding.problem}")
        code = code or Partial.exit_code
    return code


def _filled(found: list[Session], databases: str | None) -> list[Session]:
    from vhost.cache.place import chosen  # noqa: PLC0415 - only --fill pays for it
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.sessions.filling import filled  # noqa: PLC0415 - as above

    with opened(chosen(databases), hint=tell) as snapshot:
        return filled(snapshot.con, found)
