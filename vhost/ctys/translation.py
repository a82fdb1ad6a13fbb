"""What the old command line asks for, in the terms of `vhost.act` and `vhost.address`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from vhost import address
from vhost.act.request import Request, Verb
from vhost.address import Kind
from vhost.ctys.requests import Address, Cancel, Create, Options, Part, PartKind, Target
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


def request(asked: Create | Cancel, options: Options) -> Request:
    """Return the request for one target."""
    rights = privilege(options.privilege or "NO")
    if isinstance(asked, Create):
        return Request(verb=_VERBS[asked.begin], state_file=asked.state_file, privilege=rights)
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


def needs_home(parts: Address) -> bool:
    """Tell whether a part means the home of the target's user."""
    return any(part.at_home for part in parts)


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


def query(target: Target, parts: Address, home: str | None = None) -> str:
    """Return the call of ctys-vhost that shows what an address fits on a target, ready to paste and vary."""
    options = ["-p", target.options.databases] if target.options.databases else []
    kinds = sorted(types(target.options) or ())
    limit = [f"F:2:^({'|'.join(kinds)})$"] if len(kinds) > 1 else [f"F:2:^{kind}$" for kind in kinds]
    terms = [*_host(target), *limit, *_terms(parts, home)]
    return shlex.join(["ctys-vhost", "-o", "machine", "-s", "-M", "all", *options, *terms])


def _host(target: Target) -> list[str]:
    return [] if target.host == "localhost" else [f"F:1:^{_escaped(target.host)}"]


def _terms(parts: Address, home: str | None) -> Iterator[str]:
    for part in parts:
        value = _escaped(_at(part.value, home) if part.at_home and home is not None else part.value.removeprefix("~"))
        if part.kind in {"uuid", "mac", "tcp"}:
            yield value
        elif part.kind == "label" or (part.kind == "id" and not (part.at_home and home is None)):
            yield f"F:{_FIELDS[part.kind]}:^{value}$"
        else:
            yield f"F:{_FIELDS[part.kind]}:{value}"


def _escaped(value: str) -> str:
    """Return a value as an expression that finds it and nothing else."""
    return re.sub(r"[.^$*+?{}\[\]\\|()]", r"\\\g<0>", value)
