"""Machines inside hosts, `lab00[l:tst100][inner]`: which host of its own the innermost one is."""

from __future__ import annotations

from dataclasses import replace

from vhost.address import parse
from vhost.ambiguity.resolve import Resolver
from vhost.ctys.requests import Address, Target
from vhost.ctys.translation import words
from vhost.errors import Ambiguous, UsageError


def located(resolver: Resolver, target: Target) -> Target:
    """Return a target that names the innermost machine as its host. Raises `UsageError` with its place.

    Its name is that under which records know it as a host, else its address.
    """
    host = target.host
    for address in target.stack:
        host = _inside(resolver, target, host, address)
    return replace(target, host=host, stack=())


def _inside(resolver: Resolver, target: Target, host: str, address: Address) -> str:
    found = resolver.answers([parse(words(address)).on(host)])[0]
    where = f"{target.place}: {found.address}"
    if found.status == "ambiguous":
        raise UsageError(where, found.problem or f"{found.machines} machines fit it", "add u:, m: or p:")
    if found.status == "none":
        raise UsageError(where, found.problem or "no machine fits it", "see what is known: vhost query")
    for name in filter(None, (found.label, found.tcp)):
        try:
            return resolver.hosts.find(name).name
        except (Ambiguous, UsageError):
            continue
    if found.tcp is None:
        raise UsageError(where, "is known neither as a host nor by an address", "name the host itself")
    return found.tcp
