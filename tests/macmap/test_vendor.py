"""Vendors of MAC prefixes, and the ranges of hypervisors."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from macmap import vendor


@pytest.mark.parametrize(
    ("mac", "text"),
    [
        ("00:16:3e:58:00:01", "Xensource, Inc. (Xen)"),
        ("00:50:56:13:11:40", "VMware, Inc. (VMware)"),
        ("00:0c:29:d7:ae:50", "VMware, Inc. (VMware)"),
        ("00:05:69:00:00:01", "VMware, Inc. (VMware)"),
        ("00:1c:14:00:00:01", "VMware, Inc. (VMware)"),
        ("52:54:00:4e:01:33", "QEMU (locally administered)"),
        ("08:00:27:12:34:56", "PCS Systemtechnik GmbH (VirtualBox)"),
        ("bc:24:11:00:00:01", "Proxmox Server Solutions GmbH (Proxmox)"),
        ("a6:83:e7:d2:a9:65", "locally administered"),
        ("01:00:5e:00:00:fb", "multicast"),
        ("ff:ff:ff:ff:ff:ff", "multicast (locally administered)"),
        ("00:00:0c:07:ac:01", "Cisco Systems, Inc"),
    ],
)
def test_vendor_and_range_of_a_mac(mac: str, text: str) -> None:
    assert vendor.described(mac) == text


def test_a_prefix_that_nobody_has_is_empty() -> None:
    free = next(
        mac for at in range(0xFFF0, 0, -4) if vendor.vendor(mac := f"f0:{at >> 8:02x}:{at & 255:02x}:0:0:0") is None
    )
    assert vendor.described(free) == ""


def test_a_look_up_works_where_a_loop_is_running() -> None:
    async def asked() -> str | None:
        vendor._registry.cache_clear()
        return vendor.vendor("00:16:3e:00:00:01")

    assert asyncio.run(asked()) == "Xensource, Inc."


def test_the_registry_is_only_read_for_a_look_up() -> None:
    program = (
        "import sys; from macmap import vendor; vendor.hypervisor('00:16:3e:00:00:00'); print('aiooui' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"
