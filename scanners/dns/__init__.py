"""DNS as a source of claims: transfers of zones, sweeps of addresses and names, zone files.

dnspython makes and reads single messages, names, signatures and zone files. What comes by the
hundred thousand (the records of a transfer, the answers of a sweep) is read by `scanners.dns.wire`.
"""
