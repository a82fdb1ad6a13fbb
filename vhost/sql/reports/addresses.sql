-- Addresses of an IPv4 subnet: who claims each, and which are free
-- parameter subnet text: the subnet, as 192.168.1.0/24; at most a /16
WITH asked AS (
    SELECT
        list_transform(string_split(split_part($subnet, '/', 1), '.'), lambda part: try_cast(part AS UTINYINT)::BIGINT) AS parts,
        try_cast(split_part($subnet, '/', 2) AS BIGINT) AS bits
),
net AS (
    SELECT
        1::BIGINT << (32 - bits) AS size,
        (((parts[1] * 256 + parts[2]) * 256 + parts[3]) * 256 + parts[4]) // size * size AS base
    FROM asked
    WHERE CASE
        WHEN bits BETWEEN 16 AND 32 AND len(parts) = 4 AND list_count(parts) = 4 THEN true
        ELSE error('subnet: write it as 192.168.1.0/24, at most a /16')
    END
),
address AS (
    SELECT base + unnest(range(CASE WHEN size > 2 THEN 1 ELSE 0 END, CASE WHEN size > 2 THEN size - 1 ELSE size END)) AS number
    FROM net
),
dotted AS (
    SELECT
        number,
        concat_ws('.', number >> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255) AS ip
    FROM address
),
claim AS (
    SELECT tcp AS ip, coalesce(label, mac) AS who, 'config' AS source FROM machine WHERE tcp IS NOT NULL
    UNION
    SELECT ip, coalesce(name, mac), source_kind FROM binding WHERE ip IS NOT NULL
    UNION
    SELECT value, owner, 'dns' FROM dns WHERE type = 'A' AND value IS NOT NULL
)
SELECT
    ip,
    CASE WHEN count(who) = 0 THEN 'free' ELSE 'in use' END AS state,
    string_agg(DISTINCT who, ', ' ORDER BY who) AS claimed_by,
    string_agg(DISTINCT source, ', ' ORDER BY source) AS sources
FROM dotted
LEFT JOIN claim USING (ip)
GROUP BY number, ip
ORDER BY number;
