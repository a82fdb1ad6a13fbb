"""Zones for tests: what zones of machines hold, and what hardly any does."""

from __future__ import annotations

from tests.lab.nameservers import soa

FORWARD = "lab.example"
REVERSE = "2.0.192.in-addr.arpa"
REVERSE6 = "8.b.d.0.1.0.0.2.ip6.arpa"

_ODD = r"""
ns          A       192.0.2.1
tst100      A       192.0.2.100
            AAAA    2001:db8::100
            TXT     "owner=R&D; room \"7\"" "second \\ string"
            HINFO   "x86_64" "Linux 6.1"
            SSHFP   4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789
TST101      A       192.0.2.101
two-homes   A       192.0.2.102
            A       192.0.2.103
alias       CNAME   tst100
chain1      CNAME   chain2
chain2      CNAME   chain3
chain3      CNAME   tst100
loop1       CNAME   loop2
loop2       CNAME   loop1
out         CNAME   www.elsewhere.example.
*.wild      A       192.0.2.200
xn--bcher-kva A     192.0.2.104
a\.dot      A       192.0.2.105
a\032blank  A       192.0.2.106
quote\"s    A       192.0.2.107
semi\;colon A       192.0.2.108
esc\027ape  A       192.0.2.109
deep.er.and.deeper A 192.0.2.110
mx          MX      10 tst100
_srv._tcp   SRV     0 0 22 tst100
sub         NS      ns.sub
ns.sub      A       192.0.2.9
"""


def forward(serial: int = 1, more: str = "") -> str:
    """Return the zone lab.example; `crowd` has more addresses than fit into a datagram."""
    crowd = "".join(f"crowd A 192.0.2.{number}\n" for number in range(1, 101))
    return soa(FORWARD, serial) + _ODD + crowd + more


def reverse(serial: int = 1, more: str = "") -> str:
    """Return the reverse zone of 192.0.2.0/24."""
    listed = "".join(f"{number} PTR tst{number}.lab.example.\n" for number in range(100, 120))
    return soa(REVERSE, serial) + listed + "5 CNAME 5.0-25\n5.0-25 PTR delegated.lab.example.\n" + more


def reverse6(serial: int = 1) -> str:
    """Return the reverse zone of 2001:db8::/32."""
    low = ".".join(reversed("0100".zfill(24)))
    return soa(REVERSE6, serial) + f"{low} PTR tst100.lab.example.\n"


ZONES = {FORWARD: forward(), REVERSE: reverse(), REVERSE6: reverse6()}
