"""An OpenSSH server of the tests' own, on loopback, whose accounts and sudoers nobody else sees.

    with server(accounts={"acue": "ALL=(root) NOPASSWD: /usr/bin/id"}) as lab:
        lab.host("lab00")      an alias in the client's configuration, which VHOST_SSH_CONFIG names

The server and what it starts live in a mount namespace: their /etc/passwd and /etc/sudoers are files of
the test, mounted over the host's. Needs root.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_FIRST_UID = 4700
_OWN_PROCESSES = ("--pid", "--fork", "--kill-child=KILL", "--mount-proc")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `process` leads its process group."""

    directory: Path
    address: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def config(self) -> Path:
        """Return the client's configuration."""
        return self.directory / "ssh_config"

    def host(self, *aliases: str, user: str = "root", port: int | None = None) -> str:
        """Add names of this server to the client's configuration and return the first."""
        with self.config.open("a") as file:
            file.write(f"Host {' '.join(aliases)}\n  HostName {self.address}\n  Port {port or self.port}\n")
            file.write(f"  User {user}\n  HostKeyAlias lab\n")
            file.write(f"  IdentityFile {self.directory}/id\n  IdentitiesOnly yes\n")
            file.write(f"  UserKnownHostsFile {self.directory}/known_hosts\n  GlobalKnownHostsFile /dev/null\n")
        return aliases[0]

    def know(self, key: str) -> None:
        """Let the client know this host key and no other."""
        (self.directory / "known_hosts").write_text(f"lab {key}\n")

    def sessions(self) -> list[int]:
        """Return the ids of the processes that serve connections."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


@contextmanager
def server(
    *,
    accounts: Mapping[str, str] | None = None,
    address: str = "127.0.0.1",
    within: Sequence[str] = (),
    mounts: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    services: Sequence[str] = (),
) -> Iterator[Server]:
    """Give a running server: root may log in with the key `id`, and so may the accounts.

    An account maps to its line of sudoers after the name, "" without one; `mounts` are further files
    below /etc by their content, `within` a command such as `ip netns exec NAME` that starts it elsewhere.
    With `services`, lines of a shell that are run before, it has its own processes too, which all end with it.
    """
    directory = Path(tempfile.mkdtemp(prefix="vhost-sshd-", dir="/tmp"))  # the accounts must reach it
    directory.chmod(0o755)
    port = _free_port()
    key = _keys(directory)
    Path("/run/sshd").mkdir(exist_ok=True)
    files = {"/etc/passwd": _quick_root(), **_accounts(directory, accounts or {}), **(mounts or {})}
    _written(directory, port, address, options)
    script = ["set -e", "mount --make-rprivate /"]
    for place, text in files.items():
        file = directory / "etc" / Path(place).name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o440 if "sudoers" in place else 0o600 if "shadow" in place else 0o644)
        script.append(f"[ -e {place} ] || : >{place}")
        script.append(f"mount --bind {shlex.quote(str(file))} {place}")
    script += services
    script.append(f"exec /usr/sbin/sshd -D -e -f {shlex.quote(str(directory / 'sshd_config'))}")
    with (directory / "sshd.log").open("wb") as log:
        child = subprocess.Popen(
            [*within, "unshare", "--mount", *(_OWN_PROCESSES if services else ()), "sh", "-c", "\n".join(script)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    made = Server(directory, address, port, child)
    made.know(key)
    try:
        _wait(made, within)
        yield made
    finally:
        for pid in (*_children(child.pid), child.pid):
            _signal(pid, signal.SIGTERM)
        child.wait(10)
        shutil.rmtree(directory, ignore_errors=True)


def _quick_root() -> str:
    """Return the accounts of this host, root's shell being one that reads no start-up file for each command."""
    lines = Path("/etc/passwd").read_text().splitlines(keepends=True)
    return "".join(re.sub(r"[^:]*$", "/bin/sh\n", line) if line.startswith("root:") else line for line in lines)


def _accounts(directory: Path, accounts: Mapping[str, str]) -> dict[str, str]:
    """Return the text of the files that make accounts; each has a home with the key."""
    passwd, shadow, sudoers = [], [], ["Defaults env_reset", "Defaults !syslog", "root ALL=(ALL) ALL"]
    passwd.append("root:x:0:0:root:/root:/bin/sh\nsshd:x:110:65534::/run/sshd:/usr/sbin/nologin")
    shadow.append("root:*:19000:0:99999:7:::")
    for number, (name, rule) in enumerate(accounts.items()):
        home = directory / "home" / name
        home.mkdir(parents=True, exist_ok=True)
        passwd.append(f"{name}:x:{_FIRST_UID + number}:{_FIRST_UID + number}::{home}:/bin/sh")
        shadow.append(f"{name}:*:19000:0:99999:7:::")
        os.chown(home, _FIRST_UID + number, _FIRST_UID + number)
        if rule:
            sudoers.append(f"{name} {rule}")
    lines = {"/etc/passwd": passwd, "/etc/shadow": shadow, "/etc/sudoers": sudoers}
    return {place: "\n".join(text) + "\n" for place, text in lines.items()} if accounts else {}


def _keys(directory: Path) -> str:
    """Make the keys that are missing and return the server's public one."""
    for name in ("id", "host_key"):
        if not (directory / name).exists():
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(directory / name)]
            subprocess.run(command, check=True, timeout=20)
    (directory / "authorized_keys").write_text((directory / "id.pub").read_text())
    return " ".join((directory / "host_key.pub").read_text().split()[:2])


def _written(directory: Path, port: int, address: str, options: Sequence[str]) -> None:
    lines = [
        f"Port {port}",
        f"ListenAddress {address}",
        f"HostKey {directory}/host_key",
        f"PidFile {directory}/sshd.pid",
        f"AuthorizedKeysFile {directory}/authorized_keys",
        "StrictModes no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin yes",
        "UsePAM no",
        "LogLevel VERBOSE",
        *options,
    ]
    (directory / "sshd_config").write_text("\n".join(lines) + "\n")
    (directory / "ssh_config").touch()


def _wait(made: Server, within: Sequence[str]) -> None:
    probe = ["bash", "-c", f"exec 3<>/dev/tcp/{made.address}/{made.port} && read -t 2 -u 3 line && [[ $line == SSH* ]]"]
    for _ in range(100):
        if made.process.poll() is not None:
            break
        if subprocess.run([*within, *probe], capture_output=True, check=False, timeout=5).returncode == 0:
            return
        time.sleep(0.05)
    raise AssertionError((made.directory / "sshd.log").read_text())


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _signal(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
