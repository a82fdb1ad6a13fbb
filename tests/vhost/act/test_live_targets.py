from __future__ import annotations

from scanners.live import Look, Running, State
from vhost.act.live_targets import everything
from vhost.act.request import Request, Verb
from vhost.guests import Seen
from vhost.transport import Host


def seen(host: str, state: State = State.RUNNING, id_: str = "12.3456") -> Seen:
    guest = Running(host=host, type="QEMU", label="tst200", id=id_, state=state, word=state.value)
    return Seen(Host(host), Look(host, [guest], ["QEMU"]))


def test_a_guest_of_a_host_with_two_names_is_told_once() -> None:
    hosts = [seen("lab00"), seen("lab00.soho", State.PAUSED), seen("lab01", id_="13.1")]
    first, second, third = everything(Request(verb=Verb.REBOOT), hosts)
    assert (first.failure, third.failure) == (None, None)
    assert str(second.failure) == "tst200 on lab00.soho: is the same guest as on lab00; name the host once"
