-- Machines whose address no DNS server knows, neither forward nor reverse; it needs a scan of DNS
SELECT DISTINCT label, pm AS host, tcp AS ip, mac
FROM machine
WHERE
    tcp IS NOT NULL
    AND NOT EXISTS (FROM dns WHERE type IN ('A', 'AAAA') AND dns.value = tcp)
    AND NOT EXISTS (FROM dns WHERE type = 'PTR' AND dns.value IS NOT NULL AND owner = concat_ws('.', list_aggregate(list_reverse(string_split(tcp, '.')), 'string_agg', '.'), 'in-addr.arpa.'))
ORDER BY ALL;
