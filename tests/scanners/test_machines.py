from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners import machines, tags
from scanners.config import Config, Interface
from vhost import record
from vhost.claims import Conflict
from vhost.record import Machine

PATH = "/srv/vm/tst100.conf"
FIRST = Interface(mac="00:50:56:13:11:40", relay="xenbr0")
SECOND = Interface(mac="00:50:56:13:11:41", relay="xenbr1")


def joined(config: Config, text: str = "") -> tuple[tuple[Machine, ...], tuple[Conflict, ...]]:
    return machines.records(config, tags.read(text), path=PATH, pm="lab00", uid="root", gid="wheel")


def only(config: Config, text: str = "") -> Machine:
    (machine,) = joined(config, text)[0]
    return machine


def addresses(config: Config, text: str = "") -> list[tuple[str | None, str | None]]:
    return [(machine.mac, machine.tcp) for machine in joined(config, text)[0]]


def test_a_record_says_whose_view_it_is_and_where_the_file_lies() -> None:
    machine = only(Config(type="XEN"))
    assert (machine.pm, machine.type, machine.id, machine.uid, machine.gid) == ("lab00", "XEN", PATH, "root", "wheel")


def test_facts_of_the_configuration_come_into_the_record() -> None:
    assert only(Config(type="XEN", facts={"label": "tst100", "vram": "512"})).vram == "512"


@pytest.mark.parametrize(
    ("tag", "column"),
    [
        ("VNCACCESSDISPLAY", "display"),
        ("VNCACCESSPORT", "cport"),
        ("VNCPORT", "cport"),
        ("VNCBASEPORT", "vncbase"),
        ("SPORT", "sport"),
        ("DIST", "dist"),
        ("DISTREL", "distrel"),
        ("OS", "os"),
        ("OSREL", "osrel"),
        ("VERSION", "verno"),
        ("SERNO", "serno"),
        ("CATEGORY", "category"),
        ("VMSTATE", "vmstate"),
        ("INST_HYPERREL", "hyperrel"),
        ("STACKCAP", "stackcap"),
        ("STACKREQ", "stackreq"),
        ("HWCAP", "hwcap"),
        ("HWREQ", "hwreq"),
        ("EXECLOCATION", "execlocation"),
        ("RELOCCAP", "reloccap"),
        ("INST_ACCELERATOR", "accelerator"),
        ("STARTERCALL", "exepath"),
        ("INST_CTYSREL", "ctysrelease"),
        ("ARCH", "arch"),
        ("PLATFORM", "platform"),
        ("VRAM", "vram"),
        ("VCPU", "vcpu"),
        ("CSTRG", "contextstring"),
        ("USTRG", "userstring"),
        ("DEFAULTHOSTS", "defhosts"),
        ("DEFAULTCONSOLE", "defconsole"),
        ("SSHPORT", "sshport"),
        ("LABEL", "label"),
        ("UUID", "uuid"),
    ],
)
def test_each_tag_has_its_column(tag: str, column: str) -> None:
    assert getattr(only(Config(type="XEN"), f'#@#{tag}="said by hand"'), column) == "said by hand"


def test_a_tag_wins_over_what_the_configuration_says() -> None:
    assert only(Config(type="XEN", facts={"vram": "512"}), "#@#VRAM=1024").vram == "1024"


@pytest.mark.parametrize(("column", "tag"), [("label", "LABEL"), ("uuid", "UUID")])
def test_an_identity_that_only_a_tag_states_counts(column: str, tag: str) -> None:
    machines, conflicts = joined(Config(type="XEN"), f"#@#{tag}=6842caf91e3e43249ed596b8b9f2c5c2")
    assert (getattr(machines[0], column), conflicts) == ("6842caf91e3e43249ed596b8b9f2c5c2", ())


@pytest.mark.parametrize(
    ("column", "tag", "other"), [("label", "LABEL", "tst101"), ("uuid", "UUID", "6842caf91e3e43249ed596b8b9f2c5c3")]
)
def test_an_identity_that_a_tag_states_otherwise_stays_and_is_a_conflict(column: str, tag: str, other: str) -> None:
    stated = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
    machines, conflicts = joined(Config(type="XEN", facts={column: stated}), f"#@#{tag}={other}")
    expected = Conflict(column=column, kept=stated, kept_from="xen", other=other, other_from=f"tag {tag}")
    assert (getattr(machines[0], column), conflicts) == (stated, (expected,))


def test_two_spellings_of_one_uuid_are_no_conflict() -> None:
    stated = Config(type="XEN", facts={"uuid": "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"})
    assert joined(stated, '#@#UUID="6842CAF91E3E43249ED596B8B9F2C5C2"')[1] == ()


def test_a_uuid_of_zeros_in_a_tag_is_none() -> None:
    stated = Config(type="XEN", facts={"uuid": "6842caf91e3e43249ed596b8b9f2c5c2"})
    assert joined(stated, f"#@#UUID={'0' * 32}")[1] == ()


def test_a_mac_that_a_tag_states_otherwise_stays_and_is_a_conflict() -> None:
    machines, conflicts = joined(Config(type="XEN", interfaces=(FIRST,)), "#@#MAC0=00:50:56:13:11:99")
    expected = Conflict(
        column="mac", kept="00:50:56:13:11:40", kept_from="xen", other="00:50:56:13:11:99", other_from="tag MAC0"
    )
    assert (machines[0].mac, conflicts) == ("00:50:56:13:11:40", (expected,))


def test_two_spellings_of_one_mac_are_no_conflict() -> None:
    assert joined(Config(type="XEN", interfaces=(FIRST,)), "#@#MAC0=00-50-56-13-11-40")[1] == ()


def test_a_machine_without_an_interface_is_one_record() -> None:
    assert addresses(Config(type="XEN")) == [(None, None)]


def test_each_interface_is_a_record() -> None:
    assert addresses(Config(type="XEN", interfaces=(FIRST, SECOND))) == [(FIRST.mac, None), (SECOND.mac, None)]


def test_an_address_belongs_to_the_interface_of_its_number() -> None:
    found = addresses(Config(type="XEN", interfaces=(FIRST, SECOND)), "#@#IP1=10.0.0.2")
    assert found == [(FIRST.mac, None), (SECOND.mac, "10.0.0.2")]


def test_each_address_of_an_interface_is_a_record() -> None:
    found = addresses(Config(type="XEN", interfaces=(FIRST,)), "#@#IP0=10.0.0.1,10.0.0.2")
    assert found == [(FIRST.mac, "10.0.0.1"), (FIRST.mac, "10.0.0.2")]


def test_several_addresses_in_the_configuration_are_one_interface() -> None:
    stated = (
        Interface(mac=FIRST.mac, ip="10.0.0.1"),
        Interface(mac=FIRST.mac, ip="10.0.0.2"),
        Interface(mac=SECOND.mac),
    )
    found = addresses(Config(type="XEN", interfaces=stated), "#@#IP1=10.0.0.3")
    assert found == [(FIRST.mac, "10.0.0.1"), (FIRST.mac, "10.0.0.2"), (SECOND.mac, "10.0.0.3")]


def test_two_interfaces_without_a_mac_are_two() -> None:
    stated = (Interface(relay="br0"), Interface(relay="br1"))
    found = [machine.relay for machine in joined(Config(type="XEN", interfaces=stated), "#@#IP1=10.0.0.3")[0]]
    assert found == ["br0", "br1"]


def test_numbers_may_have_gaps() -> None:
    found = addresses(Config(type="XEN", interfaces=(FIRST,)), "#@#MAC5=00:50:56:13:11:45\n#@#IP5=10.0.0.5")
    assert found == [(FIRST.mac, None), ("00:50:56:13:11:45", "10.0.0.5")]


def test_an_address_without_a_mac_is_a_record() -> None:
    assert addresses(Config(type="XEN"), "#@#IP3=10.0.0.3") == [(None, "10.0.0.3")]


def test_a_mac_without_an_address_is_a_record() -> None:
    assert addresses(Config(type="XEN"), "#@#MAC3=00:50:56:13:11:45") == [("00:50:56:13:11:45", None)]


def test_a_mac_that_the_configuration_leaves_out_comes_from_the_tag() -> None:
    machine = only(Config(type="XEN", interfaces=(Interface(relay="xenbr0"),)), "#@#MAC0=00:50:56:13:11:45")
    assert (machine.mac, machine.relay) == ("00:50:56:13:11:45", "xenbr0")


def test_what_a_tagged_address_leaves_out_comes_from_the_interface() -> None:
    stated = Interface(mac=FIRST.mac, ip="10.0.0.1", netmask="255.0.0.0", gateway="10.0.0.254", relay="br0")
    machine = only(Config(type="XEN", interfaces=(stated,)), "#@#IP0=10.0.0.1%%%%22")
    assert (machine.netmask, machine.gateway, machine.relay, machine.sshport) == (
        "255.0.0.0",
        "10.0.0.254",
        "br0",
        "22",
    )


def test_a_tagged_address_does_not_take_the_netmask_of_another_one() -> None:
    stated = Interface(mac=FIRST.mac, ip="10.0.0.1", netmask="255.0.0.0", relay="br0")
    machine = only(Config(type="XEN", interfaces=(stated,)), "#@#IP0=192.168.1.1")
    assert (machine.tcp, machine.netmask, machine.relay) == ("192.168.1.1", None, "br0")


@pytest.mark.parametrize(("tag", "ifname"), [("10.0.0.1", "2"), ("10.0.0.1%%%eth7", "eth7")])
def test_an_interface_with_a_tagged_address_has_its_number_for_a_name(tag: str, ifname: str) -> None:
    assert only(Config(type="XEN"), f"#@#IP2={tag}").ifname == ifname


def test_equal_records_are_one() -> None:
    assert len(joined(Config(type="XEN", interfaces=(Interface(), Interface())))[0]) == 1


@pytest.mark.parametrize(
    ("session_type", "expected"),
    [
        ("XEN", ("VM", "VNC", "GTERM")),
        ("QEMU", ("VM", "VNC", "VNC")),
        ("VMW", ("VM", "VNC", "VMWRC")),
        ("VBOX", ("VM", "VNC", "RDP")),
        ("PM", ("PM", "VNC", "VNC")),
        ("LIBVIRT", ("VM", None, None)),
        ("PVE", ("VM", None, None)),
    ],
)
def test_each_type_has_its_category_and_default_consoles(
    session_type: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    machine = only(Config(type=session_type))
    assert (machine.category, machine.defhosts, machine.defconsole) == expected


def test_a_container_stays_one() -> None:
    assert only(Config(type="PVE", facts={"category": "CT"})).category == "CT"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("#@#MAGICID-IGNORE", "IGNORE"),
        ("#@#MAGICID-NOENUM", "IGNORE"),
        ("#@#MAGICID-NOENUM\n#@#VMSTATE=BACKUP", "BACKUP"),
        ("", "TEMPLATE"),
    ],
)
def test_a_machine_that_asks_to_be_left_out_is_ignored(text: str, state: str) -> None:
    assert only(Config(type="PVE", facts={"vmstate": "TEMPLATE"}), text).vmstate == state


def test_nothing_else_is_invented() -> None:
    machine = only(Config(type="XEN"))
    known = {column for column in record.COLUMNS if getattr(machine, column) is not None}
    assert known == {"pm", "type", "id", "category", "uid", "gid", "defhosts", "defconsole"}


VALUES = st.text(max_size=12) | st.sampled_from(["00:50:56:13:11:40", "10.0.0.1", "%;%"])
OPTIONAL = st.none() | VALUES.filter(bool)
INTERFACES = st.builds(Interface, mac=OPTIONAL, ip=OPTIONAL, relay=OPTIONAL, netmask=OPTIONAL)


@settings(deadline=None)
@given(
    st.lists(INTERFACES, max_size=4),
    st.dictionaries(
        st.sampled_from(["LABEL", "UUID", "MAC0", "MAC2", "IP0", "IP1", "IP9", "OS", "USTRG", "VMSTATE"]), VALUES
    ),
)
def test_every_machine_is_at_least_one_record_that_can_be_written_and_read(
    interfaces: list[Interface], tagged: dict[str, str]
) -> None:
    text = "".join(f'#@#{key}="{value}"\n' for key, value in tagged.items())
    found, _ = joined(Config(type="XEN", interfaces=tuple(interfaces)), text)
    lines = [record.line(machine) for machine in found]
    assert lines
    assert [record.line(record.parse(line)) for line in lines] == lines
