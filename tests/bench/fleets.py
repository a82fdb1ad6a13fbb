"""Fleets for measuring the audit: MACHINE lines of which some share keys."""

from __future__ import annotations

from collections.abc import Iterator


def fleet(claims: int, share: float = 0.05) -> Iterator[str]:
    """Yield MACHINE lines, `share` of them in collisions of every kind: clones, backups, names, addresses, MACs."""
    sharing = int(claims * share) // 2 * 2
    for number in range(sharing):
        yield _shared(number)
    for number in range(sharing, claims):
        yield record(number)


def record(number: int, **other: str) -> str:
    """Return a MACHINE line as a Xen guest of the old tool had it; `other` replaces its values."""
    octets = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    values = {
        "pm": f"lab{number % 40:02}.soho",
        "label": f"tst{number}",
        "id": f"/vmpool/xen/tst{number}/tst{number}.conf",
        "uuid": f"{number + 1:032x}",
        "mac": f"00:50:56:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
        "tcp": f"10.{octets}",
        "state": "ACTIVE",
        **other,
    }
    return (
        "{pm};XEN;{label};{id};{uuid};{mac};{tcp};;;;;CentOS;5.4;Linux;2.6.18;01.11.001;20100101001;VM;{state};"
        "Xen-3.0.3-x86_64;;;;;;;22;{label}.soho.;xen-3.1.2;PARA;/usr/sbin/xm;;0;01_11_011;255.255.255.0;10.0.0.1;"
        "xenbr0;x86_64;pc;512;1;;;root;root;VNC;GTERM"
    ).format(**values)


def _shared(number: int) -> str:
    """Return one of two records that share something, by turns."""
    first = number - number % 2
    if number == first:
        return record(number)
    mac = f"00:50:56:{first >> 16 & 255:02x}:{first >> 8 & 255:02x}:{first & 255:02x}"
    uuid, label, home = f"{first + 1:032x}", f"tst{first}", f"/vmpool/xen/tst{first}"
    return (
        lambda: record(number, uuid=uuid, mac=mac),
        lambda: record(number, uuid=uuid, mac=mac, label=label, id=f"{home}/tst{first}.conf.bak"),
        lambda: record(number, label=label),
        lambda: record(number, mac=mac),
        lambda: record(number, tcp=f"10.{first >> 16 & 255}.{first >> 8 & 255}.{first & 255}"),
        lambda: record(number, uuid=uuid, label=label, state="BACKUP"),
    )[first // 2 % 6]()
