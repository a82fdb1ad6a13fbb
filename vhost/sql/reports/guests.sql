-- Machines by host, session type and state; `running` are those that a hypervisor said it runs
SELECT
    machine.pm AS host,
    machine.type,
    coalesce(machine.vmstate, 'unknown') AS state,
    count(DISTINCT machine.machine_id) AS machines,
    count(DISTINCT machine.machine_id) FILTER (WHERE running.uuid IS NOT NULL) AS running
FROM machine
LEFT JOIN (SELECT DISTINCT uuid FROM guest WHERE NOT stale) AS running USING (uuid)
GROUP BY ALL
ORDER BY ALL;
