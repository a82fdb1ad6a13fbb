"""vhost-toolkit: a cache and discovery toolkit that says which machine this is, and whether it is the only one.

What programs import is `Cache`, and the classes of what it returns; see docs/python.md. They are loaded
when they are first used, so that `import vhost` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vhost.address import Address
    from vhost.ambiguity.choice import Candidate, NoMachine, SeveralMachines
    from vhost.ambiguity.profile import Profile
    from vhost.ambiguity.resolve import Answer
    from vhost.errors import VhostError
    from vhost.library import Cache
    from vhost.query.records import Record

__version__ = "0.1.0"

__all__ = ["Address", "Answer", "Cache", "Candidate", "NoMachine", "Profile", "Record", "SeveralMachines", "VhostError"]

_PLACES = {
    "Address": "vhost.address",
    "Answer": "vhost.ambiguity.resolve",
    "Cache": "vhost.library",
    "Candidate": "vhost.ambiguity.choice",
    "NoMachine": "vhost.ambiguity.choice",
    "Profile": "vhost.ambiguity.profile",
    "Record": "vhost.query.records",
    "SeveralMachines": "vhost.ambiguity.choice",
    "VhostError": "vhost.errors",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
