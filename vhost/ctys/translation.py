"""What the old command line asks for, in the terms of `vhost.act` and `vhost.address`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from vhost import address
from vhost.act.request import Request, Verb
from vhost.address import Kind
from vhost.console.waiting import Tries, Waits
from vhost.console.wanted import Wanted
from vhost.ctys.requests import Address, Cancel, Create, Options, Part, PartKind, Probe, Target
from vhost.errors import UsageError
from vhost.host import own_name
from vhost.transport import privilege

_KINDS: Mapping[PartKind, Kind] = {
    "label": "l",
    "uuid": "u",
    "mac": "m",
    "tcp": "t",
    "id": "p",
    "base": "b",
    "file": "f",
}
_VERBS = {
    "CREATE": Verb.CREATE,
    "CONNECT": Verb.CONNECT,
    "RECONNECT": Verb.CONNECT,
    "REUSE": Verb.REUSE,
    "RESUME": Verb.RESUME,
    "POWEROFF": Verb.POWEROFF,
    "REBOOT": Verb.REBOOT,
    "RESET": Verb.RESET,
    "PAUSE": Verb.PAUSE,
    "SUSPEND": Verb.SUSPEND,
    "INIT": Verb.INIT,
}
_TYPES = {"KVM": "QEMU", "VMWARE": "VMW", "VIRTUALBOX": "VBOX", "PROXMOX": "PVE", "LXC": "PVE"}
_FIELDS: Mapping[PartKind, int] = {"label": 3, "id": 4, "file": 4, "base": 4}


def request(asked: Create | Cancel, options: Options, home: str | None = None) -> Request:
    """Return the request for one target; without a known home a path below it is shown as it is."""
    rights = privilege(options.privilege or "NO")
    if isinstance(asked, Create):
        return Request(
            verb=_VERBS[asked.begin],
            state_file=asked.state_file and _at(asked.state_file, home),
            privilege=rights,
            words=asked.calls,
            boot=asked.boot,
            directory=asked.directory and _at(asked.directory, home),
        )
    if asked.side == "CLIENT":
        return Request(verb=Verb.CONNECT, privilege=rights)
    return Request(
        verb=_VERBS[asked.end],
        grace=None if asked.seconds is None else float(asked.seconds),
        level=None if asked.level is None else str(asked.level),
        force=asked.force,
        stack=asked.stack,
        whole=asked.itself,
        timeout=None if asked.timeout is None else float(asked.timeout),
        privilege=rights,
    )


def types(options: Options) -> frozenset[str] | None:
    """Return the session types of records that `-t`, else `-T`, asks for; None are all."""
    asked = (options.type,) if options.type else options.types
    found = frozenset(_TYPES.get(name, name) for name in asked)
    return None if not found or "ALL" in found else found


def console(target: Target) -> Wanted | None:
    """Return the console that a CREATE asks for, None without one."""
    asked, options = target.request, target.options
    if not isinstance(asked, Create) or asked.console is None or options.location == "SO":
        return None
    return Wanted(
        kind=asked.console,
        location="DF" if options.location == "DF" else "CF",
        waits=options.background.waits is True,
        display=options.display,
        geometry=options.geometry,
        agent=options.agent,
        words=asked.console_words,
        place=asked.place,
    )


def waits(asked: Create) -> Waits:
    """Return what is waited for between the start and the console."""
    return Waits(
        server=asked.wait_server or 0,
        ping=_tries(asked.ping),
        ssh=_tries(asked.ssh_ping),
        client=asked.wait_client or 0,
    )


def _tries(probe: Probe | None) -> Tries | None:
    if probe is None or not probe.wanted:
        return None
    usual = Tries()
    return Tries(probe.tries or usual.count, probe.seconds or usual.seconds)


def needs_home(asked: Create | Cancel) -> bool:
    """Tell whether something means the home of the target's user."""
    paths = (asked.directory, asked.state_file) if isinstance(asked, Create) else ()
    return any(part.at_home for part in asked.address) or any(path and path.startswith("~") for path in paths)


def words(parts: Address, home: str | None = None) -> str:
    """Return the text of an address; without a known home a path in it counts as an inner part of a path."""
    made = [_part(part, home) for part in parts if part.kind != "base"]
    bases = [_at(part.value, home) for part in parts if part.kind == "base"]
    return str(address.address(*made, *([address.part("b", *bases)] if bases else [])))


def _part(part: Part, home: str | None) -> address.Part:
    if part.at_home and home is None:
        return address.part("f", part.value[1:] or "/")
    return address.part(_KINDS[part.kind], _at(part.value, home) if part.at_home else part.value)


def _at(value: str, home: str | None) -> str:
    return f"{home.rstrip('/')}{value[1:]}" if home is not None and value.startswith("~") else value


def directories(parts: Address, home: str | None, place: str) -> list[str]:
    """Return the base paths of an address. Raises `UsageError` for one that begins nowhere."""
    found = [_at(part.value, home) for part in parts if part.kind == "base"]
    for path in found:
        if not path.startswith("/"):
            raise UsageError(place, f"the base path {path!r} does not say where it begins", "write b:/PATH or b:~/PATH")
    return found


def query(target: Target, parts: Address, home: str | None = None) -> str:
    """Return the call of ctys-vhost that shows what an address fits on a target, ready to paste and vary."""
    options = ["-p", target.options.databases] if target.options.databases else []
    kinds = sorted(types(target.options) or ())
    limit = [f"F:2:^({'|'.join(kinds)})$"] if len(kinds) > 1 else [f"F:2:^{kind}$" for kind in kinds]
    terms = [_host(target), *limit, *_terms(parts, home)]
    return shlex.join(["ctys-vhost", "-o", "machine", "-s", "-M", "all", *options, *terms])


def _host(target: Target) -> str:
    """Return the term that limits the records to those of a host, by its short or its full name."""
    name = own_name() if target.host == "localhost" else target.host
    return rf"F:1:^{_escaped(name)}(\.|$)"


def _terms(parts: Address, home: str | None) -> Iterator[str]:
    bases = [_sought(part, home) for part in parts if part.kind == "base"]
    if bases:
        yield f"F:{_FIELDS['base']}:" + (bases[0] if len(bases) == 1 else f"({'|'.join(bases)})")
    for part in (part for part in parts if part.kind != "base"):
        value = _sought(part, home)
        if part.kind in {"uuid", "mac", "tcp"}:
            yield value
        elif part.kind == "label" or (part.kind == "id" and not (part.at_home and home is None)):
            yield f"F:{_FIELDS[part.kind]}:^{value}$"
        else:
            yield f"F:{_FIELDS[part.kind]}:{value}"


def _sought(part: Part, home: str | None) -> str:
    """Return the value of a part as an expression; without a known home what is below it."""
    if not part.at_home:
        return _escaped(part.value)
    return _escaped(part.value[1:] if home is None else _at(part.value, home))


def _escaped(value: str) -> str:
    """Return a value as an expression that finds it and nothing else."""
    return re.sub(r"[.^$*+?{}\[\]\\|()]", r"\\\g<0>", value)
