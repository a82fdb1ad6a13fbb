"""Shows one machine: what `vhost machine` does."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from vhost.address import parse
from vhost.ambiguity.choice import NoMachine, SeveralMachines, only
from vhost.ambiguity.profile import profile
from vhost.ambiguity.resolve import Resolver
from vhost.cache.place import chosen
from vhost.cache.snapshot import opened
from vhost.cli.freshness import mark_machines
from vhost.cli.outcome import tell
from vhost.cli.refusing import refuse
from vhost.cli.writing import write
from vhost.render import machine


def show_machine(
    text: str, on: str | None, *, databases: str | None, as_json: bool, file: str | None, static: bool
) -> int:
    """Show the machine of an address and return the exit code. Raises `UsageError` or `Ambiguous` for the host."""
    address = parse(text).on(on)
    with opened(chosen(databases), static=static, hint=tell) as snapshot:
        resolver = Resolver(snapshot.con)
        try:
            found = profile(resolver, only(resolver, address))
        except (SeveralMachines, NoMachine) as error:
            return refuse(error)
        mark_machines(resolver.con, [found.machine.machine_id], databases)
    if as_json:
        write([json.dumps(machine.value(found), ensure_ascii=False, indent=2)], file)
    else:
        write(machine.lines(found, datetime.now(UTC)), file)
    return 0
