from __future__ import annotations

import pytest

from vhost.act.request import Request, Verb
from vhost.cli import acting


def test_ctrl_c_before_anything_was_done_says_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(acting, "_resolved", broken_off)
    with pytest.raises(KeyboardInterrupt):
        acting.run(acting.Asked(words=["l:tst100"], request=Request(verb=Verb.POWEROFF)))
    assert capsys.readouterr().err == "vhost: poweroff: nothing was done to any machine\n"
