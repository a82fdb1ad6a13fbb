"""A randomised trial: clones, backups and stale records around real QEMU guests. Nobody is touched wrongly.

A world is some guests that run, what was recorded of them, and one address that is acted on. Guests of several
worlds run side by side and share no name, so that one look and one call of the library serve all of them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from scanners.live import Running
from tests.commands import run
from tests.lab.qemu_guests import Guests
from vhost import normal
from vhost.act import gate
from vhost.act.admission import Admission
from vhost.act.job import Job
from vhost.act.perform import perform
from vhost.act.request import Request, Verb
from vhost.act.subject import Recorded
from vhost.act.targets import resolve
from vhost.cache.scan import Scan
from vhost.cache.transient import transient
from vhost.claims import FileStamp, Observation
from vhost.host import own_name
from vhost.record import Machine
from vhost.transport import Host, Transport

pytestmark = pytest.mark.integration

CHUNKS = 6
ROUNDS = 5
GROUPS = 10
"""Worlds at once: in all there are CHUNKS x ROUNDS x GROUPS worlds."""
FLEET = 3
COMMANDS = 4
KINDS = ("l", "u", "m", "p", "f", "lu", "lm", "um", "lum", "lp", "mf", "b")
VERBS = (
    Request(verb=Verb.POWEROFF, grace=0), Request(verb=Verb.POWEROFF, force=True), Request(verb=Verb.RESUME),
)  # fmt: skip
SOME = uuid4().hex[:4]


@dataclass(frozen=True)
class Facts:
    """What a configuration says, or a guest was started with; `copy_of` is the path of what it is a backup of."""

    path: str
    label: str
    uuid: str
    mac: str
    copy_of: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.label, self.uuid, self.mac

    @property
    def values(self) -> dict[str, str]:
        directory, _, _ = self.path.rpartition("/")
        name = "/".join(self.path.split("/")[-2:])
        return {"l": self.label, "u": self.uuid, "m": self.mac, "p": self.path, "f": name, "b": directory}

    def fits(self, asked: Mapping[str, str]) -> bool:
        own = self.values
        return all(value in self.path if kind == "f" else value == own[kind] for kind, value in asked.items())

    def observed(self, inode: int) -> Observation:
        machine = Machine(pm=own_name(), type="QEMU", label=self.label, id=self.path, uuid=self.uuid, mac=self.mac)
        content = self.copy_of or self.path
        stamp = FileStamp(path=self.path, mount="local:1", inode=inode, size=1, mtime_ns=1, content_hash=content)
        return Observation(stamp=stamp, scanner="qemu", machines=(machine,))


class Fleet:
    """The guests of one world, stopped at their first instruction; some carry the path of their configuration."""

    def __init__(self, guests: Guests, group: int, random: Random) -> None:
        self.guests = guests
        self.group = group
        self.origin: dict[Facts, Path] = {}
        self.carries: set[Facts] = set()
        for number in range(FLEET):
            label, uuid, mac = self.identity(random)
            script = guests.script(label, uuid=uuid, mac=mac, name=f"world{group}/guest{number}.sh")
            facts = Facts(str(script), label, normal.uuid(uuid) or "", mac)
            self.origin[facts] = script
            if number % 2:
                self.carries.add(facts)

    def identity(self, random: Random) -> tuple[str, str, str]:
        """Return names out of few, so that they collide, and of this world only."""
        uuid = f"6842{SOME}-1e3e-4324-9ed5-{self.group:04d}0000000{random.randrange(4)}"
        mac = f"52:54:{SOME[:2]}:{SOME[2:]}:{self.group:02d}:0{random.randrange(4)}"
        return f"t{SOME}{self.group}{random.choice('abc')}", uuid, mac

    def start(self, facts: Facts) -> None:
        env = {**os.environ, "VHOST_GUEST_CONFIG": facts.path} if facts in self.carries else None
        subprocess.run([self.origin[facts], "-S"], env=env, check=True, timeout=60, capture_output=True)

    def write(self, known: Sequence[Facts]) -> None:
        """Let the files say what is known, a backup the same as its original; no guest can be started again."""
        for script in self.origin.values():
            script.unlink()
        for facts in known:
            name = f"world{self.group}/{Path(facts.path).name}"
            self.guests.script(facts.label, uuid=facts.uuid, mac=facts.mac, name=name)

    def states(self) -> dict[Facts, str]:
        """Return what every guest does, by a conversation that shares no code with the toolkit."""
        return {facts: self.guests.status(script) for facts, script in self.origin.items()}

    def restore(self, facts: Facts, state: str) -> None:
        """Let a guest that was touched stand still again."""
        if state == "running":
            self.guests.qmp(self.origin[facts], "stop")
        else:
            self.start(facts)


def changed(random: Random, fleet: Fleet, facts: Facts) -> Facts:
    label, uuid, mac = fleet.identity(random)
    change = random.choice([{"label": label}, {"uuid": normal.uuid(uuid) or ""}, {"mac": mac}])
    return replace(facts, **change)


def recorded(random: Random, fleet: Fleet) -> list[Facts]:
    """Return what was recorded: the guests' configurations, some of them gone or changed, backups and clones."""
    known: list[Facts] = []
    for facts in fleet.origin:
        fate = random.random()
        own = changed(random, fleet, facts) if fate < 0.25 else facts
        if fate > 0.1:
            known.append(own)
        if random.random() < 0.25:
            known.append(replace(own, path=f"{facts.path}.bak", copy_of=own.path))
        if random.random() < 0.35:
            known.append(replace(changed(random, fleet, facts), path=f"{facts.path}.clone"))
        if random.random() < 0.15:
            known.append(replace(facts, path=f"{facts.path}.twin"))
    return known or [next(iter(fleet.origin))]


@dataclass
class World:
    """One world: what is known, what is asked for, and the guests as they were before."""

    fleet: Fleet
    known: list[Facts]
    asked: dict[str, str]
    before: dict[Facts, str]

    @property
    def words(self) -> str:
        return ",".join(f"{kind}:{value}" for kind, value in self.asked.items())

    def judged(self, *, claims_success: bool) -> tuple[list[str], dict[Facts, str]]:
        """Return what went wrong, and the guests that were touched with what they do now."""
        after = self.fleet.states()
        touched = {facts: state for facts, state in after.items() if state != self.before[facts]}
        fine = len(touched) <= claims_success and all(map(self._is_meant, touched))
        return [] if fine else [f"{self.words} touched {touched}, known was {self.known}"], touched

    def _is_meant(self, touched: Facts) -> bool:
        """Tell whether the address fits this guest's machine alone, as far as anybody can say."""
        meant = [facts for facts in self.known if facts.fits(self.asked)]
        if len({facts.copy_of or facts.path for facts in meant}) != 1:
            return False
        origin = meant[0].copy_of or meant[0].path
        if touched.path == origin:
            return True
        strangers = [
            facts
            for facts in self.known
            if facts.identity == touched.identity and origin not in {facts.path, facts.copy_of}
        ]
        return touched not in self.fleet.carries and meant[0].identity == touched.identity and not strangers


def world(random: Random, fleet: Fleet) -> World:
    known = recorded(random, fleet)
    values = random.choice(known).values
    return World(fleet, known, {kind: values[kind] for kind in random.choice(KINDS)}, fleet.states())


@pytest.fixture(scope="module")
def fleets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Fleet]]:
    guests = Guests(tmp_path_factory.mktemp("trial"))
    random = Random(SOME)  # noqa: S311 - a trial, no secret
    made = [Fleet(guests, group, random) for group in range(GROUPS)]
    try:
        for fleet in made:
            for facts in fleet.origin:
                fleet.start(facts)
        yield made
    finally:
        guests.end()


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def played(random: Random, fleets: Sequence[Fleet], transport: Transport) -> tuple[list[str], int]:
    """Return what went wrong in one world for each fleet, and how many guests were touched."""
    worlds = [world(random, fleet) for fleet in fleets]
    jobs = [Job(one.words, random.choice(VERBS), hosts=[Host("localhost")]) for one in worlds]
    scan = Scan(
        scan_id="s", kind="machine", scanner="tree", observer="o", source_host=own_name(), as_host=own_name(),
        root="/", seen_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}", partial=False,
    )  # fmt: skip
    everything = [facts for one in worlds for facts in one.known]
    with transient(scan, [facts.observed(number) for number, facts in enumerate(everything, start=1)]) as snapshot:
        resolve(snapshot.con, jobs)
    admission = Admission(transport)
    admission.look(jobs)
    for job in jobs:
        admission.admit(job)
    perform(jobs, transport, lambda _: None)
    judged = [
        one.judged(claims_success=job.failure is None and job.recorded is not None)
        for one, job in zip(worlds, jobs, strict=True)
    ]
    for one, (_, touched) in zip(worlds, judged, strict=True):
        for facts, state in touched.items():
            one.fleet.restore(facts, state)
    return [line for wrong, _ in judged for line in wrong], sum(len(touched) for _, touched in judged)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_machine_is_wrongly_touched(fleets: list[Fleet], chunk: int) -> None:
    random = Random(chunk)  # noqa: S311 - a trial that repeats
    with Transport() as transport:
        rounds = [played(random, fleets, transport) for _ in range(ROUNDS)]
    assert [line for wrong, _ in rounds for line in wrong] == []
    assert sum(touched for _, touched in rounds) > ROUNDS * GROUPS / 10


def test_the_trial_notices_a_gate_that_goes_by_the_name(fleets: list[Fleet], monkeypatch: pytest.MonkeyPatch) -> None:
    def credulous(machine: Recorded, guests: Sequence[Running], rivals: Sequence[Recorded] = ()) -> Running | None:
        del rivals
        return next((guest for guest in guests if guest.label == machine.label), None)

    monkeypatch.setattr(gate, "running", credulous)
    random = Random(1)  # noqa: S311 - as above
    with Transport() as transport:
        wrong = [line for _ in range(2) for line in played(random, fleets, transport)[0]]
    assert wrong


@pytest.mark.parametrize("number", range(COMMANDS))
def test_no_machine_is_wrongly_touched_by_the_command(number: int, tmp_path: Path) -> None:
    random = Random(number)  # noqa: S311 - a trial that repeats
    guests = Guests(tmp_path)
    fleet = Fleet(guests, 20 + number, random)
    env = {"VHOST_DB": str(tmp_path / "db"), "XDG_STATE_HOME": str(tmp_path / "state")}
    try:
        for facts in fleet.origin:
            fleet.start(facts)
        one = world(random, fleet)
        fleet.write(one.known)
        assert run("vhost", "scan", "tree", tmp_path, env=env).returncode == 0
        done = run("vhost", "destroy", one.words, "--on", "localhost", env=env)
        wrong, _ = one.judged(claims_success=done.returncode == 0)
    finally:
        guests.end()
    assert wrong == []
    assert "Traceback" not in done.stderr
