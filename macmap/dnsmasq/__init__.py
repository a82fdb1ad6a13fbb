"""dnsmasq: its configuration with the hosts in it, its hosts files, its leases (dnsmasq(8))."""
