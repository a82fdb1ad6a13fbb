"""What each kind of job does: as the command that it is named after, but nothing is shown or published.

Whoever runs jobs publishes once, when all of them are done.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vhost.config.settings import Job
from vhost.errors import UsageError
from vhost.jobs.crew import Ran


def run(job: Job, directory: Path) -> Ran:
    """Return what a job found; it is stored in the database. Raises one of `vhost.errors`, or `OSError`."""
    return _KINDS[job.kind](job, directory)


def _unreported(name: str, why: str) -> None:
    """Pass over a source that had to be left out: publishing says so."""


def _tree(job: Job, directory: Path) -> Ran:
    from vhost import collect  # noqa: PLC0415 - each kind pays for itself
    from vhost.cli.scanning import tree_request  # noqa: PLC0415 - as above

    request = tree_request(
        job.targets,
        job.text("as-host"),
        job.texts("type"),
        int(job.number("threads", 64)),
        scan_all_states=job.flag("scan-all-states"),
        all_dirs=job.flag("all-dirs"),
    )
    looked = collect.look(request, directory)
    stored = collect.store(looked, request, directory, _unreported, publishing=False)
    ran = Ran(partial=any(one.partial or one.absent for one in stored))
    ran.counts.changed = 0
    for one in stored:
        before = one.memory.machines if one.memory else frozenset()
        speaking = {seen.stamp.path for seen in one.scan.observations if seen.machines}
        ran.counts.records += len(speaking) + len(before & {*one.unchanged, *one.kept, *one.stale})
        ran.counts.new += len(speaking - before)
        ran.counts.changed += len(speaking & before)
        ran.counts.vanished += len(before & set(one.vanished))
        ran.problems += [f"{finding.where}: {finding.problem}" for finding in one.findings]
        if not one.absent:
            ran.counts.scans.append(collect.key(one.root, request))
    return ran


def _arp(job: Job, directory: Path) -> Ran:
    from vhost.cli import arp, arp_report  # noqa: PLC0415 - as above
    from vhost.keep import keep  # noqa: PLC0415 - as above
    from vhost.resolver import chosen  # noqa: PLC0415 - as above
    from vhost.sweeps import claims, plan, result  # noqa: PLC0415 - as above

    vlan, retry = job.number("vlan", 0), job.number("retry", 0)
    request = plan.SweepRequest(
        words=arp.words(job.targets, str(directory)),
        interface=job.text("interface"),
        localnet=job.flag("localnet"),
        ipv6=job.flag("ipv6"),
        off_link=job.flag("off-link"),
        vlan=int(vlan) or None,
        rate=job.number("rate", 533),
        attempts=int(retry) or None,
        window=job.number("timeout", 500) / 1000,
    )
    planned = plan.planned(request, chosen().addresses)
    ran = Ran(partial=bool(planned.findings))
    ran.problems += [f"{finding.where}: {finding.problem}" for finding in planned.findings]
    if not planned.places:
        raise UsageError("; ".join(ran.problems), "nothing is left to ask for", "see ip addr")
    for place in planned.places:
        wanted = claims.remembered(place, directory)
        found = result.asked(wanted, request, lambda _: None)
        ran.counts.add(keep(directory, [claims.said(found)], _unreported, publishing=False))
        ran.problems += arp_report.trouble(found)
        ran.partial |= found.partial
    return ran


def _neighbours(job: Job, directory: Path) -> Ran:
    from scanners.links import links  # noqa: PLC0415 - as above
    from scanners.neighbours import neighbours  # noqa: PLC0415 - as above
    from vhost.keep import keep  # noqa: PLC0415 - as above
    from vhost.sweeps import hearsay  # noqa: PLC0415 - as above

    ran, now, found = Ran(), datetime.now(UTC), list(neighbours())
    there = {one.name for one in links()}
    absent = [name for name in job.targets if name not in there]
    ran.problems += [f"{name}: no such interface" for name in absent]
    ran.partial, ran.failed = bool(absent), bool(absent) and len(absent) == len(job.targets)
    chosen: list[str | None] = [name for name in job.targets if name in there]
    for link in chosen or ([] if job.targets else [None]):
        said = [hearsay.neighbour(one, now) for one in found if link in {None, one.link}]
        ran.counts.add(keep(directory, [hearsay.remembered(said, link)], _unreported, publishing=False))
    return ran


def _dns(job: Job, directory: Path) -> Ran:
    from vhost.cli import dns  # noqa: PLC0415 - as above
    from vhost.nameservice import store  # noqa: PLC0415 - as above

    asked = dns.Asked(
        targets=job.targets,
        servers=",".join(job.texts("server")) or None,
        key=job.text("key"),
        key_name=job.text("key-name"),
        files=job.texts("file"),
        domains=job.texts("domain") or None,
        threads=int(job.number("threads", 8)),
        timeout=job.number("timeout", 5.0),
        rate=job.number("rate", 2000.0),
        database=str(directory),
        auto=job.flag("auto"),
        sweep=job.flag("sweep"),
        confirm=job.flag("confirm"),
        whole=job.flag("whole"),
    )
    dns.check(asked)
    with tempfile.TemporaryDirectory(prefix="vhost-") as work:
        places = dns.scanned(asked, Path(work))
        ran = Ran(partial=any(place.partial for place in places))
        ran.failed = bool(places) and all(place.claims is None for place in places)
        ran.problems += [f"{one.where}: {one.problem}" for place in places for one in place.findings]
        ran.counts.add(store.stored(places, directory, _unreported, publishing=False))
    return ran


def _macmap(job: Job, directory: Path) -> Ran:
    from vhost import importing  # noqa: PLC0415 - as above

    looked = importing.look(job.targets, job.text("as"), ended=job.flag("ended"))
    ran = Ran(partial=any(one.partial for one in looked))
    for one in looked:
        ran.problems += [str(one.failure)] if one.failure else []
        ran.problems += [f"{one.where(problem)}: {problem.problem}" for problem in one.problems]
    ran.counts.add(importing.store(looked, directory, _unreported, publishing=False))
    return ran


def _live(job: Job, directory: Path) -> Ran:
    from vhost.cli.live import named  # noqa: PLC0415 - as above
    from vhost.guest_store import store  # noqa: PLC0415 - as above
    from vhost.guests import looked  # noqa: PLC0415 - as above
    from vhost.transport import Transport, privilege  # noqa: PLC0415 - as above

    types = job.texts("type") or None
    with Transport() as transport:
        how = privilege(job.text("privilege") or "NO")
        hosts = named(job.targets, str(directory))
        seen = looked(transport, hosts, types, privilege=how, uri=job.text("connect"))
    failures = [str(one.failure) for one in seen if one.failure]
    findings = [f"{one.where}: {one.problem}" for host in seen if host.look for one in host.look.findings]
    ran = Ran(problems=[*failures, *findings], partial=bool(failures or findings), failed=len(failures) == len(seen))
    ran.counts.add(store(directory, seen, types, _unreported, publishing=False))
    return ran


_KINDS: Final[dict[str, Callable[[Job, Path], Ran]]] = {
    "tree": _tree,
    "arp": _arp,
    "neighbours": _neighbours,
    "dns": _dns,
    "macmap": _macmap,
    "live": _live,
}
