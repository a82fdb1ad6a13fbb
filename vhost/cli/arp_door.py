"""`ctys-extractARPlst`: who answers for which address, as the old tool listed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vhost import __version__
from vhost.cli.letters import parsed
from vhost.cli.outcome import show
from vhost.errors import DatabaseMissing, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from macmap.entry import Entry
    from macmap.listing import Order
    from vhost.cli.arp import Done

_PROGRAM = "ctys-extractARPlst"
HELP = """\
usage: ctys-extractARPlst [-n|-i|-m] [-E] [-P|-p DB] [-q] [-I IF] CIDR|RANGE|HOST|GROUP...

  -n       name;MAC;IP; (the default)
  -i, -m   IP;name;MAC;  MAC;name;IP;
  -E       lines for /etc/ethers: MAC and name, with -i MAC and IP
  -P       store the sweep in the default database, print nothing
  -p DB    store it in this one
  -q       no findings and no summary; the exit code is the same
  -I IF    the interface; by default the one whose network holds the target
  -d LEVEL, -X  no effect
  -h, -V   this help, the version
Names are those of the call, else what the system's resolver knows of the address.
Example: ctys-extractARPlst -i 192.168.1.0/24
The same with long names: vhost scan arp --help"""
_ORDERS: dict[str, Order] = {"-n": "name", "-i": "ip", "-m": "mac"}


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    options, words = parsed(_PROGRAM, arguments, "nmiEPp:qI:d:H:hVX")
    given = {letter.lstrip("-"): value for letter, value in options}
    if {"h", "H", "V"} & set(given):
        show([f"{_PROGRAM} (vhost-toolkit) {__version__}" if "V" in given else HELP])
        return 0
    orders = [_ORDERS[letter] for letter, _ in options if letter in _ORDERS]
    return _run(given, orders[-1] if orders else "name", words)


def _run(given: dict[str, str], order: Order, words: Sequence[str]) -> int:
    from vhost.cli import arp  # noqa: PLC0415 - --help needs no scanner
    from vhost.sweeps.plan import SweepRequest  # noqa: PLC0415 - as above

    if "E" in given and order == "mac":
        raise UsageError("-E", "cannot be combined with -m", "the lines begin with the MAC as it is; take -n or -i")
    database = given.get("p")
    store = _database(database) if {"P", "p"} & set(given) else None
    request = SweepRequest(words=arp.words(words, database), interface=given.get("I"))
    done = arp.swept(arp.Sweeping(request=request, directory=store, live=False, quiet="q" in given))
    if store is None:
        show(_lines(done, order, ethers="E" in given))
    return done.code


def _database(given: str | None) -> Path:
    from vhost.cache.place import chosen  # noqa: PLC0415 - stdout needs no database

    directory = chosen(given)[0]
    if not directory.is_dir():
        raise DatabaseMissing(str(directory), "no such database", "create the directory, or name another with -p")
    return directory


def _lines(done: Done, order: Order, *, ethers: bool) -> list[str]:
    from macmap import listing  # noqa: PLC0415 - as above

    return (listing.ethers if ethers else listing.listed)(_entries(done), order)


def _entries(done: Done) -> Iterator[Entry]:
    from macmap.entry import Entry  # noqa: PLC0415 - as above
    from scanners.ethernet import spelled  # noqa: PLC0415 - as above
    from vhost.resolver import chosen  # noqa: PLC0415 - as above

    answers = [one for result in done.results for one in result.swept.answers]
    unknown = {one.text for one in answers if one.address not in done.plan.names}
    found = chosen().names(unknown)
    for one in answers:
        name = done.plan.names.get(one.address) or (found.get(one.text) or "").rstrip(".")
        yield Entry(name=name or None, mac=spelled(one.mac), ip=one.text, line=0)
