"""`vhost list` and `vhost scan live`: what runs now, shown or stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli.options import Databases, File, Format

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from contextlib import AbstractContextManager

    from vhost.cli.rows import Columns
    from vhost.discover import Progress
    from vhost.guests import Seen
    from vhost.transport import Host

Privileged = Annotated[
    str,
    typer.Option(
        "--privilege", "-Z", metavar="HOW", help="How commands get privileges there: KSU, SUDO, ALL, NOKSU, NOSUDO."
    ),
]
Connection = Annotated[
    str | None,
    typer.Option(
        "--connect",
        "-c",
        metavar="URI",
        help="The connection of libvirt, as qemu:///system; default: virsh's own.",
        show_default=False,
    ),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        "-T",
        metavar="TYPE",
        help="Only these session types: XEN, LIBVIRT, QEMU, VBOX, VMW.",
        show_default=False,
    ),
]
Hosts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[USER@]HOST|GROUP...", help="The hosts that are asked; default: this one.", show_default=False
    ),
]


def scan_live(
    hosts: Hosts = None,
    types: Types = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    db: Databases = None,
) -> int:
    """Ask hypervisors for their guests and store them: vhost scan live -Z SUDO lab00 lab01."""
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.collect import prepare  # noqa: PLC0415 - as above
    from vhost.guest_store import store  # noqa: PLC0415 - as above

    directory = chosen(db)[0]
    prepare(directory)
    wanted = session_types(types)
    seen = _seen(hosts, wanted, privilege, connect, db)
    changes = store(directory, seen, wanted, lambda name, why: tell(f"{name}: left out: {why}"))
    count, new = sum(change.claims for change in changes), sum(change.new for change in changes)
    gone = sum(change.vanished for change in changes)
    tell(f"{len(seen)} hosts: {count} guests, {new} new, {gone} gone")
    return _told(seen)


_TYPED: Columns = {
    "host": "string",
    "label": "string",
    "type": "string",
    "state": "string",
    "id": "string",
    "vnc_port": "int32",
    "uuid": "string",
    "macs": "strings",
    "config_path": "string",
}


def list_(  # noqa: PLR0913, PLR0917 - one argument for each option
    hosts: Hosts = None,
    types: Types = None,
    privilege: Privileged = "NO",
    connect: Connection = None,
    db: Databases = None,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    all_: Annotated[
        bool,
        typer.Option("--all", "-a", help="Add what is configured there and does not run, from the database."),
    ] = False,
) -> int:
    """List the guests that hypervisors run or know now: vhost list lab00."""
    from vhost.cli.rows import form, write_rows  # noqa: PLC0415 - --help needs no output
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.render import guests as drawn  # noqa: PLC0415 - as above

    name = form(format, output)
    wanted = session_types(types)
    seen = _seen(hosts, wanted, privilege, connect, db)
    rows = [_row(one.name, guest) for one in seen if one.look for guest in one.look.guests]
    rows += _configured(seen, wanted, db) if all_ else ()
    if name:
        write_rows(name, _TYPED, rows, output)
    else:
        write(drawn.table(rows), output)
    return _told(seen)


def _row(host: str, guest: object) -> tuple[object, ...]:
    from vhost.render.guests import COLUMNS  # noqa: PLC0415 - --help needs no output

    values = {name: getattr(guest, name) for name in COLUMNS}
    return tuple({**values, "host": host, "state": values["state"].value, "macs": list(values["macs"])}.values())


def _configured(
    seen: Sequence[Seen], types: Sequence[str] | None, databases: str | None
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of what is configured and does not run, marked so in the place of the state."""
    from vhost.act.configured import configured  # noqa: PLC0415 - only --all needs the database
    from vhost.act.targets import spellings  # noqa: PLC0415 - as above
    from vhost.ambiguity.resolve import Resolver  # noqa: PLC0415 - as above
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above

    with opened(chosen(databases), hint=tell) as snapshot:
        resolver = Resolver(snapshot.con)
        for one in configured(snapshot.con, seen, lambda name: spellings(resolver, name) or (name,), types):
            known = one.recorded
            state = "configured" if one.known else "configured, not asked"
            yield one.host, known.label, known.type, state, None, None, known.uuid, sorted(known.macs), known.path


def session_types(listed: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the session types of a list that commas may separate. Raises `UsageError` for an unknown one."""
    from scanners.live import SOURCES  # noqa: PLC0415 - --help needs no scanner
    from vhost.errors import UsageError  # noqa: PLC0415 - as above

    names = tuple(name.upper() for words in listed or () for name in words.split(",") if name)
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        raise UsageError("--type", f"{unknown[0]!r} is no session type", f"choose from {', '.join(SOURCES)}")
    return names or None


def named(words: Sequence[str] | None, databases: str | None) -> list[Host]:
    """Return the hosts that words and groups stand for, each once; without any, this host. Raises `UsageError`."""
    from vhost.transport import Host, host  # noqa: PLC0415 - --help needs no hosts

    if not words:
        return [Host("localhost")]
    from vhost.cli.groups import searched  # noqa: PLC0415 - as above

    groups = searched(databases)
    members = [member for word in words for member in groups.members(word)]
    return list(dict.fromkeys(host(member.account) for member in members))


def watched(hosts: Collection[Host]) -> AbstractContextManager[Progress | None]:
    """Return the bar of hosts that are asked; this host alone has answered before one would be drawn."""
    from contextlib import nullcontext  # noqa: PLC0415 - --help needs no bar

    from vhost.progress import bar  # noqa: PLC0415 - as above

    return nullcontext() if all(host.local for host in hosts) else bar("asking hosts")


def _seen(
    words: Sequence[str] | None,
    types: Sequence[str] | None,
    privilege: str,
    uri: str | None,
    databases: str | None,
) -> list[Seen]:
    from vhost.guests import looked  # noqa: PLC0415 - --help needs no scanner
    from vhost.transport import Transport  # noqa: PLC0415 - as above
    from vhost.transport import privilege as parsed  # noqa: PLC0415 - as above

    hosts = named(words, databases)
    with Transport() as transport, watched(hosts) as progress:
        return looked(transport, hosts, types, privilege=parsed(privilege), uri=uri, told=progress)


def _told(seen: Sequence[Seen]) -> int:
    """Name what could not be asked and return the exit code: that of a host, or 3 for a hypervisor.

    A hypervisor that does not run, and that nobody asked for, is named and no failure.
    """
    from vhost.cli.outcome import tell  # noqa: PLC0415 - --help needs no output
    from vhost.errors import Partial  # noqa: PLC0415 - as above

    code = 0
    for one in seen:
        if one.failure:
            tell(str(one.failure))
            code = code or one.failure.exit_code
        for finding in one.look.findings if one.look else ():
            tell(f"{finding.where}: {finding.problem}")
            code = code or Partial.exit_code
        for kind, error in one.look.absent.items() if one.look else ():
            tell(f"{error.where} ({kind}): {error.problem}; nothing of it runs there")
    return code
