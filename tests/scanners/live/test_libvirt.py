from __future__ import annotations

import pytest

from scanners.live import State
from scanners.live.libvirt import place
from scanners.live.libvirt_domains import Listed, domains
from vhost.errors import UsageError
from vhost.transport import Host, Site, Transport

A, B = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2", "2e28cc72-0318-4b77-95e4-0570f7d5068d"
BATCH = f"""\
MARK {A}running

<domain type='qemu' id='3'>
  <name>web02</name><uuid>{A}</uuid><memory unit='KiB'>65536</memory><os><type arch='x86_64'>hvm</type></os>
  <metadata><v:config xmlns:v="urn:vhost-toolkit:1" path="/pool/web02.xml"/></metadata>
  <devices>
    <disk type='file'><source file='/pool/web02.img'/><target dev='sda'/></disk>
    <interface type='bridge'><mac address='52:54:00:00:00:02'/></interface>
    <graphics type='vnc' port='5907' autoport='yes'/>
  </devices>
</domain>

MARK {B}shut off

<domain type='qemu'><name>db01</name><uuid>{B}</uuid><memory>1</memory><os><type>hvm</type></os></domain>

"""


@pytest.mark.parametrize("uri", ["qemu+ssh://root@lab00:22/system", "qemu+tls://LAB00/system", "xen+ssh://lab00/"])
def test_a_connection_to_the_host_is_used_from_here(uri: str) -> None:
    with Transport() as transport:
        assert place(Site(transport, Host("lab00")), uri).host == Host("localhost")


@pytest.mark.parametrize("uri", ["qemu+ssh://lab01/system", "qemu+ssh://[::1/system", "qemu+ssh://lab00.other/system"])
@pytest.mark.parametrize("host", ["lab00", "localhost"])
def test_a_connection_to_another_host_tells_nothing_of_the_one_that_is_asked(uri: str, host: str) -> None:
    with Transport() as transport, pytest.raises(UsageError, match="name the same host"):
        place(Site(transport, Host(host)), uri)


NOTHING_LISTED = Listed([A, B], frozenset(), {})


def test_domains_are_read_from_a_batch_of_answers() -> None:
    first, second = domains(BATCH, "MARK", NOTHING_LISTED, "lab00")
    assert (first.label, first.id, first.state, first.vnc_port) == ("web02", "3", State.RUNNING, 5907)
    assert (first.macs, first.disks) == (("52:54:00:00:00:02",), ("/pool/web02.img",))
    assert first.config_path == "/pool/web02.xml"
    assert (second.label, second.id, second.state) == ("db01", None, State.OFF)


def test_a_domain_with_a_saved_state_is_saved() -> None:
    _, second = domains(BATCH, "MARK", Listed([A, B], frozenset({B}), {}), "lab00")
    assert second.state is State.SAVED


def test_a_state_that_is_listed_is_not_asked_again() -> None:
    text = BATCH.replace("running\n\n", "")
    first, second = domains(text, "MARK", Listed.of([A, B], [], {"running": [A], "paused": []}), "lab00")
    assert (first.label, first.state, first.word) == ("web02", State.RUNNING, "running")
    assert (second.label, second.state, second.word) == ("db01", State.OFF, "shut off")


def test_a_domain_that_was_started_after_it_was_listed_as_off_may_run() -> None:
    (found, _) = domains(
        BATCH.replace("running\n\n", ""), "MARK", Listed([A, B], frozenset(), {A: "shut off"}), "lab00"
    )
    assert (found.label, found.state, found.state.alive) == ("web02", State.UNKNOWN, True)


def test_a_domain_whose_state_changes_between_two_lists_has_no_word() -> None:
    assert Listed.of([A, B], [], {"running": [A, B], "paused": [B]}).words == {A: "running"}


@pytest.mark.parametrize("rest", ["", "running\n", "running\n<domain", "running\n<domain><name>x</domain>"])
def test_a_domain_that_is_gone_by_now_is_left_out(rest: str) -> None:
    assert domains(f"MARK {A}{rest}MARK {B}", "MARK", NOTHING_LISTED, "lab00") == []
