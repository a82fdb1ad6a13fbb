"""What the beginnings of the formats look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from macmap.kea.tokens import MARK, STRING, Token, tokens

MAC: Final = r"(?:[0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}"
ADDRESS: Final = r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[?(?=[0-9A-Fa-f.]{0,45}:)[0-9A-Fa-f:.]{2,45}+(?:%\w{1,15})?\]?)"
"""A MAC and an address in any spelling, loosely: a wrong one shall still be recognised, and then named."""

_NETWORK: Final = re.compile(r"\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->).)*-->\s*)*<network(?:status|s)?[\s>]", re.DOTALL)
_ISC_LEASES: Final = re.compile(
    r"^[ \t]*(?:lease\s+[\d.]+\s*\{|ia-(?:na|ta|pd)\s+\"|server-duid\s+\"|authoring-byte-order\s)", re.MULTILINE
)
_ISC_WORDS = (
    "subnet6? shared-network group pool6? class subclass option default-lease-time max-lease-time min-lease-time"
    " ddns-update-style authoritative include key zone failover allow deny log-facility if on filename match range6?"
    " vendor-class user-class server-name next-server use-host-decl-names server-duid hardware"
)
_ISC: Final = re.compile(
    rf"^[ \t]*(?:host\s+\S+\s*\{{|(?:{'|'.join(_ISC_WORDS.split())})\b[^\n=;{{]*+(?:=[^\n;{{]*+)?[;{{])", re.MULTILINE
)
_DNSMASQ_WORDS = (
    "dhcp-[a-z0-9-]+ conf-file conf-dir interface except-interface listen-address bind-interfaces bind-dynamic server"
    " address local domain domain-needed bogus-priv no-resolv no-hosts no-poll expand-hosts addn-hosts hostsdir"
    " host-record cname ptr-record txt-record port cache-size log-queries log-dhcp enable-ra strict-order user group"
    " pid-file resolv-file read-ethers localise-queries tftp-root enable-tftp filterwin2k"
)
_DNSMASQ: Final = re.compile(
    rf"^[ \t]*(?:{'|'.join(_DNSMASQ_WORDS.split())})[ \t]*(?:=[^\n]*|#[^\n]*)?\r?$", re.MULTILINE
)
_MOST_TOKENS: Final = 2_000


def network(head: str) -> bool:
    """Tell whether a text is the XML of a network."""
    return bool(_NETWORK.match(head))


def kea(head: str) -> bool:
    """Tell whether a text is the configuration of a DHCP server of Kea."""
    found = _some_tokens(head)
    return _begins(found, "{") and not {'"Dhcp4"', '"Dhcp6"'}.isdisjoint(_strings(found))


def objects(*names: str) -> Callable[[str], bool]:
    """Return a function that tells whether a text is a list of objects in JSON with one of these names in them."""
    quoted = {f'"{name}"' for name in names}

    def told(head: str) -> bool:
        found = _some_tokens(head)
        return _begins(found, "[") and not quoted.isdisjoint(_strings(found))

    return told


def _some_tokens(head: str) -> list[Token]:
    if head.lstrip()[:1] not in {"{", "[", "/", "#"}:
        return []
    return [token for token, _ in zip(tokens(head), range(_MOST_TOKENS), strict=False)]


def _begins(found: list[Token], mark: str) -> bool:
    return bool(found) and found[0].kind == MARK and found[0].text == mark


def _strings(found: list[Token]) -> set[str]:
    return {token.text for token in found if token.kind == STRING}


def isc_leases(head: str) -> bool:
    """Tell whether a text is a leases file of ISC dhcpd."""
    return bool(_ISC_LEASES.search(head))


def isc(head: str) -> bool:
    """Tell whether a text is a configuration of ISC dhcpd."""
    return bool(_ISC.search(head))


def dnsmasq(head: str) -> bool:
    """Tell whether a text is a configuration of dnsmasq."""
    return bool(_DNSMASQ.search(head))


def first(pattern: str) -> Callable[[str], bool]:
    """Return a function that tells whether the first line that is neither empty nor a comment has this form."""
    form = re.compile(rf"(?:[ \t]*+(?:\#[^\n]*+)?\r?\n)*+[ \t]*+(?:{pattern})[ \t]*+(?:\r?\n|\Z)")
    return lambda head: bool(form.match(head))


def table(columns: Collection[str]) -> Callable[[str], bool]:
    """Return a function that tells whether the first line names at least two of the columns."""
    return lambda head: len(set(head.partition("\n")[0].strip().split(",")).intersection(columns)) > 1
