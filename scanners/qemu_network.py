"""The network interfaces of a QEMU guest, each with what it is plugged into.

    -netdev bridge,id=n0,br=br0 -device virtio-net-pci,netdev=n0,mac=52:54:00:12:34:56
    -nic tap,ifname=tap0,mac=52:54:00:12:34:56
    -net nic,vlan=1,macaddr=52:54:00:12:34:56 -net vde,vlan=1,sock=/var/tmp/vde_switch0

Source: qemu(1), "Network options".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scanners.config import Interface
from scanners.qemu_options import Option, Options
from vhost import normal

_RELAY_KEYS: dict[str, tuple[str, ...]] = {
    "af-xdp": ("ifname",),
    "bridge": ("br",),
    "l2tpv3": ("dst",),
    "netmap": ("ifname",),
    "socket": ("mcast", "connect", "listen"),
    "stream": ("addr.path", "addr.host"),
    "dgram": ("remote.path", "remote.host"),
    "tap": ("br", "ifname"),
    "vde": ("sock",),
    "vhost-vdpa": ("vhostdev",),
    "vmnet-bridged": ("ifname",),
}
"""What names the network of each backend, the preferred key first."""

_DEFAULT_BRIDGE = "br0"
_DRIVERS = re.compile(
    r"virtio-net(-.*)?|e1000.*|rtl8139|ne2k_.*|pcnet|i825.*|vmxnet3|igb|tulip|usb-net|spapr-vlan|lan9118|dp8393x|xen-net-device"
)


def interfaces(options: Options) -> tuple[list[Interface], list[str]]:
    """Return the interfaces in their order, and what is wrong with them.

    One without a MAC has the one that QEMU makes up; one without a relay may be plugged into anything.
    """
    found, wrong = [], []
    for mac, relay in _cards(options):
        if mac and normal.mac(mac) is None:
            wrong.append(f"{mac!a} is no MAC address")
        found.append(Interface(mac=mac if mac and normal.mac(mac) else None, relay=relay))
    return found, wrong


def _cards(options: Options) -> Iterator[tuple[str | None, str | None]]:
    backends = {
        identity: _relay(option)
        for option in options.named("netdev", "net")
        if (identity := option.get("id")) is not None
    }
    hubs = _hubs(options)
    for option in options.named("net", "nic", "device"):
        if option.name == "nic" and option.get("type") != "none":
            yield option.get("mac"), _relay(option)
        elif _is_card(option):
            backend = option.get("netdev")
            relay = backends.get(backend) if backend else hubs.get(option.get("vlan") or "0")
            yield option.get("macaddr", "mac"), relay


def _is_card(option: Option) -> bool:
    if option.name == "net":
        return option.get("type") == "nic"
    driver = option.get("driver") or ""
    return option.name == "device" and (
        "mac" in option.parameters or "netdev" in option.parameters or _DRIVERS.fullmatch(driver) is not None
    )


def _hubs(options: Options) -> Mapping[str, str]:
    """Return what the hubs (`vlan=N`) of the old `-net` options are plugged into."""
    hubs: dict[str, str] = {}
    for option in options.named("net"):
        relay = _relay(option)
        if relay:
            hubs.setdefault(option.get("vlan") or "0", relay)
    return hubs


def _relay(option: Option) -> str | None:
    """Return the bridge, tap device or switch of a backend, None if it names none."""
    kind = option.get("type")
    if kind == "user":
        return "user"
    if kind == "bridge" and "br" not in option.parameters:
        return _DEFAULT_BRIDGE
    return option.get(*_RELAY_KEYS.get(kind or "", ()))
