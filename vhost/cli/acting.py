"""Acting on machines: what `vhost create`, `vhost cancel`, their kin and the old door call."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from vhost.cli.outcome import show, tell
from vhost.cli.streams import silence
from vhost.errors import UsageError, is_interrupt
from vhost.text import escape

if TYPE_CHECKING:
    from vhost.act.job import Job
    from vhost.act.request import Request
    from vhost.cli.consoles import Sequel
    from vhost.transport import Host, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call: the addresses, the request for all of them, where, and how.

    `types` limits the session types; `cache` False resolves on the target, `every` takes all guests that run
    there, perhaps only those whose configurations lie `below` some directories. `where` is the place of the
    target in an old call, `sequel` what follows. `dry` only shows the plan; `keep_going` acts on those that
    passed the gate although others did not.
    """

    words: Sequence[str]
    request: Request
    on: Sequence[Host] = field(default_factory=list)
    types: frozenset[str] | None = None
    databases: str | None = None
    cache: bool = True
    every: bool = False
    below: Sequence[str] = ()
    yes: bool = False
    dry: bool = False
    keep_going: bool = False
    parallel: bool = True
    sequel: Sequel | None = None
    where: str = ""


def run(asked: Asked) -> int:
    """Resolve, pass the gate, act, and tell each result; return the exit code of the first failure."""
    if not asked.words and not asked.every:
        raise UsageError(asked.request.verb.value, "no machine is named", "name one by its address, as l:tst100")
    if asked.words and asked.every:
        raise UsageError("--all", f"contradicts the address {escape(asked.words[0])}", "write one of both")
    return run_all([asked])


def run_all(asked: Sequence[Asked]) -> int:
    """Do the same for several calls as for one: nothing runs before all have passed. How they run, the first says."""
    from vhost.transport import Transport  # noqa: PLC0415 - --help needs no transport

    with Transport() as transport:
        try:
            jobs, code = _proved(asked, transport)
        except (KeyboardInterrupt, RuntimeError) as error:
            if not is_interrupt(error):
                raise
            tell(f"{asked[0].request.verb.value}: nothing was done to any machine")
            raise
        if code is not None:
            return code
        performed = _performed(jobs, transport, asked[0])
        return _followed(jobs, asked, transport) or performed


def _unlogged(jobs: Sequence[Job]) -> None:
    """Tell what kept jobs out of the log, each reason once."""
    for said in dict.fromkeys(str(job.unlogged) for job in jobs if job.unlogged):
        tell(said)


def _proved(asked: Sequence[Asked], transport: Transport) -> tuple[Sequence[Job], int | None]:
    """Return the jobs, and the exit code if that is all: jobs were refused, or the plans are only to be shown."""
    lead = asked[0]
    jobs = _resolved(asked, transport)
    _placed(jobs, asked)
    if any(job.failure for job in jobs) and not lead.keep_going:
        return jobs, _refused(jobs, lead)
    if lead.dry and not any(job.looked or _must_look(job) for job in jobs):
        return jobs, _shown(jobs, asked)
    _admitted(jobs, transport)
    _confirmed(jobs, asked)
    _placed(jobs, asked)
    if any(job.failure for job in jobs) and not lead.keep_going:
        return jobs, _refused(jobs, lead)
    return jobs, _shown(jobs, asked, looked=True) if lead.dry else None


def _placed(jobs: Sequence[Job], asked: Sequence[Asked]) -> None:
    """Let a target of an old call that wants a password, or is neither host nor group, be a mistake with its place."""
    failed = [job for job in jobs if job.failure]
    if not failed:
        return
    from vhost.ambiguity.hosts import UNKNOWN_HOST  # noqa: PLC0415 - most calls pass
    from vhost.errors import Unreachable  # noqa: PLC0415 - as above

    for job in failed:
        where, failure = asked[job.number].where, job.failure
        if where and isinstance(failure, Unreachable) and failure.problem.startswith("it does not let us in"):
            job.failure = UsageError(f"{where}: {failure.where}", failure.problem, "let ssh in without a password")
        elif where and isinstance(failure, UsageError) and failure.problem == UNKNOWN_HOST:
            advice = f"{failure.advice}; groups: vhost groups list"
            job.failure = UsageError(f"{where}: {failure.where}", failure.problem, advice)


def _resolved(asked: Sequence[Asked], transport: Transport) -> list[Job]:
    """Return the jobs of all calls, their machines or failures filled in, in the order of the calls."""
    from vhost.act.targets import once_each  # noqa: PLC0415 - a door pays for what it uses

    made = [(one, _on_the_spot(one, transport) if one.every or not one.cache else _jobs(one)) for one in asked]
    for number, (_, jobs) in enumerate(made):
        for job in jobs:
            job.number = number
    cached = [job for one, jobs in made for job in jobs if one.cache and not one.every]
    for one, jobs in made:
        for job in jobs:
            if one.dry and job.looked and _is_silent(job):
                tell(f"{job.failure}; what follows is from the cache")
                job.failure, job.looked = None, False
                cached.append(job)
    if cached:
        _in_the_cache(cached, asked[0].databases)
    jobs = [job for _, found in made for job in found]
    once_each(jobs)
    return [*_inside(jobs, asked[0].databases), *jobs] if any(one.request.stack for one in asked) else jobs


def _inside(jobs: Sequence[Job], databases: str | None) -> list[Job]:
    """Return the jobs that shut down what runs inside the machines of these that ask for it, the innermost first."""
    from vhost.act.nested import nested  # noqa: PLC0415 - a door pays for what it uses
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above

    with opened(chosen(databases), hint=tell) as snapshot:
        found = [inner for job in jobs if job.request.stack for inner in nested(snapshot.con, job)]
    return sorted(found, key=lambda job: -job.depth)


def _is_silent(job: Job) -> bool:
    from vhost.errors import TimedOut, Unreachable  # noqa: PLC0415 - a door pays for what it uses

    return isinstance(job.failure, Unreachable | TimedOut)


def _jobs(asked: Asked) -> list[Job]:
    from vhost.act.job import Job  # noqa: PLC0415 - a door pays for what it uses

    return [Job(words, asked.request, hosts=list(asked.on), types=asked.types) for words in asked.words]


def _in_the_cache(jobs: Sequence[Job], databases: str | None) -> None:
    from vhost.act.targets import resolve  # noqa: PLC0415 - a door pays for what it uses
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above

    with opened(chosen(databases), hint=tell) as snapshot:
        resolve(snapshot.con, jobs)


def _on_the_spot(asked: Asked, transport: Transport) -> list[Job]:
    """Return the jobs of a call that does not use the cache: what the target itself knows counts."""
    from vhost.act import live_targets  # noqa: PLC0415 - a door pays for what it uses
    from vhost.act.request import Verb  # noqa: PLC0415 - as above
    from vhost.guests import looked  # noqa: PLC0415 - as above
    from vhost.transport import Host, Site  # noqa: PLC0415 - as above

    hosts = list(asked.on) or [Host("localhost")]
    made = _jobs(asked)
    for job in made:
        job.hosts, job.looked = hosts, True
    site = [Site(transport, one, asked.request.privilege) for one in hosts]
    if asked.request.verb is Verb.CREATE and not asked.every:
        for job in made:
            live_targets.to_create(job, site)
        return made
    seen = looked(transport, hosts, privilege=asked.request.privilege, uri=asked.request.uri)
    if asked.every:
        return live_targets.everything(asked.request, seen, asked.types, asked.below)
    for job in made:
        live_targets.resolve(job, seen, dict(zip(hosts, site, strict=True)).__getitem__)
    return made


def _must_look(job: Job) -> bool:
    """Tell whether a plan cannot be made without asking: only a running QEMU guest knows where its monitor is."""
    from vhost.act.request import Verb  # noqa: PLC0415 - a door pays for what it uses

    return job.recorded is not None and job.recorded.type == "QEMU" and job.request.verb is not Verb.CREATE


def _admitted(jobs: Sequence[Job], transport: Transport) -> None:
    from vhost.act.admission import Admission  # noqa: PLC0415 - a dry run may need none
    from vhost.act.starting import apart  # noqa: PLC0415 - as above

    admission = Admission(transport)
    admission.look(jobs)
    for job in jobs:
        admission.admit(job)
    apart(jobs)


def _confirmed(jobs: Sequence[Job], asked: Sequence[Asked]) -> None:
    """Raise `UsageError` if a call takes all guests and nobody said yes to that; they are listed first."""
    unsaid = {number for number, one in enumerate(asked) if one.every and not one.yes and not one.dry}
    if found := [job for job in jobs if job.number in unsaid]:
        _listed(found)
        verb = found[0].request.verb.value
        raise UsageError("--all", f"{len(found)} guests would be told to {verb}", "confirm: --yes")


def _listed(jobs: Sequence[Job]) -> None:
    show(f"{job.place}  {escape(job.label)}  {job.recorded.type if job.recorded else '-'}" for job in jobs)


def _followed(jobs: Sequence[Job], asked: Sequence[Asked], transport: Transport) -> int:
    """Do what follows the actions of each call, and return the exit code of the first failure."""
    if not any(one.sequel for one in asked):
        return 0
    from vhost.cli.consoles import Sequel, follow  # noqa: PLC0415 - a door pays for what it uses

    outer = [job for job in jobs if job.depth == 0]
    return follow(outer, lambda job: asked[job.number].sequel or Sequel(), transport)


def _shown(jobs: Sequence[Job], asked: Sequence[Asked], *, looked: bool = False) -> int:
    """Show the plans, ready to paste, and return the exit code of the first that there is none for."""
    from vhost.act.planning import offline  # noqa: PLC0415 - only a dry run needs it

    if not looked:
        for job in jobs:
            offline(job)
    failed = _failures(jobs)
    for job in jobs:
        if job.plan:
            if not looked:
                show([f"# nobody was asked: what runs on {job.place} is compared with the record first"])
            show(job.plan.lines())
            if sequel := asked[job.number].sequel:
                from vhost.cli.consoles import lines  # noqa: PLC0415 - a door pays for what it uses

                show(lines(job, sequel))
    return failed


def _performed(jobs: Sequence[Job], transport: Transport, asked: Asked) -> int:
    from vhost.act import perform  # noqa: PLC0415 - a dry run needs it not

    looked_at = monotonic()
    perform.refused(jobs)
    _failures(jobs)
    told: set[int] = set()
    lost: list[OSError] = []

    def ended(job: Job) -> None:
        told.add(id(job))
        try:
            _told(job)
        except OSError as error:  # nobody reads it, or a full disk; the others are done and logged all the same
            lost.append(error)
            silence(sys.stdout)

    try:
        for depth in sorted({job.depth for job in jobs}, reverse=True):
            level = [job for job in jobs if job.depth == depth]
            perform.perform(level, transport, ended, parallel=asked.parallel, looked_at=looked_at)
            _spared(jobs, depth)
    except KeyboardInterrupt:
        _interrupted([job for job in jobs if id(job) not in told])
        raise
    finally:
        _unlogged(jobs)
    if lost and not isinstance(lost[0], BrokenPipeError):
        raise lost[0]
    return next((job.failure.exit_code for job in jobs if job.failure), 0)


def _spared(jobs: Sequence[Job], depth: int) -> None:
    """Let no guest end in which another one still runs: that one could not be shut down."""
    for number in {job.number for job in jobs if job.failure and job.depth == depth > 0}:
        for job in jobs:
            if job.number == number and job.depth < depth and job.failure is None:
                job.failure = UsageError(
                    job.label, "guests inside it could not be shut down", "see above, or use FORCE"
                )
                _told(job)


def _told(job: Job) -> None:
    if job.failure:
        tell(str(job.failure))
    else:
        took = f" ({job.seconds:.1f} s)" if job.seconds else ""
        show([f"{escape(job.label)} on {job.place}: {job.says}{took}"])


def _interrupted(jobs: Sequence[Job]) -> None:
    """Say of each job how far it got."""
    for job in jobs:
        if job.failure is not None:
            continue
        parts = [("done before the interrupt", job.done), ("under way, done or not", job.under_way)]
        said = [
            f"{what}: {'; '.join(line.partition(chr(10))[0][:100] for line in lines)}" for what, lines in parts if lines
        ]
        tell(f"{job.label} on {job.place}: {'; '.join(said) or 'nothing was done'}")
    if any(job.under_way for job in jobs):
        tell("what is under way is waited for; another Ctrl-C leaves it to itself")


def _refused(jobs: Sequence[Job], asked: Asked) -> int:
    """Say why jobs did not pass, log it, and return the exit code of the first."""
    from vhost.act.perform import refused  # noqa: PLC0415 - most calls pass

    if not asked.dry:
        refused(jobs)
        _unlogged(jobs)
    code = _failures(jobs)
    if any(job.failure is None for job in jobs):
        tell("nothing was done for the others either; act on them all the same with --keep-going")
    return code


def _failures(jobs: Sequence[Job]) -> int:
    """Tell the failures and return the exit code of the first, 0 without any."""
    failed = [job for job in jobs if job.failure]
    for job in failed:
        if job.report:
            show(job.report)
        tell(str(job.failure))
    return next((job.failure.exit_code for job in failed if job.failure), 0)
