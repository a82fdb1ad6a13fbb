"""The one way to reach a host: here, or through the system's OpenSSH with one connection for each host.

    with Transport() as transport:
        transport.run(Host("lab00", user="root"), ["xl", "list", "-l"], timeout=10)

The user's ssh_config, agent and Kerberos tickets count. `VHOST_SSH_CONFIG` names another ssh_config.
"""

from __future__ import annotations

from vhost.transport.hosts import Host, host
from vhost.transport.privilege import NONE, Privilege, privilege
from vhost.transport.reach import Answer, Transport
from vhost.transport.site import Site
from vhost.transport.words import quoted

__all__ = ["NONE", "Answer", "Host", "Privilege", "Site", "Transport", "host", "privilege", "quoted"]
