"""`vhost qmp`, `vhost wake` and `vhost log`: the single steps of plans by hand, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vhost.cli.live import Privileged
from vhost.cli.options import File, Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vhost.cli.rows import Columns

On = Annotated[
    str | None,
    typer.Option("--on", metavar="[USER@]HOST", help="The host; default: this one.", show_default=False),
]


def qmp(
    place: Annotated[str, typer.Argument(metavar="SOCKET|HOST:PORT", help="The guest's QMP socket there.")],
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="As query-status.")],
    arguments: Annotated[
        str | None, typer.Argument(metavar="JSON", help="The arguments as a JSON object.", show_default=False)
    ] = None,
    on: On = None,
    privilege: Privileged = "NO",
) -> None:
    """Send one command to the monitor of a QEMU guest: vhost qmp --on lab00 /run/tst200.qmp query-status."""
    import json  # noqa: PLC0415 - beside its use

    from vhost.cli.outcome import show  # noqa: PLC0415 - --help needs no connection
    from vhost.transport import Host, Site, Transport, host  # noqa: PLC0415 - as above
    from vhost.transport import privilege as parsed  # noqa: PLC0415 - as above

    given = _object(arguments)
    target = host(on) if on is not None else Host("localhost")
    with Transport() as transport, Site(transport, target, parsed(privilege)).monitor(place) as monitor:
        answer = monitor.execute(command, given)
    show([json.dumps(answer, ensure_ascii=True)])


def _object(text: str | None) -> dict[str, Any]:
    import json  # noqa: PLC0415 - beside its use

    from vhost.errors import UsageError  # noqa: PLC0415 - as above

    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError("arguments", "are no JSON object", """write for example '{"device": "ide0"}'""")
    return found


def wake(
    mac: Annotated[str, typer.Argument(metavar="MAC", help="The MAC of the machine.")],
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            "-a",
            metavar="IP",
            help="The broadcast address the frame goes to; default: that of every link.",
        ),
    ] = None,
) -> None:
    """Send the frame that wakes a machine up (wake-on-LAN): vhost wake 00:0e:0c:35:f8:48."""
    from vhost.act.wake import EVERYWHERE, send  # noqa: PLC0415 - --help needs no network

    send(mac, address or EVERYWHERE)


_LOGGED: Columns = {
    "at": "string",
    "who": "string",
    "verb": "string",
    "label": "string",
    "host": "string",
    "exit": "int32",
    "seconds": "double",
    "says": "string",
}


def log(
    count: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last actions.")] = 20,
    format: Format = None,  # noqa: A002 - the option's name
    output: File = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="As JSON lines, with machine, plan and result.")] = False,
) -> None:
    """Show the last actions: when, who, what, on which machine, and how it ended.

    Example: vhost log --lines 50
    """
    from vhost.act import journal  # noqa: PLC0415 - --help needs no log
    from vhost.cli.rows import form, write_rows  # noqa: PLC0415 - as above
    from vhost.cli.writing import write  # noqa: PLC0415 - as above

    name = form(format, output)
    entries = journal.entries(count)
    rows = [tuple(_typed(entry.get(key), kind) for key, kind in _LOGGED.items()) for entry in entries]
    if name:
        write_rows(name, _LOGGED, rows, output)
    else:
        write(_whole(entries) if json_ else _table(rows), output)


def _typed(value: object, kind: str) -> object:
    """Return a value of an entry in the type of its column; None for another, which a damaged entry may hold."""
    if kind == "string":
        return value if isinstance(value, str) else None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and (kind != "int32" or value in range(256)) else None


def _whole(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    import json  # noqa: PLC0415 - beside its use

    return (json.dumps(entry, ensure_ascii=True) for entry in entries)


def _table(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    from vhost.render.aligned import aligned  # noqa: PLC0415 - beside its use
    from vhost.text import escape  # noqa: PLC0415 - as above

    def cell(value: object) -> str:
        parts = str(value).split(";")  # which parts records, and is as good as any letter here
        return "-" if value is None or value == "" else ";".join(map(escape, parts))

    return aligned([[*_LOGGED], *([cell(value) for value in row] for row in rows)])
