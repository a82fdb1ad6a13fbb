"""`vhost doctor`: what commands need of this host, found or missing."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File


def doctor(
    commands: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD...]",
            help="Only what concerns these: commands, session types, consoles, options, as create, XEN, -Z.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", metavar="NAME", help="text or json.")] = "text",  # noqa: A002 - the option's name
    output: File = None,
    db: Databases = None,
) -> int:
    """Look for every program, module, capability and path that commands need: vhost doctor create XEN.

    Exit code 0 if nothing is missing without which nothing works; with words, if nothing is missing that concerns them.
    """
    import json  # noqa: PLC0415 - beside its use
    from dataclasses import asdict  # noqa: PLC0415 - as above

    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.doctor.examination import examined, lines, verdict  # noqa: PLC0415 - as above
    from vhost.errors import UsageError  # noqa: PLC0415 - as above

    if format not in {"text", "json"}:
        raise UsageError("--format", f"{format!r} is no form of this answer", "choose text or json")
    found = examined(commands or (), chosen(db))
    as_json = [json.dumps([asdict(one) for one in found], indent=2)] if format == "json" else None
    write(as_json or lines(found), output)
    return verdict(found, asked=bool(commands))
