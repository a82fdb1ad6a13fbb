"""The guest that a process runs, by its command line.

qemu-system-x86_64 -name guest=tst200,debug-threads=on -uuid ...     VBoxHeadless --comment kiosk --startvm ...
"""

from __future__ import annotations

from collections.abc import Sequence

from scanners.qemu_options import from_words

_NAMING = ("--comment", "--startvm", "-n", "--name")
_KINDS = (("VBox", "VBOX"), ("VirtualBox", "VBOX"), ("vmware", "VMW"), ("lxc", "LXC"))


def kind(name: str, words: Sequence[str]) -> str:
    """Return the session type of the guest that a process of this name runs; Xen's device models are its own."""
    if "-xen-domid" in words:
        return "XEN"
    return next((found for beginning, found in _KINDS if name.startswith(beginning)), "QEMU")


def label(words: Sequence[str]) -> str:
    """Return the label of the guest: its name, else its configuration, else its program."""
    program, options = words[0].rpartition("/")[2], list(words[1:])
    if program.startswith(("qemu", "kvm")):
        return from_words(options).last("name", "guest") or program
    for flag in _NAMING:
        if flag in options[:-1]:
            return options[options.index(flag) + 1]
    paths = [word for word in options if word.endswith(".vmx")]
    return paths[-1].rpartition("/")[2].removesuffix(".vmx") if paths else program
