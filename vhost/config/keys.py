"""Every key of the configuration: its form, what it means and what holds without it.

The page docs/configuration-keys.md is generated from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vhost.collisions.limits import LIMITS

Form = Literal["text", "texts", "path", "paths", "age", "number", "flag"]
"""`texts` and `paths` are a string or an array of them, `age` is a span such as 12h, 30d or 4w."""

FORMS: Final[dict[Form, str]] = {
    "text": "a string",
    "texts": "a string, or an array of strings",
    "path": "a path",
    "paths": "a path, or an array of paths",
    "age": 'a span of time, as "30m", "12h", "7d" or "4w"',
    "number": "a number",
    "flag": "true or false",
}
"""What each form expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key; `least` and `most` bound a number, `choices` (in any case) a text, `default` is as it is shown."""

    name: str
    form: Form
    meaning: str
    default: str = ""
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of job: the key that names it and holds what is scanned, and the options that go with it.

    `alone` are the options with which there may be nothing in that key; with None there always may.
    """

    target: Key
    options: tuple[Key, ...]
    alone: tuple[str, ...] | None = ()

    @property
    def name(self) -> str:
        """Return its name."""
        return self.target.name


DATABASE: Final = Key(
    name="database", form="text", meaning="the database of calls without `-p`: a name of `[databases]`, or a path"
)

SCAN: Final = (
    Key(name="every", form="age", meaning="how often a job that does not say it itself is due", default="1d"),
    Key(name="parallel", form="number", meaning="jobs at a time", default="4", least=1, most=64),
)

FRESH: Final = tuple(Key(name=kind, form="age", meaning=meaning) for kind, (_, meaning) in LIMITS.items())

COMMON: Final = (
    Key(name="every", form="age", meaning="how often it is due", default="that of `[scan]`"),
    Key(
        name="fresh",
        form="age",
        meaning="how old its claims may be before an answer is marked",
        default="that of `[fresh]`",
    ),
    Key(name="database", form="text", meaning="where it stores: a name of `[databases]`, or a path"),
)

_THREADS = Key(name="threads", form="number", meaning="threads at most", default="64", least=1, most=1024)
TYPES = ("XEN", "QEMU", "LIBVIRT", "VMW", "VBOX", "PVE", "PM")

KINDS: Final = (
    Kind(
        target=Key(name="tree", form="paths", meaning="directories or files of VM configurations"),
        options=(
            Key(name="as-host", form="text", meaning="the PM whose view of the paths this is", default="this host"),
            Key(name="type", form="texts", meaning="only these session types", choices=TYPES),
            _THREADS,
            Key(name="scan-all-states", form="flag", meaning="also machines tagged MAGICID-IGNORE or MAGICID-NOENUM"),
            Key(name="all-dirs", form="flag", meaning="also enter .snapshot, .git, lost+found and their kin"),
        ),
    ),
    Kind(
        target=Key(name="arp", form="texts", meaning="network segments: networks, ranges, addresses, hosts, groups"),
        options=(
            Key(name="interface", form="text", meaning="the interface", default="the one that holds the target"),
            Key(name="localnet", form="flag", meaning="all addresses of the networks of the interface, or of all"),
            Key(name="ipv6", form="flag", meaning="ask by IPv6 neighbour discovery"),
            Key(name="off-link", form="flag", meaning="ask also for what is in no network of the interface"),
            Key(name="vlan", form="number", meaning="tag the requests for this VLAN", least=1, most=4094),
            Key(name="rate", form="number", meaning="frames a second at most; 0: no limit", default="533"),
            Key(name="retry", form="number", meaning="how often a silent address is asked", least=1, most=100),
            Key(name="timeout", form="number", meaning="milliseconds to wait", default="500", least=1, most=60_000),
        ),
        alone=("localnet", "ipv6"),
    ),
    Kind(
        target=Key(name="neighbours", form="texts", meaning="interfaces of the kernel's neighbours; `[]`: all"),
        options=(),
        alone=None,
    ),
    Kind(
        target=Key(name="dns", form="texts", meaning="zones; with `sweep` addresses, ranges and names"),
        options=(
            Key(name="server", form="texts", meaning="name servers", default="those of /etc/resolv.conf"),
            Key(name="key", form="path", meaning="a key file of BIND that signs transfers (TSIG)"),
            Key(name="key-name", form="text", meaning="the key to take, if the file holds several"),
            Key(name="file", form="paths", meaning="zone files that are read instead"),
            Key(name="domain", form="texts", meaning="completes names without a dot", default="the search domains"),
            Key(name="auto", form="flag", meaning="find zones: search domains, reverse zones of known networks"),
            Key(name="sweep", form="flag", meaning="ask for addresses and names one by one"),
            Key(name="confirm", form="flag", meaning="in a sweep ask also for the addresses of names that are found"),
            Key(name="whole", form="flag", meaning="fetch whole zones, not only what changed"),
            Key(name="threads", form="number", meaning="transfers at a time", default="8", least=1, most=64),
            Key(name="timeout", form="number", meaning="seconds to wait", default="5", least=0.05, most=300),
            Key(name="rate", form="number", meaning="questions a second in a sweep; 0: no limit", default="2000"),
        ),
        alone=("auto", "sweep", "file"),
    ),
    Kind(
        target=Key(name="macmap", form="paths", meaning="files of DHCP servers, leases, ethers, hosts, ..."),
        options=(
            Key(name="as", form="text", meaning="the format of all of them", default="each is recognised"),
            Key(name="ended", form="flag", meaning="also leases that are nobody's any more"),
        ),
    ),
    Kind(
        target=Key(name="live", form="texts", meaning="hosts and groups whose guests run now; `[]`: this host"),
        options=(
            Key(
                name="type",
                form="texts",
                meaning="only these session types",
                choices=("XEN", "LIBVIRT", "QEMU", "VBOX", "VMW"),
            ),
            Key(
                name="privilege",
                form="text",
                meaning="how commands get privileges there",
                default="NO",
                choices=("NO", "KSU", "SUDO", "ALL", "NOKSU", "NOSUDO"),
            ),
            Key(name="connect", form="text", meaning="the connection of libvirt"),
        ),
        alone=None,
    ),
)
"""Every kind of job; keys are the long options of the command that does the same."""

COMMANDS: Final = {
    "tree": "vhost scan tree",
    "arp": "vhost scan arp",
    "neighbours": "vhost scan neighbours",
    "dns": "vhost scan dns",
    "macmap": "vhost macmap import",
    "live": "vhost scan live",
}
"""The command that does the same as a job of a kind."""
