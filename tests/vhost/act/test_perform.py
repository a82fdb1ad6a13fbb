from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest

from vhost.act import admission, journal, perform
from vhost.act.job import Job
from vhost.act.plan import Command, Plan, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Recorded, Subject
from vhost.errors import Mismatch
from vhost.guests import Seen
from vhost.transport import Host, Transport

HERE = Host("localhost")


@pytest.mark.parametrize(("age", "exit_code"), [(0, 0), (perform.FRESH + 1, Mismatch.exit_code)])
def test_who_waited_long_for_its_turn_passes_the_gate_again(
    age: float, exit_code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    gone = Mismatch("tst100", "another guest runs there now")
    monkeypatch.setattr(admission, "looked", lambda *_, **__: [Seen(HERE, failure=gone)])
    recorded = Recorded(type="QEMU", label="tst100")
    job = Job("tst100", Request(verb=Verb.POWEROFF), hosts=[HERE], recorded=recorded)
    job.subject = Subject(recorded=recorded, host=HERE)
    file = tmp_path / "done"
    step = Step(host=HERE, action=Command(("touch", str(file))))
    job.plan = Plan(label="tst100", type="QEMU", host=HERE, steps=(step,))

    told: list[Job] = []
    with Transport() as transport:
        perform.perform([job], transport, told.append, looked_at=monotonic() - age)

    assert (told, file.exists()) == ([job], not exit_code)
    assert [entry["exit"] for entry in journal.entries(5)] == [exit_code]
