"""Enumerates on several hosts, for `vhost enumerate --on` and the door `ctys`."""

from __future__ import annotations

from collections.abc import Sequence

from vhost.cache.transient import transients
from vhost.cli.outcome import failed, tell
from vhost.cli.query import QueryOptions, prepared
from vhost.cli.report import MOST_FINDINGS
from vhost.discover import Finding
from vhost.errors import Partial
from vhost.survey.asking import each
from vhost.survey.enumeration import Wanted, enumerated
from vhost.transport import Host, Transport


def enumerate_hosts(asked: Sequence[tuple[Host, Wanted]], options: QueryOptions) -> int:
    """Show what is configured on the hosts and return the exit code: that of a host that failed, 3 for lost places."""
    show_it = prepared(options)
    with Transport() as transport:
        wanted = dict(asked)
        told = each(list(wanted), lambda host: enumerated(transport, host, wanted[host]))
    found = [one.found for one in told if one.found is not None]
    findings = [finding for one in found for finding in one.findings]
    _report(findings)
    if found:
        with transients((one.scan, one.observations) for one in found) as snapshot:
            show_it(snapshot)
    code = failed(one.failure for one in told)
    return code or (Partial.exit_code if any(finding.lost for finding in findings) else 0)


def _report(findings: Sequence[Finding]) -> None:
    for finding in findings[:MOST_FINDINGS]:
        tell(f"{finding.where}: {finding.problem}")
    if len(findings) > MOST_FINDINGS:
        tell(f"and {len(findings) - MOST_FINDINGS} more findings")
