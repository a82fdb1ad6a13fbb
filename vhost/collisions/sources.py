"""What DHCP, DNS, ARP and configurations say of names, MACs and addresses, in forms that can be compared."""

from __future__ import annotations

from typing import Final

from vhost.collisions.limits import LIMITS, NOW, fresh
from vhost.precedence import LEASED

SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "lease": (*LEASED, "lease", "leases", "dhcpd-lease", "dnsmasq-lease", "kea-lease"),
    "arp": (
        "arp",
        "arpwatch",
        "capture",
        "interface",
        "nd",
        "ndp",
        "neigh",
        "neighbour",
        "neighbours",
        "proc-arp",
    ),
}
"""Kinds of bindings that are no configuration: their `source_kind`s."""


def kind(source_kind: str) -> str:
    """Return the kind of source of a binding, as the limits of age know it."""
    return next((kind for kind, listed in SOURCES.items() if source_kind in listed), "dhcp")


ORDER: Final = ("dhcp", "lease", "dns", "arp")
"""Who counts most after the configuration."""

KIND: Final = "CASE {} ELSE 'dhcp' END".format(
    " ".join(f"WHEN source_kind IN {kinds} THEN '{kind}'" for kind, kinds in SOURCES.items())
)
"""SQL of the kind of source of a binding."""

_ANY_FRESH = " OR ".join(f"(kind = '{kind}' AND {fresh(kind)})" for kind in LIMITS if kind in ORDER)
FAMILY = "contains({0}, ':')"
IS_IP = "regexp_full_match({0}, '[0-9.]+|[0-9a-f.:]*:[0-9a-f.:]*')"
_NOT_OVER = f"(expires_at IS NULL OR expires_at >= {NOW})"

STATED = f"""
SELECT * FROM (SELECT lower(rtrim(name, '.')) AS name, mac, ip, {KIND} AS kind, source, seen_at FROM binding
    WHERE {_NOT_OVER}) WHERE {_ANY_FRESH}
"""
"""What bindings say that is not too old: (name, mac, ip, kind, source, seen_at)."""

_ARPA4 = r"([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)\.in-addr\.arpa"
_NIBBLES = "array_to_string(list_reverse(string_split(owner[:63], '.')), '')"
_ARPA6 = (
    f"regexp_replace({_NIBBLES}, '(....)(....)(....)(....)(....)(....)(....)(....)', '\\1:\\2:\\3:\\4:\\5:\\6:\\7:\\8')"
)

ASKED: Final = (
    f"CASE WHEN regexp_full_match(owner, '{_ARPA4}') THEN regexp_replace(owner, '{_ARPA4}', '\\4.\\3.\\2.\\1')"
    f" WHEN owner LIKE '%.ip6.arpa' AND length(owner) = 72 THEN {_ARPA6} END"
)
"""SQL of the address that a name below in-addr.arpa or ip6.arpa asks for, an IPv6 one written out."""

RESOLVED = f"""
SELECT *, {ASKED} AS asked
FROM (SELECT lower(rtrim(owner, '.')) AS owner, type, CASE WHEN type = 'PTR' THEN lower(rtrim(value, '.')) ELSE
    value END AS value,
    concat_ws(' ', server, zone) AS source, seen_at FROM dns
    WHERE type IN ('A', 'AAAA', 'PTR') AND value IS NOT NULL AND {fresh("dns")})
"""
"""Names and addresses that DNS knows; `asked` is the address of a PTR answer, an IPv6 one written out."""

_TARGETS = f"""
SELECT DISTINCT machine_id, mac, CASE WHEN coalesce(tcp_from, '') NOT LIKE 'dns:%' THEN tcp END AS tcp,
    tcp_from IS NOT NULL AS filled, netname, label, pm,
    concat_ws(':', pm, coalesce(id, path)) AS place, seen_at
FROM claim SEMI JOIN (SELECT 1 WHERE EXISTS (FROM resolved) OR EXISTS (FROM stated)) AS said ON true
WHERE mac IN (SELECT mac FROM stated) OR {IS_IP.format("tcp")}
"""

IFACE = f"""
SELECT *, CASE WHEN contains(name, '.') OR domain = '' THEN name ELSE name || '.' || domain END AS host,
    split_part(name, '.', 1) AS short, {IS_IP.format("coalesce(tcp, '')")} AS numeric
FROM (SELECT *, lower(rtrim(coalesce(netname, label), '.')) AS name, lower(regexp_extract(pm, '\\.(.*)$', 1)) AS
    domain
    FROM ({_TARGETS}))
"""
"""Interfaces that some other source may speak of; `host` is the name that DNS should know it by.

The address of one that is `filled` is not what its configuration says, but what a binding does.
"""

WRITTEN_OUT = (
    "CASE WHEN contains({0}, ':') THEN array_to_string(list_transform(string_split(CASE WHEN contains({0}, '::')"
    " THEN replace(CASE WHEN starts_with({0}, '::') THEN '0' ELSE '' END || {0} || CASE WHEN ends_with({0}, '::')"
    " THEN '0' ELSE '' END, '::', ':' || repeat('0:', 8 - length(string_split(replace(trim({0}, ':'), '::', ':'),"
    " ':'))))"
    " ELSE {0} END, ':'), lambda part: lpad(part, 4, '0')), ':') ELSE {0} END"
)
"""SQL of an IPv6 address as eight groups of four digits; any other text as it is."""
