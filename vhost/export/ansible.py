"""An Ansible dynamic inventory: what an inventory script prints for `--list` and `--host`.

Source: Ansible's "Developing dynamic inventory". Values come from files that anybody may have
written; Ansible would take `{{ }}` in them for a template, so such values are marked as unsafe, which keeps them text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vhost.errors import UsageError
from vhost.export.estate import Exported

_GROUP = re.compile(r"[^A-Za-z0-9_]")
_TEMPLATE = re.compile(r"\{[{%#]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def inventory(machines: Mapping[str, Exported]) -> dict[str, Any]:
    """Return the whole inventory: groups by host, session type and state, and the variables of every machine.

    Raises `UsageError` for a machine whose name Ansible would read as a template.
    """
    groups: dict[str, list[str]] = {}
    for name, machine in machines.items():
        _check(name)
        for group in _groups(machine):
            groups.setdefault(group, []).append(name)
    named: dict[str, Any] = {group: {"hosts": sorted(hosts)} for group, hosts in sorted(groups.items())}
    return {
        "_meta": {"hostvars": {name: variables(machine) for name, machine in machines.items()}},
        "all": {"hosts": sorted(machines), "children": [*named, "ungrouped"]},
        **named,
    }


def variables(machine: Exported) -> dict[str, Any]:
    """Return the variables of one machine; what is unknown is left out."""
    found: dict[str, Any] = {
        "ansible_host": machine.addresses[0] if machine.addresses else None,
        "ansible_port": machine.ssh_port,
        "vhost_machine_id": machine.machine_id,
        "vhost_label": machine.label,
        "vhost_type": machine.type,
        "vhost_state": machine.state,
        "vhost_uuid": machine.uuid,
        "vhost_memory_mib": machine.memory_mib,
        "vhost_vcpus": machine.vcpus,
        "vhost_stale": machine.stale,
        "vhost_hosts": list(machine.hosts),
        "vhost_paths": list(machine.paths),
        "vhost_macs": list(machine.macs),
        "vhost_addresses": list(machine.addresses),
    }
    return {name: _safe(value) for name, value in found.items() if value is not None}


def _groups(machine: Exported) -> list[str]:
    named = [f"host_{host}" for host in machine.hosts]
    named += [f"type_{machine.type}"] if machine.type else []
    named += [f"state_{machine.state}"] if machine.state else []
    return list(dict.fromkeys(_GROUP.sub("_", name).lower() for name in named))


def _check(name: str) -> None:
    if _TEMPLATE.search(name) or _CONTROL.search(name) or not name.strip():
        raise UsageError("ansible", f"{name[:80]!r} can be no name in an inventory", "choose another --key")


def _safe(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_safe(item) for item in value]
    if isinstance(value, str) and _TEMPLATE.search(value):
        return {"__ansible_unsafe": value}
    return value
