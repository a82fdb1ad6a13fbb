-- What changed this week: machines that appeared, changed and vanished
-- parameter days integer 7: events of so many days
SELECT
    "at",
    event,
    label,
    array_to_string(hosts, ', ') AS hosts,
    array_to_string(list_transform(changes, lambda one: one.column || ': ' || coalesce(one.old, '-') || ' -> ' || coalesce(one.new, '-')), '; ') AS what
FROM history
WHERE "at" >= now()::TIMESTAMP - to_days($days)
ORDER BY "at", label, event;
