"""What a scan says when it is done: its findings, one line each, and a summary, on stderr."""

from __future__ import annotations

from collections.abc import Sequence

from vhost.cli.outcome import tell
from vhost.collect import Collected
from vhost.errors import Partial

MOST_FINDINGS = 50


def findings(collected: Sequence[Collected]) -> None:
    """Name every place that was not read wholly, up to a limit."""
    found = [finding for one in collected for finding in one.findings]
    for finding in found[:MOST_FINDINGS]:
        tell(f"{finding.where}: {finding.problem}")
    if len(found) > MOST_FINDINGS:
        tell(f"and {len(found) - MOST_FINDINGS} more findings; what is stored shows with: vhost db status")


def summary(collected: Sequence[Collected], seconds: float) -> str:
    """Return one line: what was looked at, what was found, what changed."""
    counts = [one.scan.counts for one in collected]
    parts = [
        f"directories: {sum(count.directories for count in counts)}",
        f"files read: {sum(count.read for count in counts)}, unchanged: {sum(count.unchanged for count in counts)}",
        f"machines read: {sum(count.machines for count in counts)}",
    ]
    for word, paths in (
        ("vanished", sum(len(one.vanished) for one in collected)),
        ("stale", sum(len(one.stale) for one in collected)),
        ("findings", sum(len(one.findings) for one in collected)),
    ):
        if paths:
            parts.append(f"{word}: {paths}")
    return f"{', '.join(parts)}; {seconds:.1f} s"


def exit_code(collected: Sequence[Collected]) -> int:
    """Return 0, or the code for a partial scan."""
    return Partial.exit_code if any(one.partial for one in collected) else 0
