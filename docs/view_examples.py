"""A question to each view of a snapshot, as the page of tables shows it; the tests of pages ask it."""

from __future__ import annotations

EXAMPLES: dict[str, str] = {
    "history": """\
$ vhost sql "select distinct event, label, type from history
> where label = 'web01' and event = 'appeared'" --format ndjson
{"event": "appeared", "label": "web01", "type": "XEN"}
""",
    "machine_identity": """\
$ vhost sql "select label, count(distinct machine_id) as machines, count(*) as claims from machine_identity
> where label like 'web0%' group by all order by all"
label | machines | claims
------+----------+-------
web01 |        2 |      8
web02 |        1 |      2
web03 |        1 |      2
web04 |        1 |      2
""",
    "collision": """\
$ vhost sql "select cause, severity, count(*) as collisions from collision where key = 'uuid' group by all order by all"
cause         | severity | collisions
--------------+----------+-----------
...
backup        | warning  |          4
...
""",
    "collision_member": """\
$ vhost sql "select label, role, id from collision_member where cause = 'backup' and key = 'uuid' order by all limit 2"
label  | role     | id
-------+----------+-...
tst003 | backup   | .../trees/vmware/Backup of tst003/tst003.vmx
tst003 | original | .../trees/vmware/tst003/tst003.vmx
""",
    "collision_evidence": """\
$ vhost sql "select fact from collision_evidence where cause = 'mac' order by all limit 1"
fact
----...
at most one can run: they share the disk /mntn/kvm/images/mon01.qcow2
""",
    "contradiction": """\
$ vhost sql "select distinct key, value, kind, other, other_kind from contradiction where key = 'label'"
key   | value  | kind | other      | other_kind
------+--------+------+------------+-----------
label | tst107 | xen  | tst107-old | tag LABEL
""",
    "dns_disagreement": """\
$ vhost scan dns --file sample_data/zones/1.168.192.in-addr.arpa.zone 1.168.192.in-addr.arpa
...
$ vhost sql "select kind, name, address, other from dns_disagreement where kind = 'config'"
kind   | name        | address       | other
-------+-------------+---------------+------
config | tst204.soho | 192.168.1.204 | web03
""",
}
