"""`vhost show` and `vhost info`: what hosts do now, and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vhost.cli.live import Hosts, Privileged
from vhost.cli.options import Databases, File

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from vhost.survey.asking import Told
    from vhost.survey.info import Facts
    from vhost.survey.show import Situation
    from vhost.transport import Host, Privilege

Form = Annotated[
    str, typer.Option("--format", "-f", metavar="NAME", help="text, or json: one object for each host, by its name.")
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        "-T",
        metavar="TYPE",
        help="Only these session types, and what their consoles need: XEN, QEMU, LIBVIRT, VBOX, VMW, PVE, PM.",
        show_default=False,
    ),
]


def show(
    hosts: Hosts = None,
    privilege: Privileged = "NO",
    format: Form = "text",  # noqa: A002 - the option's name
    output: File = None,
    db: Databases = None,
) -> int:
    """Show what hosts do now: memory, load, the busiest processes and guests, alarms: vhost show lab00."""
    from vhost.cli.live import named  # noqa: PLC0415 - --help needs no hosts
    from vhost.transport import privilege as parsed  # noqa: PLC0415 - as above

    return survey("show", named(hosts, db), parsed(privilege), form=format, file=output)


def info(
    hosts: Hosts = None,
    types: Kinds = None,
    privilege: Privileged = "NO",
    format: Form = "text",  # noqa: A002 - the option's name
    output: File = None,
    db: Databases = None,
) -> int:
    """Show what hosts are: processors, memory, usable session types and why not: vhost info -T xen lab00."""
    from vhost.cli.live import named  # noqa: PLC0415 - --help needs no hosts
    from vhost.transport import privilege as parsed  # noqa: PLC0415 - as above

    wanted = session_types(types)
    return survey("info", named(hosts, db), parsed(privilege), wanted, form=format, file=output)


def session_types(listed: Sequence[str] | None) -> frozenset[str] | None:
    """Return the types of a list that commas may separate, None for all. Raises `UsageError` for an unknown one."""
    from vhost.errors import UsageError  # noqa: PLC0415 - beside its use
    from vhost.survey.types import TYPES  # noqa: PLC0415 - as above

    names = [name.upper() for words in listed or () for name in words.split(",") if name]
    unknown = [name for name in names if name not in TYPES]
    if unknown:
        raise UsageError("--type", f"{unknown[0]!r} is no session type", f"choose from {', '.join(TYPES)}")
    return frozenset(names) or None


def survey(
    script: Literal["show", "info"],
    hosts: Sequence[Host],
    privilege: Privilege,
    only: Collection[str] | None = None,
    *,
    form: str = "text",
    file: str | None = None,
) -> int:
    """Ask the hosts, write what they tell and return the exit code."""
    from vhost.cli.live import watched  # noqa: PLC0415 - as above
    from vhost.cli.outcome import failed  # noqa: PLC0415 - beside its use
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.errors import UsageError  # noqa: PLC0415 - as above
    from vhost.survey.asking import ask, each  # noqa: PLC0415 - as above
    from vhost.transport import Transport  # noqa: PLC0415 - as above

    if form not in {"text", "json"}:
        raise UsageError("--format", f"{form!r} is no form of this answer", "choose text or json")
    read = _reader(script, only)
    with Transport() as transport, watched(hosts) as progress:
        told = each(hosts, lambda host: read(ask(transport, host, script, privilege)), progress)
    write(_json(told) if form == "json" else _text(told), file)
    return failed(one.failure for one in told)


def _reader(script: str, only: Collection[str] | None) -> Callable[[Mapping[str, str]], Situation | Facts]:
    if script == "show":
        from vhost.survey.show import situation  # noqa: PLC0415 - each call pays for itself only

        return situation
    from vhost.survey.info import facts  # noqa: PLC0415 - as above

    return lambda parts: facts(parts, only)


def _text(told: Sequence[Told[Situation | Facts]]) -> Iterator[str]:
    from vhost.survey.text import lines  # noqa: PLC0415 - as above

    found = [(one.host.account, one.found) for one in told if one.found is not None]
    for number, (account, one) in enumerate(found):
        if len(told) > 1:
            yield f"{chr(10) if number else ''}== {account}"
        yield from lines(one)


def _json(told: Sequence[Told[Situation | Facts]]) -> Iterator[str]:
    import json  # noqa: PLC0415 - beside its use

    from vhost.survey.text import as_json  # noqa: PLC0415 - as above

    found = {one.host.account: as_json(one.found) for one in told if one.found is not None}
    yield json.dumps(found, indent=2, ensure_ascii=True)
