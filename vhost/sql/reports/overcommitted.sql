-- Hosts whose guests have more memory than the host: configured, and running, in MiB
-- parameter percent integer 100: hosts below so many percent of their memory are left out
WITH host AS (
    SELECT pm, max(vram) AS mib FROM machine WHERE type = 'PM' AND vram IS NOT NULL GROUP BY pm
),
configured AS (
    SELECT DISTINCT pm, machine_id, uuid, vram FROM machine
    WHERE type <> 'PM' AND vram IS NOT NULL AND coalesce(vmstate, '') NOT IN ('BACKUP', 'TEMPLATE', 'IGNORE')
)
SELECT
    pm AS host,
    any_value(host.mib) AS mib,
    count(*) AS guests,
    sum(vram) AS configured,
    coalesce(sum(vram) FILTER (WHERE uuid IN (SELECT guest.uuid FROM guest WHERE NOT stale)), 0) AS running,
    round(100 * sum(vram) / any_value(host.mib)) AS percent
FROM configured
JOIN host USING (pm)
GROUP BY pm
HAVING sum(vram) * 100 >= any_value(host.mib) * $percent
ORDER BY percent DESC, host;
