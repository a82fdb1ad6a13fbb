-- Claims that are carried on unseen, or were not seen for some days
-- parameter days integer 30: claims that were seen within so many days are left out
SELECT kind, what, place, seen_at, stale, datediff('day', seen_at, now()::TIMESTAMP) AS days
FROM (
    SELECT 'machine' AS kind, label AS what, path AS place, seen_at, stale FROM machine
    UNION
    SELECT 'binding', coalesce(name, mac, ip), source, seen_at, stale FROM binding
    UNION
    SELECT 'dns', owner, server, seen_at, stale FROM dns
    UNION
    SELECT 'guest', label, host, seen_at, stale FROM guest
)
WHERE stale OR seen_at < now()::TIMESTAMP - to_days($days)
ORDER BY seen_at, kind, what, place;
