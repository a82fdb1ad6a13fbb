"""Admission: the hypervisors of the target hosts are asked, and the gate lets each job pass or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from scanners.live import Running
from vhost.act import gate, starting
from vhost.act.drivers import DRIVERS
from vhost.act.job import Job
from vhost.act.plan import Plan
from vhost.act.planning import no_driver, planned
from vhost.act.request import Verb
from vhost.act.subject import Recorded, Subject
from vhost.errors import Mismatch, Unreachable, UsageError, VhostError
from vhost.guests import Seen, looked, physical
from vhost.transport import Host, Privilege, Site, Transport, host

_TOOLS = ("xl", "xm", "virsh", "VBoxManage", "vmrun")


Asking = tuple[Privilege, str | None]
"""How hosts are asked: by which privilege, and through which connection of libvirt."""


@dataclass(slots=True)
class Admission:
    """The looks of one call: every host is asked once in each way, however many jobs it has."""

    transport: Transport
    seen: dict[tuple[Asking, Host], Seen] = field(default_factory=dict)
    machines: dict[Host, Seen] = field(default_factory=dict)

    def look(self, jobs: Sequence[Job]) -> None:
        """Ask the hosts of all jobs, side by side: of all hypervisors only where something is to be started."""
        ways: dict[Asking, list[Job]] = {}
        for job in jobs:
            ways.setdefault(_asking(job), []).append(job)
        for way, alike in ways.items():
            starts = any(job.request.verb.starts for job in alike)
            types = {job.recorded.type for job in alike if job.recorded}
            new = dict.fromkeys(one for job in alike for one in self._wanted(job) if (way, one) not in self.seen)
            privilege, uri = way
            for one in looked(self.transport, [*new], None if starts else types, privilege=privilege, uri=uri):
                self.seen[way, one.host] = one
            hosts = dict.fromkeys(job.hosts[0] for job in alike if _is_physical(job) and not job.failure)
            for one in physical(self.transport, [*hosts], privilege=privilege):
                self.machines[one.host] = one

    def _wanted(self, job: Job) -> Iterable[Host]:
        if job.failure or job.recorded is None or _is_physical(job):
            return []
        creates = job.request.verb.starts
        return [*job.hosts, *(map(host, job.elsewhere) if creates else ())]

    def admit(self, job: Job) -> None:
        """Let a job pass: fill in its subject and plan, or its failure."""
        if job.failure or job.recorded is None:
            return
        try:
            job.subject = self._subject(job, job.recorded)
            job.plan = planned(job.request, job.subject)
            creates = job.plan.steps and job.request.verb in {Verb.CREATE, Verb.REUSE} and not _is_physical(job)
            if creates or job.plan.reads:
                starting.unchanged(Site(self.transport, job.subject.host, job.request.privilege), job.subject)
            if job.request.verb is Verb.INIT and not _is_physical(job):
                self._prove_inside(job.plan, job.subject, whole=job.request.whole)
        except VhostError as error:
            job.failure = error

    def _subject(self, job: Job, recorded: Recorded) -> Subject:
        if recorded.type not in DRIVERS:
            raise no_driver(recorded)
        if _is_physical(job):
            return self._machine(job, recorded)
        if job.request.verb is Verb.CREATE:
            return self._to_start(job, recorded)
        found = self._running(job, recorded)
        return self._to_start(job, recorded, found) if job.request.verb.starts and not found.state.alive else found

    def _machine(self, job: Job, recorded: Recorded) -> Subject:
        """Return the physical machine that answers, if it is the recorded one; one that shall start may be silent."""
        place = job.hosts[0]
        seen = self.machines[place]
        if job.request.verb.starts and isinstance(seen.failure, Unreachable):
            return Subject(recorded=recorded, host=place)
        if seen.look is None:
            raise seen.failure or Unreachable(place.account, "was not asked")
        found = gate.answering(recorded, seen.look.guests[0], job.rivals)
        if not job.request.verb.starts and not job.request.whole:
            self._not_ours(recorded, found)
        return Subject(recorded=recorded, host=place, guest=found)

    def _prove_inside(self, plan: Plan, subject: Subject, *, whole: bool) -> None:
        """Check that what answers at the address of a guest is that guest, since addresses move on.

        Raises `Mismatch`, or what kept it from answering.
        """
        recorded, known = subject.recorded, subject.guest.macs if subject.guest else ()
        inside = replace(recorded, type="PM", macs=recorded.macs or frozenset(known))
        for seen in physical(self.transport, [step.host for step in plan.steps]):
            if seen.look is None:
                raise seen.failure or Unreachable(seen.host.account, "was not asked")
            found = gate.answering(inside, seen.look.guests[0])
            if not whole:
                self._not_ours(recorded, found)

    def _not_ours(self, recorded: Recorded, found: Running) -> None:
        """Check that it is not the machine that this runs on, under whatever name. Raises `UsageError`."""
        (own,) = physical(self.transport, [Host("localhost")])
        if found.id is not None and own.look and own.look.guests[0].id == found.id:
            raise UsageError(recorded.label, "is the machine that this runs on", "allow that with --self")

    def _running(self, job: Job, recorded: Recorded) -> Subject:
        """Return the subject on the one host where it runs, on the first if it runs nowhere."""
        subjects = [self._on(job, one, recorded) for one in job.hosts]
        alive = [subject for subject in subjects if subject.state.alive]
        if len(alive) > 1:
            places = ", ".join(subject.host.account for subject in alive)
            raise Mismatch(recorded.label, f"runs on several hosts: {places}", "name one with --on")
        return next(iter([*alive, *(one for one in subjects if one.guest), *subjects]))

    def _on(self, job: Job, place: Host, recorded: Recorded) -> Subject:
        seen = self._answered(job, place, recorded.type)
        guests = [guest for guest in seen.look.guests if guest.type == recorded.type] if seen.look else []
        return Subject(
            recorded=recorded, host=place, guest=gate.running(recorded, guests, job.rivals), tools=self._tools(place)
        )

    def _answered(self, job: Job, place: Host, kind: str) -> Seen:
        """Return what a host said. Raises what kept the host, or its hypervisor of this type, from answering."""
        seen = self.seen[_asking(job), place]
        if seen.failure:
            raise seen.failure
        if seen.look and (problem := seen.look.problem(kind)):
            raise problem
        if seen.look and kind not in seen.look.answered:
            raise UsageError(place.account, f"has no hypervisor for {kind} guests", "name another host with --on")
        return seen

    def _tools(self, place: Host) -> dict[str, str]:
        site = Site(self.transport, place)
        return {name: path for name in _TOOLS if (path := site.tool(name))}

    def _to_start(self, job: Job, recorded: Recorded, found: Subject | None = None) -> Subject:
        """Return the subject where it shall start: where its saved state is `found`, else on the only host."""
        if len(job.hosts) > 1 and (found is None or found.guest is None):
            names = ", ".join(one.account for one in job.hosts)
            raise UsageError(recorded.label, f"could be started on {names}", "name one with --on")
        place = found.host if found else job.hosts[0]
        here = self._answered(job, place, recorded.type)
        others = [*(one for one in job.hosts if one != place), *map(host, job.elsewhere)]
        seen = [here, *(self.seen[_asking(job), one] for one in others)]
        starting.free(recorded, seen, force=job.request.force)
        return found or self._on(job, place, recorded)


def readmit(job: Job, transport: Transport) -> None:
    """Let a job pass again, by a look of its own: fill in its subject and plan anew, or its failure."""
    admission = Admission(transport)
    admission.look([job])
    admission.admit(job)


def _asking(job: Job) -> Asking:
    return job.request.privilege, job.request.uri


def _is_physical(job: Job) -> bool:
    return job.recorded is not None and job.recorded.is_physical
