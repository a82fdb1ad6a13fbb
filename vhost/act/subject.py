"""The machine that an action is about: what was recorded of it, and the guest that runs if one does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from scanners.live import Running, State
from vhost.errors import UsageError
from vhost.transport import Host

_SCRIPTS = frozenset({".cfg", ".conf"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One machine as it was recorded: all its claims in one, UUID and MACs in normal form.

    `paths` are the paths of its configuration, the one that the target host sees first; `size` in bytes and
    `mtime` in seconds are the file's as it was scanned; `seen` says where and when.
    """

    type: str
    label: str
    uuid: str | None = None
    macs: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    disks: frozenset[str] = frozenset()
    exclusive: frozenset[str] = frozenset()
    addresses: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    size: int | None = None
    mtime: int | None = None
    arch: str | None = None
    program: str | None = None
    seen: str = ""

    @property
    def is_physical(self) -> bool:
        """Tell whether it is a physical machine, rather than a guest of one."""
        return self.type == "PM"

    @property
    def path(self) -> str | None:
        """Return the path of the configuration, None where there is no file."""
        return self.paths[0] if self.paths else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A recorded machine on its host, the guest of it that the hypervisor shows, and the programs there."""

    recorded: Recorded
    host: Host
    guest: Running | None = None
    tools: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """Return what the guest does; off if the hypervisor shows none."""
        return self.guest.state if self.guest else State.OFF

    @property
    def name(self) -> str:
        """Return the name, which can be no option of a program. Raises `UsageError` for one that could be."""
        label = self.recorded.label
        if not label or label.startswith("-") or any(ord(char) < 32 or char in "\x7f/" for char in label):
            raise UsageError(f"label {label!r}", "cannot be handed to a hypervisor", "rename the machine")
        return label

    @property
    def config(self) -> str:
        """Return the absolute path of the configuration. Raises `UsageError` if none is known."""
        path = self.recorded.path
        if path is None or not path.startswith("/") or any(ord(char) < 32 for char in path):
            raise UsageError(self.recorded.label, f"its configuration {path!r} is no absolute path", "scan it again")
        return path

    def state_file(self, asked: str | None) -> str:
        """Return where the state of a suspended guest lies: beside its configuration unless a path is asked for.

        One below a home that a dry run does not know stays as it was written.
        """
        if asked and asked.startswith("~/"):
            return asked
        config = PurePosixPath(self.config)
        return str(config.parent / asked) if asked else f"{config}.state"

    def tool(self, name: str) -> str:
        """Return the path of a program on the host, its bare name where nobody looked."""
        return self.tools.get(name) or name
