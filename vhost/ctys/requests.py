"""What the old command line asks for, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PartKind = Literal["id", "base", "label", "file", "uuid", "mac", "tcp"]
Console = Literal["CLI", "XTERM", "GTERM", "EMACS", "EMACSM", "EMACSA", "EMACSAM", "VNC", "NONE"]
Begin = Literal["CREATE", "CONNECT", "REUSE", "RECONNECT", "RESUME"]
End = Literal["POWEROFF", "REBOOT", "RESET", "PAUSE", "SUSPEND", "INIT"]
Boot = Literal["HDD", "CD", "FDD", "PXE"]
Side = Literal["CLIENT", "SERVER", "BOTH"]
Location = Literal["LO", "CF", "DF", "CO", "SO"]
Cache = Literal["on", "off", "only"]
Scope = Literal["USER", "GROUP", "USRLST", "GRPLST", "ALL"]

ANY = "*"
"""Any state that is not empty."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a machine address; a path that begins with `~` is below the home of the target's user."""

    kind: PartKind
    value: str

    @property
    def at_home(self) -> bool:
        """Tell whether the path is below the home of the target's user."""
        return self.kind in {"id", "base", "file"} and (self.value == "~" or self.value.startswith("~/"))


Address = tuple[Part, ...]
"""The parts of one machine's address, in the order in which they were written."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether something is waited for that answers: tries and seconds between them, None for the defaults."""

    wanted: bool
    tries: int | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Start a machine, or connect to it, and open a console.

    `state_file` is what RESUME names; `wait_client` and `wait_server` are seconds; `calls` and
    `console_words` go to the hypervisor's program and to that of the console.
    """

    address: Address
    begin: Begin = "CREATE"
    state_file: str | None = None
    console: Console | None = None
    ping: Probe | None = None
    ssh_ping: Probe | None = None
    wait_client: int | None = None
    wait_server: int | None = None
    user: str | None = None
    directory: str | None = None
    calls: tuple[str, ...] = ()
    console_words: tuple[str, ...] = ()
    boot: Boot | None = None
    place: str = field(default="", compare=False, repr=False)
    """Where the console was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """End a machine, or all of them; `seconds` is what POWEROFF waits before it uses force, `level` that of INIT."""

    address: Address = ()
    everything: bool = False
    end: End = "POWEROFF"
    seconds: int | None = None
    level: int | None = None
    force: bool = False
    stack: bool = False
    itself: bool = False
    side: Side = "BOTH"
    timeout: int | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """List what runs. `output` is as for `-o`, None for the default table; `kinds` are of S, C and T."""

    output: str | None = None
    kinds: frozenset[str] = frozenset("SCT")
    terse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumerate:
    """Enumerate what is configured below some paths; relative ones are below the home of the target's user.

    `states` are the values of VMSTATE that count, "" for none, `ANY` for any; None are all. With `every`
    machines count that are tagged to be hidden.
    """

    output: str | None = None
    bases: tuple[str, ...] = ()
    states: frozenset[str] | None = None
    every: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """Show what a host does now."""


@dataclass(frozen=True, slots=True)
class Info:
    """Show what a host is."""


Request = Create | Cancel | List | Enumerate | Show | Info


@dataclass(frozen=True, slots=True)
class Background:
    """`-b`: whether the call waits for what it starts, and whether targets go side by side; None is not said."""

    waits: bool | None = None
    parallel: bool | None = None

    def __str__(self) -> str:
        """Return the option's value as it may be written."""
        words = {True: "0", False: "1", None: ""}[self.waits], {True: "3", False: "2", None: ""}[self.parallel]
        return ",".join(filter(None, words))


@dataclass(frozen=True, slots=True)
class Members:
    """`-s`: whose sessions count; `names` are of users or groups."""

    scope: Scope
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that hold for one target; None, or empty, is not said."""

    type: str | None = None
    types: tuple[str, ...] = ()
    background: Background = Background()
    names_cache: Cache = "on"
    cache: Cache = "on"
    debug: str | None = None
    display: str | None = None
    force: bool = False
    geometry: str | None = None
    user: str | None = None
    location: Location | None = None
    databases: str | None = None
    scope: Members | None = None
    terse: bool = False
    agent: bool = False
    terminal: int | None = None
    privilege: str | None = None
    dry_run: bool = False
    yes: bool = False
    keep_going: bool = False
    fill: bool = False
    format: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One host, perhaps machines inside it (`stack`), what is asked for there, and the options that hold."""

    host: str
    user: str | None = None
    stack: tuple[Address, ...] = ()
    request: Request
    options: Options
    place: str = field(default="", compare=False, repr=False)
    """Where the target stands in the call."""

    @property
    def account(self) -> str:
        """Return `user@host`, or the host alone."""
        return f"{self.user}@{self.host}" if self.user else self.host


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A whole call. `notes` say what was accepted and has no effect, and what was forced.

    `options` are those before the targets; `help` and `version` are wanted instead of anything else.
    """

    targets: tuple[Target, ...] = ()
    options: Options = Options()
    notes: tuple[str, ...] = ()
    help: bool = False
    version: bool = False
