"""Kea's DHCP servers (kea-dhcp4.conf, kea-dhcp6.conf, memfile leases): what they bind."""
