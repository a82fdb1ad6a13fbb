"""The variables of a shell script as far as its text alone fixes them; `None` is a value that it does not.

    NAME=tst1                     known
    if test -f x; then NAME=y; fi known inside, unknown behind the `fi`
    while read NAME; do ...       unknown

A value counts where it was assigned literally and nothing in between can have changed it. Source:
POSIX.1-2017, Shell Command Language, 2.5 and 2.9.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

UNKNOWN = "\0"
"""What stands in a word or value for an expansion whose value the text does not fix."""

LONGEST_VALUE = 65_536
"""A value of more characters counts as unknown, so that doubling one again and again ends."""

MOST_ELEMENTS = 4_096
"""An array of more elements counts as unknown."""

MOST_VARIABLES = 1_000
"""Variables of a script beyond this number are unknown."""

DEEPEST_BLOCK = 64
"""Blocks below this depth are not told apart: there, everything is unknown."""

Value = tuple[str, ...]
"""The elements of an array; one for a plain variable."""


@dataclass(slots=True)
class _Block:
    kind: str
    loop: int | None = None
    before: dict[str, Value | None] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)


class Variables:
    """What is known of the variables at one place of a script, while it is read from top to bottom."""

    def __init__(self, assigned_in_loops: Mapping[int, Iterable[str]]) -> None:
        self._values: dict[str, Value | None] = {}
        self._blocks: list[_Block] = []
        self._deeper = 0
        self._assigned_in_loops = assigned_in_loops
        self.loops: dict[int, set[str]] = {}
        """The names that were assigned inside of each loop, by the number of the loop."""

    def __getitem__(self, name: str) -> Value | None:
        """Return the value of a variable, None where it is not known."""
        return self._values.get(name)

    @property
    def block(self) -> str | None:
        """The kind of the innermost open block, None outside of all."""
        return self._blocks[-1].kind if self._blocks else None

    def assign(self, name: str, value: Value | None, *, perhaps: bool = False) -> None:
        """Take over an assignment; `perhaps` means that it may not have been reached."""
        if value is not None and (len(value) > MOST_ELEMENTS or sum(map(len, value)) > LONGEST_VALUE):
            value = None
        if self._deeper or (perhaps and value != self._values.get(name)):
            value = None
        if name not in self._values and len(self._values) >= MOST_VARIABLES:
            return
        if self._blocks:
            self._blocks[-1].before.setdefault(name, self._values.get(name))
        self._values[name] = value

    def forget(self, names: Iterable[str]) -> None:
        """Make these variables unknown."""
        for name in names:
            self.assign(name, None)

    def clear(self) -> None:
        """Make all variables unknown, for good: another file or a computed command may have set them."""
        self._values.clear()
        for block in self._blocks:
            block.before.clear()

    def enter(self, kind: str, *, loop: bool = False) -> None:
        """Begin a block; what a loop assigns further down is already unknown at its top."""
        if len(self._blocks) >= DEEPEST_BLOCK:
            self._deeper += 1
            self.clear()
            return
        number = len(self.loops) if loop else None
        self._blocks.append(_Block(kind, number))
        if number is not None:
            self.loops[number] = set()
            self.forget(self._assigned_in_loops.get(number, ()))

    def branch(self) -> None:
        """Begin another branch (`else`, `;;`) of the innermost block: the first one was not taken."""
        if not self._blocks or self._deeper:
            return
        block = self._blocks[-1]
        for name, value in block.before.items():
            block.touched.add(name)
            self._values[name] = value
        block.before.clear()

    def leave(self) -> None:
        """End the innermost block: what it assigned may have been assigned, or not."""
        if self._deeper:
            self._deeper -= 1
            return
        if not self._blocks:
            return
        inside = {name: self._values.get(name) for name in self._blocks[-1].before}
        self.branch()
        block = self._blocks.pop()
        if block.loop is not None:
            self.loops[block.loop] = block.touched
        if block.kind != "(":  # a subshell keeps its assignments to itself
            for name in block.touched:
                self.assign(name, inside.get(name), perhaps=True)
