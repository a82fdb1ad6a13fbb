"""Which statements there are, and in which blocks the declarations may stand."""

from __future__ import annotations

from typing import Final

from macmap.dhcpd.context import Context

_ANY: Final = frozenset({"root", "group", "shared-network", "subnet", "subnet6", "pool", "pool6"})
_NETWORKS: Final = frozenset({"root", "group", "shared-network"})
_HOST: Final = frozenset({"host"})
_CLASS: Final = frozenset({"class"})

ALLOWED: Final[dict[str, frozenset[str]]] = {
    "host": _ANY,
    "group": _ANY,
    "class": _ANY | _HOST,
    "subclass": _ANY | _HOST,
    "vendor-class": _ANY | _HOST,
    "user-class": _ANY | _HOST,
    "shared-network": frozenset({"root", "group"}),
    "subnet": _NETWORKS,
    "subnet6": _NETWORKS,
    "pool": frozenset({"shared-network", "subnet"}),
    "pool6": frozenset({"subnet6"}),
    "range": frozenset({"subnet", "pool"}),
    "range6": frozenset({"subnet6", "pool6"}),
    "prefix6": frozenset({"subnet6", "pool6"}),
    "interface": frozenset({"shared-network", "subnet", "subnet6"}),
    "hardware": _HOST,
    "fixed-address": _HOST,
    "fixed-address6": _HOST,
    "fixed-prefix6": _HOST,
    "host-identifier": _HOST,
    "match": _CLASS,
    "spawn": _CLASS,
}
"""The declarations, by the kinds of blocks that they may stand in."""

_WHERE: Final = {"root": "outside of any block", "exec": "in a condition", "switch": "in a switch"}

_PARAMETERS: Final = (
    "abandon-lease-time adaptive-lease-time-threshold allow-booting allow-bootp always-broadcast always-reply-rfc1048"
    " authoritative bind-local-address6 boot-unknown-clients bootp-lease-cutoff bootp-lease-length"
    " check-secs-byte-order client-updates db-time-format ddns-domainname ddns-dual-stack-mixed-mode"
    " ddns-guard-id-must-match ddns-hostname ddns-local-address4 ddns-local-address6 ddns-other-guard-is-dynamic"
    " ddns-rev-domainname ddns-ttl ddns-update-style ddns-updates declines default-lease-time delayed-ack"
    " dhcp-cache-threshold dhcpv6-lease-file-name dhcpv6-pid-file-name dhcpv6-set-tee-times do-forward-updates"
    " do-reverse-updates dont-use-fsync duplicates dynamic-bootp dynamic-bootp-lease-cutoff"
    " dynamic-bootp-lease-length echo-client-id filename fqdn-reply get-lease-hostnames ignore-client-uids"
    " infinite-is-reserved lease-file-name lease-id-format leasequery limit-addrs-per-ia limit-prefs-per-ia"
    " limited-broadcast-address local-address local-address6 local-port log-facility log-threshold-high"
    " log-threshold-low max-ack-delay max-lease-time min-lease-time min-secs next-server not omapi-key omapi-port"
    " one-lease-per-client persist-eui-64-leases pid-file-name ping-check ping-cltt-secs ping-timeout"
    " ping-timeout-ms preferred-lifetime prefix-length-mode release-on-roam remote-port server-id-check"
    " server-identifier server-name site-option-space stash-agent-options update-conflict-detection"
    " update-optimization update-static-leases use-eui-64 use-host-decl-names use-lease-addr-for-default-route"
    " vendor-option-space ldap-server ldap-port ldap-username ldap-password ldap-base-dn ldap-method ldap-debug-file"
    " ldap-dhcp-server-cn ldap-init-retry ldap-referrals ldap-ssl ldap-tls-reqcert ldap-tls-ca-file ldap-tls-ca-dir"
    " ldap-tls-cert ldap-tls-key ldap-tls-crlcheck ldap-tls-ciphers ldap-tls-randfile ldap-gssapi-keytab"
    " ldap-gssapi-principal"
)
_ACTIONS: Final = (
    "abandoned add allow break case concat define default delete deny disable dynamic deleted elsif else enable eval"
    " execute failover function if ignore include key lease let limit log media on option append prepend send supersede"
    " parse-vendor-option authoring-byte-order remove reserved return server-duid set switch uid unset v6relopt zone"
    " option-space authenticate authentication use-eui-64 known unknown static bound check exists"
)
KNOWN: Final = frozenset([*_PARAMETERS.split(), *_ACTIONS.split(), *ALLOWED])
"""Every word that can begin a statement."""


def misplaced(context: Context, keyword: str, line: int) -> None:
    """Note a declaration that stands where it must not."""
    kind = context.block.kind
    where = _WHERE.get(kind, f"in a {kind}")
    context.expected(line, f"{keyword!r} stands {where}; expected in: {', '.join(sorted(ALLOWED[keyword]))}")
