"""Where configuration, DHCP, DNS, ARP and hypervisors disagree about one machine.

Every source is compared with the one that counts most of those that say something: the configuration, then
DHCP and what else is configured, leases, DNS, what answered on the wire.
"""

from __future__ import annotations

from vhost.collisions.keys import KEYS
from vhost.collisions.sources import FAMILY, IS_IP, ORDER, WRITTEN_OUT
from vhost.schema import mac_sql, uuid_sql

_CONFIGURED_IPS = f"""
SELECT machine_id, mac, {FAMILY.format("tcp")} AS v6, list_sort(list_distinct(list(tcp))) AS ips, -1 AS rank,
    'config' AS kind,
    arg_max(place, seen_at) AS source, max(seen_at) AS seen_at
FROM iface WHERE mac IS NOT NULL AND numeric AND NOT filled GROUP BY ALL
"""
_BOUND_IPS = f"""
SELECT machine_id, mac, {FAMILY.format("ip")} AS v6, list_sort(list_distinct(list(ip))) AS ips,
    list_position({list(ORDER)}, stated.kind) AS rank, stated.kind, stated.source, max(stated.seen_at) AS seen_at
FROM (SELECT DISTINCT machine_id, mac FROM iface) JOIN stated USING (mac) WHERE {IS_IP.format("ip")} GROUP BY ALL
"""

_SINGLE = "SELECT machine_id FROM iface GROUP BY machine_id HAVING count(DISTINCT mac) = 1 AND NOT bool_or(numeric)"
_LOOKED_UP_IPS = f"""
SELECT machine_id, mac, {FAMILY.format("value")} AS v6, list_sort(list_distinct(list(value))) AS ips,
    list_position({list(ORDER)}, 'dns') AS rank, 'dns' AS kind, resolved.source, max(resolved.seen_at) AS seen_at
FROM (SELECT DISTINCT machine_id, mac, host FROM iface WHERE mac IS NOT NULL AND machine_id IN ({_SINGLE})) AS own
    JOIN resolved ON owner = host WHERE type <> 'PTR' GROUP BY ALL
"""
"""The addresses of a machine's name, where nobody says one of the machine and it has one interface only."""

ADDRESSES_BY_MAC = f"""
SELECT machine_id, 'tcp' AS key, array_to_string(first, ', ') AS value, first_kind AS kind, first_source AS source,
    first_seen AS seen_at, array_to_string(ips, ', ') AS other, kind AS other_kind, source AS other_source,
    seen_at AS other_seen_at, 'of ' || mac AS about
FROM (SELECT *, first_value(ips) OVER best AS first, first_value(kind) OVER best AS first_kind,
    first_value(source) OVER best AS first_source, first_value(seen_at) OVER best AS first_seen
    FROM ({_CONFIGURED_IPS} UNION ALL {_BOUND_IPS} UNION ALL {_LOOKED_UP_IPS})
    WINDOW best AS (PARTITION BY machine_id, mac, v6 ORDER BY rank, seen_at DESC, source))
WHERE NOT list_has_any(ips, first)
"""

_NAMED_IPS = f"""
SELECT owner AS host, {FAMILY.format("value")} AS v6, list_sort(list(DISTINCT value)) AS ips, 'dns' AS kind,
    source, max(seen_at) AS seen_at
FROM resolved WHERE type <> 'PTR' GROUP BY ALL
UNION ALL SELECT name, {FAMILY.format("ip")}, list_sort(list(DISTINCT ip)), kind, source, max(seen_at)
FROM stated WHERE mac IS NULL AND {IS_IP.format("ip")} GROUP BY ALL
"""

_NET = "regexp_extract({0}, '^(.*)[.:]', 1)"
_NEAREST = (
    f"coalesce(list_filter(own.ips, lambda ip: {_NET.format('ip')} = {_NET.format('named_ips.ips[1]')})[1], own.ips[1])"
)
"""Of a machine's addresses the one that the other source contradicts: one of the same network, if there is any."""

_OWN_REVERSE = f"""
SELECT machine_id, value FROM resolved JOIN (SELECT machine_id, short, lower(split_part(label, '.', 1)) AS label,
    {WRITTEN_OUT.format("tcp")} AS asked FROM iface WHERE numeric) USING (asked)
WHERE type = 'PTR' AND split_part(value, '.', 1) IN (short, label)
"""
"""The reverse name of a machine's address, if it is its own: that its PM has no domain does not matter then."""

_OWN_IPS = """
SELECT machine_id, tcp AS ip, 'config' AS kind, arg_max(place, seen_at) AS source, max(seen_at) AS seen_at
FROM iface WHERE numeric AND NOT filled GROUP BY ALL
UNION ALL SELECT machine_id, ip, stated.kind, arg_max(stated.source, stated.seen_at), max(stated.seen_at)
FROM iface JOIN stated ON stated.mac = iface.mac AND stated.ip = iface.tcp WHERE numeric AND filled GROUP BY ALL
"""
"""The addresses that are known of a machine's own interfaces, with who says so."""

ADDRESSES_BY_NAME = f"""
WITH named_ips AS ({_NAMED_IPS}), own_ip AS (
    SELECT *, list_position({["config", *ORDER]}, kind) AS rank FROM ({_OWN_IPS})),
own AS (SELECT machine_id, {FAMILY.format("ip")} AS v6, list_sort(list_distinct(list(ip))) AS ips FROM own_ip GROUP BY
    ALL),
odd AS (SELECT machine_id, {_NEAREST} AS ip, named_ips.*
    FROM (SELECT machine_id, host FROM iface UNION SELECT machine_id, short FROM iface UNION {_OWN_REVERSE}) AS named
        JOIN named_ips USING (host) JOIN own USING (machine_id, v6)
    WHERE NOT list_has_any(own.ips, named_ips.ips)),
first AS (SELECT machine_id, ip, arg_min({{kind: kind, source: source, seen_at: seen_at}}, rank) AS who FROM own_ip
    GROUP BY ALL)
SELECT machine_id, 'tcp', ip, who.kind, who.source, who.seen_at, array_to_string(odd.ips, ', '),
    odd.kind, odd.source, odd.seen_at, 'of ' || host
FROM odd JOIN first USING (machine_id, ip) WHERE who.source IS DISTINCT FROM odd.source
"""

NAMES_BY_ADDRESS = f"""
WITH pointed AS (SELECT asked, value AS name, source, seen_at FROM resolved WHERE type = 'PTR' AND asked IS NOT NULL),
forward AS (SELECT DISTINCT owner, value AS ip FROM resolved WHERE type <> 'PTR'),
here AS (SELECT DISTINCT machine_id, tcp, label, host, short, place, seen_at, {WRITTEN_OUT.format("tcp")} AS asked
    FROM iface WHERE numeric AND label IS NOT NULL)
SELECT machine_id, 'label', arg_max(label, here.seen_at), 'config', arg_max(place, here.seen_at),
    max(here.seen_at), pointed.name, 'dns',
    pointed.source, max(pointed.seen_at), 'of ' || tcp
FROM here JOIN pointed USING (asked)
WHERE split_part(pointed.name, '.', 1) NOT IN (short, lower(split_part(label, '.', 1)))
    AND ((here.host, tcp) IN (SELECT (owner, ip) FROM forward) OR (pointed.name, tcp) NOT IN (SELECT (owner, ip)
        FROM forward))
GROUP BY machine_id, tcp, pointed.name, pointed.source
"""

NAMES_BY_MAC = """
WITH own AS (SELECT DISTINCT machine_id, mac, short, lower(split_part(label, '.', 1)) AS label FROM iface WHERE
    label IS NOT NULL),
said AS (SELECT mac, kind, source, list_sort(list(DISTINCT name)) AS names, max(seen_at) AS seen_at FROM stated
    WHERE name IS NOT NULL AND name NOT IN ('localhost', '*') GROUP BY ALL)
SELECT machine_id, 'label', arg_max(iface.label, iface.seen_at), 'config', arg_max(place, iface.seen_at),
    max(iface.seen_at),
    array_to_string(said.names, ', '), said.kind, said.source, said.seen_at, 'of ' || mac
FROM iface JOIN said USING (mac) WHERE iface.label IS NOT NULL
GROUP BY machine_id, mac, said.names, said.kind, said.source, said.seen_at
HAVING NOT bool_or(len(list_filter(said.names, lambda name: split_part(name, '.', 1) IN (iface.short,
    lower(split_part(iface.label, '.', 1)))
    OR starts_with(name, lower(split_part(iface.label, '.', 1)) || '-'))) > 0)
"""

_NORMAL = "CASE \"column\" WHEN 'uuid' THEN {0} WHEN 'mac' THEN {1} ELSE {2} END"


def _normal(value: str) -> str:
    return _NORMAL.format(uuid_sql(value), mac_sql(value), value)


WITHIN_CONFIGURATION = f"""
SELECT machine_id, key, kept, any_value(kept_from), any_value(place), max(seen_at), other, any_value(other_from),
    any_value(place), max(seen_at), ''
FROM (SELECT machine_id, "column" AS key, {_normal("kept")} AS kept, kept_from, {_normal("other")} AS other,
    other_from,
        concat_ws(':', pm, path) AS place, seen_at
    FROM conflict JOIN claim USING (scan_id, path, part) WHERE "column" IN {KEYS})
WHERE kept <> other GROUP BY machine_id, key, kept, other
"""

_SHORT_PM = "split_part(lower(c.pm), '.', 1)"


def _beside(condition: str) -> str:
    return (
        f"SELECT c.machine_id, c.pm, c.id, c.label, c.uuid, c.mac, c.seen_at, g.guest, g"
        f" FROM live AS g JOIN claim AS c ON g.short = {_SHORT_PM} AND {condition}"
    )


_AGREEING = "(label = g.label)::INT", "(uuid = g.uuid)::INT", "list_has_any(macs, g.macs)::INT"
_SAME = 2
"""Of name, UUID and MAC so many have to agree where no path says whose guest it is; then the third contradicts."""

WITH_HYPERVISOR = f"""
WITH named AS ({_beside("c.id = g.config_path")}
    UNION ALL {_beside("g.config_path IS NULL AND c.label = g.label")}
    UNION ALL {_beside("g.config_path IS NULL AND c.uuid = g.uuid AND c.label IS DISTINCT FROM g.label")}),
told AS (SELECT machine_id, label, uuid, seen_at, concat_ws(':', pm, id) AS place, guest, any_value(g) AS g,
    coalesce(list(DISTINCT mac) FILTER (mac IS NOT NULL), []) AS macs FROM named GROUP BY ALL),
asked AS (SELECT * FROM (SELECT *, {" + ".join(f"coalesce({fact}, 0)" for fact in _AGREEING)} >= {_SAME} AS fits
    FROM told)
    QUALIFY g.config_path IS NOT NULL
        OR (fits AND count(DISTINCT machine_id) FILTER (fits) OVER (PARTITION BY guest) = 1))
SELECT machine_id, 'label', label, 'config', place, seen_at, g.label, 'guest', g.host, g.seen_at, 'of a running guest'
FROM asked WHERE label <> g.label
UNION ALL SELECT machine_id, 'uuid', uuid, 'config', place, seen_at, g.uuid, 'guest', g.host, g.seen_at,
    'of a running guest'
FROM asked WHERE uuid <> g.uuid
UNION ALL SELECT machine_id, 'mac', array_to_string(list_sort(macs), ', '), 'config', place, seen_at,
    array_to_string(list_sort(g.macs), ', '), 'guest', g.host, g.seen_at, 'of a running guest'
FROM asked WHERE len(macs) > 0 AND len(g.macs) > 0 AND NOT list_has_any(macs, g.macs)
"""

CONTRADICTION = " UNION ALL ".join(
    f"SELECT * FROM ({part})"
    for part in (
        ADDRESSES_BY_MAC,
        ADDRESSES_BY_NAME,
        NAMES_BY_ADDRESS,
        NAMES_BY_MAC,
        WITHIN_CONFIGURATION,
        WITH_HYPERVISOR,
    )
)
"""Who says what, and who says otherwise: (machine_id, key, value, kind, source, seen_at, other, ...)."""
