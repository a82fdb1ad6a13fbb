from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners import machines, tags
from scanners.config import Broken, Config, Interface
from scanners.qemu import LONGEST_SCRIPT, Qemu
from vhost import record
from vhost.claims import Disk

QEMU = "/usr/bin/qemu-system-x86_64"

ARGS = """\
LC_ALL=C \\
PATH=/bin \\
HOME=/tmp/lib/domain--1-tst200 \\
/usr/bin/qemu-system-x86_64 \\
-name guest=tst200,debug-threads=on \\
-S \\
-machine pc-q35-6.2,usb=off,accel=kvm \\
-m size=1048576k,slots=16,maxmem=2097152k \\
-smp 2,maxcpus=4,sockets=4,cores=1,threads=1 \\
-uuid 90d6b5ee-8f0b-4e7a-a55a-0f4b7c3d2e1f \\
-no-user-config \\
-chardev socket,id=charmonitor,host=127.0.0.1,port=4444,server=on,wait=off \\
-mon chardev=charmonitor,id=monitor,mode=control \\
-blockdev '{"driver":"file","filename":"/srv/tst200.qcow2","node-name":"libvirt-1-storage"}' \\
-blockdev '{"node-name":"libvirt-1-format","read-only":false,"driver":"qcow2","file":"libvirt-1-storage"}' \\
-device '{"driver":"virtio-blk-pci","drive":"libvirt-1-format","id":"virtio-disk0"}' \\
-netdev '{"type":"bridge","br":"br7","id":"hostnet0"}' \\
-device '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"00:50:56:13:12:00","bus":"pci.1"}' \\
-vnc '[::]:17,audiodev=audio1' \\
-msg timestamp=on
"""

WRAPPER = """\
#!/bin/bash
#@#MAGICID-QEMU
#@#LABEL="tst200"
#@#VRAM="1024"
exit 0
"""

READCONFIG = """\
# qemu config file

[name]
  guest = "tst200"

[machine]
  type = "q35"
  accel = "kvm"

[memory]
  size = "2G"

[smp-opts]
  cpus = "4"

[drive "d0"]
  file = "/srv/tst200.qcow2"
  format = "qcow2"
  if = "virtio"

[netdev "n0"]
  type = "tap"
  ifname = "tap3"

[device "net0"]
  driver = "virtio-net-pci"
  netdev = "n0"
  mac = "00:50:56:13:12:00"

[chardev "mon0"]
  backend = "socket"
  host = "localhost"
  port = "4445"

[mon "monitor"]
  mode = "control"
  chardev = "mon0"

[vnc "default"]
  vnc = ":5"
"""


def parsed(text: str) -> Config:
    (config,) = Qemu.parse(text)
    return config


def called(options: str, program: str = QEMU) -> Config:
    return parsed(f"{program} -nodefaults {options}" if "-name" in options else f"{program} {options} -name tst200")


def fact(options: str, column: str, program: str = QEMU) -> str | None:
    return called(options, program).facts.get(column)


def test_a_command_line_of_libvirt_is_read_whole() -> None:
    assert parsed(ARGS) == Config(
        type="QEMU",
        facts={
            "label": "tst200",
            "uuid": "90d6b5ee-8f0b-4e7a-a55a-0f4b7c3d2e1f",
            "vram": "1024",
            "vcpu": "2",
            "arch": "x86_64",
            "platform": "pc-q35-6.2",
            "accelerator": "KVM",
            "exepath": QEMU,
            "sport": "4444",
            "display": "17",
            "cport": "5917",
            "vncbase": "5900",
        },
        interfaces=(Interface(mac="00:50:56:13:12:00", relay="br7"),),
        disks=(Disk(target="libvirt-1-format", source="/srv/tst200.qcow2", format="qcow2", exclusive=True),),
    )


def test_a_readconfig_file_is_read_whole() -> None:
    assert parsed(READCONFIG) == Config(
        type="QEMU",
        facts={
            "label": "tst200",
            "vram": "2048",
            "vcpu": "4",
            "platform": "q35",
            "accelerator": "KVM",
            "sport": "4445",
            "display": "5",
            "cport": "5905",
            "vncbase": "5900",
        },
        interfaces=(Interface(mac="00:50:56:13:12:00", relay="tap3"),),
        disks=(Disk(target="d0", source="/srv/tst200.qcow2", format="qcow2", exclusive=True),),
    )


def test_a_line_of_a_readconfig_file_that_is_none_is_a_problem() -> None:
    assert [problem.line for problem in parsed(READCONFIG + "\nguest\n").problems] == [READCONFIG.count("\n") + 2]


@pytest.mark.parametrize(
    ("text", "filename"),
    [
        (ARGS, "tst200.args"),
        (READCONFIG, "tst200.cfg"),
        (WRAPPER, "tst200.ctys"),
        ('#@#SESSIONTYPE="QEMU"\n#@#LABEL="tst200"\n', "tst200.ctys"),
        ("#!/bin/sh\ncd /vm\nfoo bar\nexec qemu-system-arm -M virt -kernel Image\n", "start"),
        ("#!/usr/bin/env bash\nqemu-system-arm -M virt\n", "start"),
        ("for i in 1 2; do prepare $i; done\nqemu-kvm -m 512\n", "start.sh"),
        ("cd /vm && sudo nice -n 10 kvm -m 512 -hda disk.img\n", "start"),
        ("QEMU=/opt/bin/qemu-system-x86_64\n$QEMU -m 512\n", "start"),
        ("screen -dmS tst200 qemu-system-x86_64 -m 512", "start"),
        ("su - vm -c 'qemu-system-x86_64 -m 512'", "start"),
        ("  PID TTY          TIME CMD\n 4711 ?        00:01:02 qemu-system-x86_64 -m 512\n", "ps.txt"),
        ("/usr/libexec/qemu-kvm -m 512", ""),
    ],
)
def test_what_starts_qemu_is_recognised(text: str, filename: str) -> None:
    assert Qemu.recognises(text, filename)


@pytest.mark.parametrize(
    ("text", "filename"),
    [
        ("", "tst200.sh"),
        ("#!/bin/bash\n#@#MAGICID-QEMU\nexit 0\n", "tst200.sh"),
        ("#!/bin/bash\necho qemu-system-x86_64 -m 512\n", "x.sh"),
        ("#!/bin/bash\napt-get install -y qemu-kvm -m\nqemu-img create -f qcow2 a.img 1G\n", "x.sh"),
        ("#!/bin/bash\nqemu-system-x86_64 --version\nqemu-system-x86_64 -machine-help\n", "x.sh"),
        ("#!/bin/bash\nsudo apt install qemu-system-x86\npkill -f qemu-system-x86_64\n", "x.sh"),
        ("#!/bin/bash\ncat > run <<EOF\nqemu-system-x86_64 -m 512\nEOF\n", "x.sh"),
        ('#!/usr/bin/python3\nimport os\nos.system("qemu-system-x86_64 -m 512")\n', "x"),
        ('import subprocess\nsubprocess.run(["qemu-system-x86_64", "-m", "512"])\n', "x.py"),
        ("# Title\n\nStart the guest:\n\n    qemu-system-x86_64 -m 512 -hda disk.img\n", "README"),
        ("# Title\n\n```sh\nqemu-system-x86_64 -m 512 -hda disk.img\n```\n", "README.md"),
        ("[Service]\nExecStart=/usr/bin/qemu-system-x86_64 -m 512\n", "vm.service"),
        ("command: qemu-system-x86_64 -m 512\n", "vm.yaml"),
        ("- name: vm\n  shell: qemu-system-x86_64 -m 512\n", "vm.yml"),
        ('name = "tst100"\ndevice_model_override = "/usr/bin/qemu-system-i386"\n', "tst100.cfg"),
        ('#!/usr/bin/vmware\ndisplayName = "qemu -m 512"\n', "tst.vmx"),
        ("<domain><emulator>/usr/bin/qemu-system-x86_64 -m 512</emulator></domain>", "tst.xml"),
        ("host tst100 {\n  hardware ethernet 00:50:56:13:12:00;\n}\n", "dhcpd.conf"),
        ("run:\n\tqemu-system-x86_64 -m 512\n", "Makefile"),
        ('{"command": "qemu-system-x86_64 -m 512"}', "x.json"),
        ('[remote "origin"]\n  url = "x"\n', "config"),
        ('[drive "d0"]\n file = unquoted\n', "x.cfg"),
        ('[drive "d0"]\n file = "a"\n[Unit]\n', "x.cfg"),
        ('[rtc]\n base = "utc"\n', "x.cfg"),
        ('#!/usr/bin/perl\n#@#MAGICID-QEMU\n#@#LABEL="tst200"\n', "x.pl"),
        ('The tags:\n#@#MAGICID-QEMU\n#@#LABEL="tst200"\n', "README"),
        ("  PID TTY          TIME CMD\n 4711 ?        00:01:02 sshd -D\n", "ps.txt"),
        ("qemu-system-x86_64 -m 512\n" + "# comment\n" * LONGEST_SCRIPT, "x.sh"),
    ],
)
def test_what_does_not_start_qemu_is_something_else(text: str, filename: str) -> None:
    assert not Qemu.recognises(text, filename)


def test_a_wrapper_without_a_call_is_one_machine_of_its_tags() -> None:
    assert Qemu.parse(WRAPPER) == [Config(type="QEMU")]


def test_a_wrapper_with_several_calls_is_one_machine() -> None:
    calls = "case $1 in\n boot) qemu-kvm -m 1024;;\n install) qemu-kvm -m 2048 -cdrom a.iso;;\nesac\n"
    assert [config.facts["vram"] for config in Qemu.parse(WRAPPER + calls)] == ["1024"]


def test_each_call_in_another_script_is_a_machine() -> None:
    script = "for i in 1 2; do\n qemu-kvm -name a -m 512\n qemu-kvm -name b$i -m 256\ndone\n"
    assert [(config.facts.get("label"), config.facts["vram"]) for config in Qemu.parse(script)] == [
        ("a", "512"),
        (None, "256"),
    ]


def test_variables_of_the_script_are_put_in_and_others_are_unknown() -> None:
    config = parsed(
        "#!/bin/sh\nNAME=tst1; MEM=512\n"
        'OPTS="-smp 2 -vnc :$2"\n'
        'qemu-system-x86_64 -name $NAME -m ${MEM}M $OPTS -uuid "$1" -drive file=$DIR/a.img,format=raw,id=d'
    )
    known = {"label": "tst1", "vram": "512", "vcpu": "2", "arch": "x86_64", "exepath": "qemu-system-x86_64"}
    assert (config.facts, config.disks) == (known | {"accelerator": "TCG"}, ())


PS_AUX = """\
USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root           1  0.0  0.0 169404 13064 ?        Ss   Nov22   0:02 /sbin/init
qemu        4711 12.0  3.1 169404 13064 ?        Sl   10:00   1:23 /usr/bin/qemu-system-x86_64 -name guest=a -m 512 \
-blockdev {"driver":"file","filename":"/srv/a.img","node-name":"d"} -append it's # $HOME
qemu        4712 12.0  3.1 169404 13064 ?        Sl   Nov22 121:23 qemu-system-arm -name b -M virt -m 256
"""

PS_EF = """\
UID          PID    PPID  C STIME TTY          TIME CMD
qemu        4711       1  0 10:00 ?        1-00:01:02 /usr/bin/qemu-system-x86_64 -name a -m 512
qemu        4712       1  0 Nov22 pts/0    00:01:02 qemu-system-arm -name b -M virt -m 256
"""


@pytest.mark.parametrize("listing", [PS_AUX, PS_EF])
def test_each_guest_in_a_listing_of_ps_is_a_machine(listing: str) -> None:
    assert [config.facts["label"] for config in Qemu.parse(listing)] == ["a", "b"]


def test_json_in_a_listing_of_ps_has_kept_its_quotes() -> None:
    assert Qemu.parse(PS_AUX)[0].disks[0].source == "/srv/a.img"


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ("-name tst1", "tst1"),
        ("--name tst1,process=x", "tst1"),
        ("-name guest=a=1,,b,debug-threads=on", "a=1,b"),
        ("-name process=x", None),
        ("-name one -name two", "two"),
    ],
)
def test_the_name(options: str, label: str | None) -> None:
    assert fact(options, "label") == label


@pytest.mark.parametrize(
    ("options", "uuid"),
    [
        ("-uuid 90d6b5ee-8f0b-4e7a-a55a-0f4b7c3d2e1f", "90d6b5ee-8f0b-4e7a-a55a-0f4b7c3d2e1f"),
        ("-smbios type=1,uuid=90d6b5ee-8f0b-4e7a-a55a-0f4b7c3d2e1f", "90d6b5ee-8f0b-4e7a-a55a-0f4b7c3d2e1f"),
        ("-uuid 00000000-0000-0000-0000-000000000000", None),
        ("-uuid nonsense", None),
        ("-smp 1", None),
    ],
)
def test_the_uuid(options: str, uuid: str | None) -> None:
    assert fact(options, "uuid") == uuid


def test_a_uuid_that_is_none_is_a_problem() -> None:
    assert [(problem.line, problem.problem) for problem in called("-uuid nonsense").problems] == [
        (1, "'nonsense' is no UUID")
    ]


@pytest.mark.parametrize(
    ("options", "vram"),
    [
        ("-m 512", "512"),
        ("-m 512M", "512"),
        ("-m 2G", "2048"),
        ("-m 1.5g", "1536"),
        ("-m size=219136k,slots=16,maxmem=1099511627776k", "214"),
        ("-m 214.1", "215"),
        ("-m 0x200", "512"),
        ("-m 1T", "1048576"),
        ("-m 536870912b", "512"),
        ("-m slots=2,size=256", "256"),
        ("-m 0", None),
        ("-m lots", None),
        ("-m $MEM", None),
        ("-m", None),
        ("-smp 1", "128"),
        ("-smp 1 $MORE", None),
        ("-smp 1 -readconfig x", None),
    ],
)
def test_memory_is_in_mib_and_on_a_pc_128_by_default(options: str, vram: str | None) -> None:
    assert fact(options, "vram") == vram


@pytest.mark.parametrize(
    ("options", "vcpu"),
    [
        ("-smp 4", "4"),
        ("-smp cpus=4,maxcpus=8", "4"),
        ("-smp 2,sockets=2,dies=1,cores=1,threads=1", "2"),
        ("-smp sockets=2,cores=4,threads=2", "16"),
        ("-smp sockets=2,cores=4,maxcpus=6", "6"),
        ("-smp many", None),
        ("-smp $N", None),
        ("-m 1", "1"),
        ('-m 1 "$@"', None),
    ],
)
def test_cpus_at_the_start(options: str, vcpu: str | None) -> None:
    assert fact(options, "vcpu") == vcpu


@pytest.mark.parametrize(
    ("options", "program", "accelerator"),
    [
        ("-enable-kvm", QEMU, "KVM"),
        ("--enable-kvm", QEMU, "KVM"),
        ("-accel hvf", QEMU, "HVF"),
        ("-accel kvm,thread=single -accel tcg", QEMU, "KVM"),
        ("-M q35,accel=kvm:tcg", QEMU, "KVM"),
        ("-machine xenfv", QEMU, "XEN"),
        ("-xen-domid 5", QEMU, "XEN"),
        ("-m 1", "qemu-kvm", "KVM"),
        ("-no-kvm", "kvm", "TCG"),
        ("-kernel-kqemu", "qemu", "KQEMU"),
        ("-m 1", QEMU, "TCG"),
        ("-m 1", "qemu", None),
        ("-m 1 $MORE", QEMU, None),
        ("-accel $ACCEL", QEMU, None),
    ],
)
def test_the_accelerator(options: str, program: str, accelerator: str | None) -> None:
    assert fact(options, "accelerator", program) == accelerator


@pytest.mark.parametrize(
    ("program", "arch", "exepath"),
    [
        ("/usr/bin/qemu-system-aarch64", "aarch64", "/usr/bin/qemu-system-aarch64"),
        ("qemu-system-i386", "i386", "qemu-system-i386"),
        ("/usr/libexec/qemu-kvm", None, "/usr/libexec/qemu-kvm"),
        ("$BIN/qemu-system-ppc64", "ppc64", None),
        ("qemu-system-$(uname -m)", None, None),
    ],
)
def test_the_program_says_the_architecture(program: str, arch: str | None, exepath: str | None) -> None:
    facts = called("-m 1", program).facts
    assert (facts.get("arch"), facts.get("exepath")) == (arch, exepath)


@pytest.mark.parametrize(
    ("options", "display", "cport", "vncbase"),
    [
        ("-vnc :17", "17", "5917", "5900"),
        ("-vnc 127.0.0.1:3,tls-creds=x", "3", "5903", "5900"),
        ("-vnc '[::]:59630,share=allow-exclusive'", "59630", "65530", "5900"),
        ("-display vnc=:1", "1", "5901", "5900"),
        ("-vnc none", None, None, None),
        ("-vnc unix:/tmp/vnc:1", None, None, None),
        ("-vnc vnc=unix:/tmp/a=1,,b/vnc.sock", None, None, None),
        ("-vnc viewer:5500,reverse=on", None, None, None),
        ("-vnc :0,to=99", None, None, None),
        ("-vnc :99999", None, None, None),
        ("-spice port=5930,disable-ticketing=on", None, "5930", None),
        ("-spice tls-port=5931", None, "5931", None),
        ("-spice port=0", None, None, None),
        ("-vnc :2 -spice port=5930", "2", "5902", "5900"),
    ],
)
def test_the_console(options: str, display: str | None, cport: str | None, vncbase: str | None) -> None:
    facts = called(options).facts
    assert (facts.get("display"), facts.get("cport"), facts.get("vncbase")) == (display, cport, vncbase)


@pytest.mark.parametrize(
    ("options", "sport"),
    [
        ("-qmp tcp:127.0.0.1:4444,server,nowait", "4444"),
        ("-qmp tcp:[::1]:4444,server=on", "4444"),
        ("-monitor telnet::4445,server", "4445"),
        ("-monitor tcp::4445 -qmp tcp::4444", "4444"),
        ("-chardev socket,id=a,host=x,port=4446 -mon a,mode=readline", "4446"),
        ("-chardev socket,id=a,port=1 -chardev socket,id=b,port=2 -mon a -mon chardev=b,mode=control", "2"),
        ("-chardev socket,id=a,path=/x -mon a", None),
        ("-qmp unix:/tmp/qmp:4444,server", None),
        ("-monitor stdio", None),
        ("-qmp tcp::99999", None),
    ],
)
def test_the_control_port_is_a_tcp_port(options: str, sport: str | None) -> None:
    assert fact(options, "sport") == sport


MAC = "52:54:00:00:00:01"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (f"-netdev bridge,id=n,br=br7 -device e1000,netdev=n,mac={MAC}", [(MAC, "br7")]),
        (f"-netdev bridge,id=n -device e1000,netdev=n,mac={MAC}", [(MAC, "br0")]),
        (f"-netdev bridge,id=n,br=$BR -device e1000,netdev=n,mac={MAC}", [(MAC, None)]),
        (f"-netdev tap,id=n,ifname=tap3,script=no -device virtio-net-pci,netdev=n,mac={MAC}", [(MAC, "tap3")]),
        (f"-netdev tap,id=n,fd=24 -device virtio-net-pci,netdev=n,mac={MAC}", [(MAC, None)]),
        (f"-netdev user,id=n -device virtio-net-ccw,netdev=n,mac={MAC}", [(MAC, "user")]),
        (f"-netdev l2tpv3,id=n,src=1.1.1.1,dst=2.2.2.2 -device e1000,netdev=n,mac={MAC}", [(MAC, "2.2.2.2")]),
        (f"-nic bridge,br=br1,mac={MAC},model=virtio", [(MAC, "br1")]),
        ("-nic user", [(None, "user")]),
        ("-nic none", []),
        (f"-net nic,macaddr={MAC} -net vde,sock=/run/vde0", [(MAC, "/run/vde0")]),
        (
            f"-net nic,vlan=1,macaddr={MAC} -net tap,vlan=1,ifname=tap1 -net nic -net bridge,br=b",
            [(MAC, "tap1"), (None, "b")],
        ),
        ("-netdev user,id=n -device virtio-net-pci,netdev=n", [(None, "user")]),
        ("-device virtio-net-pci", [(None, None)]),
        ("-device virtio-blk-pci,drive=d", []),
        ("-netdev user,id=n", []),
        ("-nic user,mac=nonsense", [(None, "user")]),
        ("-nic user,mac=$MAC", [(None, "user")]),
        (f"-net socket,mcast=230.0.0.1:1234 -net nic,macaddr={MAC}", [(MAC, "230.0.0.1:1234")]),
    ],
)
def test_interfaces_and_what_they_are_plugged_into(options: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert [(interface.mac, interface.relay) for interface in called(options).interfaces] == expected


def test_a_mac_that_is_none_is_a_problem() -> None:
    assert [problem.problem for problem in called("-nic user,mac=nonsense").problems] == [
        "'nonsense' is no MAC address"
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-hda a.img", Disk(target="hda", source="a.img", exclusive=True)),
        ("-cdrom /a.iso", Disk(target="cdrom", source="/a.iso", readonly=True)),
        ("a.img", Disk(target="hda", source="a.img", exclusive=True)),
        (
            "-drive file=/srv/a,,b.img,if=virtio,format=raw",
            Disk(target="virtio0", source="/srv/a,b.img", format="raw", exclusive=True),
        ),
        ("-drive file=a.iso,media=cdrom,index=2", Disk(target="ide2", source="a.iso", readonly=True)),
        ("-drive file=a,id=d,readonly=on", Disk(target="d", source="a", readonly=True)),
        ("-drive file=a,id=d,snapshot=on", Disk(target="d", source="a")),
        ("-drive file=a,id=d -device scsi-hd,drive=d,share-rw=on", Disk(target="d", source="a", exclusive=False)),
        ("-drive file=nbd://host/export,id=d", Disk(target="d", source="nbd://host/export")),
        (
            "-blockdev driver=qcow2,node-name=d,file.driver=file,file.filename=/a",
            Disk(target="d", source="/a", format="qcow2", exclusive=True),
        ),
        (
            """-blockdev '{"driver":"rbd","pool":"p","image":"i","node-name":"s"}' \\
            -blockdev '{"driver":"raw","file":"s","node-name":"f","read-only":true}'""",
            Disk(target="f", source="rbd:p/i", format="raw", readonly=True),
        ),
        (
            """-blockdev driver=file,filename=/b,node-name=b -blockdev driver=qcow2,file=b,node-name=bf \\
            -blockdev driver=file,filename=/a,node-name=a -blockdev driver=qcow2,file=a,backing=bf,node-name=af""",
            Disk(target="af", source="/a", format="qcow2", exclusive=True),
        ),
        (
            "-blockdev driver=iscsi,portal=h:3260,target=iqn.x,lun=3,node-name=d",
            Disk(target="d", source="iscsi://h:3260/iqn.x/3", format="raw"),
        ),
    ],
)
def test_disks(options: str, expected: Disk) -> None:
    assert called(options).disks == (expected,)


@pytest.mark.parametrize("options", ["-drive if=none,id=d", "-drive file=$A", "-drive id=d,media=cdrom", "a.img b=c"])
def test_a_disk_whose_image_is_not_stated_is_left_out(options: str) -> None:
    assert called(options).disks == ()


@pytest.mark.parametrize(
    "text", ["", "ls -l\n", "#@#MAGICID-QEMU\n", "[nothing]\n", "x" * (LONGEST_SCRIPT + 1) + " qemu"]
)
def test_a_text_without_a_guest_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        Qemu.parse(text)


def test_a_block_device_that_refers_to_itself_ends() -> None:
    assert called("-blockdev driver=raw,file=a,node-name=a").disks == ()


def test_deep_json_is_no_parameters() -> None:
    assert called("-device '" + '{"a":' * 40_000 + "' -nic user").interfaces == (Interface(relay="user"),)


@pytest.mark.parametrize(
    "text",
    [
        "qemu -m 1 -drive " + "," * 250_000,
        "qemu -m size=" + "1" * 250_000,
        "qemu -m 1 -vnc " + ":" * 250_000,
        "root 1 0:00 root 1 0:00 x\n" * 40_000 + "qemu",
        "PID " * 250_000 + "qemu",
        '[drive "d"]\n' * 80_000,
        "\n" * 1_000_000 + "[",
        '[drive "' + "x" * 1_000_000,
        "qemu -m 1 " + " ".join(f"-blockdev driver=raw,node-name=n{n},file=n{n + 1}" for n in range(5_000)),
    ],
    ids=lambda text: repr(text[:16]),
)
def test_hostile_text_takes_little_time(text: str) -> None:
    began = time.process_time()
    Qemu.recognises(text, "x")
    with contextlib.suppress(Broken):
        Qemu.parse(text)
    assert time.process_time() - began < 10


WORDS = st.sampled_from(
    [
        *("qemu-system-x86_64", "kvm", "-m", "512", "-name", "guest=a", "-smp", "2,cores=", "-drive", "file=", "-nic"),
        *("user,mac=1", "-vnc", ":1", "-device", "'{\"a\":{}}'", "$A", "\n", "A=1", "\\\n", "-qmp", "tcp:", "[name]"),
        *(
            'guest = "x"',
            "#@#MAGICID-QEMU\n",
            "#@#LABEL=x\n",
            "#!/bin/sh\n",
            "-blockdev",
            "driver=raw,file=,node-name=a",
        ),
    ]
)


@settings(deadline=None)
@given(st.lists(WORDS | st.text(max_size=4), max_size=25).map(" ".join), st.sampled_from(["x.sh", "x", "x.ctys"]))
def test_no_text_is_too_strange(text: str, filename: str) -> None:
    try:
        found = list(Qemu.parse(text))
    except Broken:
        found = []
    assert not Qemu.recognises(text, filename) or found


@settings(deadline=None)
@given(st.integers(0, len(ARGS)), st.integers(0, len(ARGS)), st.text(max_size=3))
def test_a_damaged_command_line_still_makes_records_or_is_broken(start: int, end: int, put: str) -> None:
    text = ARGS[:start] + put + ARGS[end:]
    try:
        configs = list(Qemu.parse(text))
    except Broken:
        configs = []
    for config in configs:
        found, _ = machines.records(config, tags.read(text), path="/x", pm="lab00", uid=None, gid=None)
        lines = [record.line(machine) for machine in found]
        assert [record.line(record.parse(line)) for line in lines] == lines
