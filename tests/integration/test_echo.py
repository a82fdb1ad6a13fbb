"""Echo requests in a network of their own: each way to send one, hosts that answer and hosts that are silent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root"),
]

NETWORK = """
ip link set lo up
ip link add silent type bridge
ip address add 198.51.100.1/24 dev silent
ip address add 2001:db8:1::1/64 dev silent nodad
ip link set silent up
ip link add port type veth peer name far
ip link set port master silent up
ip link set far up
echo "$1" > /proc/sys/net/ipv4/ping_group_range
shift
exec "$@"
"""
SCRIPT = """
import json, sys
from vhost.reach import Limits, echo, probe
kinds = [getattr(echo._socket(family), "type", None) for family in (echo.V4, echo.V6)]
replies = probe(sys.argv[1:], "ping", Limits(seconds=0.4, tries=2, total=30, rate=5000))
print(json.dumps([kinds, {host: [reply.up, reply.seconds, reply.problem] for host, reply in replies.items()}]))
"""
UNPRIVILEGED = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]
NO_ROOT = ["setpriv", "--inh-caps=-all", "--securebits=+noroot"]
"""Root without its capabilities; a program that has one by its file still gets it."""
EVERYBODY, NOBODY = "0 2147483647", "1 0"
DGRAM, RAW = 2, 3


def asked(groups: str, prefix: list[str], *hosts: str) -> tuple[list[int | None], dict[str, list[Any]]]:
    """Return the kinds of sockets that were had, and the replies."""
    command = [
        "unshare",
        "--net",
        "sh",
        "-e",
        "-c",
        NETWORK,
        "sh",
        groups,
        *prefix,
        sys.executable,
        "-c",
        SCRIPT,
        *hosts,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    kinds, replies = json.loads(done.stdout)
    return kinds, replies


HOSTS = [
    "127.0.0.1",
    "127.0.0.9",
    "::1",
    "198.51.100.1",
    "2001:db8:1::1",
    "198.51.100.7",
    "2001:db8:1::7",
    "203.0.113.1",
]
UP = HOSTS[:5]


@pytest.mark.parametrize(
    ("groups", "prefix", "kind"),
    [
        pytest.param(EVERYBODY, UNPRIVILEGED, DGRAM, id="unprivileged socket"),
        pytest.param(NOBODY, [], RAW, id="raw socket"),
    ],
)
def test_a_socket_asks_all_hosts(groups: str, prefix: list[str], kind: int) -> None:
    kinds, replies = asked(groups, prefix, *HOSTS)
    assert kinds == [kind, kind]
    assert [host for host, (up, _, _) in replies.items() if up] == UP
    assert all(0 < replies[host][1] < 10 for host in UP)
    assert {replies[host][2] for host in HOSTS[5:]} == {"no answer", "Network is unreachable"}


def test_a_thousand_are_asked() -> None:
    hosts = [f"127.1.{high}.{low}" for high in range(4) for low in range(1, 251)]
    _, replies = asked(EVERYBODY, [], *hosts)
    assert sum(up for up, _, _ in replies.values()) == len(hosts)


def test_the_program_asks_where_no_socket_is_allowed() -> None:
    kinds, replies = asked(NOBODY, NO_ROOT, *HOSTS)
    assert kinds == [None, None]
    assert [host for host, (up, _, _) in replies.items() if up] == UP
