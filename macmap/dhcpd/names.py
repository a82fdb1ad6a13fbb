"""The options that dhcpd knows without a declaration, by what their values are (dhcp-options(5))."""

from __future__ import annotations

from typing import Final

_DHCP: Final = {
    "address": (
        "broadcast-address dhcp-requested-address dhcp-server-identifier router-solicitation-address subnet-mask"
        " subnet-selection swap-server"
    ),
    "addresses": (
        "associated-ip bcms-controller-address capwap-ac-v4 cookie-servers domain-name-servers finger-server"
        " font-servers ien116-name-servers impress-servers ipv4-address-andsf irc-server log-servers lpr-servers"
        " mobile-ip-home-agent nds-servers netbios-dd-server netbios-name-servers netinfo-server-address"
        " nis-servers nisplus-servers nntp-server ntp-servers pana-agent pop-server resource-location-servers"
        " routers smtp-server streettalk-directory-assistance-server streettalk-server tftp-server-address"
        " time-servers www-server x-display-manager"
    ),
    "bytes": (
        "dhcp-client-identifier fqdn geoconf-civic nwip-suboptions relay-agent-information"
        " vendor-class-identifier vendor-encapsulated-options vivco vivso"
    ),
    "domain": "v4-access-domain v4-lost",
    "domains": "bcms-controller-names domain-search sip-ua-cs-domains",
    "flag": (
        "all-subnets-local ieee802-3-encapsulation ip-forwarding mask-supplier non-local-source-routing"
        " perform-mask-discovery router-discovery slp-service-scope tcp-keepalive-garbage trailer-encapsulation"
    ),
    "number": (
        "arp-cache-timeout auto-config boot-size client-last-transaction-time default-ip-ttl default-tcp-ttl"
        " dhcp-lease-time dhcp-max-message-size dhcp-message-type dhcp-option-overload dhcp-rebinding-time"
        " dhcp-renewal-time interface-mtu loader-reboottime max-dgram-reassembly netbios-node-type"
        " path-mtu-aging-timeout tcp-keepalive-interval time-offset v6-only-preferred"
    ),
    "numbers": "dhcp-parameter-request-list name-service-search path-mtu-plateau-table pxe-system-type",
    "other": (
        "option-6rd policy-filter pxe-client-id pxe-interface-id rdnss-selection slp-directory-agent"
        " static-routes v4-portparams"
    ),
    "text": (
        "bootfile-name default-url dhcp-message domain-name extensions-path host-name loader-configfile"
        " loader-pathprefix merit-dump nds-context nds-tree-name netbios-scope netinfo-server-tag nis-domain"
        " nisplus-domain nwip-domain pcode root-path tcode tftp-server-name uap-servers user-class"
        " v4-captive-portal"
    ),
}
_DHCP6: Final = {
    "address6": "link-address unicast",
    "addresses6": (
        "bcms-server-a capwap-ac-v6 dhcp4-o-dhcp6-server ipv6-address-andsf lq-client-link name-servers"
        " nis-servers nisp-servers pana-agent sip-servers-addresses sntp-servers"
    ),
    "bytes": (
        "bootfile-param client-data client-id client-linklayer-addr dhcpv4-msg fqdn geoconf-civic ia-addr ia-na"
        " ia-pd ia-prefix ia-ta interface-id lq-query relay-id relay-msg remote-id server-id subscriber-id"
        " vendor-opts"
    ),
    "domain": "aftr-name erp-local-domain-name v6-access-domain v6-lost",
    "domains": "bcms-server-d domain-search nis-domain-name nisp-domain-name sip-servers-names sip-ua-cs-list",
    "none": "rapid-commit reconf-accept",
    "number": "clt-time elapsed-time inf-max-rt info-refresh-time preference relay-source-port solmax-rt",
    "numbers": "client-arch-type ero oro",
    "other": "lq-relay-data nii rdnss-selection reconf-msg status-code",
    "text": "bootfile-url new-posix-timezone new-tzdb-timezone v6-captive-portal",
}


def _by_name(kinds: dict[str, str]) -> dict[str, str]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


OPTIONS: Final = {"dhcp": _by_name(_DHCP), "dhcp6": _by_name(_DHCP6)}
"""The kind of value of each option, by option space and name."""

_PARAMETERS: Final = {
    "number": (
        "abandon-lease-time adaptive-lease-time-threshold ddns-ttl default-lease-time dhcp-cache-threshold"
        " dynamic-bootp-lease-length limit-addrs-per-ia limit-prefs-per-ia local-port log-threshold-high"
        " log-threshold-low max-ack-delay max-lease-time min-lease-time min-secs omapi-port ping-cltt-secs"
        " ping-timeout ping-timeout-ms preferred-lifetime remote-port"
    ),
    "string": (
        "ddns-domainname ddns-hostname ddns-rev-domainname dhcpv6-lease-file-name dhcpv6-pid-file-name filename"
        " lease-file-name pid-file-name server-name"
    ),
    "flag": (
        "always-broadcast always-reply-rfc1048 bind-local-address6 boot-unknown-clients check-secs-byte-order"
        " ddns-guard-id-must-match ddns-other-guard-is-dynamic ddns-updates do-forward-updates do-reverse-updates"
        " dont-use-fsync echo-client-id get-lease-hostnames ignore-client-uids infinite-is-reserved"
        " one-lease-per-client ping-check release-on-roam server-id-check stash-agent-options"
        " update-optimization update-static-leases use-host-decl-names use-lease-addr-for-default-route"
    ),
}

PARAMETERS: Final = _by_name(_PARAMETERS)
"""The kind of value of each parameter that has a simple one."""

OPEN_SPACES: Final = frozenset({"agent", "fqdn", "isc", "nwip", "server", "snmp", "vendor", "vsio"})
"""Option spaces whose names are not checked: their values bind nothing, and vendors add to them."""
