from __future__ import annotations

import pytest

from scanners.live.qemu import Process, of_process, processes

PATH = "/usr/bin/qemu-system-x86_64"


def test_a_listing_in_hex_digits_gives_words_surroundings_and_directory() -> None:
    command = f"{PATH}\0-name\0my vm\n\0".encode().hex(" ", 1)
    text = (
        f"PROCESS 12 3456\n {command}\nENVIRONMENT\n {b'VHOST_GUEST_CONFIG=/pool/a b.sh'.hex()} 0a\n"
        f"DIRECTORY\n {b'/pool'.hex()} 0a\nPROCESS 13 1\n {b'kvm'.hex()} 00\nENVIRONMENT\nDIRECTORY\nEND\n"
    )
    first, second = processes(text)
    assert first == Process("12.3456", (PATH, "-name", "my vm\n"), "/pool/a b.sh", "/pool")
    assert second == Process("13.1", ("kvm",), None, "")


def guest_of(*words: str, directory: str = "/pool/tst200") -> object:
    return of_process(Process("12.3456", (PATH, *words), None, directory), "lab00")


def test_a_process_is_a_guest() -> None:
    words = "-name tst200 -uuid 2e28cc72-0318-4b77-95e4-0570f7d5068d -hda hda.qcow2 -vnc :20".split()
    words += "-net nic,macaddr=52:54:00:12:02:00 -qmp unix:tst200.qmp,server,nowait".split()
    found = of_process(Process("12.3456", (PATH, *words), "/pool/tst200/tst200.sh", "/pool/tst200"), "lab00")
    assert found is not None
    assert (found.label, found.uuid, found.vnc_port) == ("tst200", "2e28cc7203184b7795e40570f7d5068d", 5920)
    assert (found.macs, found.disks) == (("52:54:00:12:02:00",), ("/pool/tst200/hda.qcow2",))
    assert (found.control, found.config_path) == ("/pool/tst200/tst200.qmp", "/pool/tst200/tst200.sh")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("-qmp", "unix:/run/a.qmp,server=on,wait=off"), "/run/a.qmp"),
        (("-qmp", "tcp:127.0.0.1:4444,server,nowait"), "127.0.0.1:4444"),
        (("-chardev", "socket,id=c,path=/run/b.qmp,server=on", "-mon", "chardev=c,mode=control"), "/run/b.qmp"),
        (("-chardev", "socket,id=c,host=localhost,port=77,server=on", "-mon", "c,mode=control"), "localhost:77"),
        (("-monitor", "unix:/run/hmp,server,nowait"), None),
    ],
)
def test_the_monitor_is_found_in_the_options(words: tuple[str, ...], expected: str | None) -> None:
    found = of_process(Process("1.1", (PATH, "-name", "a", *words), None, "/"), "lab00")
    assert found is not None
    assert found.control == expected


@pytest.mark.parametrize(
    "words",
    [
        ("-version",),
        ("-name", "guest=a", "-chardev", "socket,id=charmonitor,fd=23,server=on,wait=off"),
        ("-xen-domid", "3", "-name", "a"),
    ],
)
def test_guests_of_other_hypervisors_and_mere_calls_are_not_listed(words: tuple[str, ...]) -> None:
    assert guest_of(*words) is None
