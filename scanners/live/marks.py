"""Where hypervisors keep the path of the configuration that a guest was created from: guests of ours carry it."""

from __future__ import annotations

CONFIG_NODE = "vhost-config"
"""Xen: the node below /local/domain/ID of xenstore."""

NAMESPACE = "urn:vhost-toolkit:1"
"""libvirt: the namespace of the metadata."""

ENVIRONMENT = "VHOST_GUEST_CONFIG"
"""QEMU: the environment variable of its process."""
