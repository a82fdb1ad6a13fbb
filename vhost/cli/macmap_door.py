"""`ctys-macmap` and `ctys-extractMAClst`: the macmap, as the old tool searched and filled it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vhost import __version__
from vhost.cli import macmap, macmap_query
from vhost.cli.letters import parsed
from vhost.cli.outcome import show
from vhost.errors import DatabaseMissing, UsageError

if TYPE_CHECKING:
    from macmap.listing import Order

QUERY_HELP = """\
usage: ctys-macmap [-n] [-m] [-i] [-u] [-p DB[:DB...]] [PATTERN|GROUP ...]

  -n, -m, -i  print the name, the MAC, the IP address; all three if none is chosen
  -u          print in upper case, and match in either
  -p DB       database directories, searched together
  -d LEVEL, -X  no effect
  -h, -V      this help, the version
A PATTERN is a regular expression that is searched in name;MAC;IP; several are searched one after the
other. One that holds xx:xx matches in either case. The name of a group stands for its hosts.
Example: ctys-macmap -i tst100
The same with long names: vhost macmap query --help"""
EXTRACT_HELP = """\
usage: ctys-extractMAClst [-n|-i|-m] [-E] [-P|-p DB] [-q] [DHCPD.CONF]

  -n       name;MAC;IP; (the default)
  -i, -m   IP;name;MAC;  MAC;name;IP;
  -E       lines for /etc/ethers: MAC and name, with -i MAC and IP
  -P       write the macmap of the default database, print nothing
  -p DB    write the macmap of this one
  -q       do not name what is wrong with the file; the exit code is the same
  -d LEVEL, -X  no effect
  -h, -V   this help, the version
Without a file /etc/dhcpd.conf is read, else /etc/dhcp/dhcpd.conf.
Example: ctys-extractMAClst -i /etc/dhcp/dhcpd.conf
The same with long names: vhost macmap extract --help"""


_ORDERS: dict[str, Order] = {"-n": "name", "-i": "ip", "-m": "mac"}


def run_query(arguments: Sequence[str]) -> int:
    """Answer one call of `ctys-macmap` and return its exit code."""
    options, patterns = parsed("ctys-macmap", arguments, "nmiup:d:H:hVX")
    given = {letter.lstrip("-"): value for letter, value in options}
    if _helped("ctys-macmap", given, QUERY_HELP):
        return 0
    asked = macmap_query.Search(name="n" in given, mac="m" in given, ip="i" in given, upper="u" in given)
    try:
        return macmap_query.run(patterns, given.get("p"), asked)
    except DatabaseMissing as error:  # exit 1 in the old tool
        raise UsageError(error.where, error.problem, "name another with -p") from error


def run_extract(arguments: Sequence[str]) -> int:
    """Answer one call of `ctys-extractMAClst` and return its exit code."""
    options, files = parsed("ctys-extractMAClst", arguments, "nmiEPp:qd:H:hVX")
    given = {letter.lstrip("-"): value for letter, value in options}
    if _helped("ctys-extractMAClst", given, EXTRACT_HELP):
        return 0
    orders = [_ORDERS[letter] for letter, _ in options if letter in _ORDERS]
    asked = macmap.Extraction(
        files=files,
        order=orders[-1] if orders else "name",
        ethers="E" in given,
        store="P" in given or "p" in given,
        database=given.get("p"),
        quiet="q" in given,
    )
    return macmap.run_extract(asked)


def _helped(program: str, given: dict[str, str], text: str) -> bool:
    """Show help or version if one was asked for, and tell whether it was."""
    wanted = bool({"h", "H", "V"} & set(given))
    if wanted:
        show([f"{program} (vhost-toolkit) {__version__}" if "V" in given else text])
    return wanted
