"""`ctys-vping`: checks of hosts, with the letters of the old tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vhost import __version__
from vhost.access.check import MOST, Manner
from vhost.cli.letters import parsed
from vhost.cli.outcome import show
from vhost.cli.ping import Ping, number
from vhost.cli.ping import run as checked

_PROGRAM = "ctys-vping"
HELP = """\
usage: ctys-vping [-s] [-l USER] [-i] [-m|-t] [-n] [-r] [-X] [-p DB] [--threads=N]
                  [--ping-trials=N] [--ping-timeout=SECONDS] [--ssh-trials=N] [--ssh-timeout=SECONDS] HOST|GROUP...

  -s               log in with ssh as well, without a password
  -l USER          as this user; default: what ssh is configured to
  -i               show the list that was given
  -m, -t           with -X: show the PMs of the database; look nothing up in a database
  -n               check nothing, only list the hosts
  -r               hosts of a group stand below its name
  -X               terse: what passed, in one line
  -p DB            database directories
  --threads=N      hosts that are checked at a time (32)
  --ping-trials=N, --ssh-trials=N              how often each is tried (1)
  --ping-timeout=SECONDS, --ssh-timeout=SECONDS   how long a ping waits; what passes between two logins (1)
  -d LEVEL         no effect
  -h, -V           this help, the version
A HOST is a name, an address, user@host, or the address of a machine: l:LABEL, u:UUID, m:MAC, t:IP.
Example: ctys-vping -s -l root lab00 l:tst100
The same with long names: vhost ping --help"""
_WORDS = ("ping-trials=", "ping-timeout=", "ssh-trials=", "ssh-timeout=", "threads=")
_LARGEST = {"threads": MOST, "ping-trials": 100, "ping-timeout": 300, "ssh-trials": 100, "ssh-timeout": 300}


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    options, words = parsed(_PROGRAM, arguments, "d:imnrstl:H:hVXp:", _WORDS)
    given = {name.lstrip("-"): value for name, value in options}
    if {"h", "H", "V"} & set(given):
        show([f"{_PROGRAM} (vhost-toolkit) {__version__}" if "V" in given else HELP])
        return 0
    ping = Ping(
        words=words,
        manner=_manner(given),
        database=given.get("p"),
        terse="X" in given,
        machines="m" in given,
        bare="t" in given and "m" not in given,
        unchecked="n" in given,
        listed="i" in given,
        grouped="r" in given,
    )
    return checked(ping)


def _manner(given: Mapping[str, str]) -> Manner:
    numbers = {
        name: number(_PROGRAM, f"--{name}", given[name], most) for name, most in _LARGEST.items() if name in given
    }
    return Manner(
        ssh="s" in given,
        user=given.get("l"),
        ping_trials=numbers.get("ping-trials", 1),
        ping_seconds=numbers.get("ping-timeout", 1),
        ssh_trials=numbers.get("ssh-trials", 1),
        ssh_seconds=numbers.get("ssh-timeout", 1),
        parallel=numbers.get("threads", 32),
    )
