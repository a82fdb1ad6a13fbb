"""QEMU guests of the tests' own: real QEMU under TCG with QMP, and a boot sector for a guest.

    guests = Guests(tmp_path)
    script = guests.script("tst200", uuid="...", mac="52:54:00:12:02:00")
    guests.start(script)

The boot sector waits for the ACPI power button and switches the machine off, as an operating system would;
a deaf one ignores the button. It boots in a fraction of a second and needs no kernel.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

QEMU = "/usr/bin/qemu-system-x86_64"

# PIIX4's power management stands at I/O port 0x600 once the BIOS has set it up (QEMU's hw/acpi/piix4.c).
_OBEYS = bytes.fromhex(
    "fa"  # cli
    "b0ffe6a1"  # mask the interrupts of the second controller, ACPI's among them
    "ba0206b80001ef"  # PM1_EN: power button
    "fb"  # sti
    "f4"  # wait for the timer's interrupt
    "ba0006ed"  # PM1_STS
    "a90001"  # test the power button
    "74f6"  # not pressed: wait again
    "b90a00f4e2fd"  # half a second of shutting down
    "ba0406b80020ef"  # PM1_CNT: sleep, type 0 is "off"
    "ebfe"
)
_DEAF = bytes.fromhex("fbf4ebfd")  # sti; hlt; again


def boot_sector(*, deaf: bool = False) -> bytes:
    """Return a floppy's image, its first sector being the whole guest."""
    code = _DEAF if deaf else _OBEYS
    return (code.ljust(510, b"\0") + b"\x55\xaa").ljust(1_474_560, b"\0")


@dataclass(slots=True)
class Guests:
    """Guests below a directory; `end` ends those that still run."""

    directory: Path
    scripts: dict[str, Path] = field(default_factory=dict)

    def script(
        self,
        label: str,
        *,
        uuid: str = "",
        mac: str = "",
        disk: str | None = None,
        deaf: bool = False,
        more: str = "",
        name: str = "",
        qmp: bool = True,
    ) -> Path:
        """Return the start script of a guest, which passes its own arguments on; `name` is its file name."""
        self.directory.mkdir(parents=True, exist_ok=True)
        image = self.directory / ("deaf.img" if deaf else "obeys.img")
        if not image.exists():
            image.write_bytes(boot_sector(deaf=deaf))
        path = self.directory / (name or f"{label}.sh")
        path.parent.mkdir(parents=True, exist_ok=True)
        words = [
            f"-name {label}",
            *([f"-uuid {uuid}"] if uuid else []),
            "-machine pc,accel=tcg -cpu qemu64 -m 4 -nodefaults -display none",
            f"-drive file={image},if=floppy,format=raw,readonly=on",
            *([f"-nic none -netdev hubport,id=n0,hubid=0 -device e1000,netdev=n0,mac={mac},romfile="] if mac else []),
            *([f"-drive file={disk},format=raw,if=ide"] if disk else []),
            *([f"-qmp {shlex.quote(f'unix:{self.socket(path)},server,nowait')}"] if qmp else []),
            more,
        ]
        path.write_text(
            f"#!/bin/sh\nexec {QEMU} \\\n    " + " \\\n    ".join(filter(None, words)) + ' -daemonize "$@"\n'
        )
        path.chmod(0o755)
        self.scripts[label] = path
        return path

    def socket(self, script: Path) -> Path:
        """Return the path of a script's QMP socket."""
        return script.with_suffix(".qmp")

    def start(self, script: Path, *arguments: str) -> None:
        """Run a start script."""
        done = subprocess.run([script, *arguments], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    def qmp(self, script: Path, command: str) -> Any:  # noqa: ANN401 - what JSON holds
        """Return what the guest of a script answers, by a conversation that shares no code with the toolkit."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(20)
            sock.connect(str(self.socket(script)))
            with sock.makefile("rw") as file:
                for execute in ("qmp_capabilities", command):
                    file.write(json.dumps({"execute": execute}) + "\n")
                file.flush()
                answers = [message for message in map(json.loads, _until_returns(file, 2)) if "return" in message]
        return answers[-1]["return"]

    def status(self, script: Path) -> str:
        """Return the word of `query-status`, "off" for a guest that does not run."""
        try:
            return str(self.qmp(script, "query-status")["status"])
        except (OSError, IndexError):
            return "off"

    def pids(self) -> list[int]:
        """Return the processes of QEMU whose command line names this directory."""
        found = []
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdecimal() and b"qemu" in (process / "comm").read_bytes():
                    command = (process / "cmdline").read_bytes()
                    found += [int(process.name)] if os.fsencode(self.directory) in command else []
        return found

    def end(self) -> None:
        """End every guest that runs."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not self.pids())


def _until_returns(file: Any, count: int) -> list[str]:  # noqa: ANN401 - a text stream
    lines = []
    while count and (line := file.readline()):
        lines.append(line)
        count -= '"return"' in line or '"error"' in line
    return lines


def eventually(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is true; fail if it does not become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
