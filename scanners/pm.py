"""Physical machines: `pm.conf`, and `vm.conf`, which is the same from inside a guest.

    #@#MAGICID-Linux
    #@#LABEL           = "lab00"
    #@#CATEGORY        = "PM"

Everything that such a file says stands in its `#@#` tags; it holds nothing but comments. Source:
ctys-genmconf(1), which writes both files; `MAGICID-` is followed by PM or by what `uname -s` says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from scanners import tags
from scanners.config import Broken, Config

_SYSTEMS = frozenset({"Linux", "FreeBSD", "OpenBSD", "NetBSD", "SunOS", "Darwin", "Cygwin"})
_CONTENT = re.compile(r"^[ \t]*[^#\s\ufeff]", re.MULTILINE)


class Pm:
    """Records of type PM; their facts all come from tags, which `scanners.machines` adds."""

    name: ClassVar[str] = "pm"
    types: ClassVar[tuple[str, ...]] = ("PM",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:  # noqa: ARG004 - the content decides
        """Tell whether the file holds comments only, with tags that name a PM."""
        if "#@#" not in text or _CONTENT.search(text):
            return False
        found = tags.read(text)
        return found.identifies and (found.claims("PM") or not found.magic.isdisjoint(_SYSTEMS))

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the one machine, without facts. Raises `Broken` if no tag names it."""
        if not tags.read(text).identifies:
            raise Broken(0, "no tag names the machine: LABEL, UUID, MACn or IPn")
        return [Config(type="PM")]
