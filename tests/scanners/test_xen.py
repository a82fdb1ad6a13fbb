from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.config import Broken, Config, Interface
from scanners.xen import LARGEST, MOST_PROBLEMS, Xen
from vhost.claims import Disk

XL = """\
name = "tst100"
type = "hvm"
uuid = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
memory = 512
vcpus = 2
device_model_override = "/usr/bin/qemu-system-i386"
vnc = 1
vncunused = 0
vncdisplay = 17
vif = [ "mac=00:50:56:13:11:40, bridge=xenbr0", "bridge=xenbr1" ]
disk = [ "/dev/vg/tst100,raw,xvda,rw", "format=raw, vdev=hdc, devtype=cdrom, target=/iso/a,b.iso" ]
"""

XM = """\
#  -*- mode: python; -*-
import os, re
arch = os.uname()[4]
libdir = 'lib'
if re.search('64', arch):
    libdir = 'lib64'
def address(number):
    name = "never"
    return "00:16:3e:00:00:%02x" % number
print "creating"
kernel = "/usr/lib/xen/boot/hvmloader"
builder = 'hvm'
name = "tst%03d"[:6] + str(os.getpid())
memory = 4 * 128
disk = [ 'phy:/dev/vg/' + "root" + ',hda,w' ]
device_model = '/usr/' + libdir + '/xen/bin/qemu-dm'
vif = [ 'mac=00:16:3e:00:00:01,bridge=xenbr0', 'mac=' + address(2) ]
"""


def parsed(text: str) -> Config:
    (config,) = Xen.parse(text)
    return config


def fact(text: str, column: str) -> str | None:
    return parsed(f'name = "tst100"\nkernel = "/boot/vmlinuz"\n{text}').facts.get(column)


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.problem) for problem in parsed(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        XL,
        XM,
        'name="h0"; type="hvm"\n',
        "\ufeffname = 'h0'\nmemory = '512'\n",
        "#!/usr/sbin/xm create\nname = 'h0'\nbootloader = 'pygrub'\n",
        "name = 'h0'\nmemory = 512\nvif = [ 'bridge=a'\nvcpus = 2\ndisk = []\n",
        "import vms\nname = vms.name()\nkernel = vms.kernel()\nvif = [ '' ]\n",
    ],
    ids=["xl", "xm", "one line", "byte order mark", "shebang of xm", "damaged", "a program"],
)
def test_a_domain_configuration_is_recognised(text: str) -> None:
    assert Xen.recognises(text, "tst100.cfg")


@pytest.mark.parametrize(
    "text",
    [
        "",
        'name = "tst100"\n',
        "memory = 512\nvcpus = 1\n",
        '#!/bin/sh\nname="tst100"\nmemory=512\n',
        'name="tst100"\nmemory=512\nxl create "$name" &\nsleep 5\n',
        "name=$1\nmemory=$2\ndisk=$3\n",
        '[package]\nname = "tst100"\nmemory = 512\n',
        '[drive "disk0"]\nname = "a"\ntype = "hvm"\n',
        "name: tst100\nmemory: 512\n",
        'import sys\nname = "svm"\nmemory = 3\nsys.exit()\n',
        'name = "svm"\nkernel = "linear"\n',
        'name = "a"\ntype = "service"\n',
        'class A:\n    name = "a"\n    memory = 512\n',
        'name = "a"\nmemory = 512\nif __name__ == "__main__":\n    main()\n',
        'config.version = "8"\nname = "a"\nmemsize = "512"\n',
        "To start it, write\n\n    name = 'a'\n    memory = 512\n\nand call xl.\n",
        '# name = "tst100"\n# memory = 512\n',
        'name == "a"\nmemory == 3\n',
        'name = "a"\nmemory = 512\n\0',
        f'name = "a"\nmemory = 512\n{"#" * LARGEST}',
    ],
    ids=[
        *["empty", "name only", "no name", "shell", "shell without shebang", "arguments", "toml", "readconfig", "yaml"],
        *["python", "parameters", "service", "class", "main", "vmx", "readme", "comments", "comparison", "nul", "huge"],
    ],
)
def test_another_file_is_not_taken_for_a_domain_configuration(text: str) -> None:
    assert not Xen.recognises(text, "tst100")


def test_a_python_file_is_no_domain_configuration_whatever_it_assigns() -> None:
    assert not Xen.recognises(XL, "tst100.py")


def test_the_facts_of_a_domain() -> None:
    assert parsed(XL).facts == {
        "label": "tst100",
        "uuid": "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2",
        "vram": "512",
        "vcpu": "2",
        "accelerator": "HVM",
        "exepath": "/usr/bin/qemu-system-i386",
        "cport": "5917",
        "display": "17",
        "vncbase": "5900",
    }


def test_the_interfaces_of_a_domain() -> None:
    assert parsed(XL).interfaces == (Interface(mac="00:50:56:13:11:40", relay="xenbr0"), Interface(relay="xenbr1"))


def test_the_disks_of_a_domain() -> None:
    assert parsed(XL).disks == (
        Disk(target="xvda", source="/dev/vg/tst100", format="raw", exclusive=True),
        Disk(target="hdc", source="/iso/a,b.iso", format="raw", readonly=True),
    )


def test_of_an_xm_program_only_the_literal_facts_are_stated() -> None:
    assert parsed(XM).facts == {"vram": "512", "vcpu": "1", "accelerator": "HVM"}


def test_of_a_list_in_an_xm_program_the_literal_items_are_stated() -> None:
    config = parsed(XM)
    assert (config.interfaces, config.disks[0].source) == (
        (Interface(mac="00:16:3e:00:00:01", relay="xenbr0"),),
        "/dev/vg/root",
    )


def test_what_code_decides_is_named_with_its_line() -> None:
    assert [line for line, what in problems(XM) if "decided by code" in what] == [13, 16, 17]


def test_nothing_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    Xen.parse(f"name = 'a'\nmemory = __import__('os').mkdir({str(trap)!r})\n__import__('os').mkdir({str(trap)!r})\n")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("damaged", "line"),
    [
        ("vif = [ 'bridge=a',", 2),
        ("vif = [ 'bridge=a", 2),
        ("vif = 'bridge=a'' ]", 2),
        ('vif = """bridge=a', 2),
        ("vif = 'a' ) b", 2),
        ("vif = dict(\n", 2),
        ("vif 'bridge=a'", 2),
        ("\n\nvif = ä", 4),
        ("vif = [ '''\n''', (", 2),
    ],
)
def test_a_damaged_setting_is_named_with_its_line_and_loses_no_other(damaged: str, line: int) -> None:
    config = parsed(f"name = 'tst100'\n{damaged}\nmemory = 512\n")
    assert (config.facts["label"], config.facts["vram"], config.problems[0].line) == ("tst100", "512", line)


def test_a_damaged_setting_takes_back_an_earlier_one() -> None:
    assert "vram" not in parsed("name = 'a'\nmemory = 256\nmemory = 512 MB\n").facts


def test_many_problems_are_counted_instead_of_listed() -> None:
    found = problems("name = 'a'\n" + "))\n" * 100)
    assert (len(found), found[-1]) == (MOST_PROBLEMS + 1, (0, f"{100 - MOST_PROBLEMS} more"))


@pytest.mark.parametrize("text", ["", "no setting\n", "import os\n", "name = f()\n"])
def test_a_file_without_a_setting_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        Xen.parse(text)


def test_an_absurdly_large_file_is_broken() -> None:
    with pytest.raises(Broken, match="more than"):
        Xen.parse("a" * (LARGEST + 1))


@pytest.mark.parametrize(
    ("text", "vram"),
    [
        ("memory = 512", "512"),
        ("memory = '512'", "512"),
        ("memory = 0x200", "512"),
        ("memory = 01000", "512"),
        ("memory = 256\nmaxmem = 512", "512"),
        ("memory = 512\nmaxmem = 0", "512"),
        ("memory = '512M'", None),
        ("memory = -5", None),
        ("memory = [512]", None),
        ("", None),
    ],
)
def test_the_memory_is_the_most_that_the_domain_may_have(text: str, vram: str | None) -> None:
    assert fact(text, "vram") == vram


@pytest.mark.parametrize(
    ("text", "vcpu"), [("", "1"), ("vcpus = 3", "3"), ("vcpus = f()", None), ("vcpus = 'x'", None)]
)
def test_a_domain_has_one_processor_unless_it_says_otherwise(text: str, vcpu: str | None) -> None:
    assert fact(text, "vcpu") == vcpu


@pytest.mark.parametrize(
    ("text", "accelerator"),
    [
        ("", "PARA"),
        ("type = 'pv'", "PARA"),
        ("type = 'hvm'", "HVM"),
        ("type = 'pvh'", "PVH"),
        ("pvh = 1", "PVH"),
        ("builder = 'hvm'", "HVM"),
        ("builder = 'linux'", "PARA"),
        ("builder = 'generic'", "PARA"),
        ("kernel = '/usr/lib/xen/boot/hvmloader'", "HVM"),
        ("type = f()", None),
        ("builder = 'other'", None),
    ],
)
def test_the_kind_of_guest_is_the_accelerator(text: str, accelerator: str | None) -> None:
    assert fact(text, "accelerator") == accelerator


@pytest.mark.parametrize("uuid", ["00000000-0000-0000-0000-000000000000", "XXXXXXXX-XXXX", ""])
def test_a_uuid_that_is_none_is_not_stated(uuid: str) -> None:
    assert fact(f"uuid = '{uuid}'", "uuid") is None


def test_the_address_that_xm_gives_the_kernel_is_that_of_the_first_interface() -> None:
    config = parsed("name='a'\nip='10.0.0.1'\nnetmask='255.0.0.0'\ngateway='10.0.0.254'\nvif=['bridge=b','bridge=c']")
    assert config.interfaces == (
        Interface(relay="b", ip="10.0.0.1", netmask="255.0.0.0", gateway="10.0.0.254"),
        Interface(relay="c"),
    )


# `\\x80` and above are bytes to xl and xm, characters to Python 3: left to the table above.
PRINTABLE = st.text(st.one_of(st.characters(codec="ascii"), st.sampled_from("äß漢😀")), max_size=40)


@given(name=PRINTABLE.filter(bool), memory=st.integers(1, 10**9), junk=st.text("[](){}'\"=,#\n ab1\\", max_size=30))
def test_no_damage_between_two_settings_changes_the_one_before_it(name: str, memory: int, junk: str) -> None:
    config = parsed(f"name = {name!r}\nmemory = {memory}\n!{junk}")
    assert (config.facts["label"], config.facts["vram"]) == (name, str(memory))
