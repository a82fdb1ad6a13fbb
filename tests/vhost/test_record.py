from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost import record
from vhost.errors import UsageError
from vhost.record import COLUMNS, COUNT, FIELDS, KEYWORDS, SHORT_FORM, Machine

VALUES = st.dictionaries(
    st.sampled_from(COLUMNS),
    st.text(min_size=1, max_size=20).filter(
        lambda t: not any("\ud800" <= c <= "\udc7f" or "\udd00" <= c <= "\udfff" for c in t)
    ),
)

KEYWORDS_OF_THE_MANUAL = """
1 PM HOST H|2 TYPE STYPE ST|3 LABEL L|4 IDS ID I PNAME P|5 UUID U|6 MAC M|7 TCP T|8 DISPLAY VNCDISPLAY DISP
9 CPORT VNCPORT|10 SERVERACCESS SPORT S
11 VNCBASE|12 DIST|13 DISTREL|14 OS O|15 OSREL|16 VERSION VERNO VER|17 SERIALNUMBER SERNO
18 CATEGORY CAT|19 VMSTATE VSTAT|20 HYPERREL HYREL|21 STACKCAP SCAP|22 STACKREQ SREQ|23 HWCAP|24 HWREQ|25 EXECLOCATION
26 RELOCCAP|27 SSHPORT|28 NETNAME|29 HYPERRELRUN HYRELRUN|30 ACCELERATOR ACCEL|31 EXEPATH EXEP|32 INDEX|33 IFNAME
34 CTYSRELEASE|35 NETMASK|36 GATEWAY GW|37 RELAY|38 ARCH|39 PLATFORM PFORM|40 VRAM|41 VCPU|42 CONTEXTSTRING CSTRG
43 USERSTRING USTRG|44 USERID UID|45 GROUPID GID|46 DEFHOSTS|47 DEFCON
"""


def test_keywords_are_those_of_the_manual() -> None:
    documented = {
        word: int(number)
        for entry in KEYWORDS_OF_THE_MANUAL.replace("\n", "|").strip("|").split("|")
        for number, *words in [entry.split()]
        for word in words
    }
    assert {word: field.number for word, field in KEYWORDS.items()} == documented


def test_there_are_47_fields_with_distinct_columns() -> None:
    assert (COUNT, len(set(COLUMNS))) == (47, 47)


@given(VALUES)
def test_a_machine_survives_its_line(values: dict[str, str]) -> None:
    machine = Machine(**values)
    assert record.parse(record.line(machine)) == machine


@given(VALUES)
def test_a_line_has_47_fields_whatever_the_values_hold(values: dict[str, str]) -> None:
    line = record.line(Machine(**values))
    assert (line.count(";"), line.count("\n")) == (46, 0)


def test_the_short_form_of_old_releases_is_mapped_by_name() -> None:
    machine = record.parse(";".join(SHORT_FORM))
    assert (machine.dist, machine.serno, machine.category, machine.vncbase) == ("dist", "serno", "category", None)


def test_another_short_line_is_padded() -> None:
    assert record.parse("lab00;XEN;tst100") == Machine(pm="lab00", type="XEN", label="tst100")


def test_a_line_of_too_many_fields_is_named() -> None:
    with pytest.raises(UsageError, match=r"enum\.fdb:7: 48 fields"):
        record.parse(";" * 47, "enum.fdb:7")


def test_an_unknown_value_is_none_never_empty() -> None:
    assert set(vars_of(record.parse(";" * 46))) == {None}


def vars_of(machine: Machine) -> list[str | None]:
    return [getattr(machine, field.column) for field in FIELDS]
