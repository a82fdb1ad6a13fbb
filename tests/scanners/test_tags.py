from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners import tags
from scanners.config import Interface
from scanners.tags import Tags


def value(line: str, key: str = "LABEL") -> str | None:
    return tags.read(f"first line\n{line}\nlast line").values.get(key)


@pytest.mark.parametrize(
    "line",
    [
        '#@#LABEL="tst100"',
        '   #@#LABEL = "tst100"',
        '# #@#LABEL="tst100"',
        '// #@#LABEL="tst100"',
        '; #@#LABEL="tst100"',
        'REM #@#LABEL="tst100"',
        '<!-- #@#LABEL="tst100" -->',
        "<!-- #@#LABEL=tst100 -->",
        '/* #@#LABEL="tst100" */',
        "#@#LABEL='tst100'",
        "#@#LABEL=tst100",
        '#@#LABEL="tst100"  trailing words',
        '#@#LABEL="tst100',
        "<description>#@#LABEL=&quot;tst100&quot;</description>",
        "<domain><title>#@#LABEL=tst100</title>",
    ],
)
def test_a_tag_is_read_behind_the_comment_sign_of_any_format(line: str) -> None:
    assert value(line) == "tst100"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(ending: str) -> None:
    assert tags.read(f"a{ending}#@#LABEL=tst100{ending}b").values == {"LABEL": "tst100"}


@pytest.mark.parametrize(
    "line",
    [
        'echo "#@#LABEL=tst100"',
        'annotation = "#@#LABEL=tst100"',
        '##@#LABEL="tst100"',
        "#@# LABEL=tst100",
        "#@#label=tst100",
        '#@#LABEL=""',
        "#@#LABEL=",
        "@#LABEL=tst100",
    ],
)
def test_what_only_looks_like_a_tag_is_none(line: str) -> None:
    assert tags.read(line) == Tags()


@pytest.mark.parametrize(
    "text", ["$(reboot);x", "`id`", "${HOME}", r"C:\temp\x", r"a\nb", r"say \"hi\"", "x;y", "Jörg", "\udcff", "a#b"]
)
def test_a_value_is_text_and_nothing_in_it_is_expanded(text: str) -> None:
    assert value(f'#@#USTRG="{text}"', "USTRG") == text


def test_a_quoted_value_may_end_with_a_backslash() -> None:
    assert value('#@#USTRG="C:\\"', "USTRG") == "C:\\"


def test_several_tags_may_follow_each_other_in_a_line() -> None:
    assert tags.read('<!-- #@#LABEL="tst100" #@#OS=Linux #@#DIST="Cent OS" -->').values == {
        "LABEL": "tst100",
        "OS": "Linux",
        "DIST": "Cent OS",
    }


def test_the_first_value_that_is_not_empty_counts() -> None:
    assert value('#@#LABEL=""\n#@#LABEL="one"\n#@#LABEL="two"') == "one"


def test_magic_is_collected() -> None:
    assert tags.read("#@#MAGICID-Linux\n// #@#MAGICID-XEN because\n").magic == {"Linux", "XEN"}


@pytest.mark.parametrize(("magic", "hidden"), [("IGNORE", True), ("NOENUM", True), ("XEN", False)])
def test_a_file_may_ask_to_be_left_out(magic: str, hidden: bool) -> None:
    assert tags.read(f"#@#MAGICID-{magic}").hidden is hidden


@pytest.mark.parametrize("text", ["#@#MAGICID-QEMU", '#@#SESSIONTYPE="QEMU"'])
def test_the_session_type_is_claimed_by_magic_or_by_a_tag(text: str) -> None:
    found = tags.read(text)
    assert (found.claims("QEMU"), found.claims("XEN")) == (True, False)


@pytest.mark.parametrize(
    ("text", "identifies"),
    [
        ("#@#LABEL=a", True),
        ("#@#UUID=a", True),
        ("#@#MAC3=a", True),
        ("#@#IP=a", True),
        ("#@#MAGICID-QEMU\n#@#OS=Linux", False),
    ],
)
def test_tags_identify_a_machine_by_label_uuid_mac_or_address(text: str, identifies: bool) -> None:
    assert tags.read(text).identifies is identifies


def test_macs_are_numbered_and_a_missing_number_is_zero() -> None:
    assert tags.read("#@#MAC=00:01\n#@#MAC7=00:02").macs == {0: "00:01", 7: "00:02"}


def test_the_parts_of_an_address_have_their_places() -> None:
    found = tags.read('#@#IP0="192.168.1.220%255.255.255.0%xenbr0%eth0%22%192.168.1.1"')
    assert found.addresses[0] == (
        Interface(
            ip="192.168.1.220",
            netmask="255.255.255.0",
            relay="xenbr0",
            ifname="eth0",
            sshport="22",
            gateway="192.168.1.1",
        ),
    )


def test_parts_of_an_address_that_are_empty_or_missing_are_unknown() -> None:
    assert tags.read('#@#IP2="192.168.1.71%%%eth0"').addresses == {2: (Interface(ip="192.168.1.71", ifname="eth0"),)}


def test_one_interface_may_have_several_addresses() -> None:
    found = tags.read('#@#IP0="10.0.0.1%255.0.0.0, 10.0.0.2,,"').addresses[0]
    assert [(entry.ip, entry.netmask) for entry in found] == [("10.0.0.1", "255.0.0.0"), ("10.0.0.2", None)]


def test_notes_of_proxmox_are_decoded() -> None:
    found = tags.read('##@#MAC0="00%3A50%3A56"\n##@#IP0="10.0.0.1%25255.0.0.0%25vmbr0"\nmemory: 512\n')
    assert (found.macs[0], found.addresses[0][0].netmask) == ("00:50:56", "255.0.0.0")


def test_notes_of_proxmox_that_somebody_wrote_by_hand_stay_as_they_are() -> None:
    found = tags.read('##@#IP0="10.0.0.1%255.0.0.0%vmbr0"\nmemory: 512\n')
    assert found.addresses[0][0].netmask == "255.0.0.0"


def test_a_files_own_tags_win_over_those_beside_it() -> None:
    own = tags.read("#@#LABEL=own\n#@#MAC0=00:01\n")
    beside = tags.read("#@#LABEL=beside\n#@#OS=Linux\n#@#MAC0=00:02\n#@#MAC1=00:03\n#@#IP0=10.0.0.1\n")
    joined = tags.join(own, beside)
    assert (joined.values, joined.macs, [*joined.addresses]) == (
        {"LABEL": "own", "OS": "Linux"},
        {0: "00:01", 1: "00:03"},
        [0],
    )


@pytest.mark.parametrize(("own", "hidden"), [("#@#MAGICID-QEMU", False), ("#@#LABEL=a", True)])
def test_magic_beside_a_file_counts_only_where_it_has_none(own: str, hidden: bool) -> None:
    assert tags.join(tags.read(own), tags.read("#@#MAGICID-IGNORE")).hidden is hidden


def test_what_is_said_of_several_machines_names_none_of_them() -> None:
    found = tags.read("#@#LABEL=a\n#@#UUID=b\n#@#OS=Linux\n#@#MAC0=c\n#@#IP0=d").without_identity()
    assert (found.identifies, dict(found.values)) == (False, {"OS": "Linux"})


@pytest.mark.parametrize(
    "text",
    [
        '#@#A="" ' * 130_000,
        "#@#A=\n" * 170_000,
        '#@#IP0="' + "%," * 500_000 + '"',
        '#@#LABEL="' + "\\" * 1_000_000,
        "#@#LABEL=a" + " " * 1_000_000 + "b",
        "".join(f"#@#MAC{number}=a\n" for number in range(60_000)),
        " " * 1_000_000 + "#@#LABEL=a",
    ],
    ids=["line", "lines", "addresses", "open quote", "blanks", "numbers", "indented"],
)
def test_hostile_text_takes_little_time(text: str) -> None:
    began = time.process_time()
    tags.read(text)
    assert time.process_time() - began < 3


def test_the_number_of_tags_is_bounded() -> None:
    found = tags.read("".join(f"#@#K{number}=a\n" for number in range(tags.MOST_TAGS + 100)))
    assert len(found.values) == tags.MOST_TAGS


@settings(deadline=None)
@given(st.text(st.sampled_from("#@#\"'=%,\n \\AIPMC0-<!>/;x") | st.characters(), max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    found = tags.read(text)
    assert all(found.values.values())


@settings(deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[A-HJ-LN-Z][A-Z0-9_]{0,10}", fullmatch=True),
        st.text(st.characters(min_codepoint=32, exclude_characters='"\\'), min_size=1).filter(
            lambda text: text == text.strip()
        ),
        max_size=8,
    )
)
def test_every_value_that_was_written_comes_back(written: dict[str, str]) -> None:
    text = "".join(f'// #@#{key} = "{text}"\n' for key, text in written.items())
    assert tags.read(text).values == written
