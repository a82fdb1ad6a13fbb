"""An NFS server of the tests' own: nfs-ganesha on a port of loopback, in a mount namespace of its own.

    with nfs_server(tmp_path, {"vm": {"web01.cfg": "..."}, "other": {"web01.cfg": "..."}}) as port:

Every export is a new tmpfs, so that the first files of two exports have the same inode number.
"""

from __future__ import annotations

import shlex
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_SECONDS = 30.0
_PLUGINS = "/usr/lib/x86_64-linux-gnu/ganesha"

_CONFIG = """
NFS_CORE_PARAM {{ NFS_Port = {port}; Protocols = 4; Bind_addr = 127.0.0.1; Enable_NLM = false; Enable_RQUOTA = false;
    Plugins_Dir = {plugins}; }}
NFSV4 {{ Graceless = true; RecoveryRoot = {directory}/recovery; RecoveryBackend = fs; Only_Numeric_Owners = true; }}
EXPORT_DEFAULTS {{ Access_Type = RO; Squash = No_Root_Squash; SecType = sys; Protocols = 4; Transports = TCP; }}
"""
_EXPORT = """
EXPORT {{ Export_Id = {number}; Path = {directory}/{name}; Pseudo = /export/{name}; FSAL {{ Name = VFS; }} }}
"""


@contextmanager
def nfs_server(directory: Path, exports: Mapping[str, Mapping[str, str]]) -> Iterator[int]:
    """Give the port of a server whose exports are called /export/NAME and hold these files; end it afterwards."""
    port = _free_port()
    (directory / "recovery").mkdir(parents=True)
    config = _CONFIG.format(port=port, plugins=_PLUGINS, directory=directory)
    script = ["set -e"]
    for number, (name, files) in enumerate(exports.items(), start=1):
        (directory / name).mkdir()
        config += _EXPORT.format(number=number, directory=directory, name=name)
        script.append(f"mount -t tmpfs {name} {directory}/{name}")
        script += [f"printf %s {shlex.quote(text)} >{directory}/{name}/{file}" for file, text in files.items()]
    (directory / "ganesha.conf").write_text(config)
    log = directory / "ganesha.log"
    script.append(f"exec ganesha.nfsd -F -f {directory}/ganesha.conf -L {log} -p {directory}/pid")
    command = ["unshare", "-m", "--propagation", "private", "sh", "-c", "\n".join(script)]
    with (directory / "output").open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        _wait(port, child, log)
        yield port
    finally:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(5)
        child.kill()
        child.wait(20)


def _wait(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if log.exists() and "NFS SERVER INITIALIZED" in log.read_text():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:] if log.exists() else (log.parent / "output").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
