-- MACs that were seen on the wire and that no configuration has; it needs an ARP scan
-- parameter segment text %: only segments that match this pattern of LIKE
SELECT mac, ip, name, segment, source, seen_at, stale
FROM binding
WHERE
    source_kind IN ('arp', 'neighbour', 'nd', 'capture', 'arpwatch')
    AND coalesce(segment, '') LIKE $segment
    AND mac IS NOT NULL
    AND mac NOT IN (SELECT mac FROM machine WHERE mac IS NOT NULL)
ORDER BY ALL;
