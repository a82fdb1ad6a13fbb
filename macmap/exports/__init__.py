"""The macmap in the formats of others: /etc/ethers, /etc/hosts, dnsmasq, ISC dhcpd, Kea, CSV, JSON."""
