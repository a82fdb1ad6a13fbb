"""The drop-in names: they parse the old option letters and call what the `vhost` subcommand calls.

Options are parsed with `getopt` after the macros are expanded, as the old tool did. A door imports
only what its call needs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from vhost.cli.outcome import guarded, show


def vhost() -> None:
    """Run `ctys-vhost`."""
    _enter("ctys-vhost", _vhost)


def vdbgen() -> None:
    """Run `ctys-vdbgen`."""
    _enter("ctys-vdbgen", _vdbgen)


def macros() -> None:
    """Run `ctys-macros`."""
    _enter("ctys-macros", _macros)


def groups() -> None:
    """Run `ctys-groups`."""
    _enter("ctys-groups", _groups)


def macmap() -> None:
    """Run `ctys-macmap`."""
    _enter("ctys-macmap", _macmap)


def extract_mac_list() -> None:
    """Run `ctys-extractMAClst`."""
    _enter("ctys-extractMAClst", _extract_mac_list)


def extract_arp_list() -> None:
    """Run `ctys-extractARPlst`."""
    _enter("ctys-extractARPlst", _extract_arp_list)


def _enter(name: str, run: Callable[[Sequence[str]], int]) -> None:
    """Run a door, or answer the shell that asks how its call may go on."""
    guarded(lambda: _completed(name) if "_CTYS_COMPLETE" in os.environ else run(sys.argv[1:]))


def _completed(name: str) -> int:
    from vhost.cli.completing import door  # noqa: PLC0415 - only a shell asks

    show(door(name, os.environ))
    return 0


def dnsutil() -> None:
    """Run `ctys-dnsutil`."""
    _enter("ctys-dnsutil", _dnsutil)


def vping() -> None:
    """Run `ctys-vping`."""
    _enter("ctys-vping", _vping)


def ctys() -> None:
    """Run `ctys`."""
    _enter("ctys", _ctys)


def _ctys(arguments: Sequence[str]) -> int:
    from vhost.cli.ctys_door import run  # noqa: PLC0415 - each door pays for itself only

    return run(arguments)


def _vhost(arguments: Sequence[str]) -> int:
    from vhost.cli.vhost_door import run  # noqa: PLC0415 - each door pays for itself only

    return run(arguments)


def _vdbgen(arguments: Sequence[str]) -> int:
    from vhost.cli.vdbgen_door import run  # noqa: PLC0415 - as above

    return run(arguments)


def _macros(arguments: Sequence[str]) -> int:
    from vhost.cli.macros_door import run  # noqa: PLC0415 - as above

    return run(arguments)


def _groups(arguments: Sequence[str]) -> int:
    from vhost.cli.groups_door import run  # noqa: PLC0415 - as above

    return run(arguments)


def _macmap(arguments: Sequence[str]) -> int:
    from vhost.cli.macmap_door import run_query  # noqa: PLC0415 - as above

    return run_query(arguments)


def _extract_mac_list(arguments: Sequence[str]) -> int:
    from vhost.cli.macmap_door import run_extract  # noqa: PLC0415 - as above

    return run_extract(arguments)


def _extract_arp_list(arguments: Sequence[str]) -> int:
    from vhost.cli.arp_door import run  # noqa: PLC0415 - as above

    return run(arguments)


def _dnsutil(arguments: Sequence[str]) -> int:
    from vhost.cli.dns_door import run  # noqa: PLC0415 - as above

    return run(arguments)


def _vping(arguments: Sequence[str]) -> int:
    from vhost.cli.ping_door import run  # noqa: PLC0415 - as above

    return run(arguments)
