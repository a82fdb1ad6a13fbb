from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanners.live import Running, State
from vhost.act import runner
from vhost.act.drivers.states import GONE
from vhost.act.plan import Command, Plan, Step
from vhost.act.runner import Progress, Runner
from vhost.act.subject import Recorded, Subject
from vhost.act.watch import Watch
from vhost.errors import Mismatch, VhostError
from vhost.transport import Host, Site, Transport

HERE = Host("localhost")
GUEST = Running(host="lab00", type="XEN", label="tst100", id="3", state=State.RUNNING, word="-b----")
SECOND_TIME = 'test -e "$1/asked" && touch "$1/off" && exit 0; touch "$1/asked"; echo busy >&2; exit 1'


def ended(soft: Command, directory: Path, monkeypatch: pytest.MonkeyPatch) -> VhostError | None:
    """Return how a poweroff ended whose guest is off as soon as there is a file `off`."""

    def state(_: Watch, wanted: object = ()) -> State:
        del wanted
        return State.OFF if (directory / "off").exists() else State.RUNNING

    monkeypatch.setattr(Watch, "state", state)
    step = Step(host=HERE, action=soft, expects=GONE, within=1, again=True)
    hard = replace(step, action=Command(("touch", str(directory / "destroyed"))), within=0, again=False, rescue=True)
    plan = Plan(label="tst100", type="XEN", host=HERE, steps=(step, hard))
    recorded = Recorded(type="XEN", label="tst100")
    with Transport() as transport:
        watch = Watch(Site(transport, HERE), Subject(recorded=recorded, host=HERE, guest=GUEST))
        try:
            Runner(transport).run(plan, watch, Progress(plan))
        except VhostError as error:
            return error
    return None


def test_a_guest_that_could_not_be_told_at_first_is_told_again_before_it_is_destroyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended(Command(("sh", "-c", SECOND_TIME, "sh", str(tmp_path))), tmp_path, monkeypatch) is None
    assert not (tmp_path / "destroyed").exists()


def test_where_another_guest_answers_nothing_harder_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Step] = []

    def answered(_: Runner, step: Step, where: str) -> None:
        done.append(step)
        raise Mismatch(where, "another guest answers there")

    monkeypatch.setattr(runner.Runner, "_act", answered)
    assert isinstance(ended(Command(("true",)), tmp_path, monkeypatch), Mismatch)
    assert len(done) == 1
