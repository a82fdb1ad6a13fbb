-- Configurations of backups and templates that were not touched for some days
-- parameter days integer 365: what was changed within so many days is left out
SELECT DISTINCT label, pm AS host, vmstate AS state, path, mtime::TIMESTAMP AS changed,
    datediff('day', mtime::TIMESTAMP, now()::TIMESTAMP) AS days
FROM machine
WHERE
    (
        upper(coalesce(vmstate, '')) IN ('BACKUP', 'TEMPLATE', 'IGNORE')
        OR regexp_matches(path, '(\.bak|\.orig|\.old|~|-inst(\.[a-z]+)?|[._-]\d{4}-?\d{2}-?\d{2}(\.[a-z]+)?)$')
    )
    AND mtime < now()::TIMESTAMP - to_days($days)
ORDER BY changed, path, label;
