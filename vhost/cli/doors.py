"""The drop-in names: they parse the old option letters and call what the `vhost` subcommand calls.

Options are parsed with `getopt` after the macros are expanded, as the old tool did. A door imports
only what its call needs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from vhost.cli.outcome import guarded


def vhost() -> None:
    """Run `ctys-vhost`."""
    guarded(lambda: _vhost(sys.argv[1:]))


def vdbgen() -> None:
    """Run `ctys-vdbgen`."""
    guarded(lambda: _vdbgen(sys.argv[1:]))


def macros() -> None:
    """Run `ctys-macros`."""
    guarded(lambda: _macros(sys.argv[1:]))


def groups() -> None:
    """Run `ctys-groups`."""
    guarded(lambda: _groups(sys.argv[1:]))


def macmap() -> None:
    """Run `ctys-macmap`."""
    guarded(lambda: _macmap(sys.argv[1:]))


def extract_mac_list() -> None:
    """Run `ctys-extractMAClst`."""
    guarded(lambda: _extract_mac_list(sys.argv[1:]))


def extract_arp_list() -> None:
    """Run `ctys-extractARPlst`."""
    guarded(lambda: _extract_arp_list(sys.argv[1:]))


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
