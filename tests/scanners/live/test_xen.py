from __future__ import annotations

import json

import pytest

from scanners.live import State, xen, xen_sxp
from vhost.errors import VhostError

LIST = """\
Name                                        ID   Mem VCPUs\tState\tTime(s)
Domain-0                                     0  1024     1     r-----      23.4
tst100                                       1    96     1     --p---       1.4
my vm                                       12    96     1     ------       1.4
"""
UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
STORE = """\
/local/domain/1/console/vnc-port = "5901"
/local/domain/1/vhost-config = "/etc/xen/tst100.cfg"
/local/domain/1/console/port = "2"
"""


def entry(domid: int, name: str) -> dict[str, object]:
    config = {
        "c_info": {"type": "pv", "name": name, "uuid": UUID},
        "disks": [{"pdev_path": "/pool/tst100/xvda.img", "vdev": "xvda"}],
        "nics": [{"devid": 0, "mac": "00:16:3E:00:00:01", "bridge": "xenbr0"}],
    }
    return {"domid": domid, "config": config}


def listed(*entries: dict[str, object]) -> str:
    return json.dumps(entries, indent=4)


def test_a_domain_is_put_together_from_table_list_and_store() -> None:
    (guest,) = xen.domains(listed(entry(1, "tst100")), xen.table(LIST), STORE, "lab00")
    assert (guest.label, guest.id, guest.uuid) == ("tst100", "1", "6842caf91e3e43249ed596b8b9f2c5c2")
    assert (guest.macs, guest.disks) == (("00:16:3e:00:00:01",), ("/pool/tst100/xvda.img",))
    assert (guest.state, guest.word) == (State.PAUSED, "--p---")
    assert (guest.vnc_port, guest.config_path) == (5901, "/etc/xen/tst100.cfg")


def test_warnings_before_inside_and_after_the_json_are_no_harm() -> None:
    lines = listed(entry(1, "tst100")).splitlines()
    lines.insert(3, "libxl: warning: libxl_domain.c:123: something is odd: [1]")
    text = "\n".join(["WARNING: ignoring", "xc: info: [text", *lines, "libxl: error: too late", ""])
    assert [guest.label for guest in xen.domains(text, {}, "", "lab00")] == ["tst100"]


@pytest.mark.parametrize("text", ["", "no json", "[", "[1, 2]", '[{"name": "x"}]', "[" * 100_000, "null"])
def test_what_is_no_list_of_domains_is_an_error_not_an_empty_host(text: str) -> None:
    with pytest.raises(VhostError, match="cannot be read as JSON"):
        xen.domains(text, {}, "", "lab00")


def test_names_may_hold_blanks() -> None:
    assert xen.table(LIST) == {"0": "r-----", "1": "--p---", "12": "------"}


def test_a_name_that_forges_a_line_makes_the_state_unknown() -> None:
    forged = LIST + "x\nevil                                         1    96     1     -b----       1.4\n"
    (guest,) = xen.domains(listed(entry(1, "tst100")), xen.table(forged), "", "lab00")
    assert guest.state is State.UNKNOWN


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("r-----", State.RUNNING),
        ("------", State.RUNNING),
        ("--p---", State.PAUSED),
        ("--ps--", State.STOPPING),
        ("---sr-", State.STOPPING),
        ("----c-", State.CRASHED),
        ("-----d", State.STOPPING),
        ("", State.UNKNOWN),
    ],
)
def test_letters_are_states(letters: str, expected: State) -> None:
    assert xen_sxp.state_of(letters) is expected


SXP = """
(domain (domid 0) (name Domain-0) (uuid 00000000-0000-0000-0000-000000000000) (state r-----))
(domain
    (domid 3) (on_crash restart) (uuid 6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2) (name 'tst 100') (state -b----)
    (device (vif (bridge xenbr0) (mac 00:50:56:13:11:40) (script /etc/xen/scripts/vif-bridge)))
    (device (vbd (uname file:/homen/acue/xen/tst100/xvda.img) (dev xvda:disk) (mode w)))
    (device (tap (uname tap:aio:/homen/acue/xen/tst100/xvdb.img) (dev xvdb)))
    (device (vfb (vnc 1) (location localhost:5900)))
)
"""


def test_the_old_toolstack_speaks_in_s_expressions() -> None:
    _, guest = xen_sxp.domains(SXP, "lab00")
    assert (guest.label, guest.id, guest.state) == ("tst 100", "3", State.RUNNING)
    assert (guest.uuid, guest.macs) == ("6842caf91e3e43249ed596b8b9f2c5c2", ("00:50:56:13:11:40",))
    assert guest.disks == ("/homen/acue/xen/tst100/xvda.img", "/homen/acue/xen/tst100/xvdb.img")
    assert guest.vnc_port == 5900


@pytest.mark.parametrize("text", ["", ")))", "(" * 100_000, "(domain", "domain", "'"])
def test_what_is_no_s_expression_gives_nothing(text: str) -> None:
    assert xen_sxp.domains(text, "lab00") == []
