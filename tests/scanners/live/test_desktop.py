from __future__ import annotations

from scanners.live import State
from scanners.live.desktop import virtualbox_guests, vmware_guests

VMS = """\
Name:                        tst005
Groups:                      /
Guest OS:                    Debian (64-bit)
UUID:                        56a2b1c0-0000-4000-8000-000000000005
Config file:                 /pool/vbox/tst005/tst005.vbox
State:                       running (since 2024-01-02T03:04:05.000000000)
NIC 1:                       MAC: 080027AA0005, Attachment: Bridged Interface 'eth0'
NIC 2:                       disabled

Name:                        Büro PC
UUID:                        56a2b1c0-0000-4000-8000-000000000006
State:                       saved (since 2024-01-02T03:04:05.000000000)
"""


def test_virtualbox_lists_all_that_it_knows() -> None:
    first, second = virtualbox_guests(VMS, "lab00")
    assert (first.label, first.state, first.macs) == ("tst005", State.RUNNING, ("08:00:27:aa:00:05",))
    assert (first.uuid, first.config_path) == ("56a2b1c0000040008000000000000005", "/pool/vbox/tst005/tst005.vbox")
    assert (second.label, second.state) == ("Büro PC", State.SAVED)


def test_vmware_lists_the_paths_of_what_runs() -> None:
    (guest,) = vmware_guests("Total running VMs: 1\n/pool/SuSE 9.3 Server/SuSE 9.3 Server.vmx\n", "lab00")
    assert (guest.label, guest.config_path) == ("SuSE 9.3 Server", "/pool/SuSE 9.3 Server/SuSE 9.3 Server.vmx")
