"""dnsmasq.conf: its hosts, and the files that it names.

    dhcp-host=52:54:00:4e:01:33,db01,192.168.1.33      conf-dir=/etc/dnsmasq.d/,*.conf      dhcp-hostsdir=/etc/hosts.d

Other options are passed. Source: dnsmasq(8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from macmap import spellings
from macmap.dnsmasq.hosts import host
from macmap.dnsmasq.words import option
from macmap.entry import Entry, Include, Parsed, Problems


def parse(lines: Iterable[str]) -> Parsed:
    """Return the hosts of a configuration, what is wrong with them, and the files that it names."""
    problems = Problems()
    entries: list[Entry] = []
    includes: list[Include] = []
    for number, line in enumerate(lines, start=1):
        words = option(line)
        if words.open:
            problems.expected(number, f"'\"' expected at the end of {spellings.shown(line)}")
        elif words.option == "dhcp-host":
            if not words.values:
                problems.expected(number, "a MAC, an address or a name expected after dhcp-host=")
            entries += host(problems, number, words.values)
        elif words.option in _INCLUDES and words.values and words.values[0]:
            includes.append(_INCLUDES[words.option](number, words.values))
        elif words.option in _INCLUDES:
            problems.expected(number, f"the name of a file expected after {words.option}=")
    return problems.parsed(entries, includes)


def _file(line: int, values: Sequence[str]) -> Include:
    return Include(values[0], line)


def _directory(line: int, values: Sequence[str]) -> Include:
    """Return all files of a directory; `*.conf` takes only those, `.bak` all but those."""
    only = tuple(value[1:] for value in values[1:] if value.startswith("*"))
    without = tuple(value for value in values[1:] if value and not value.startswith("*"))
    return Include(values[0], line, directory=True, only=only, without=without)


def _hosts(line: int, values: Sequence[str]) -> Include:
    return Include(values[0], line, how="hosts")


def _hosts_directory(line: int, values: Sequence[str]) -> Include:
    return Include(values[0], line, how="hosts", directory=True)


_INCLUDES = {
    "conf-file": _file,
    "conf-dir": _directory,
    "dhcp-hostsfile": _hosts,
    "dhcp-hostsdir": _hosts_directory,
}
"""The options that name files, and what those are."""
