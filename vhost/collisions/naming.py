"""Where DNS disagrees: with itself (forward, reverse, another server), with configurations, with what answers ARP.

An address may have several names of which its reverse answer tells one: that is no disagreement as long as
that name leads back to the address. What nobody asked for disagrees with nothing; that there is nothing was said.
"""

from __future__ import annotations

from typing import Final

from vhost.collisions.limits import fresh
from vhost.collisions.sources import ASKED, FAMILY, WRITTEN_OUT

SAID: Final = f"""
SELECT *, {ASKED} AS asked FROM (SELECT lower(rtrim(owner, '.')) AS owner, type,
    CASE WHEN type = 'PTR' THEN lower(rtrim(value, '.')) ELSE value END AS value, server, seen_at FROM dns
    WHERE type IN ('A', 'AAAA', 'PTR') AND {fresh("dns")})
"""
"""What DNS says of names and addresses; a value that is NULL says that there is none."""

_FORWARD = f"""
SELECT owner AS name, value AS address, {WRITTEN_OUT.format("value")} AS written, type, server, seen_at
FROM said WHERE type <> 'PTR'
"""
_REVERSE = "SELECT asked AS written, value AS name, server, seen_at FROM said WHERE type = 'PTR' AND asked IS NOT NULL"

_LISTED = "nullif(array_to_string(list_sort(list(DISTINCT {0})), ', '), '')"

REVERSE_SAYS_OTHERWISE = f"""
SELECT 'reverse' AS kind, f.name, f.address, f.server AS source, max(f.seen_at) AS seen_at,
    {_LISTED.format("r.name")} AS other, {_LISTED.format("r.server")} AS other_source, max(r.seen_at) AS other_seen_at,
    NULL AS machine_id
FROM forward AS f JOIN reverse AS r USING (written) WHERE f.address IS NOT NULL
GROUP BY f.name, f.address, f.written, f.server
HAVING NOT bool_or(coalesce((r.name, f.written) IN (SELECT (name, written) FROM forward), false))
"""
FORWARD_SAYS_OTHERWISE = f"""
SELECT 'forward', r.name, r.written, r.server, max(r.seen_at), {_LISTED.format("f.address")},
    {_LISTED.format("f.server")}, max(f.seen_at), NULL
FROM reverse AS r JOIN forward AS f USING (name)
WHERE (f.type = 'AAAA') = {FAMILY.format("r.written")}
GROUP BY r.name, r.written, r.server HAVING NOT bool_or(coalesce(f.written = r.written, false))
"""
SERVERS_DIFFER = """
SELECT 'server', owner, array_to_string(first, ', '), first_server, first_seen,
    nullif(array_to_string(values, ', '), ''), server, seen_at, NULL
FROM (SELECT *, first_value(values) OVER best AS first, first_value(server) OVER best AS first_server,
    first_value(seen_at) OVER best AS first_seen
    FROM (SELECT owner, type, server, list_sort(list(DISTINCT value) FILTER (value IS NOT NULL)) AS values,
        max(seen_at) AS seen_at FROM said GROUP BY owner, type, server)
    WINDOW best AS (PARTITION BY owner, type ORDER BY len(coalesce(values, [])) = 0, server))
WHERE coalesce(values, []) <> coalesce(first, [])
"""
OTHERS_SAY_OTHERWISE = """
SELECT CASE WHEN kind = 'dns' THEN other_kind ELSE kind END,
    CASE WHEN key = 'label' THEN other WHEN regexp_matches(about, '^of .*:.*:') THEN NULL
    ELSE regexp_replace(about, '^of ', '') END,
    CASE WHEN key = 'label' THEN regexp_replace(about, '^of ', '') WHEN kind = 'dns' THEN value ELSE other END,
    CASE WHEN kind = 'dns' THEN source ELSE other_source END,
    CASE WHEN kind = 'dns' THEN seen_at ELSE other_seen_at END, CASE WHEN kind = 'dns' THEN other ELSE value END,
    CASE WHEN kind = 'dns' THEN other_source ELSE source END,
    CASE WHEN kind = 'dns' THEN other_seen_at ELSE seen_at END, machine_id
FROM contradicted WHERE (kind = 'dns') <> (other_kind = 'dns')
"""
"""What the audit finds of one machine, seen from DNS; the name is not known where both speak of a MAC."""

DNS_DISAGREEMENT: Final = f"WITH forward AS ({_FORWARD}), reverse AS ({_REVERSE}) " + " UNION ALL ".join(
    f"SELECT * FROM ({part})"
    for part in (
        REVERSE_SAYS_OTHERWISE,
        FORWARD_SAYS_OTHERWISE,
        SERVERS_DIFFER,
        OTHERS_SAY_OTHERWISE,
    )
)
"""What DNS says and who says otherwise: (kind, name, address, source, seen_at, other, other_source, ...)."""

STAGES: Final = (("said", SAID), ("dns_disagreement", DNS_DISAGREEMENT))
"""Name and SQL of the stages that only this view needs; they come after all others."""
