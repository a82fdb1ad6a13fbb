"""What is suspicious about the answers of a sweep."""

from __future__ import annotations

from collections.abc import Iterator

from scanners.ethernet import spelled
from vhost.discover import Finding
from vhost.sweeps.result import Result


def suspicious(result: Result) -> Iterator[Finding]:
    """Return the addresses that several MACs hold, and those for which another MAC than their own sends."""
    for found in result.duplicates():
        own = [f"{spelled(result.place.link.mac)} (this host)"] if found[0].own else []
        macs = dict.fromkeys([*own, *(spelled(one.mac) for one in found)])
        yield Finding(found[0].text, f"{len(macs)} MACs answer: {', '.join(macs)}")
    for one in result.swept.answers:
        if one.foreign:
            yield Finding(one.text, f"{spelled(one.sender)} answers that it is at {spelled(one.mac)}")
