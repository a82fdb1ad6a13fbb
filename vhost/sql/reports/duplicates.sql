-- Keys that several machines share: MACs, UUIDs, addresses and labels
WITH key AS (
    UNPIVOT (SELECT DISTINCT machine_id, label, mac, uuid, tcp FROM machine)
    ON label, mac, uuid, tcp INTO NAME key VALUE value
)
SELECT
    key,
    value,
    count(DISTINCT machine_id) AS machines,
    string_agg(DISTINCT label, ', ' ORDER BY label) AS labels,
    string_agg(DISTINCT pm, ', ' ORDER BY pm) AS hosts
FROM (SELECT DISTINCT machine_id, key, value FROM key)
JOIN (SELECT DISTINCT machine_id, label, pm FROM machine) USING (machine_id)
GROUP BY ALL
HAVING machines > 1
ORDER BY machines DESC, key, value;
