"""What a user asks for: a verb and how it shall be done.

poweroff:30   poweroff   reset   reboot   pause   suspend   init:6   resume:mystate.stat
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from vhost.errors import UsageError
from vhost.transport import NONE, Privilege

Boot = Literal["HDD", "CD", "FDD", "PXE"]


class Verb(Enum):
    """What is done to a machine."""

    CREATE = "create"
    RESUME = "resume"
    POWEROFF = "poweroff"
    REBOOT = "reboot"
    RESET = "reset"
    PAUSE = "pause"
    SUSPEND = "suspend"
    INIT = "init"
    CONNECT = "connect"
    REUSE = "reuse"

    @property
    def starts(self) -> bool:
        """Tell whether a machine that does not run is started."""
        return self in {Verb.CREATE, Verb.REUSE, Verb.RESUME}


_CANCEL = (Verb.POWEROFF, Verb.REBOOT, Verb.RESET, Verb.PAUSE, Verb.SUSPEND, Verb.INIT)
_LEVELS = "0123456SsQq"
_LONGEST = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One verb and its circumstances.

    `grace` is how many seconds a guest gets to shut down before it is destroyed, None where it is
    never destroyed; `timeout` limits every wait in seconds, None is the verb's own limit. `force`
    skips the soft step, `whole` (SELF) allows to act on the host that we run on. `words` go to the program that
    starts a machine, `boot` is what it boots from, `directory` where the program is started.
    """

    verb: Verb
    grace: float | None = None
    level: str | None = None
    state_file: str | None = None
    force: bool = False
    stack: bool = False
    whole: bool = False
    timeout: float | None = None
    privilege: Privilege = NONE
    uri: str | None = None
    words: tuple[str, ...] = ()
    boot: Boot | None = None
    directory: str | None = None

    @property
    def changes_start(self) -> bool:
        """Tell whether the start of a machine is to differ from what its configuration says."""
        return bool(self.words or self.boot or self.directory)

    def wait(self, usual: float) -> float:
        """Return how many seconds to wait for a state that usually takes up to `usual`."""
        return usual if self.timeout is None else self.timeout


@dataclass(frozen=True, slots=True)
class Mode:
    """A verb and the argument that was given with it."""

    verb: Verb
    grace: float | None = None
    level: str | None = None


def cancel_mode(text: str) -> Mode:
    """Return what `poweroff:30` or `init:6` asks for. Raises `UsageError` for anything else."""
    word, colon, argument = text.partition(":")
    verb = next((verb for verb in _CANCEL if verb.value == word.lower()), None)
    if verb is None:
        known = "|".join(verb.value for verb in _CANCEL)
        raise UsageError("--mode", f"{text!r} is no way to cancel", f"choose one of {known}")
    if verb is Verb.INIT:
        if argument not in tuple(_LEVELS):
            raise UsageError("--mode", f"{text!r} names no runlevel", "write init:0 to init:6, init:S or init:Q")
        return Mode(verb, level=argument)
    if not colon:
        return Mode(verb)
    if verb is not Verb.POWEROFF:
        raise UsageError("--mode", f"{word} takes no argument", f"write --mode {word.lower()}")
    return Mode(verb, grace=seconds(argument, "--mode"))


def seconds(text: str, option: str) -> float:
    """Return a number of seconds. Raises `UsageError` for one that is none, negative or longer than a week."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= _LONGEST:
        raise UsageError(option, f"{text!r} is no number of seconds", "write for example 30")
    return found
